//! A voice mailbox as its server tells of it (RFC 3842): what waits there, and where it is listened to.
use super::address::Address;
use serde::{Deserialize, Serialize};

/// One account's mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Something new waits.
    pub waiting: bool,
    /// How many voice messages are new; `None`: the server does not count them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<u32>,
    /// How many were heard and kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<u32>,
    /// Where to call to listen to them, by the server's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<Address>,
}

impl Mailbox {
    /// The sentence's key in `words/`; those with a number have it put in as `$count`.
    pub const fn key(&self) -> &'static str {
        match (self.waiting, self.new) {
            (true, Some(1..)) => "voicemail-new",
            (true, _) => "voicemail-waiting",
            (false, _) => "voicemail-none",
        }
    }
}
