//! Typed TOML configuration, atomic writes, XDG paths or one folder (`--home`). Holds no secret, and nothing that tells who the
//! person is: accounts are in the store.
use crate::{
    audio::DeviceChoice,
    domain::{account::AccountConfig, call::RecordingFormat},
    net::{LinkRule, WiredPolicy},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod file;
mod home;
mod providers;
pub use file::write_atomically;
pub use home::Home;
pub use providers::Provider;

/// Why the configuration could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The disk refuses.
    #[error("the configuration cannot be read or written: {0}")]
    Io(std::io::Error),
    /// Not TOML, or values that do not fit; the file is left as it is.
    #[error("the configuration is wrong at line {line}")]
    Syntax {
        /// 1-based; 0 where it cannot be told.
        line: usize,
    },
    /// A folder that must be the person's own belongs to somebody else.
    #[error("a folder belongs to another user")]
    NotOurs,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// As the desktop says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// `config.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Links.
    pub wired: WiredPolicy,
    /// Which wireless ones the person allowed or refused when asked, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, bool>,
    /// Sound.
    pub sound: DeviceChoice,
    /// Recordings of calls.
    pub recording: RecordingConfig,
    /// Verification codes.
    pub codes: CodesConfig,
    /// What others are told of the person.
    pub privacy: PrivacyConfig,
    /// What the window looks like.
    pub window: WindowConfig,
    /// The desktop around it.
    pub desktop: DesktopConfig,
    /// Accounts. The store has them; in the file they stand only as long as an earlier Landline's have not moved there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountConfig>,
}

impl Config {
    /// Which links may be used.
    pub fn link_rule(&self) -> LinkRule {
        LinkRule { policy: self.wired, answers: self.links.clone() }
    }
}

/// Recordings of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordingConfig {
    /// What they are written as.
    pub format: RecordingFormat,
    /// The other side hears a short tone again and again: in many places the law asks for it.
    pub announce: bool,
}

impl Default for RecordingConfig {
    fn default() -> Self {
        Self { format: RecordingFormat::Opus, announce: true }
    }
}

/// Verification codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CodesConfig {
    /// Notifications tell that a code came, not which: a locked screen may show them.
    pub hide: bool,
    /// After so many hours the numbers of a text with a code are blanked out; `None`: it is kept as it came.
    pub forget_after_hours: Option<u32>,
}

/// What others are told of the person; but for files of people they know nothing they have not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrivacyConfig {
    /// That a text was seen, to its writer.
    pub seen: bool,
    /// That they are writing.
    pub writing: bool,
    /// Files that people they know send are fetched by themselves, as telephones do: the server that has them sees that.
    pub fetch: bool,
}

impl Default for PrivacyConfig {
    fn default() -> Self {
        Self { seen: false, writing: false, fetch: true }
    }
}

/// When a notification shows who writes and what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discretion {
    /// Always.
    Open,
    /// Not while the screen is locked.
    #[default]
    Locked,
    /// Never: it only tells that something came.
    Hidden,
}

/// The desktop around the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DesktopConfig {
    /// Calls and texts still come when the window is closed; `None`: asked the first time.
    pub keep_running: Option<bool>,
    /// When notifications show who writes and what.
    pub discretion: Discretion,
    /// Do not disturb: nothing rings, and nothing but codes is told.
    pub quiet: bool,
    /// A sign in the desktop's tray.
    pub tray: bool,
    /// Players of music and films pause during calls.
    pub pause_players: bool,
}

impl Default for DesktopConfig {
    fn default() -> Self {
        Self { keep_running: None, discretion: Discretion::Locked, quiet: false, tray: true, pause_players: true }
    }
}

/// What the window looks like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowConfig {
    /// `en`, `es`; `None`: as the desktop says.
    pub language: Option<String>,
    /// Light or dark.
    pub appearance: Appearance,
    /// High contrast; `None`: as the desktop says.
    pub contrast: Option<bool>,
    /// Text size in percent, 100-200.
    pub text_size: u16,
    /// Width and height when it was last closed, in logical pixels before the text size; `None`: as it likes.
    pub size: Option<(u16, u16)>,
    /// The desktop was dark when it was last asked: the window comes up so before it answers again.
    pub dark: bool,
    /// It wanted high contrast then.
    pub high: bool,
}

impl Default for WindowConfig {
    fn default() -> Self {
        Self {
            language: None,
            appearance: Appearance::System,
            contrast: None,
            text_size: 100,
            size: None,
            dark: false,
            high: false,
        }
    }
}
