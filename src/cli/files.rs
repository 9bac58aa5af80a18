//! The few commands that work where no instance runs, on the home's files: accounts, messages, codes, devices, links.
//! They answer in the engine's own types, so that a script cannot tell the difference.
use super::{ask, fault::Fault, instance::Claim};
use crate::{
    audio,
    config::{Config, Home},
    domain::{
        account::{AccountConfig, AccountId, Registration},
        private::Private,
    },
    engine::api::{AccountStatus, Command, Refusal, Reply, Snapshot},
    net,
    secrets::Secrets,
    store::Store,
    words::Words,
};

/// Conversations whose unread texts are counted.
const CONVERSATIONS: u32 = 200;

/// A home that nobody works on.
pub(super) struct Files {
    home: Home,
    write: Option<(Claim, Words)>,
}

impl Files {
    /// Changes nothing.
    pub(super) fn to_read(home: &Home) -> Self {
        Self { home: home.clone(), write: None }
    }

    /// May add and remove accounts, as long as the claim is held.
    pub(super) fn to_write(home: &Home, words: &Words, claim: Claim) -> Self {
        Self { home: home.clone(), write: Some((claim, words.clone())) }
    }

    /// What the engine would answer.
    pub(super) async fn ask(&self, command: Command) -> Result<Reply, Fault> {
        match command {
            Command::Snapshot => self.snapshot().await.map(|snapshot| Reply::Snapshot(Box::new(snapshot))),
            Command::Messages { with, search, limit } => {
                let Some(store) = self.store()? else { return Ok(Reply::Messages(Vec::new())) };
                let (with, search) = (with.map(Private::into_inner), search.map(Private::into_inner));
                Ok(Reply::Messages(store.messages(with, search, limit).await?))
            }
            Command::Codes { limit } => match self.store()? {
                Some(store) => Ok(Reply::Codes(store.codes(limit).await?)),
                None => Ok(Reply::Codes(Vec::new())),
            },
            Command::Devices => {
                Ok(Reply::Devices { devices: audio::devices(), choice: Config::load(&self.home)?.sound })
            }
            Command::AddAccount { config, password } => self.add(config, password).await,
            Command::RemoveAccount { id } => self.remove(id).await,
            _ => Err(Fault::NotRunning),
        }
    }

    /// `None`: there is none yet, and reading makes none.
    fn store(&self) -> Result<Option<Store>, Fault> {
        let path = self.home.database();
        if path.exists() { Ok(Some(Store::open(&path)?)) } else { Ok(None) }
    }

    async fn snapshot(&self) -> Result<Snapshot, Fault> {
        let config = Config::load(&self.home)?;
        let accounts = config.accounts.into_iter().map(offline).collect();
        let conversations = match self.store()? {
            Some(store) => store.conversations(CONVERSATIONS).await?,
            None => Vec::new(),
        };
        let wired = net::status(config.wired, &net::interfaces());
        let (window, sound, recording) = (config.window, config.sound, config.recording);
        let recordings = self.home.recordings_folder();
        Ok(Snapshot { accounts, conversations, wired, window, sound, recording, recordings, ..Snapshot::default() })
    }

    async fn add(&self, config: AccountConfig, password: Private<String>) -> Result<Reply, Fault> {
        let Some((_, words)) = &self.write else { return Err(Fault::NotRunning) };
        let mut kept = Config::load(&self.home)?;
        if kept.accounts.iter().any(|known| known.id == config.id) {
            return Err(Refusal::AccountExists.into());
        }
        let secrets = Secrets::open(&self.home, ask::passphrase()).await;
        ask::unlock(&secrets, words).await?;
        secrets.set(&config.id, &password).await?;
        kept.accounts.push(config.clone());
        kept.save(&self.home)?;
        Ok(Reply::Account(offline(config)))
    }

    async fn remove(&self, id: AccountId) -> Result<Reply, Fault> {
        let Some((_, words)) = &self.write else { return Err(Fault::NotRunning) };
        let mut kept = Config::load(&self.home)?;
        let before = kept.accounts.len();
        kept.accounts.retain(|known| known.id != id);
        if kept.accounts.len() == before {
            return Err(Refusal::UnknownAccount.into());
        }
        let secrets = Secrets::open(&self.home, ask::passphrase()).await;
        ask::unlock(&secrets, words).await?;
        secrets.remove(&id).await?;
        kept.save(&self.home)?;
        Ok(Reply::Done)
    }
}

const fn offline(config: AccountConfig) -> AccountStatus {
    AccountStatus { config, registration: Registration::Offline }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[tokio::test]
    async fn reading_an_empty_home_makes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(&dir.path().join("home"));
        let files = Files::to_read(&home);
        assert!(matches!(files.ask(Command::Codes { limit: 1 }).await, Ok(Reply::Codes(codes)) if codes.is_empty()));
        let all = Command::Messages { with: None, search: None, limit: 9 };
        assert!(matches!(files.ask(all).await, Ok(Reply::Messages(messages)) if messages.is_empty()));
        assert!(matches!(files.ask(Command::Snapshot).await, Ok(Reply::Snapshot(all)) if all.accounts.is_empty()));
        assert!(matches!(files.ask(Command::Calls).await, Err(Fault::NotRunning)));
        assert!(!dir.path().join("home").exists());
    }

    #[tokio::test]
    async fn a_reader_removes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        let remove = || Command::RemoveAccount { id: AccountId("x".into()) };
        assert!(matches!(Files::to_read(&home).ask(remove()).await, Err(Fault::NotRunning)));
        let claim = Claim::take(&home).unwrap().unwrap();
        let writer = Files::to_write(&home, &Words::new(Language::En), claim);
        assert!(matches!(writer.ask(remove()).await, Err(Fault::Refused(Refusal::UnknownAccount))));
    }
}
