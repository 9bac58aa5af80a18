//! The call: who, how long, muted or held at a glance, and the keypad with what was pressed. Also the card of a call
//! that rings and the one-line bar on every other screen. All act on the engine; the state comes back as events.
use crate::{
    domain::{call::CallId, conversation::ConversationId},
    engine::api::Command,
    ui::wish::{Place, Then, Wish},
};

mod line;
mod strip;
mod view;
pub use strip::{bar, incoming};
pub use view::view;

/// The screen's own state.
#[derive(Default)]
pub struct Screen {
    keypad: bool,
    details: bool,
}

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
            Message::Show => vec![Wish::Go(Place::Call)],
            Message::Leave | Message::Seen => vec![Wish::Back],
            Message::Write(conversation) => vec![Wish::Open(conversation)],
        }
    }

    /// The call is over.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}
