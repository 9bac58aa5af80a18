//! The part of the seam that not every kind of account has: what goes beside plain texts. An account that has it not passes the
//! commands over; the engine offers nothing of it that the account has not told of.
use crate::domain::{
    address::Address,
    extras::{Deed, Named, Outgoing},
    message::{MessageId, SendFailure},
    private::Private,
};

/// From the engine to an account.
#[derive(Debug)]
pub enum ChatCommand {
    /// As [`super::AccountCommand::SendText`], with something that hangs on the text.
    Send {
        /// The store's id.
        id: MessageId,
        /// To whom.
        to: Address,
        /// The text.
        body: Private<String>,
        /// What hangs on it.
        more: Outgoing,
    },
    /// Do something to a text: correct it, react to it, take it back, or tell that it was seen.
    Change {
        /// The conversation.
        to: Address,
        /// Which text.
        target: Named,
        /// What.
        deed: Deed,
        /// A correction's words.
        body: Private<String>,
    },
    /// Find a place for a file. Answered by [`ChatEvent::Slot`].
    Slot {
        /// The text it hangs on.
        id: MessageId,
        /// What it is called.
        name: Private<String>,
        /// Its length in bytes.
        size: u64,
        /// Its media type; empty: unknown.
        media_type: String,
    },
    /// Hold back at the server all that somebody sends, or no longer. Answered by [`ChatEvent::Blocked`].
    Block {
        /// Whom.
        to: Address,
        /// Hold it back.
        on: bool,
    },
    /// Tell that the person writes, or has stopped.
    Writing {
        /// To whom.
        to: Address,
        /// Writes.
        on: bool,
    },
}

/// A place for a file on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Where it is to be put.
    pub put: Private<String>,
    /// Where others find it then.
    pub get: Private<String>,
    /// Headers to be sent with it.
    pub headers: Private<Vec<(String, String)>>,
}

/// From an account to the engine.
#[derive(Debug)]
pub enum ChatEvent {
    /// The server has room for files.
    Upload {
        /// The largest it takes, in bytes; `None`: it does not tell.
        largest: Option<u64>,
    },
    /// A place for the file of a text, or why there is none.
    Slot {
        /// The text.
        id: MessageId,
        /// The place; else why not, and whether it may work later.
        slot: Result<Slot, (SendFailure, bool)>,
    },
    /// All who are blocked now; an account that tells nothing of it cannot block.
    Blocked(Vec<Address>),
    /// The other side writes, or has stopped.
    Writing {
        /// Who.
        peer: Address,
        /// Writes.
        on: bool,
    },
}
