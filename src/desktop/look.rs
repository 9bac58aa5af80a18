//! How the person wants programs to look, as the desktop's portal tells it (org.freedesktop.portal.Settings): dark or light,
//! and with high contrast. Motion it could ask to reduce as well: there is none here. Without a portal nothing is told.
use futures::{Stream, StreamExt, stream};
use std::collections::HashMap;
use zbus::{Connection, Proxy, zvariant::OwnedValue};

const SERVICE: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";
const APPEARANCE: &str = "org.freedesktop.appearance";

/// What the desktop says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Dark; `None`: it does not mind.
    pub dark: Option<bool>,
    /// High contrast.
    pub contrast: bool,
}

impl Look {
    fn set(&mut self, key: &str, value: &OwnedValue) {
        let Ok(value) = u32::try_from(value) else { return };
        match key {
            "color-scheme" => self.dark = [None, Some(true), Some(false)].get(value as usize).copied().flatten(),
            "contrast" => self.contrast = value == 1,
            _ => {}
        }
    }
}

/// The look now, and each change of it.
pub async fn looks(session: &Connection) -> Option<impl Stream<Item = Look> + use<>> {
    let portal = Proxy::new_owned(session.clone(), SERVICE, PATH, SETTINGS).await.ok()?;
    let changes = portal.receive_signal("SettingChanged").await.ok()?;
    let all: HashMap<String, HashMap<String, OwnedValue>> = portal.call("ReadAll", &(vec![APPEARANCE],)).await.ok()?;
    let mut look = Look::default();
    for (key, value) in all.get(APPEARANCE).into_iter().flatten() {
        look.set(key, value);
    }
    let changed = stream::unfold((changes, look), |(mut changes, mut look)| async move {
        loop {
            let signal = changes.next().await?;
            let Ok((space, key, value)) = signal.body().deserialize::<(String, String, OwnedValue)>() else { continue };
            let before = look;
            if space == APPEARANCE {
                look.set(&key, &value);
            }
            if look != before {
                return Some((look, (changes, look)));
            }
        }
    });
    Some(stream::iter([look]).chain(changed))
}
