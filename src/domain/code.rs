//! A verification code found in a text.
use super::{address::Address, message::MessageId, private::Private};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What `logic/codes` finds in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The characters to type, without separators: `G-123456` gives `123456` where the service says so.
    pub value: Private<String>,
    /// The site it is bound to (WICG origin-bound one-time codes), for example `example.com`.
    pub site: Option<String>,
    /// How long it is good for by the text's own words, in seconds.
    pub valid_for: Option<u32>,
    /// Why to be careful with it.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

/// Why to be careful with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// Its own text asks to hand it on.
    PassOn,
    /// Another text asks for it.
    Asked,
    /// The sender is new and imitates a known one.
    Imitation,
    /// A link in the text imitates the site the code is bound to.
    LookAlike,
    /// A link in the text leads to another site than the code is bound to.
    ForeignLink,
}

impl Warning {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PassOn => "code-warn-pass-on",
            Self::Asked => "code-warn-asked",
            Self::Imitation => "code-warn-imitation",
            Self::LookAlike => "code-warn-look-alike",
            Self::ForeignLink => "code-warn-foreign-link",
        }
    }
}

/// A code with the text it stood in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedCode {
    /// The text.
    pub message: MessageId,
    /// Who sent it.
    pub sender: Address,
    /// The contact's name, where one is known.
    pub sender_name: Option<Private<String>>,
    /// The code.
    pub code: Code,
    /// When it arrived.
    pub received_at: Timestamp,
}
