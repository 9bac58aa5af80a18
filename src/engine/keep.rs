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
        _ => Refusal::Store,
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
            return Err(Refusal::Store);
        }
        let aside = Zoned::now().strftime("%Y-%m-%d-%H-%M-%S").to_string();
        store::put_aside(&self.setup.home.database(), &aside).map_err(|error| refusal_of(error.into()))?;
        self.begin().await;
        Ok(Reply::Done)
    }
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
        let kind = AccountKind::Xmpp { tls: None };
        AccountConfig {
            id: AccountConfig::derive_id(&kind, address),
            address: address.into(),
            server: None,
            ca: None,
            encryption: None,
            rules: Default::default(),
            kind,
            calls: Box::default(),
        }
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
