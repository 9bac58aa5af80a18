//! Players of music and films (MPRIS 2): those that play are paused for a call, and go on after it if nobody touched them.
use super::bus::{self, ANSWER};
use zbus::{Connection, fdo::DBusProxy, zvariant::OwnedValue};

const PREFIX: &str = "org.mpris.MediaPlayer2.";
const PATH: &str = "/org/mpris/MediaPlayer2";
const PLAYER: &str = "org.mpris.MediaPlayer2.Player";
/// Players that are looked at, at the most.
const MOST: usize = 32;

/// Pauses those that play, and says which they are.
pub(super) async fn pause(session: &Connection) -> Vec<String> {
    let names = async { DBusProxy::new(session).await.ok()?.list_names().await.ok() }.await;
    let names = names.into_iter().flatten().map(|name| name.to_string());
    let mut paused = Vec::new();
    for name in names.filter(|name| name.starts_with(PREFIX)).take(MOST) {
        if stands(session, &name, "Playing").await && tell(session, &name, "Pause").await {
            paused.push(name);
        }
    }
    paused
}

/// Lets them go on, if they still stand as they were left.
pub(super) async fn resume(session: &Connection, paused: Vec<String>) {
    for name in paused {
        if stands(session, &name, "Paused").await {
            tell(session, &name, "Play").await;
        }
    }
}

async fn stands(session: &Connection, name: &str, how: &str) -> bool {
    let properties = (name, PATH, "org.freedesktop.DBus.Properties");
    let status: Option<OwnedValue> = bus::call(session, properties, "Get", &(PLAYER, "PlaybackStatus"), ANSWER).await;
    status.and_then(|status| String::try_from(status).ok()).is_some_and(|status| status == how)
}

async fn tell(session: &Connection, name: &str, method: &str) -> bool {
    bus::call::<_, ()>(session, (name, PATH, PLAYER), method, &(), ANSWER).await.is_some()
}
