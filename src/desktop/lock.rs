//! Whether the screen is locked: asked of the desktop's screen saver and of logind, whichever there is. Starts neither, and
//! locks nothing.
use super::bus;
use std::time::Duration;
use zbus::{Connection, zvariant::OwnedValue};

/// Screen savers that tell, and where.
const SAVERS: [(&str, &str); 6] = [
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
];
/// A notification waits for the answer no longer.
const ANSWER: Duration = Duration::from_millis(500);

/// Whether it is locked now, as far as anybody tells.
pub(super) async fn is_locked(session: &Connection, system: Option<&Connection>) -> bool {
    for (service, path) in SAVERS {
        if bus::is_there(session, service).await
            && bus::call(session, (service, path, service), "GetActive", &(), ANSWER).await == Some(true)
        {
            return true;
        }
    }
    match system {
        Some(system) => hinted(system).await,
        None => false,
    }
}

/// What the session manager was told (`LockedHint`).
async fn hinted(system: &Connection) -> bool {
    const LOGIND: &str = "org.freedesktop.login1";
    const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
    if !bus::is_there(system, LOGIND).await {
        return false;
    }
    // since systemd 243 "auto" is the session of who asks
    let session = (LOGIND, "/org/freedesktop/login1/session/auto", PROPERTIES);
    let hint: Option<OwnedValue> =
        bus::call(system, session, "Get", &("org.freedesktop.login1.Session", "LockedHint"), ANSWER).await;
    hint.and_then(|hint| bool::try_from(hint).ok()).unwrap_or(false)
}
