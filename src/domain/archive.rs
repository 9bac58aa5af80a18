//! How much of a server's archive of texts (XEP-0313) is kept here, and the pages it comes in. It exists so that what was kept
//! and where to go on are one transaction. It must not know how an archive is asked.
use super::message::NewMessage;

/// How much of an archive is kept: all up to `newest`, but for what is older than `gap`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchivePlace {
    /// The newest entry with nothing missing between it and the last page; `None`: nothing was fetched yet.
    pub newest: Option<String>,
    /// Entries before this one are still to be fetched; `None`: there are none.
    pub gap: Option<String>,
}

/// A move from one place to the next. It is made only from the place it names: when a text before it could not be kept, no
/// later one can step over the hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveStep {
    /// Where the account stands before.
    pub from: ArchivePlace,
    /// Where it stands after.
    pub to: ArchivePlace,
}

/// A part of an archive, kept whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePage {
    /// Its texts: oldest first, or newest first where `older`.
    pub messages: Vec<NewMessage>,
    /// Where it leads.
    pub step: ArchiveStep,
    /// It was read backward: every text goes before those that are kept, and nobody waits for it.
    pub older: bool,
}
