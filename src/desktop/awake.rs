//! Keeps the computer and its screen awake while one talks: by the desktop portal, or by the screen saver and logind. All of
//! it ends by itself when the connections close, even when this program is killed.
use super::{
    application::NAME,
    bus::{self, ANSWER},
};
use std::collections::HashMap;
use zbus::{
    Connection,
    zvariant::{OwnedFd, OwnedObjectPath, Value},
};

const PORTAL: (&str, &str, &str) =
    ("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit");
const SAVER: (&str, &str, &str) =
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver");
const LOGIND: (&str, &str, &str) =
    ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager");
/// Suspend and idle, as the portal counts them.
const SUSPEND_AND_IDLE: u32 = 4 | 8;

/// The computer stays awake as long as this lives and its connection is open.
#[derive(Debug, Default)]
pub(super) struct Awake {
    /// Logind watches who holds it.
    _logind: Option<OwnedFd>,
}

/// Asks for it; what refuses is passed over. `why` is read by the person who wonders what keeps the computer awake.
pub(super) async fn hold(session: Option<&Connection>, why: &str) -> Awake {
    if let Some(session) = session {
        let options = HashMap::from([("reason", Value::from(why))]);
        let portal = ("", SUSPEND_AND_IDLE, options);
        let held: Option<OwnedObjectPath> = bus::call(session, PORTAL, "Inhibit", &portal, ANSWER).await;
        if held.is_some() {
            return Awake::default();
        }
        let cookie: Option<u32> = bus::call(session, SAVER, "Inhibit", &(NAME, why), ANSWER).await;
        tracing::debug!(held = cookie.is_some(), "the screen saver");
    }
    let Some(system) = bus::system().await else { return Awake::default() };
    let ask = ("sleep:idle", "Landline", why, "block");
    Awake { _logind: bus::call(&system, LOGIND, "Inhibit", &ask, ANSWER).await }
}
