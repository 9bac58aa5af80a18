//! Everything there is to see now, as the window asks for it at start and when it lagged. Part of the contract in `api`.
use crate::{
    audio::DeviceChoice,
    config::{RecordingConfig, WindowConfig},
    domain::{
        account::{AccountConfig, Capabilities, Registration},
        call::{Call, CallRecord},
        code::ReceivedCode,
        contact::Contact,
        conversation::Conversation,
        transfer::Referral,
    },
    net::WiredStatus,
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
    /// Notifications tell that a code came, not which.
    pub hide_codes: bool,
    /// The sound devices chosen.
    pub sound: DeviceChoice,
    /// How calls are recorded.
    #[serde(default)]
    pub recording: RecordingConfig,
    /// The folder of recordings.
    #[serde(default)]
    pub recordings: PathBuf,
    /// The vault waits for its passphrase ([`Command::Unlock`]).
    pub secrets: SecretsState,
}
