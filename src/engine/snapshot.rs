//! Everything there is to see now, as the window asks for it at start and when it lagged. Part of the contract in `api`.
use crate::{
    audio::DeviceChoice,
    config::{CodesConfig, DesktopConfig, PrivacyConfig, RecordingConfig, WindowConfig},
    domain::{
        account::{AccountConfig, Capabilities, Registration},
        address::Address,
        call::{Call, CallRecord},
        code::ReceivedCode,
        contact::Contact,
        conversation::Conversation,
        mailbox::Mailbox,
        transfer::Referral,
    },
    net::WiredStatus,
    store::StoreError,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// An account and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// The account.
    pub config: AccountConfig,
    /// Where it stands.
    pub registration: Registration,
    /// The largest file it can send, in bytes; `None`: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<u64>,
    /// Whom the account's server holds back; `None`: it cannot.
    #[serde(default)]
    pub blocked: Option<Vec<Address>>,
    /// What waits in its voice mailbox; `None`: its server does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Mailbox>,
}

impl AccountStatus {
    /// What it can do now.
    pub fn capabilities(&self) -> Capabilities {
        match self.registration {
            Registration::Registered { capabilities, .. } => capabilities,
            _ => Capabilities::default(),
        }
    }
}

/// Where passwords are, and whether they can be read now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretsState {
    /// The desktop's keyring, or an open vault.
    #[default]
    Open,
    /// A vault file is there and closed.
    Locked,
    /// No keyring and no vault yet: a passphrase must be chosen before an account can be kept.
    NeedsPassphrase,
}

/// Whether texts and calls can be read and kept now, and if not, why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreState {
    /// Yes.
    #[default]
    Open,
    /// Its key is among the passwords, and those are not open ([`SecretsState`]).
    Closed,
    /// Its key is not where it was kept; [`Command::Unlock`](super::api::Command::Unlock) takes the recovery passphrase.
    Recoverable,
    /// Its key is not where it was kept, and no recovery passphrase was set.
    KeyLost,
    /// The keyring, which has the key, refuses or does not answer.
    KeyringSilent,
    /// No space left.
    Full,
    /// The disk or the file may not be written.
    ReadOnly,
    /// The file is damaged.
    Damaged,
    /// A newer Landline wrote it.
    TooNew,
    /// Another program holds it.
    InUse,
    /// The disk fails in another way.
    Io,
}

impl StoreState {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "store-open",
            Self::Closed => "store-closed",
            Self::Recoverable => "store-recoverable",
            Self::KeyLost => "store-key-lost",
            Self::KeyringSilent => "store-keyring-silent",
            Self::Full => "store-full",
            Self::ReadOnly => "store-read-only",
            Self::Damaged => "store-damaged",
            Self::TooNew => "store-too-new",
            Self::InUse => "store-in-use",
            Self::Io => "store-io",
        }
    }
    /// Whether beginning anew, with the old file put aside, is a way on.
    pub const fn may_begin_anew(self) -> bool {
        matches!(self, Self::Recoverable | Self::KeyLost | Self::Damaged | Self::TooNew)
    }
}

impl From<StoreError> for StoreState {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::ReadOnly => Self::ReadOnly,
            StoreError::Damaged => Self::Damaged,
            StoreError::TooNew => Self::TooNew,
            StoreError::Locked => Self::InUse,
            StoreError::Io => Self::Io,
            StoreError::Closed => Self::Closed,
        }
    }
}

/// Everything the window shows at start, and what a window that lagged asks for again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// Accounts.
    pub accounts: Vec<AccountStatus>,
    /// Conversations, newest first.
    pub conversations: Vec<Conversation>,
    /// Calls now.
    pub calls: Vec<Call>,
    /// What the other sides of calls ask of us.
    #[serde(default)]
    pub referrals: Vec<Referral>,
    /// Codes, newest first, 20 at the most.
    pub codes: Vec<ReceivedCode>,
    /// Calls of the past, newest first, 100 at the most.
    pub call_history: Vec<CallRecord>,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// Links.
    pub wired: WiredStatus,
    /// The demo exchange runs in this process.
    pub demo: bool,
    /// What the window looks like.
    pub window: WindowConfig,
    /// How Landline behaves on the desktop around it.
    #[serde(default)]
    pub desktop: DesktopConfig,
    /// How codes are treated.
    #[serde(default)]
    pub code_rules: CodesConfig,
    /// The sound devices chosen.
    pub sound: DeviceChoice,
    /// How calls are recorded.
    #[serde(default)]
    pub recording: RecordingConfig,
    /// The folder of recordings.
    #[serde(default)]
    pub recordings: PathBuf,
    /// What others are told of the person.
    #[serde(default)]
    pub privacy: PrivacyConfig,
    /// The vault waits for its passphrase ([`Command::Unlock`]).
    pub secrets: SecretsState,
    /// Whether texts and calls can be read and kept.
    #[serde(default)]
    pub store: StoreState,
    /// Why what comes in cannot be kept now.
    #[serde(default)]
    pub not_kept: Option<StoreState>,
    /// The file of texts and calls.
    #[serde(default)]
    pub store_file: PathBuf,
    /// What is in memory may be written to the disk in the clear.
    #[serde(default)]
    pub open_swap: bool,
    /// Nothing but the keyring has the key of the texts: a recovery passphrase is worth choosing.
    #[serde(default)]
    pub wants_recovery: bool,
}
