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
