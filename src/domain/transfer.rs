//! Handing a call over: to whom, how far it has come, and what the other side of a call asks of us.
use super::{
    account::AccountId,
    address::Address,
    call::{CallId, EndReason},
    private::Private,
};
use serde::{Deserialize, Serialize};

/// To whom a call is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To somebody who was not talked to.
    Address(Address),
    /// To the other side of this call.
    Call(CallId),
}

/// How far handing over has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handover {
    /// The other side was asked to call.
    Asked,
    /// It rings where they call.
    Ringing,
}

impl Handover {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Asked => "transfer-asked",
            Self::Ringing => "transfer-ringing",
        }
    }
}

/// What became of handing over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It rings there.
    Ringing,
    /// They talk to each other.
    Done,
    /// They do not; the call stands as it did.
    Failed {
        /// Why.
        reason: EndReason,
    },
}

/// The other side of a call asks us to call somebody. Nothing is dialled before the person says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// The call in which it was asked; it may be over by now.
    pub call: CallId,
    /// Its account.
    pub account: AccountId,
    /// Who asks.
    pub by: Address,
    /// The name they go by.
    pub name: Option<Private<String>>,
    /// Whom to call.
    pub to: Address,
}
