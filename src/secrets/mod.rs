//! Where passwords and the store's key live: the desktop's Secret Service, or an encrypted vault file opened by a passphrase.
//! Never plain text.
//!
//! A vault that is there, or a passphrase that was given, comes first; else the Secret Service when it answers;
//! else a passphrase must be chosen before an account can be kept.
//!
//! A keyring can be lost, and with it the store's key: the recovery file holds the key once more, under a passphrase.
use crate::{
    config::Home,
    domain::{account::AccountId, private::Private},
};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::Mutex;

mod keyring;
mod recovery;
pub mod swap;
mod vault;

/// Why a password cannot be read or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// The vault is closed, or there is none yet: a passphrase is needed.
    #[error("a passphrase is needed")]
    Locked,
    /// Not the vault's passphrase.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The vault file is damaged. It is left as it is.
    #[error("the vault is damaged")]
    Damaged,
    /// The keyring refuses or does not answer.
    #[error("the keyring does not answer")]
    Keyring,
    /// The vault file cannot be read or written.
    #[error("the vault cannot be read or written")]
    Io,
    /// The store's key is not where it was kept; the recovery passphrase opens the recovery file.
    #[error("the key is missing: the recovery passphrase is needed")]
    Recoverable,
    /// The store's key is not where it was kept, and there is no recovery file.
    #[error("the key is missing")]
    KeyLost,
}

/// Whether passwords can be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Yes.
    Open,
    /// A vault is there and closed.
    Locked,
    /// Neither keyring nor vault: the first passphrase makes a vault.
    NeedsPassphrase,
}

#[derive(Debug)]
enum Place {
    Keyring { user: String },
    Vault { path: PathBuf, vault: vault::Vault },
    Closed { path: PathBuf },
    Nowhere { path: PathBuf },
}

/// The passwords of one home. Cheap to clone. A keyring may ask the person first: nothing else waits for its answer.
#[derive(Debug, Clone)]
pub struct Secrets {
    place: Arc<Mutex<Place>>,
    recovery: PathBuf,
    tag: String,
}

impl Secrets {
    /// Finds the place. Never fails: what is wrong shows in [`Self::state`]. A wrong passphrase leaves the vault closed.
    pub async fn open(home: &Home, passphrase: Option<Private<String>>) -> Self {
        let path = home.vault();
        // a recovery file without a vault: the keyring had the key, and a passphrase that is given is for the recovery file
        let passphrase = passphrase.filter(|_| path.exists() || !home.recovery().exists());
        let place = if path.exists() {
            Place::Closed { path }
        } else if passphrase.is_none() && keyring::answers().await {
            Place::Keyring { user: home.tag() }
        } else {
            Place::Nowhere { path }
        };
        let secrets = Self { place: Arc::new(Mutex::new(place)), recovery: home.recovery(), tag: home.tag() };
        if let Some(passphrase) = passphrase
            && let Err(error) = secrets.unlock(passphrase).await
        {
            tracing::warn!(%error, "the vault stays closed");
        }
        secrets
    }
    /// Whether passwords can be read now.
    pub async fn state(&self) -> State {
        match *self.place.lock().await {
            Place::Keyring { .. } | Place::Vault { .. } => State::Open,
            Place::Closed { .. } => State::Locked,
            Place::Nowhere { .. } => State::NeedsPassphrase,
        }
    }
    /// Opens the vault, or makes one where there is neither vault nor keyring.
    pub async fn unlock(&self, passphrase: Private<String>) -> Result<(), SecretsError> {
        let mut place = self.place.lock().await;
        let (path, new) = match &*place {
            Place::Closed { path } => (path.clone(), false),
            Place::Nowhere { path } => (path.clone(), true),
            Place::Keyring { .. } | Place::Vault { .. } => return Ok(()),
        };
        let file = path.clone();
        // Key stretching takes a good part of a second on purpose: not on the runtime's threads.
        let opened = tokio::task::spawn_blocking(move || {
            if new { vault::Vault::create(&file, &passphrase) } else { vault::Vault::open(&file, &passphrase) }
        });
        let vault = opened.await.map_err(|_| SecretsError::Io)??;
        *place = Place::Vault { path, vault };
        Ok(())
    }
    /// The password of an account; `None`: none is kept.
    pub async fn get(&self, account: &AccountId) -> Result<Option<Private<String>>, SecretsError> {
        self.read(&account.0).await
    }
    /// Keeps a password.
    pub async fn set(&self, account: &AccountId, password: &Private<String>) -> Result<(), SecretsError> {
        self.write(&account.0, password).await
    }
    /// Forgets a password; one that is not there is no error.
    pub async fn remove(&self, account: &AccountId) -> Result<(), SecretsError> {
        let user = match &mut *self.place.lock().await {
            Place::Keyring { user } => user.clone(),
            Place::Vault { path, vault } => {
                vault.set(&account.0, None);
                return vault.save(path);
            }
            Place::Closed { .. } | Place::Nowhere { .. } => return Err(SecretsError::Locked),
        };
        keyring::remove(&user, &account.0).await
    }

    async fn read(&self, name: &str) -> Result<Option<Private<String>>, SecretsError> {
        let user = match &*self.place.lock().await {
            Place::Keyring { user } => user.clone(),
            Place::Vault { vault, .. } => return Ok(vault.get(name)),
            Place::Closed { .. } | Place::Nowhere { .. } => return Err(SecretsError::Locked),
        };
        keyring::get(&user, name).await
    }

    async fn write(&self, name: &str, secret: &Private<String>) -> Result<(), SecretsError> {
        let user = match &mut *self.place.lock().await {
            Place::Keyring { user } => user.clone(),
            Place::Vault { path, vault } => {
                vault.set(name, Some(secret.clone()));
                return vault.save(path);
            }
            Place::Closed { .. } | Place::Nowhere { .. } => return Err(SecretsError::Locked),
        };
        keyring::set(&user, name, secret).await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_vault_keeps_what_only_the_passphrase_opens() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::in_dir(dir.path());
        home.create().unwrap();
        let account = AccountId("sip-alice".into());
        let secrets = Secrets::open(&home, Some("correct horse".into())).await;
        assert_eq!(secrets.state().await, State::Open);
        secrets.set(&account, &"hunter2".into()).await.unwrap();

        let closed = Secrets::open(&home, Some("wrong".into())).await;
        assert_eq!(closed.state().await, State::Locked);
        assert_eq!(closed.get(&account).await, Err(SecretsError::Locked));
        assert_eq!(closed.unlock("also wrong".into()).await, Err(SecretsError::WrongPassphrase));
        closed.unlock("correct horse".into()).await.unwrap();
        assert_eq!(closed.get(&account).await, Ok(Some("hunter2".into())));
        closed.remove(&account).await.unwrap();
        assert_eq!(Secrets::open(&home, Some("correct horse".into())).await.get(&account).await, Ok(None));
    }
}
