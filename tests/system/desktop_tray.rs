//! The sign in the tray, with a tray of the test's own on a real bus: it comes by itself, tells what waits, and its menu works;
//! switched off it leaves.
use crate::support::{
    clipboard::paste, landline::Landline, prosody::Prosody, screen::Screen, session_bus::SessionBus, wait_for,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::runtime::Runtime;
use zbus::{
    Connection, Proxy,
    connection::Builder,
    zvariant::{OwnedValue, Value},
};

/// A tray: it remembers who came.
struct Watcher(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, #[zbus(header)] header: zbus::message::Header<'_>, service: String) {
        assert_eq!(header.sender().map(ToString::to_string).as_deref(), Some(service.as_str()));
        self.0.lock().unwrap().push(service);
    }
}

struct Tray {
    runtime: Runtime,
    connection: Connection,
    came: Arc<Mutex<Vec<String>>>,
}

impl Tray {
    fn start(bus: &SessionBus) -> Self {
        let runtime = Runtime::new().unwrap();
        let came = Arc::default();
        let watcher = Watcher(Arc::clone(&came));
        let connection = runtime.block_on(async {
            let builder = Builder::address(bus.address().as_str()).unwrap();
            let builder = builder.serve_at("/StatusNotifierWatcher", watcher).unwrap();
            builder.name("org.kde.StatusNotifierWatcher").unwrap().build().await.unwrap()
        });
        Self { runtime, connection, came }
    }
    fn newest(&self) -> String {
        wait_for("a sign in the tray", || self.came.lock().unwrap().last().cloned())
    }
    fn proxy(&self, path: &'static str, interface: &'static str) -> Proxy<'static> {
        let builder = zbus::proxy::Builder::new(&self.connection).destination(self.newest()).unwrap();
        let builder = builder.path(path).unwrap().interface(interface).unwrap();
        let builder = builder.cache_properties(zbus::proxy::CacheProperties::No);
        self.runtime.block_on(builder.build()).unwrap()
    }
    fn item<T>(&self, property: &str) -> T
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let item = self.proxy("/StatusNotifierItem", "org.kde.StatusNotifierItem");
        self.runtime.block_on(item.get_property(property)).unwrap()
    }
    fn about(&self) -> String {
        self.item::<(String, Vec<(i32, i32, Vec<u8>)>, String, String)>("ToolTip").3
    }
    /// Number, words, enabled.
    fn menu(&self) -> Vec<(i32, String, bool)> {
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let menu = self.proxy("/MenuBar", "com.canonical.dbusmenu");
        let all: Layout = self.runtime.block_on(menu.call("GetLayout", &(0, -1, Vec::<String>::new()))).unwrap();
        let entry = |value: OwnedValue| {
            let (number, properties, _) =
                <(i32, HashMap<String, OwnedValue>, Vec<OwnedValue>)>::try_from(value).unwrap();
            let words = String::try_from(properties["label"].try_clone().unwrap()).unwrap();
            (number, words, bool::try_from(&properties["enabled"]).unwrap())
        };
        all.1.2.into_iter().map(entry).collect()
    }
    fn press(&self, words: &str) {
        let (number, ..) = self.menu().into_iter().find(|(_, label, _)| label == words).unwrap();
        let menu = self.proxy("/MenuBar", "com.canonical.dbusmenu");
        let event = (number, "clicked", Value::from(0_i32), 0_u32);
        let _: () = self.runtime.block_on(menu.call("Event", &event)).unwrap();
    }
}

#[test]
fn it_tells_what_waits_and_its_menu_works() {
    let (prosody, screen, bus) = (Prosody::start(&["alice", "bob"]), Screen::start(), SessionBus::start(&[]));
    let bob = super::xmpp_texts::login(&prosody, "bob");
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    let address = bus.address();
    alice.run_with(&["--minimized"], &[("DISPLAY", &screen.display), ("DBUS_SESSION_BUS_ADDRESS", &address)]);
    wait_for("the registration", || {
        String::from_utf8_lossy(&alice.cli(&["status", "--json"]).stdout).contains("\"registered\"").then_some(())
    });
    // the tray comes after the phone, as it may at the start of a session
    let tray = Tray::start(&bus);
    assert_eq!(tray.item::<String>("Category"), "Communications");
    wait_for("a calm sign", || (tray.item::<String>("Status") == "Active").then_some(()));
    bob.json(&["text", "alice@xmpp.test", "hello", "--wait", "delivered"]);
    wait_for("news", || (tray.item::<String>("Status") == "NeedsAttention").then_some(()));
    assert_eq!(tray.about(), "1 new text");
    let code = tray.menu().into_iter().find(|(_, label, _)| label == "Copy the newest code").unwrap();
    assert!(!code.2, "there is no code yet");
    alice.json(&["text", "xmpp:+15551230000@sms.test", "code please", "--wait", "delivered"]);
    wait_for("a code in the menu", || {
        tray.menu().iter().any(|(_, label, enabled)| label == "Copy the newest code" && *enabled).then_some(())
    });
    tray.press("Copy the newest code");
    let value = alice.json(&["codes"])[0]["code"]["value"].as_str().unwrap().to_owned();
    wait_for("the code on the clipboard", || paste(&screen.display, "UTF8_STRING").filter(|pasted| *pasted == value));
    tray.press("Do not disturb");
    wait_for("quiet", || tray.about().contains("Do not disturb").then_some(()));
    wait_for("that to be kept", || {
        let kept = std::fs::read_to_string(alice.home().join("config/config.toml")).unwrap();
        kept.contains("quiet = true").then_some(())
    });
    assert!(!screen.shows("Landline"));
    tray.press("Open Landline");
    wait_for("the window", || screen.shows("Landline").then_some(()));
    tray.press("Quit Landline");
    wait_for("the end of it", || (!screen.shows("Landline")).then_some(()));
    wait_for("its end", || alice.ended().then_some(()));
}
