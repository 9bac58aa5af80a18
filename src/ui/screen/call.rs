//! The call: who, how long, muted or held at a glance, and the keypad with what was pressed. Also the card of a call
//! that rings and the one-line bar on every other screen. All act on the engine; the state comes back as events.
use crate::{
    domain::{account::AccountId, call::CallId, conversation::ConversationId},
    engine::api::Command,
    ui::wish::{Place, Then, Wish},
};

mod line;
mod strip;
mod transfer;
mod view;
pub use strip::{bar, incoming};
pub use transfer::asked;
pub use view::view;

/// The screen's own state.
#[derive(Default)]
pub struct Screen {
    keypad: bool,
    details: bool,
    /// Whom the call is to be handed over to, as typed.
    transfer: Option<String>,
    /// The call that was answered last from somebody who is not known: told once.
    stranger: Option<CallId>,
    /// What is written down in which call.
    note: Option<(CallId, String)>,
}

/// The control of that address.
const TO: &str = "transfer-to";

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Answers.
    Answer(CallId),
    /// Declines.
    Decline(CallId),
    /// Hangs up.
    HangUp(CallId),
    /// Mutes, or unmutes.
    Mute(CallId, bool),
    /// Joins all calls.
    Join,
    /// Records, or stops.
    Record(CallId, bool),
    /// Holds.
    Hold(CallId),
    /// Resumes.
    Resume(CallId),
    /// Shows or hides the keypad.
    Keypad,
    /// Shows or hides the figures of the line.
    Details,
    /// Hears the other side this loud, in percent.
    Volume(CallId, u16),
    /// Presses a key of the keypad.
    Key(CallId, char),
    /// Writes down what is heard.
    Note(CallId, String),
    /// Shows or hides whom to hand the call over to.
    Transfer,
    /// Types it.
    TransferTo(String),
    /// Calls them first.
    TalkFirst(AccountId),
    /// Hands the call over at once.
    SendNow(CallId),
    /// Puts the first call through to the second.
    PutThrough(CallId, CallId),
    /// Calls whom the other side of a call asked for, or does not.
    Follow(CallId, bool),
    /// Goes to the call.
    Show,
    /// Leaves the screen; the call goes on.
    Leave,
    /// Has seen why it ended.
    Seen,
    /// Writes instead.
    Write(ConversationId),
}

impl Screen {
    /// One step.
    pub fn update(&mut self, message: Message) -> Vec<Wish> {
        let ask = |command| vec![Wish::Ask(command, Then::Done)];
        match message {
            Message::Answer(id) => {
                vec![Wish::Ask(Command::Answer { call: Some(id) }, Then::Done), Wish::Go(Place::Call)]
            }
            Message::Decline(id) => ask(Command::Decline { call: Some(id) }),
            Message::HangUp(id) => ask(Command::HangUp { call: Some(id) }),
            Message::Mute(id, on) => ask(Command::Mute { call: Some(id), on }),
            Message::Join => ask(Command::Join),
            Message::Record(id, on) => ask(Command::Record { call: Some(id), on }),
            Message::Hold(id) => ask(Command::Hold { call: Some(id) }),
            Message::Resume(id) => ask(Command::Resume { call: Some(id) }),
            Message::Keypad => {
                self.keypad = !self.keypad;
                Vec::new()
            }
            Message::Details => {
                self.details = !self.details;
                Vec::new()
            }
            Message::Volume(id, percent) => ask(Command::Volume { call: Some(id), percent }),
            Message::Key(id, key) => ask(Command::Dtmf { call: Some(id), digits: key.to_string().into() }),
            Message::Note(id, note) => {
                self.note = Some((id, note.clone()));
                ask(Command::NoteCall { call: Some(id), note: note.into() })
            }
            Message::Transfer => {
                self.transfer = self.transfer.is_none().then(String::new);
                self.transfer.iter().map(|_| Wish::Focus(TO)).collect()
            }
            Message::TransferTo(text) => {
                self.transfer = Some(text);
                Vec::new()
            }
            Message::TalkFirst(account) => {
                let to = self.transfer.take().unwrap_or_default().into();
                vec![Wish::Ask(Command::Call { to, account: Some(account) }, Then::Called)]
            }
            Message::SendNow(id) => {
                let to = self.transfer.take().unwrap_or_default().into();
                ask(Command::Transfer { call: Some(id), to })
            }
            Message::PutThrough(id, to) => ask(Command::PutThrough { call: Some(id), to: Some(to) }),
            Message::Follow(id, yes) => {
                let command = Command::Follow { call: Some(id), yes };
                vec![Wish::Ask(command, if yes { Then::Called } else { Then::Done })]
            }
            Message::Show => vec![Wish::Go(Place::Call)],
            Message::Leave | Message::Seen => vec![Wish::Back],
            Message::Write(conversation) => vec![Wish::Open(conversation)],
        }
    }

    /// A call from somebody who is not known was answered: it may speak a code, or want a key to be pressed.
    pub fn answered_stranger(&mut self, call: CallId) {
        if self.stranger != Some(call) {
            self.stranger = Some(call);
            self.keypad = true;
        }
    }

    /// What is written down in a call.
    fn noted(&self, call: CallId) -> &str {
        self.note.as_ref().filter(|(noted, _)| *noted == call).map(|(_, note)| note.as_str()).unwrap_or_default()
    }

    /// The call is over.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}
