//! The desktop's Secret Service, by the crate `keyring`. Its calls block, so they run beside the runtime, with a limit.
use super::SecretsError;
use crate::domain::{account::AccountId, private::Private};
use keyring::{Entry, Error};
use std::{env, path::Path, time::Duration};

const SERVICE: &str = "landline";
/// A keyring may ask the person to unlock it: long enough for that.
const LIMIT: Duration = Duration::from_secs(60);
/// Whether there is one at all shows at once.
const PROBE_LIMIT: Duration = Duration::from_secs(5);

async fn beside<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, SecretsError> {
    let task = tokio::task::spawn_blocking(work);
    match tokio::time::timeout(limit, task).await {
        Ok(Ok(Ok(value))) => Ok(value),
        _ => Err(SecretsError::Keyring),
    }
}

fn entry(user: &str, account: &AccountId) -> Result<Entry, Error> {
    Entry::new(SERVICE, &format!("{user}/{account}"))
}

/// Whether a Secret Service is there. Without a session bus nobody is asked.
pub async fn answers() -> bool {
    let bus = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty())
        || env::var_os("XDG_RUNTIME_DIR").is_some_and(|dir| Path::new(&dir).join("bus").exists());
    bus && beside(PROBE_LIMIT, || match Entry::new(SERVICE, "probe")?.get_password() {
        Ok(_) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    })
    .await
    .is_ok()
}

/// The password of an account.
pub async fn get(user: &str, account: &AccountId) -> Result<Option<Private<String>>, SecretsError> {
    let (user, account) = (user.to_owned(), account.clone());
    beside(LIMIT, move || match entry(&user, &account)?.get_password() {
        Ok(password) => Ok(Some(Private::new(password))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// Keeps a password.
pub async fn set(user: &str, account: &AccountId, password: &Private<String>) -> Result<(), SecretsError> {
    let (user, account, password) = (user.to_owned(), account.clone(), password.clone());
    beside(LIMIT, move || entry(&user, &account)?.set_password(password.expose())).await
}

/// Forgets a password.
pub async fn remove(user: &str, account: &AccountId) -> Result<(), SecretsError> {
    let (user, account) = (user.to_owned(), account.clone());
    beside(LIMIT, move || match entry(&user, &account)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    })
    .await
}
