//! What every view is given: the model, the words, the colours, the time and the room there is.
use super::{model::Model, theme::Palette};
use crate::words::{Value, Words};
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
    /// Width of the window in logical pixels, text size taken into account.
    pub width: f32,
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
    /// One pane, tabs below.
    pub const fn narrow(&self) -> bool {
        self.width < 720.0
    }
    /// Barely room for two words: a small window with large text.
    pub const fn tiny(&self) -> bool {
        self.width < 300.0
    }
}
