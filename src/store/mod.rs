//! The only room that imports rusqlite: one thread, migrations, messages and what is done to them, calls, contacts,
//! search, outbox.
//! Every public method is one transaction: what it returns is on the disk, encrypted.
use crate::domain::{conversation::Conversation, message::Message};

mod accounts;
mod archive;
mod calls;
mod changes;
mod contacts;
mod conversations;
mod copy;
mod file;
mod files;
mod handle;
mod messages;
mod pages;
mod place;
mod receive;
mod repair;
mod rows;
mod schema;
mod search;

pub use changes::Changed;
pub use copy::{Beside, Progress, back_up, restore};
pub use file::{Kind, kind, put_aside};
pub use handle::Store;
pub use repair::repair;

/// Why the store cannot do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space left.
    #[error("the disk is full")]
    Full,
    /// The disk or file may not be written.
    #[error("the disk is read-only")]
    ReadOnly,
    /// The file is no database, or a damaged one. It is left as it is.
    #[error("the store is damaged")]
    Damaged,
    /// Written by a newer Landline. It is left as it is.
    #[error("the store is from a newer version")]
    TooNew,
    /// Another program holds it.
    #[error("the store is in use by another program")]
    Locked,
    /// Another fault of the disk.
    #[error("the store cannot be read or written")]
    Io,
    /// Its key is not here yet, or the store's thread has ended.
    #[error("the store is closed")]
    Closed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::ReadOnly | Code::PermissionDenied) => Self::ReadOnly,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            _ => Self::Io,
        }
    }
}

/// What became of a text handed to [`Store::receive`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The text as it is kept; for a duplicate, the one kept before.
    pub message: Message,
    /// Its conversation now.
    pub conversation: Conversation,
    /// False: it was known already.
    pub new: bool,
}

#[cfg(test)]
mod copy_tests;
#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
