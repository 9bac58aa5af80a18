//! What the engine answers to a command. Part of the contract in `api`.
use super::snapshot::{AccountStatus, Snapshot};
use crate::{
    audio::{DeviceChoice, Devices},
    domain::{
        account::AccountId,
        address::Address,
        call::{Call, CallRecord},
        code::ReceivedCode,
        contact::Contact,
        conversation::Conversation,
        message::Message,
    },
};
use serde::{Deserialize, Serialize};

/// What the engine answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "reply", content = "value", rename_all = "snake_case")]
pub enum Reply {
    /// Done, nothing to say.
    Done,
    /// An account.
    Account(AccountStatus),
    /// Everything at start.
    Snapshot(Box<Snapshot>),
    /// Sound devices and the ones chosen.
    Devices {
        /// All.
        devices: Devices,
        /// Chosen.
        choice: DeviceChoice,
    },
    /// What would be dialled.
    Dial {
        /// Where to.
        to: Address,
        /// From which account.
        account: AccountId,
    },
    /// A call.
    Call(Call),
    /// Calls now.
    Calls(Vec<Call>),
    /// Calls of the past.
    CallHistory(Vec<CallRecord>),
    /// A text.
    Message(Message),
    /// Conversations.
    Conversations(Vec<Conversation>),
    /// Messages.
    Messages(Vec<Message>),
    /// Codes.
    Codes(Vec<ReceivedCode>),
    /// Contacts.
    Contacts(Vec<Contact>),
}
