//! The sign's menu: `com.canonical.dbusmenu`, one level deep. The desktop draws it; an entry that is pressed is passed on.
use super::{Entry, MENU_PATH, Shared, TrayAction, pass};
use std::collections::HashMap;
use tokio::sync::mpsc;
use zbus::{
    Connection,
    object_server::SignalEmitter,
    zvariant::{OwnedValue, Value},
};

pub(super) struct Menu {
    shared: Shared,
    pressed: mpsc::Sender<TrayAction>,
    revision: u32,
}

impl Menu {
    pub(super) const fn new(shared: Shared, pressed: mpsc::Sender<TrayAction>) -> Self {
        Self { shared, pressed, revision: 1 }
    }

    async fn press(&self, number: i32, event: &str) {
        let action = TrayAction::from_number(number).filter(|_| event == "clicked");
        let enabled = |action: &TrayAction| {
            self.shared.read(|face| face.entries.iter().any(|entry| entry.action == *action && entry.enabled))
        };
        if let Some(action) = action.filter(enabled) {
            pass(&self.pressed, action).await;
        }
    }
}

type Properties = HashMap<&'static str, Value<'static>>;

fn properties(entry: &Entry) -> Properties {
    // an underscore would mark a key
    let label = entry.label.replace('_', "__");
    let mut all = HashMap::from([("label", Value::from(label)), ("enabled", Value::from(entry.enabled))]);
    if let Some(on) = entry.on {
        all.insert("toggle-type", Value::from("checkmark"));
        all.insert("toggle-state", Value::from(i32::from(on)));
    }
    all
}

fn of_the_menu() -> Properties {
    HashMap::from([("children-display", Value::from("submenu"))])
}

#[zbus::interface(name = "com.canonical.dbusmenu")]
impl Menu {
    #[zbus(property)]
    fn version(&self) -> u32 {
        3
    }
    #[zbus(property)]
    fn text_direction(&self) -> &'static str {
        "ltr"
    }
    #[zbus(property)]
    fn status(&self) -> &'static str {
        "normal"
    }
    #[zbus(property)]
    fn icon_theme_path(&self) -> Vec<String> {
        Vec::new()
    }

    fn get_layout(
        &self,
        parent: i32,
        _depth: i32,
        _names: Vec<String>,
    ) -> (u32, (i32, Properties, Vec<Value<'static>>)) {
        if let Some(action) = TrayAction::from_number(parent) {
            let found = self.shared.read(|face| {
                face.entries.iter().find(|entry| entry.action == action).map(properties).unwrap_or_default()
            });
            return (self.revision, (parent, found, Vec::new()));
        }
        let entries = self.shared.read(|face| {
            let line =
                |entry: &Entry| Value::from((entry.action.number(), properties(entry), Vec::<Value<'static>>::new()));
            face.entries.iter().map(line).collect()
        });
        (self.revision, (0, of_the_menu(), entries))
    }

    fn get_group_properties(&self, ids: Vec<i32>, _names: Vec<String>) -> Vec<(i32, Properties)> {
        let wanted = |id: i32| ids.is_empty() || ids.contains(&id);
        let mut all: Vec<_> = if wanted(0) { vec![(0, of_the_menu())] } else { Vec::new() };
        self.shared.read(|face| {
            let entries = face.entries.iter().filter(|entry| wanted(entry.action.number()));
            all.extend(entries.map(|entry| (entry.action.number(), properties(entry))));
        });
        all
    }

    fn get_property(&self, id: i32, name: String) -> zbus::fdo::Result<OwnedValue> {
        let known = self.get_group_properties(vec![id], Vec::new());
        let value = known.into_iter().find_map(|(_, mut all)| all.remove(name.as_str()));
        let value = value.ok_or_else(|| zbus::fdo::Error::InvalidArgs("no such property".to_owned()))?;
        value.try_to_owned().map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }

    async fn event(&self, id: i32, event: String, _data: OwnedValue, _time: u32) {
        self.press(id, &event).await;
    }

    /// Several at once; those that it does not know come back.
    async fn event_group(&self, events: Vec<(i32, String, OwnedValue, u32)>) -> Vec<i32> {
        let mut unknown = Vec::new();
        for (id, event, _, _) in events {
            match TrayAction::from_number(id) {
                Some(_) => self.press(id, &event).await,
                None => unknown.push(id),
            }
        }
        unknown
    }

    /// It is always as new as it can be.
    fn about_to_show(&self, _id: i32) -> bool {
        false
    }
    fn about_to_show_group(&self, _ids: Vec<i32>) -> (Vec<i32>, Vec<i32>) {
        (Vec::new(), Vec::new())
    }

    #[zbus(signal)]
    async fn layout_updated(emitter: &SignalEmitter<'_>, revision: u32, parent: i32) -> zbus::Result<()>;
}

/// Tells the tray to read the menu again.
pub(super) async fn changed(connection: &Connection) -> zbus::Result<()> {
    let menu = connection.object_server().interface::<_, Menu>(MENU_PATH).await?;
    let revision = {
        let mut menu = menu.get_mut().await;
        menu.revision = menu.revision.wrapping_add(1);
        menu.revision
    };
    Menu::layout_updated(menu.signal_emitter(), revision, 0).await
}
