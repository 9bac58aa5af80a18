//! A conversation: the thread of one account with one peer.
use super::{account::AccountId, address::Address, message::Message, private::Private};
use serde::{Deserialize, Serialize};

/// Row id of a conversation in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationId(pub i64);

/// One line of the conversation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The account it belongs to.
    pub account: AccountId,
    /// With whom.
    pub peer: Address,
    /// The contact's name, where one is known.
    pub name: Option<Private<String>>,
    /// The newest message.
    pub last: Option<Message>,
    /// Received and not yet seen.
    pub unread: u32,
    /// Words that were not sent yet.
    #[serde(default)]
    pub draft: Private<String>,
}
