//! One conversation: its texts and the composer. Enter sends, Shift and Enter breaks the line; what could not be taken
//! comes back into the composer, and drafts are kept by the engine, so that they outlive the window.
use crate::{
    domain::{
        conversation::{Conversation, ConversationId},
        message::{Direction, MessageId},
        private::Private,
    },
    engine::api::{Attach, Command, Deed, Wanted},
    ui::{
        model::{Model, PAGE},
        wish::{Then, Wish},
    },
};
use iced::widget::text_editor::{Action, Content, Edit};
use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

mod attached;
mod compose;
mod deeds;
mod said;
mod view;
pub use compose::{Composer, composer};
pub use view::view;

/// The control of the composer.
pub const COMPOSER: &str = "composer";
/// The control of a file's path.
pub const PATH: &str = "thread-path";

/// What the words are for.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Purpose {
    /// A text.
    #[default]
    New,
    /// An answer to this one.
    Answer(MessageId),
    /// They take the place of those of this one; the words that were there before wait.
    Correct(MessageId, String),
}

/// The open conversation.
#[derive(Default)]
pub struct Thread {
    /// Which; `None`: none is open.
    pub open: Option<ConversationId>,
    /// The words in the making.
    pub words: Content,
    /// What they are for.
    purpose: Purpose,
    /// The text whose buttons are shown.
    chosen: Option<MessageId>,
    /// Texts that were taken back and are shown all the same.
    revealed: BTreeSet<MessageId>,
    /// The small emoji are shown.
    emoji: bool,
    /// The path of a file to be sent, while it is being typed.
    path: Option<String>,
    drafts: HashMap<ConversationId, String>,
    /// The draft will be kept in a moment.
    keeping: bool,
    /// The other side was told that the person writes.
    told: bool,
    /// Older ones were asked for.
    waiting: bool,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Edits the words.
    Edit(Action),
    /// Sends them.
    Send,
    /// Sends a failed one again.
    Retry(MessageId),
    /// Wants older ones.
    Earlier,
    /// Copies a code.
    Copy(MessageId, Private<String>),
    /// Copies the words of a text.
    CopyWords(MessageId),
    /// Shows what can be done with a text, or hides it.
    Choose(MessageId),
    /// Shows a text that was taken back, or hides it.
    Reveal(MessageId),
    /// Answers one.
    Answer(MessageId),
    /// Corrects one.
    Correct(MessageId),
    /// Corrects the last one of the person's.
    CorrectLast,
    /// Neither answer nor correct after all.
    Leave,
    /// Gives a sign, or takes it away.
    React(MessageId, &'static str),
    /// Takes one back.
    Withdraw(MessageId),
    /// Blocks the other side, or no longer.
    Block(bool),
    /// Fetches, stops or saves the file of one.
    File(MessageId, Deed),
    /// Shows the small emoji, or hides them.
    Emoji,
    /// Puts one into the words.
    Insert(&'static str),
    /// Wants to send a file, or not after all.
    Attach,
    /// Types its path.
    Path(String),
    /// Sends it.
    SendFile,
    /// Lets a file fall into the conversation.
    Dropped(PathBuf),
    /// Words have stood for a moment: they are kept.
    Keep,
    /// Calls.
    Call,
    /// Back to the list.
    Back,
}

impl Thread {
    /// Opens a conversation: its newest texts are asked for, and it is seen.
    pub fn show(&mut self, id: ConversationId, kept: Option<&Conversation>) -> Vec<Wish> {
        let mut wishes = Vec::new();
        if self.open != Some(id) {
            wishes = self.close();
            self.open = Some(id);
            let kept = kept.map(|one| one.draft.expose().clone()).unwrap_or_default();
            self.words = Content::with_text(&self.drafts.get(&id).cloned().unwrap_or(kept));
        }
        self.waiting = false;
        wishes.extend([
            page(id, None),
            Wish::Ask(Command::MarkRead { conversation: id }, Then::Done),
            Wish::Focus(COMPOSER),
        ]);
        wishes
    }

    /// Closes it; its draft stays.
    pub fn close(&mut self) -> Vec<Wish> {
        self.leave();
        let mut wishes = self.keep();
        wishes.extend(self.tell(false));
        if let Some(before) = self.open.take() {
            self.drafts.insert(before, self.words.text());
            self.words = Content::new();
        }
        (self.chosen, self.emoji, self.path) = (None, false, None);
        self.revealed.clear();
        wishes
    }

    /// The words that were not sent are kept now.
    pub fn keep(&mut self) -> Vec<Wish> {
        let Some(conversation) = self.open.filter(|_| std::mem::take(&mut self.keeping)) else { return Vec::new() };
        let words = match &self.purpose {
            Purpose::Correct(_, before) => before.clone(),
            Purpose::New | Purpose::Answer(_) => self.words.text(),
        };
        let wanted = Wanted::Draft(Private::new(words));
        vec![Wish::Ask(Command::Want { conversation, wanted }, Then::Done)]
    }

    /// The other side is told, once, that the person writes or has stopped.
    fn tell(&mut self, on: bool) -> Option<Wish> {
        let conversation = self.open.filter(|_| std::mem::replace(&mut self.told, on) != on)?;
        Some(Wish::Ask(Command::Want { conversation, wanted: Wanted::Writing(on) }, Then::Done))
    }

    /// The words are for a new text again.
    fn leave(&mut self) {
        if let Purpose::Correct(_, before) = std::mem::take(&mut self.purpose) {
            self.words = Content::with_text(&before);
        }
    }

    /// One step.
    pub fn update(&mut self, message: Message, model: &Model) -> Vec<Wish> {
        let Some(id) = self.open else { return Vec::new() };
        let deed = |id, deed| vec![Wish::Ask(Command::Do { id, deed }, Then::Done)];
        match message {
            Message::Edit(Action::Edit(Edit::Paste(pasted))) if file_of(&pasted).is_some() => {
                return file_of(&pasted).map_or_else(Vec::new, |path| send_file(id, path, model));
            }
            Message::Edit(action) => return self.edit(action, model),
            Message::Insert(emoji) => {
                let paste = Action::Edit(Edit::Paste(std::sync::Arc::new(emoji.to_owned())));
                return self.edit(paste, model);
            }
            Message::Send => return self.send(id, model),
            Message::Retry(id) => return vec![Wish::Ask(Command::RetryText { id }, Then::Done)],
            Message::Earlier => {
                let first = model.thread.as_ref().and_then(|thread| thread.messages.first());
                if let (false, Some(first)) = (self.waiting, first) {
                    self.waiting = true;
                    return vec![page(id, Some(first.id))];
                }
            }
            Message::Copy(message, code) => return vec![Wish::Copy(message, code)],
            Message::CopyWords(message) => {
                self.chosen = None;
                return model.text(message).map(|one| Wish::Clipboard(one.body.clone())).into_iter().collect();
            }
            Message::Choose(message) => self.chosen = (self.chosen != Some(message)).then_some(message),
            Message::Reveal(message) => {
                if !self.revealed.remove(&message) {
                    self.revealed.insert(message);
                }
            }
            Message::Answer(message) => {
                self.leave();
                (self.purpose, self.chosen) = (Purpose::Answer(message), None);
                return vec![Wish::Focus(COMPOSER)];
            }
            Message::Correct(message) => return self.correct(message, model),
            Message::CorrectLast => {
                let mut texts = model.thread.iter().flat_map(|thread| thread.messages.iter().rev());
                let last = texts.find(|one| one.direction == Direction::Outgoing);
                let last = last.filter(|one| deeds::can_correct(model, one)).map(|one| one.id);
                return last.map_or_else(Vec::new, |last| self.correct(last, model));
            }
            Message::Leave => self.leave(),
            Message::React(message, sign) => {
                self.chosen = None;
                return deed(message, Deed::React(deeds::signs(model, message, sign)));
            }
            Message::Withdraw(message) => {
                self.chosen = None;
                return deed(message, Deed::Withdraw);
            }
            Message::File(message, Deed::Save) => {
                return vec![Wish::Ask(Command::Do { id: message, deed: Deed::Save }, Then::Saved)];
            }
            Message::File(message, wanted) => return deed(message, wanted),
            Message::Block(on) => {
                self.chosen = None;
                return vec![Wish::Ask(Command::Want { conversation: id, wanted: Wanted::Blocked(on) }, Then::Done)];
            }
            Message::Emoji => self.emoji = !self.emoji,
            Message::Attach => {
                self.path = self.path.is_none().then(String::new);
                return self.path.is_some().then_some(Wish::Focus(PATH)).into_iter().collect();
            }
            Message::Path(path) => self.path = Some(path),
            Message::SendFile => {
                let path = self.path.take().unwrap_or_default();
                return send_file(id, crate::ui::target::path_of(&path), model);
            }
            Message::Dropped(path) => return send_file(id, path, model),
            Message::Keep => return self.keep(),
            Message::Call => {
                if let Some(one) = model.conversation(id) {
                    let to = Private::new(one.peer.uri());
                    return vec![Wish::Ask(Command::Call { to, account: Some(one.account.clone()) }, Then::Called)];
                }
            }
            Message::Back => return vec![Wish::Back],
        }
        Vec::new()
    }

    fn edit(&mut self, action: Action, model: &Model) -> Vec<Wish> {
        let edits = action.is_edit();
        self.words.perform(action);
        if !edits {
            return Vec::new();
        }
        let mut wishes = Vec::new();
        if !std::mem::replace(&mut self.keeping, true) {
            wishes.push(Wish::KeepSoon);
        }
        if model.privacy.writing {
            wishes.extend(self.tell(has_words(&self.words)));
        }
        wishes
    }

    fn correct(&mut self, message: MessageId, model: &Model) -> Vec<Wish> {
        self.leave();
        let Some(one) = model.text(message) else { return Vec::new() };
        let before = self.words.text();
        self.words = Content::with_text(one.body.expose());
        self.words.perform(Action::Move(iced::widget::text_editor::Motion::DocumentEnd));
        (self.purpose, self.chosen) = (Purpose::Correct(message, before), None);
        vec![Wish::Focus(COMPOSER)]
    }

    fn send(&mut self, id: ConversationId, model: &Model) -> Vec<Wish> {
        let words = self.words.text();
        let words = words.trim();
        let Some(one) = model.conversation(id).filter(|_| !words.is_empty()) else {
            return Vec::new();
        };
        let body = Private::new(words.to_owned());
        let purpose = std::mem::take(&mut self.purpose);
        let command = match &purpose {
            Purpose::New => Command::Text {
                to: Private::new(one.peer.uri()),
                body: body.clone(),
                account: Some(one.account.clone()),
            },
            Purpose::Answer(to) => Command::Do { id: *to, deed: Deed::Reply(body.clone()) },
            Purpose::Correct(which, _) => Command::Do { id: *which, deed: Deed::Correct(body.clone()) },
        };
        self.words = Content::new();
        self.emoji = false;
        self.keeping = true;
        let mut wishes = vec![Wish::Ask(command, Then::Sent(id, body))];
        match purpose {
            Purpose::Correct(_, before) => self.words = Content::with_text(&before),
            Purpose::New | Purpose::Answer(_) => wishes.push(Wish::ToEnd),
        }
        wishes.extend(self.keep());
        wishes.extend(self.tell(false));
        wishes
    }

    /// A page came.
    pub fn paged(&mut self) {
        self.waiting = false;
    }

    /// A text was not taken: its words stand before what has been written since.
    pub fn give_back(&mut self, id: ConversationId, body: &Private<String>) {
        let join = |since: &str| {
            let since = since.trim_end();
            if since.is_empty() { body.expose().clone() } else { format!("{}\n{since}", body.expose()) }
        };
        if self.open == Some(id) {
            self.words = Content::with_text(&join(&self.words.text()));
        } else {
            let since = self.drafts.remove(&id).unwrap_or_default();
            self.drafts.insert(id, join(&since));
        }
    }
}

/// There are words, not only white space.
fn has_words(words: &Content) -> bool {
    words.text().chars().any(|c| !c.is_whitespace())
}

/// The file that a file manager means by what it put on the clipboard.
fn file_of(pasted: &str) -> Option<PathBuf> {
    let line = pasted.trim();
    let path = line.strip_prefix("file://").filter(|path| path.starts_with('/') && !line.contains('\n'))?;
    Some(crate::ui::target::path_of(&format!("file://{path}")))
}

fn send_file(id: ConversationId, path: PathBuf, model: &Model) -> Vec<Wish> {
    let Some(one) = model.conversation(id) else { return Vec::new() };
    let (to, account) = (Private::new(one.peer.uri()), Some(one.account.clone()));
    let file = Attach { to, path: Private::new(path), account };
    vec![Wish::Ask(Command::Attach(file), Then::Done), Wish::ToEnd]
}

/// A page of a thread.
pub fn page(conversation: ConversationId, before: Option<MessageId>) -> Wish {
    Wish::Ask(Command::Thread { conversation, before, limit: PAGE }, Then::Page(conversation, before))
}
