//! Typed TOML configuration, atomic writes, XDG paths or one folder (`--home`). Holds no secret.
use crate::{audio::DeviceChoice, domain::account::AccountConfig, net::WiredPolicy};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where this instance keeps its files: XDG folders, or `DIR/{config,data,state,cache}` for `--home DIR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `config.toml`.
    pub config: PathBuf,
    /// The store.
    pub data: PathBuf,
    /// The private socket, the log, window state.
    pub state: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
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
    /// Accounts.
    pub accounts: Vec<AccountConfig>,
    /// Links.
    pub wired: WiredPolicy,
    /// Sound.
    pub sound: DeviceChoice,
    /// What the window looks like.
    pub window: WindowConfig,
}

/// What the window looks like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WindowConfig {
    /// `en`, `es`; `None`: as the desktop says.
    pub language: Option<String>,
    /// Light or dark.
    pub appearance: Appearance,
    /// Text size in percent, 100-200.
    pub text_size: u16,
}

impl Default for WindowConfig {
    fn default() -> Self {
        Self { language: None, appearance: Appearance::System, text_size: 100 }
    }
}
