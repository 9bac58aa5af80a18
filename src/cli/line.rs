//! Where a command goes: to the running instance, or, where none runs and the command allows it, to the home's files.
use super::{client::Client, fault::Fault, files::Files, instance::Claim};
use crate::{
    config::Home,
    engine::api::{Command, Refusal, Reply},
    words::Words,
};
use std::time::{Duration, Instant};

/// As long as an instance may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(15);
const AGAIN: Duration = Duration::from_millis(20);

/// One end of a conversation in commands and replies.
pub(super) enum Line {
    /// The running instance.
    Running(Box<Client>),
    /// The files of a home that nobody works on.
    Files(Box<Files>),
}

impl Line {
    /// For commands that change nothing.
    pub(super) async fn to_read(home: &Home, words: &Words) -> Result<Self, Fault> {
        Ok(match Client::find(home).await? {
            Some(client) => Self::Running(Box::new(client)),
            None => Self::Files(Box::new(Files::to_read(home, words))),
        })
    }

    /// For commands that change the home: its files are claimed meanwhile.
    pub(super) async fn to_write(home: &Home, words: &Words) -> Result<Self, Fault> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(client) = Client::find(home).await? {
                return Ok(Self::Running(Box::new(client)));
            }
            if let Some(claim) = Claim::take(home)? {
                return Ok(Self::Files(Box::new(Files::to_write(home, words, claim))));
            }
            if Instant::now() >= end {
                return Err(Fault::Busy);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// For commands that need a running instance.
    pub(super) async fn to_running(home: &Home) -> Result<Client, Fault> {
        Client::find(home).await?.ok_or(Fault::NotRunning)
    }

    /// Asks and waits for the answer.
    pub(super) async fn ask(&mut self, command: Command) -> Result<Reply, Fault> {
        match self {
            Self::Running(client) => client.ask(command).await,
            Self::Files(files) => files.ask(command).await,
        }
    }

    /// Asks for the passphrase where the files cannot be read without.
    pub(super) async fn unlock(&self) -> Result<(), Fault> {
        match self {
            Self::Running(_) => Err(Refusal::SecretsLocked.into()),
            Self::Files(files) => files.unlock().await,
        }
    }

    /// Whether an instance runs.
    pub(super) const fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }
}
