//! A text message: as it arrives from an account, and as the store keeps it.
use super::{
    account::AccountId,
    address::Address,
    archive::ArchiveStep,
    code::Code,
    conversation::ConversationId,
    extras::{Change, Extras},
    private::Private,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Row id of a message in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub i64);

/// Which way a message or call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To us.
    Incoming,
    /// From us, from here or from another device of ours.
    Outgoing,
}

/// How far a text has come. Ordered: a later state is never replaced by an earlier one, except that a failure ends all of
/// them until the text is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// In the outbox; sent when the account is there.
    Queued,
    /// Refused; the reason is in [`Message::failure`].
    Failed,
    /// Taken by the server or gateway (SIP 2xx, XEP-0198 ack).
    Sent,
    /// The other side's device, or the gateway, says it has it (XEP-0184).
    Delivered,
    /// Incoming: it is here.
    Received,
    /// The other side has seen it (XEP-0333).
    Read,
}

/// Why a text was not taken. Each has a sentence in `words/` (`failure-…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SendFailure {
    /// No such number or address.
    #[error("no such address")]
    NotFound,
    /// The server or the person there refuses.
    #[error("refused")]
    Refused,
    /// The gateway wants the account to be registered with it first.
    #[error("not registered with the gateway")]
    NotRegistered,
    /// Reached nobody; it may work later.
    #[error("not reachable now")]
    Unavailable,
    /// Somebody behind our server asked for the account's password, and did not get it.
    #[error("somebody asked for the password")]
    PasswordAsked,
    /// Too long for the other side.
    #[error("too long")]
    TooLong,
    /// The other side does not take this kind of text.
    #[error("not supported there")]
    Unsupported,
    /// The file that hangs on it is not there, or cannot be read.
    #[error("the file cannot be read")]
    File,
    /// The person stopped it.
    #[error("stopped")]
    Stopped,
    /// No answer in time.
    #[error("no answer")]
    TimedOut,
    /// Another error of the server.
    #[error("server error")]
    Server,
}

impl SendFailure {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotFound => "failure-not-found",
            Self::Refused => "failure-refused",
            Self::NotRegistered => "failure-not-registered",
            Self::Unavailable => "failure-unavailable",
            Self::PasswordAsked => "failure-password-asked",
            Self::TooLong => "failure-too-long",
            Self::Unsupported => "failure-unsupported",
            Self::File => "failure-file",
            Self::Stopped => "failure-stopped",
            Self::TimedOut => "failure-timed-out",
            Self::Server => "failure-server",
        }
    }
}

/// A text as an account hands it up, before it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Whose conversation: the other side, for both directions.
    pub peer: Address,
    /// The writer, where it is not the peer (group texts).
    pub sender: Option<Address>,
    /// A nickname that came with it.
    pub sender_name: Option<Private<String>>,
    /// Outgoing for carbons and archive entries of our own texts.
    pub direction: Direction,
    /// The text.
    pub body: Private<String>,
    /// When it was sent, by the sender's or server's word (XEP-0203, SIP Date).
    pub sent_at: Option<Timestamp>,
    /// Everything that identifies it: any of these seen before on this account means a duplicate.
    /// Written by the account as `kind:value` (`origin:…`, `archive:…`, `sip:call-id/cseq/tag`).
    pub dedupe: Vec<String>,
    /// It came in the order in which the server has it, so that it goes after what came before it whatever the clocks say.
    pub in_order: bool,
    /// What the other side calls it, for answers to it; never a proof of anything.
    pub wire_id: Option<String>,
    /// What hangs on it.
    pub extras: Extras,
    /// It is no text of its own, but changes one.
    pub change: Option<Change>,
    /// How it moves the account's place in the server's archive (XEP-0313), in the same transaction.
    pub archive: Option<ArchiveStep>,
}

/// A text as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its thread.
    pub conversation: ConversationId,
    /// Its account.
    pub account: AccountId,
    /// The other side.
    pub peer: Address,
    /// The writer, where it is not the peer.
    pub sender: Option<Address>,
    /// Which way.
    pub direction: Direction,
    /// The text.
    pub body: Private<String>,
    /// How far it has come.
    pub state: MessageState,
    /// Why it failed.
    pub failure: Option<SendFailure>,
    /// When it was sent (their word), or written here.
    pub sent_at: Timestamp,
    /// When it reached this program.
    pub received_at: Timestamp,
    /// Orders the texts of its thread, together with the id; no time.
    pub place: i64,
    /// A verification code found in it.
    pub code: Option<Code>,
    /// What hangs on it.
    #[serde(default, skip_serializing_if = "Extras::is_empty")]
    pub extras: Extras,
}
