//! The store's key: made once, kept in the keyring or the vault, and once more in the recovery file under a passphrase of its
//! own, for the day the keyring is gone. It never touches the store itself.
use super::{Place, Secrets, SecretsError, State, vault};
use crate::domain::{key::StoreKey, private::Private};

/// Its name among the secrets; accounts are called `sip-…` and `xmpp-…`.
const NAME: &str = "store-key";

impl Secrets {
    /// The store's key. `there`: a store that was encrypted with it is there; else the key is made if need be.
    pub async fn store_key(&self, there: bool) -> Result<StoreKey, SecretsError> {
        let missing = match self.read(NAME).await {
            Ok(kept) => match kept.and_then(|text| StoreKey::from_hex(text.expose())) {
                Some(key) => return Ok(key),
                None => SecretsError::KeyLost,
            },
            // an encrypted store, and neither the keyring nor the vault that had its key
            Err(SecretsError::Locked) if there && self.state().await == State::NeedsPassphrase => SecretsError::KeyLost,
            Err(SecretsError::Locked) => return Err(SecretsError::Locked),
            Err(error) => error,
        };
        match missing {
            SecretsError::KeyLost if !there => self.make_key().await,
            _ if there && self.has_recovery() => Err(SecretsError::Recoverable),
            missing => Err(missing),
        }
    }

    async fn make_key(&self) -> Result<StoreKey, SecretsError> {
        let key = StoreKey::new(vault::random()?);
        self.keep_key(&key).await?;
        Ok(key)
    }

    /// Keeps the key, and looks whether it is there: what is encrypted with a key that was not kept is lost.
    async fn keep_key(&self, key: &StoreKey) -> Result<(), SecretsError> {
        self.write(NAME, &key.hex()).await?;
        if self.read(NAME).await?.as_ref() == Some(&key.hex()) { Ok(()) } else { Err(SecretsError::Keyring) }
    }

    /// Whether a recovery file is there.
    pub fn has_recovery(&self) -> bool {
        self.recovery.exists()
    }

    /// Whether losing the keyring would lose the store: nothing but the keyring has its key.
    pub async fn wants_recovery(&self) -> bool {
        matches!(*self.place.lock().await, Place::Keyring { .. }) && !self.has_recovery()
    }

    /// Keeps the store's key under a recovery passphrase; an earlier one no longer opens it.
    pub async fn set_recovery(&self, passphrase: Private<String>) -> Result<(), SecretsError> {
        let key = self.store_key(true).await?;
        let path = self.recovery.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut file = vault::Vault::new(&passphrase)?;
            file.set(NAME, Some(key.hex()));
            file.save(&path)
        });
        written.await.map_err(|_| SecretsError::Io)?
    }

    /// Takes the key from the recovery file and keeps it where secrets are kept from now on: in the keyring if it takes it,
    /// else in a vault with the same passphrase.
    pub async fn recover(&self, passphrase: Private<String>) -> Result<StoreKey, SecretsError> {
        let (path, same) = (self.recovery.clone(), passphrase.clone());
        let opened = tokio::task::spawn_blocking(move || vault::Vault::open(&path, &same));
        let file = opened.await.map_err(|_| SecretsError::Io)??;
        let key = file.get(NAME).and_then(|text| StoreKey::from_hex(text.expose())).ok_or(SecretsError::Damaged)?;
        if self.state().await == State::Open && self.keep_key(&key).await.is_ok() {
            return Ok(key);
        }
        self.use_vault().await;
        self.unlock(passphrase).await?;
        self.keep_key(&key).await?;
        Ok(key)
    }

    /// Looks once more for a keyring, where there was none.
    pub async fn look_again(&self) {
        let mut place = self.place.lock().await;
        if matches!(*place, Place::Nowhere { .. }) && super::keyring::answers().await {
            *place = Place::Keyring { user: self.tag.clone() };
        }
    }

    /// A keyring that takes nothing is no place for secrets.
    async fn use_vault(&self) {
        let mut place = self.place.lock().await;
        if matches!(*place, Place::Keyring { .. }) {
            *place = Place::Nowhere { path: self.recovery.with_file_name("vault") };
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::Home;

    #[tokio::test]
    async fn a_lost_key_comes_back_by_the_recovery_passphrase_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        home.create().unwrap();
        let secrets = Secrets::open(&home, Some("vault".into())).await;
        assert_eq!(secrets.store_key(true).await, Err(SecretsError::KeyLost), "a new key would open nothing");
        let key = secrets.store_key(false).await.unwrap();
        assert_eq!(secrets.store_key(true).await, Ok(key.clone()));
        secrets.set_recovery("once".into()).await.unwrap();
        secrets.set_recovery("river stone".into()).await.unwrap();

        std::fs::remove_file(home.vault()).unwrap();
        let fresh = Secrets::open(&home, Some("once".into())).await;
        assert_eq!(fresh.state().await, State::NeedsPassphrase, "no vault is made before the key is back");
        assert_eq!(fresh.store_key(true).await, Err(SecretsError::Recoverable));
        assert_eq!(fresh.recover("once".into()).await, Err(SecretsError::WrongPassphrase));
        assert_eq!(fresh.recover("river stone".into()).await, Ok(key.clone()));
        assert_eq!(Secrets::open(&home, Some("river stone".into())).await.store_key(true).await, Ok(key));
    }
}
