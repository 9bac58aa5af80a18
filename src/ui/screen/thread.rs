//! One conversation: its texts and the composer. Enter sends, Shift and Enter breaks the line; what could not be taken
//! comes back into the composer, and drafts stay while the window is open.
use crate::{
    domain::{conversation::ConversationId, message::MessageId, private::Private},
    engine::api::Command,
    ui::{
        model::{Model, PAGE},
        wish::{Then, Wish},
    },
};
use iced::widget::text_editor::{Action, Content};
use std::collections::HashMap;

mod view;
pub use view::{composer, view};

/// The control of the composer.
pub const COMPOSER: &str = "composer";

/// The open conversation.
#[derive(Default)]
pub struct Thread {
    /// Which; `None`: none is open.
    pub open: Option<ConversationId>,
    /// The words in the making.
    pub words: Content,
    drafts: HashMap<ConversationId, String>,
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
    /// Calls.
    Call,
    /// Back to the list.
    Back,
}

impl Thread {
    /// Opens a conversation: its newest texts are asked for, and it is seen.
    pub fn show(&mut self, id: ConversationId) -> Vec<Wish> {
        if self.open != Some(id) {
            self.close();
            self.open = Some(id);
            self.words = Content::with_text(self.drafts.remove(&id).as_deref().unwrap_or_default());
        }
        self.waiting = false;
        vec![page(id, None), Wish::Ask(Command::MarkRead { conversation: id }, Then::Done), Wish::Focus(COMPOSER)]
    }

    /// Closes it; its draft stays.
    pub fn close(&mut self) {
        if let Some(before) = self.open.take() {
            let words = self.words.text();
            self.words = Content::new();
            if !words.trim().is_empty() {
                self.drafts.insert(before, words);
            }
        }
    }

    /// One step.
    pub fn update(&mut self, message: Message, model: &Model) -> Vec<Wish> {
        let Some(id) = self.open else { return Vec::new() };
        match message {
            Message::Edit(action) => self.words.perform(action),
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

    fn send(&mut self, id: ConversationId, model: &Model) -> Vec<Wish> {
        let words = self.words.text();
        let words = words.trim();
        let Some(one) = model.conversation(id).filter(|_| !words.is_empty()) else {
            return Vec::new();
        };
        let body = Private::new(words.to_owned());
        let command =
            Command::Text { to: Private::new(one.peer.uri()), body: body.clone(), account: Some(one.account.clone()) };
        self.words = Content::new();
        vec![Wish::Ask(command, Then::Sent(id, body)), Wish::ToEnd]
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

/// A page of a thread.
pub fn page(conversation: ConversationId, before: Option<MessageId>) -> Wish {
    Wish::Ask(Command::Thread { conversation, before, limit: PAGE }, Then::Page(conversation, before))
}
