//! The desktop's Secret Service, by the crate `keyring`. Its calls block, so they run beside the runtime, with a limit.
use super::SecretsError;
use crate::domain::private::Private;
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

fn entry(user: &str, name: &str) -> Result<Entry, Error> {
    Entry::new(SERVICE, &format!("{user}/{name}"))
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

/// One secret; `None`: there is none of that name.
pub async fn get(user: &str, name: &str) -> Result<Option<Private<String>>, SecretsError> {
    let (user, name) = (user.to_owned(), name.to_owned());
    beside(LIMIT, move || match entry(&user, &name)?.get_password() {
        Ok(password) => Ok(Some(Private::new(password))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// Keeps a secret.
pub async fn set(user: &str, name: &str, secret: &Private<String>) -> Result<(), SecretsError> {
    let (user, name, secret) = (user.to_owned(), name.to_owned(), secret.clone());
    beside(LIMIT, move || entry(&user, &name)?.set_password(secret.expose())).await
}

/// Forgets a secret.
pub async fn remove(user: &str, name: &str) -> Result<(), SecretsError> {
    let (user, name) = (user.to_owned(), name.to_owned());
    beside(LIMIT, move || match entry(&user, &name)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    })
    .await
}
