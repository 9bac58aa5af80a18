//! Why a command was not carried out, each as one sentence for the person. It must not hold anything personal.
use super::wire::Misuse;
use crate::{
    config::{ConfigError, Home},
    domain::message::SendFailure,
    engine::{
        StartError,
        api::{FileProblem, Refusal, StoreState},
    },
    secrets::SecretsError,
    store::StoreError,
    words::{Value, Words},
};
use std::path::PathBuf;

/// Why a command was not carried out.
#[derive(Debug)]
pub(super) enum Fault {
    /// It needs a running Landline, and none runs here.
    NotRunning,
    /// One runs here.
    RunsAlready,
    /// One runs here, without a window to show.
    RunsHeadless,
    /// No display for the window.
    NoDisplay,
    /// Somebody holds this home and does not listen yet, or no longer.
    Busy,
    /// The running Landline does not answer.
    NoAnswer,
    /// It answers in a way that is not understood.
    OtherVersion,
    /// Events were missed while waiting.
    Lagged,
    /// The engine ended without being asked to.
    EndedBadly,
    /// The engine refuses.
    Refused(Refusal),
    /// The folders cannot be used.
    Home,
    /// The configuration is broken at this line.
    ConfigSyntax(usize),
    /// The store cannot be used.
    Store(StoreState),
    /// No thread, no socket, no runtime.
    System,
    /// The demo does not start.
    Demo,
    /// The window does not open.
    Window,
    /// A password or passphrase is needed and nobody can be asked.
    NoTerminal,
    /// The new passphrase was typed in two ways.
    PassphrasesDiffer,
    /// The passphrase does not open the vault.
    WrongPassphrase,
    /// An empty password.
    NoPassword,
    /// There is nothing to back up or to export.
    NothingKept,
    /// A file that would be replaced.
    Exists(PathBuf),
    /// A file or folder that cannot be written.
    NotWritten(PathBuf),
    /// Not a backup, or another passphrase.
    NoBackup(PathBuf),
    /// The CA file cannot be read.
    Ca(PathBuf),
    /// The text was refused.
    TextFailed(SendFailure),
    /// The text did not come as far in time; the key of how far it came.
    TextLate { seconds: u32, state: &'static str },
    /// An area code needs a country.
    AreaAlone,
    /// The file did not come.
    File(FileProblem),
    /// Not in time; it goes on coming.
    FileLate { seconds: u32 },
    /// No code in time.
    NoCode { seconds: u32 },
    /// No code at all.
    NoCodes,
    /// No clipboard that takes a secret.
    NoClipboard,
    /// Standard output cannot be written.
    Output,
}

impl Fault {
    /// The sentence.
    pub(super) fn sentence(&self, words: &Words, home: &Home) -> String {
        let at = |key: &str, path: PathBuf| words.with(key, &[("path", Value::Text(&path.to_string_lossy()))]);
        match self {
            Self::NotRunning => words.text("cli-not-running"),
            Self::RunsAlready => words.text("cli-runs-already"),
            Self::RunsHeadless => words.text("cli-runs-headless"),
            Self::NoDisplay => words.text("cli-no-display"),
            Self::Busy => words.text("cli-busy"),
            Self::NoAnswer => words.text("cli-no-answer"),
            Self::OtherVersion => words.text("cli-other-version"),
            Self::Lagged => words.text("cli-lagged"),
            Self::EndedBadly => at("cli-ended-badly", home.log()),
            Self::Refused(refusal) => words.text(refusal.key()),
            Self::Home => at("cli-home", home.config.clone()),
            Self::ConfigSyntax(line) => {
                let path = home.config_file();
                let line = i64::try_from(*line).unwrap_or_default();
                words.with(
                    "cli-config-syntax",
                    &[("line", Value::Number(line)), ("path", Value::Text(&path.to_string_lossy()))],
                )
            }
            Self::Store(StoreState::Closed) => words.text("refusal-secrets-locked"),
            Self::Store(state) => format!("{} {}", words.text(state.key()), at("store-file", home.database())),
            Self::System => words.text("cli-system"),
            Self::Demo => words.text("cli-demo-failed"),
            Self::Window => words.text("cli-window-failed"),
            Self::NoTerminal => words.text("cli-no-terminal"),
            Self::PassphrasesDiffer => words.text("unlock-differs"),
            Self::WrongPassphrase => words.text("unlock-wrong"),
            Self::AreaAlone => words.text("cli-area-alone"),
            Self::NoPassword => words.text("cli-no-password"),
            Self::NothingKept => words.text("cli-nothing-kept"),
            Self::Exists(path) => at("cli-exists", path.clone()),
            Self::NotWritten(path) => at("cli-not-written", path.clone()),
            Self::NoBackup(path) => at("cli-no-backup", path.clone()),
            Self::Ca(path) => at("cli-ca-unreadable", path.clone()),
            Self::TextFailed(failure) => words.text(failure.key()),
            Self::TextLate { seconds, state } => {
                let state = words.text(state);
                words.with("cli-text-late", &[("seconds", (*seconds).into()), ("state", (&state).into())])
            }
            Self::File(problem) => words.text(problem.key()),
            Self::FileLate { seconds } => words.with("cli-file-late", &[("seconds", (*seconds).into())]),
            Self::NoCode { seconds } => words.with("cli-no-code", &[("seconds", (*seconds).into())]),
            Self::NoCodes => words.text("cli-codes-none"),
            Self::NoClipboard => words.text("cli-no-clipboard"),
            Self::Output => words.text("cli-write-failed"),
        }
    }

    /// What a script reads with `--json`: a refusal of the engine as the private socket gives it.
    pub(super) fn json(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => serde_json::to_string(refusal).ok(),
            _ => None,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ConfigError> for Fault {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Syntax { line } => Self::ConfigSyntax(line),
            ConfigError::Io(_) | ConfigError::NotOurs => Self::Home,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<StartError> for Fault {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store(state) => Self::Store(state),
            StartError::System => Self::System,
            StartError::Demo => Self::Demo,
        }
    }
}

impl From<SecretsError> for Fault {
    fn from(error: SecretsError) -> Self {
        match error {
            SecretsError::WrongPassphrase => Self::WrongPassphrase,
            SecretsError::Locked => Self::Refused(Refusal::SecretsLocked),
            SecretsError::Recoverable => Self::Store(StoreState::Recoverable),
            SecretsError::KeyLost => Self::Store(StoreState::KeyLost),
            _ => Self::Refused(Refusal::SecretsFailed),
        }
    }
}

impl From<Misuse> for Fault {
    fn from(misuse: Misuse) -> Self {
        match misuse {
            Misuse::NoWindow => Self::RunsHeadless,
            Misuse::Lagged => Self::Lagged,
            Misuse::NotUnderstood | Misuse::TooLong => Self::OtherVersion,
        }
    }
}
