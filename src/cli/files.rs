//! The few commands that work where no instance runs, on the home's files: accounts, messages, codes, devices, links.
//! They answer in the engine's own types, so that a script cannot tell the difference.
use super::{ask, fault::Fault, instance::Claim};
use crate::{
    audio,
    config::{Config, Home},
    domain::{
        account::{AccountConfig, AccountId, CallRules, Encryption, Registration},
        conversation::Conversation,
        private::Private,
    },
    engine::{
        self,
        api::{AccountStatus, Command, Refusal, Reply, Snapshot, StoreState},
    },
    net,
    secrets::{Secrets, SecretsError},
    store::{self, Kind, Store},
    words::Words,
};
use tokio::sync::OnceCell;

/// Conversations whose unread texts are counted.
const CONVERSATIONS: u32 = 200;

/// A home that nobody works on.
pub(super) struct Files {
    home: Home,
    words: Words,
    /// Held as long as something may be changed.
    claim: Option<Claim>,
    secrets: OnceCell<Secrets>,
}

impl Files {
    /// Changes nothing.
    pub(super) fn to_read(home: &Home, words: &Words) -> Self {
        Self { home: home.clone(), words: words.clone(), claim: None, secrets: OnceCell::new() }
    }

    /// May add and remove accounts, as long as the claim is held.
    pub(super) fn to_write(home: &Home, words: &Words, claim: Claim) -> Self {
        Self { claim: Some(claim), ..Self::to_read(home, words) }
    }

    /// What the engine would answer.
    pub(super) async fn ask(&self, command: Command) -> Result<Reply, Fault> {
        match command {
            Command::Snapshot => self.snapshot().await.map(|snapshot| Reply::Snapshot(Box::new(snapshot))),
            Command::Messages { with, search, limit } => {
                let Some(store) = self.store().await? else { return Ok(Reply::Messages(Vec::new())) };
                let (with, search) = (with.map(Private::into_inner), search.map(Private::into_inner));
                Ok(Reply::Messages(store.messages(with, search, limit).await?))
            }
            Command::Codes { limit } => match self.store().await? {
                Some(store) => Ok(Reply::Codes(store.codes(limit).await?)),
                None => Ok(Reply::Codes(Vec::new())),
            },
            Command::Devices => {
                Ok(Reply::Devices { devices: audio::devices(), choice: Config::load(&self.home)?.sound })
            }
            Command::AddAccount { config, password, turn_password } => self.add(config, password, turn_password).await,
            Command::SetRules { id, rules, encryption } => self.set_rules(id, rules, encryption).await,
            Command::RemoveAccount { id } => self.remove(id).await,
            Command::Repair => self.repair(true).await,
            Command::BeginAnew => self.repair(false).await,
            Command::SetRecovery { passphrase } => self.set_recovery(passphrase).await,
            _ => Err(Fault::NotRunning),
        }
    }

    /// `None`: there is none yet, and reading makes none.
    async fn store(&self) -> Result<Option<Store>, Fault> {
        let path = self.home.database();
        // one that is plain is encrypted when it is opened: nobody else may work on it meanwhile
        let _claim = match store::kind(&path)? {
            Kind::Nothing => return Ok(None),
            Kind::Plain if self.claim.is_none() => Some(Claim::take(&self.home)?.ok_or(Fault::Busy)?),
            _ => None,
        };
        let there = store::kind(&path)? == Kind::Sealed;
        let key = ask::store_key(self.secrets().await, there, &self.words).await?;
        Ok(Some(Store::open(&path, &key)?))
    }

    /// The store and the accounts in it, to be changed; made if there is none.
    async fn accounts(&self) -> Result<(Store, Config), Fault> {
        let mut config = Config::load(&self.home)?;
        let there = store::kind(&self.home.database())? == Kind::Sealed;
        let key = ask::store_key(self.open_secrets().await?, there, &self.words).await?;
        let store = Store::open(&self.home.database(), &key)?;
        if engine::adopt(&store, &mut config).await? {
            config.save_settings(&self.home)?;
        }
        Ok((store, config))
    }

    /// Asks for the passphrase, so that everything can be read.
    pub(super) async fn unlock(&self) -> Result<(), Fault> {
        let there = store::kind(&self.home.database())? == Kind::Sealed;
        if there {
            ask::store_key(self.secrets().await, there, &self.words).await?;
        }
        Ok(())
    }

    /// The accounts and the conversations, where nobody has to be asked for the key.
    async fn to_be_seen(&self) -> Result<(Vec<AccountConfig>, Vec<Conversation>), Fault> {
        if store::kind(&self.home.database())? != Kind::Sealed {
            return Ok((Vec::new(), Vec::new()));
        }
        let key = match self.secrets().await.store_key(true).await {
            Err(SecretsError::Locked) => return Err(Fault::Store(StoreState::Closed)),
            key => key?,
        };
        let store = Store::open(&self.home.database(), &key)?;
        Ok((store.accounts().await?, store.conversations(CONVERSATIONS).await?))
    }

    async fn secrets(&self) -> &Secrets {
        self.secrets.get_or_init(|| Secrets::open(&self.home, ask::passphrase())).await
    }

    /// The passwords, open, to be changed.
    async fn open_secrets(&self) -> Result<&Secrets, Fault> {
        if self.claim.is_none() {
            return Err(Fault::NotRunning);
        }
        let secrets = self.secrets().await;
        ask::unlock(secrets, &self.words).await?;
        Ok(secrets)
    }

    /// A new store in place of the one that is there: with what can be read of it, or empty. The old one is put aside.
    async fn repair(&self, save: bool) -> Result<Reply, Fault> {
        let (path, aside) = (self.home.database(), engine::aside());
        if self.claim.is_none() || store::kind(&path)? == Kind::Nothing {
            return Err(Fault::NotRunning);
        }
        if save {
            let key = ask::store_key(self.secrets().await, true, &self.words).await?;
            store::repair(&path, &key, &aside)?;
        } else {
            store::put_aside(&path, &aside)?;
        }
        Ok(Reply::Done)
    }

    async fn set_recovery(&self, passphrase: Private<String>) -> Result<Reply, Fault> {
        let secrets = self.open_secrets().await?;
        let there = store::kind(&self.home.database())? == Kind::Sealed;
        ask::store_key(secrets, there, &self.words).await?;
        secrets.set_recovery(passphrase).await?;
        Ok(Reply::Done)
    }

    async fn snapshot(&self) -> Result<Snapshot, Fault> {
        let config = Config::load(&self.home)?;
        let (kept, conversations, store) = match self.to_be_seen().await {
            Ok((accounts, conversations)) => (accounts, conversations, StoreState::Open),
            Err(Fault::Store(state)) => (Vec::new(), Vec::new(), state),
            Err(fault) => return Err(fault),
        };
        let wired = net::status(&config.link_rule(), &net::interfaces());
        let accounts = kept.into_iter().chain(config.accounts).map(offline).collect();
        let (window, sound, recording) = (config.window, config.sound, config.recording);
        let recordings = self.home.recordings_folder();
        let store_file = self.home.database();
        let rest = Snapshot { store, store_file, ..Snapshot::default() };
        Ok(Snapshot { accounts, conversations, wired, window, sound, recording, recordings, ..rest })
    }

    async fn add(
        &self,
        config: AccountConfig,
        password: Private<String>,
        turn_password: Option<Private<String>>,
    ) -> Result<Reply, Fault> {
        let (store, kept) = self.accounts().await?;
        let mut accounts = kept.accounts;
        if accounts.iter().any(|known| known.id == config.id) {
            return Err(Refusal::AccountExists.into());
        }
        let secrets = self.open_secrets().await?;
        secrets.set(&config.id, &password).await?;
        if let Some(password) = &turn_password {
            secrets.set(&config.turn_secret(), password).await?;
        }
        accounts.push(config.clone());
        store.set_accounts(accounts).await?;
        Ok(Reply::Account(offline(config)))
    }

    async fn set_rules(&self, id: AccountId, rules: CallRules, encryption: Option<Encryption>) -> Result<Reply, Fault> {
        let (store, kept) = self.accounts().await?;
        let mut accounts = kept.accounts;
        let known = accounts.iter_mut().find(|known| known.id == id).ok_or(Refusal::UnknownAccount)?;
        (known.rules, known.encryption) = (rules, encryption);
        let known = known.clone();
        store.set_accounts(accounts).await?;
        Ok(Reply::Account(offline(known)))
    }

    async fn remove(&self, id: AccountId) -> Result<Reply, Fault> {
        let nothing = store::kind(&self.home.database())? == Kind::Nothing;
        if self.claim.is_some() && nothing && Config::load(&self.home)?.accounts.is_empty() {
            return Err(Refusal::UnknownAccount.into());
        }
        let (store, kept) = self.accounts().await?;
        let mut accounts = kept.accounts;
        let known = accounts.iter().position(|known| known.id == id).ok_or(Refusal::UnknownAccount)?;
        let removed = accounts.remove(known);
        let secrets = self.open_secrets().await?;
        secrets.remove(&id).await?;
        secrets.remove(&removed.turn_secret()).await?;
        store.set_accounts(accounts).await?;
        Ok(Reply::Done)
    }
}

const fn offline(config: AccountConfig) -> AccountStatus {
    AccountStatus { config, registration: Registration::Offline, upload: None, blocked: None, mailbox: None }
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
        let files = Files::to_read(&home, &Words::new(Language::En));
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
        assert!(matches!(Files::to_read(&home, &Words::new(Language::En)).ask(remove()).await, Err(Fault::NotRunning)));
        let claim = Claim::take(&home).unwrap().unwrap();
        let writer = Files::to_write(&home, &Words::new(Language::En), claim);
        assert!(matches!(writer.ask(remove()).await, Err(Fault::Refused(Refusal::UnknownAccount))));
    }
}
