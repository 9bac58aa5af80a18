//! What every view is given: the model, the words, the colours, the time and the room there is.
use super::{model::Model, theme::Palette};
use crate::{
    domain::{
        call::Call,
        message::{Direction, MessageId},
    },
    words::{Value, Words},
};
use iced::Size;
use jiff::{Timestamp, tz::TimeZone};

/// See the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What is known.
    pub model: &'a Model,
    /// The person's language.
    pub words: &'a Words,
    /// The colours.
    pub p: &'static Palette,
    /// Now.
    pub now: Timestamp,
    /// The person's time zone.
    pub zone: &'a TimeZone,
    /// The window in logical pixels, text size taken into account.
    pub size: Size,
    /// The code that was copied last, while that is worth saying.
    pub copied: Option<MessageId>,
}

impl Context<'_> {
    /// A sentence.
    pub fn t(&self, key: &str) -> String {
        self.words.text(key)
    }
    /// A sentence with something put in.
    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.words.with(key, &[(name, Value::Text(value))])
    }
    /// The other side of a call, by the name a person knows.
    pub fn who(&self, call: &Call) -> String {
        let name = self.model.name(call.name.as_ref(), &call.peer);
        if call.peer.is_hidden() { self.t("call-hidden") } else { name.to_owned() }
    }
    /// By whom a call came here, or where it was forwarded to.
    pub fn forwarded(&self, call: &Call) -> Option<String> {
        let key = match call.direction {
            Direction::Incoming => "call-forwarded-by",
            Direction::Outgoing => "call-forwarded-to",
        };
        call.via.as_ref().map(|via| self.with(key, "who", self.model.name(None, via)))
    }
    /// One pane, tabs below.
    pub const fn narrow(&self) -> bool {
        self.size.width < 720.0
    }
    /// Barely room for two words: a small window with large text.
    pub const fn tiny(&self) -> bool {
        self.size.width < 300.0
    }
    /// Little height: what can wait is left out.
    pub const fn low(&self) -> bool {
        self.size.height < 560.0
    }
    /// The word on a code's Copy button.
    pub fn copy_word(&self, message: MessageId) -> String {
        self.t(if self.copied == Some(message) { "copied" } else { "action-copy" })
    }
}
