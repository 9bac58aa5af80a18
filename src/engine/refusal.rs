//! Why a request is refused, as something a person can act on. Part of the contract in `api`.
use super::snapshot::StoreState;
use crate::domain::account::Problem;
use serde::{Deserialize, Serialize};

/// Why the engine refuses. Each has a sentence in `words/` (`refusal-…`, or the problem's own).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", content = "problem", rename_all = "snake_case")]
pub enum Refusal {
    /// No account is set up.
    #[error("no account")]
    NoAccount,
    /// No account of that name.
    #[error("unknown account")]
    UnknownAccount,
    /// There is one already for that address.
    #[error("account exists")]
    AccountExists,
    /// That is no account address (`name@domain`).
    #[error("bad account address")]
    BadAccountAddress,
    /// That is no number or address.
    #[error("bad address")]
    BadAddress,
    /// The account's log-in does not work.
    #[error("account problem: {0}")]
    Account(Problem),
    /// The account is not connected now.
    #[error("not connected")]
    NotConnected,
    /// The account cannot do that.
    #[error("not supported by the account")]
    NotSupported,
    /// No such call, or none that fits.
    #[error("no such call")]
    NoCall,
    /// The calls are of different accounts: neither server can put them through.
    #[error("different accounts")]
    Apart,
    /// No such message or conversation.
    #[error("no such message")]
    NoMessage,
    /// A text or digits that cannot be sent (empty, or bad characters).
    #[error("nothing to send")]
    BadText,
    /// It cannot be read or kept: the disk is full or read-only, or the file is damaged.
    #[error("the store failed: {0:?}")]
    Store(StoreState),
    /// The secret store is locked and no passphrase was given.
    #[error("secrets are locked")]
    SecretsLocked,
    /// The keyring or vault failed.
    #[error("secrets cannot be kept")]
    SecretsFailed,
    /// The configuration could not be written.
    #[error("the configuration could not be written")]
    Config,
    /// No sound device could be opened.
    #[error("no sound")]
    Sound,
    /// No room is left for a recording.
    #[error("the disk is full")]
    DiskFull,
    /// The recording cannot be written.
    #[error("the call is not recorded")]
    NotRecorded,
    /// No sound file that can be played on hold.
    #[error("no sound file that can be played")]
    NoTune,
    /// No file of that name, or none that can be read.
    #[error("no such file")]
    NoFile,
    /// The account's server does not take files so large.
    #[error("the file is too large")]
    FileTooLarge,
    /// No voice mailbox is known: neither from the account's settings nor from its server.
    #[error("no voice mailbox")]
    NoVoicemail,
    /// The engine is stopping.
    #[error("stopping")]
    Stopping,
}

impl Refusal {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoAccount => "refusal-no-account",
            Self::UnknownAccount => "refusal-unknown-account",
            Self::AccountExists => "refusal-account-exists",
            Self::BadAccountAddress => "refusal-bad-account-address",
            Self::BadAddress => "refusal-bad-address",
            Self::Account(problem) => problem.key(),
            Self::NotConnected => "refusal-not-connected",
            Self::NotSupported => "refusal-not-supported",
            Self::NoCall => "refusal-no-call",
            Self::Apart => "refusal-apart",
            Self::NoMessage => "refusal-no-message",
            Self::BadText => "refusal-bad-text",
            Self::Store(state) => state.key(),
            Self::SecretsLocked => "refusal-secrets-locked",
            Self::SecretsFailed => "refusal-secrets-failed",
            Self::Config => "refusal-config",
            Self::Sound => "refusal-sound",
            Self::DiskFull => "refusal-disk-full",
            Self::NotRecorded => "refusal-not-recorded",
            Self::NoTune => "refusal-no-tune",
            Self::NoFile => "refusal-no-file",
            Self::FileTooLarge => "refusal-file-too-large",
            Self::NoVoicemail => "refusal-no-voicemail",
            Self::Stopping => "refusal-stopping",
        }
    }
}
