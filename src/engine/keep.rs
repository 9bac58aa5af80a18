//! The store: opened when its key is here, and what is done when it cannot be opened. Until it is open no account runs: a text
//! that cannot be kept must stay with its server.
use super::{
    api::{Event, Refusal, Reply, StoreState},
    run::Engine,
};
use crate::{
    config::Config,
    domain::private::Private,
    secrets::SecretsError,
    store::{self, Kind, Store, StoreError},
};
use jiff::Zoned;

/// Why a request that needs the store is refused.
pub(super) const fn refusal_of(state: StoreState) -> Refusal {
    match state {
        StoreState::Closed => Refusal::SecretsLocked,
        state => Refusal::Store(state),
    }
}

/// Gives a configuration the accounts of the store; those that an earlier Landline kept in `config.toml` move there. True: it had
/// some, and is to be written without them.
pub async fn adopt(store: &Store, config: &mut Config) -> Result<bool, StoreError> {
    let mut kept = store.accounts().await?;
    let moved = !config.accounts.is_empty();
    if moved {
        let new: Vec<_> = config.accounts.iter().filter(|old| kept.iter().all(|known| known.id != old.id)).collect();
        kept.extend(new.into_iter().cloned());
        store.set_accounts(kept.clone()).await?;
    }
    config.accounts = kept;
    Ok(moved)
}

impl Engine {
    /// Opens the store if its key is here. What is wrong stays to be seen in `store_state`.
    pub(super) async fn open_store(&mut self) {
        if self.store_state == StoreState::Open {
            return;
        }
        self.store_state = self.try_store().await;
        if self.store_state == StoreState::Open
            && let Err(error) = self.adopt().await
        {
            self.store_state = error.into();
        }
        tracing::info!(state = ?self.store_state, "the store");
        self.tell(Event::Store { state: self.store_state });
    }

    async fn try_store(&self) -> StoreState {
        let path = self.setup.home.database();
        let there = match store::kind(&path) {
            Ok(kind) => kind == Kind::Sealed,
            Err(error) => return error.into(),
        };
        let key = match self.setup.secrets.store_key(there).await {
            Ok(key) => key,
            Err(SecretsError::Recoverable) => return StoreState::Recoverable,
            Err(SecretsError::KeyLost) => return StoreState::KeyLost,
            Err(SecretsError::Keyring) => return StoreState::KeyringSilent,
            Err(_) => return StoreState::Closed,
        };
        match self.store.unlock(path, key).await {
            Ok(()) => StoreState::Open,
            Err(error) => error.into(),
        }
    }

    /// Takes the accounts from the store.
    async fn adopt(&mut self) -> Result<(), StoreError> {
        if adopt(&self.store, &mut self.setup.config).await? && self.save_config().is_err() {
            tracing::warn!("the accounts stand in the configuration, too");
        }
        Ok(())
    }

    /// Keeps the accounts, without the demo's.
    pub(super) async fn save_accounts(&self) -> Result<(), Refusal> {
        let demo = self.exchange.as_ref().map(|exchange| exchange.account().0.id);
        let mut accounts = self.setup.config.accounts.clone();
        accounts.retain(|account| Some(&account.id) != demo.as_ref());
        self.store.set_accounts(accounts).await.map_err(|error| refusal_of(error.into()))
    }

    /// The store, where it must be: an account is about to be added.
    pub(super) async fn need_store(&mut self) -> Result<(), Refusal> {
        if self.in_memory {
            // what the demo showed is forgotten: from here on it is real
            self.in_memory = false;
            self.store_state = StoreState::Closed;
        }
        self.open_store().await;
        if self.store_state == StoreState::Open { Ok(()) } else { Err(refusal_of(self.store_state)) }
    }

    /// Everything begins: the store, and then who needs it.
    pub(super) async fn begin(&mut self) {
        if !self.in_memory {
            self.open_store().await;
        }
        self.start_accounts().await;
        self.forget_codes().await;
    }

    /// What keeps the store from being opened, other than a passphrase that can still be given.
    pub(super) fn store_fault(&self) -> Option<StoreState> {
        Some(self.store_state).filter(|state| !matches!(state, StoreState::Open | StoreState::Closed))
    }

    /// Notes whether something could be kept, and tells it when that changes. A damaged store is closed, and no account runs: what
    /// comes in could not be kept, and must stay with the servers.
    pub(super) fn noted<T>(&mut self, kept: Result<T, StoreError>) -> Result<T, StoreError> {
        let now = kept.as_ref().err().map(|error| StoreState::from(*error));
        if now != self.not_kept && self.store_state == StoreState::Open {
            self.not_kept = now;
            self.tell(Event::Kept { trouble: now });
        }
        kept
    }

    /// Closes a store that has turned out to be damaged.
    pub(super) async fn close_damaged(&mut self) {
        if self.store_state != StoreState::Open {
            return;
        }
        tracing::error!("the store is damaged");
        // its thread has ended if it cannot be closed
        let _ = self.store.close().await;
        (self.store_state, self.not_kept) = (StoreState::Damaged, None);
        self.restart_accounts().await;
        self.tell(Event::Store { state: self.store_state });
    }

    /// Reads what can be read of a damaged store into a new one.
    pub(super) async fn repair(&mut self) -> Result<Reply, Refusal> {
        if self.store_state != StoreState::Damaged {
            return Err(Refusal::Store(self.store_state));
        }
        let key = self.setup.secrets.store_key(true).await.map_err(secrets_refusal)?;
        let (path, aside) = (self.setup.home.database(), aside());
        let repaired = tokio::task::spawn_blocking(move || store::repair(&path, &key, &aside)).await;
        let saved = repaired.unwrap_or(Err(StoreError::Io)).map_err(|error| refusal_of(error.into()))?;
        tracing::info!(saved, "a damaged store was repaired");
        self.begin().await;
        Ok(Reply::Done)
    }

    /// Tries once more.
    pub(super) async fn open_again(&mut self) -> Result<Reply, Refusal> {
        self.setup.secrets.look_again().await;
        self.begin().await;
        Ok(Reply::Done)
    }

    /// Opens what the passphrase opens: the vault, or the recovery file.
    pub(super) async fn unlock(&mut self, passphrase: Private<String>) -> Result<Reply, Refusal> {
        if self.store_state == StoreState::Recoverable {
            self.setup.secrets.recover(passphrase).await.map_err(secrets_refusal)?;
        } else {
            self.setup.secrets.unlock(passphrase).await.map_err(secrets_refusal)?;
        }
        self.begin().await;
        Ok(Reply::Done)
    }

    /// Keeps the key once more, under a passphrase.
    pub(super) async fn set_recovery(&self, passphrase: Private<String>) -> Result<Reply, Refusal> {
        if passphrase.expose().is_empty() {
            return Err(Refusal::BadText);
        }
        self.setup.secrets.set_recovery(passphrase).await.map_err(secrets_refusal)?;
        Ok(Reply::Done)
    }

    /// Puts what cannot be opened aside and begins anew.
    pub(super) async fn begin_anew(&mut self) -> Result<Reply, Refusal> {
        if !self.store_state.may_begin_anew() {
            return Err(Refusal::Store(self.store_state));
        }
        store::put_aside(&self.setup.home.database(), &aside()).map_err(|error| refusal_of(error.into()))?;
        self.begin().await;
        Ok(Reply::Done)
    }
}

/// The name under which something is put aside now.
pub fn aside() -> String {
    Zoned::now().strftime("%Y-%m-%d-%H-%M-%S").to_string()
}

pub(super) const fn secrets_refusal(error: SecretsError) -> Refusal {
    match error {
        SecretsError::Locked | SecretsError::WrongPassphrase => Refusal::SecretsLocked,
        _ => Refusal::SecretsFailed,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::account::{AccountConfig, AccountKind};

    fn account(address: &str) -> AccountConfig {
        AccountConfig::new(AccountKind::Xmpp { tls: None }, address)
    }

    #[tokio::test]
    async fn accounts_of_an_earlier_landline_move_into_the_store_once() {
        let store = Store::in_memory().unwrap();
        store.set_accounts(vec![account("b@x.test")]).await.unwrap();
        let mut config = Config { accounts: vec![account("a@x.test"), account("b@x.test")], ..Config::default() };
        assert!(adopt(&store, &mut config).await.unwrap());
        let addresses = |config: &Config| config.accounts.iter().map(|one| one.address.clone()).collect::<Vec<_>>();
        assert_eq!(addresses(&config), ["b@x.test", "a@x.test"]);
        let mut later = Config::default();
        assert!(!adopt(&store, &mut later).await.unwrap());
        assert_eq!(addresses(&later), ["b@x.test", "a@x.test"]);
    }
}
