//! A real session bus in a folder of its own; if wanted with a real Secret Service (gnome-keyring) on it, unlocked.
use super::{Process, wait_for};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The running bus and keyring.
#[derive(Debug)]
pub struct SessionBus {
    // in this order: the keyring ends before its bus
    _keyring: Option<Process>,
    _bus: Process,
    dir: TempDir,
}

impl SessionBus {
    /// Starts the bus alone. Services that it starts by name are those that a test writes into [`Self::services`], and they
    /// get these variables.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().expect("a folder");
        std::fs::create_dir(dir.path().join("services")).expect("a folder");
        let config = dir.path().join("session.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>{}</listen><auth>EXTERNAL</auth><servicedir>{}</servicedir>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
             <allow own=\"*\"/></policy></busconfig>",
            address(&dir),
            dir.path().join("services").display()
        );
        std::fs::write(&config, text).expect("its configuration");
        let mut bus = Command::new("dbus-daemon");
        bus.arg(format!("--config-file={}", config.display())).args(["--nofork", "--nopidfile"]);
        bus.env_remove("DISPLAY").envs(variables.iter().copied());
        let bus = Process::start("dbus", dir.path(), &mut bus);
        wait_for("the session bus", || dir.path().join("bus").exists().then_some(()));
        Self { _keyring: None, _bus: bus, dir }
    }
    /// Where services are described that the bus starts by name.
    pub fn services(&self) -> PathBuf {
        self.dir.path().join("services")
    }
    /// Starts both and waits until the Secret Service answers.
    pub fn with_keyring() -> Self {
        let bus = Self::start(&[]);
        let dir = bus.dir.path();
        let address = bus.address();
        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", dir)
            .env("XDG_RUNTIME_DIR", dir)
            .env("XDG_DATA_HOME", dir.join("data"))
            .env_remove("DISPLAY");
        let mut keyring = Process::start("keyring", dir, &mut keyring);
        keyring.give(|input| input.write_all(b"keyring passphrase").expect("the passphrase"));
        // Asked whether it is there, not asked itself: the bus would start a second, locked one in its place.
        wait_for("the Secret Service", || bus.has("org.freedesktop.secrets").then_some(()));
        // It can keep nothing before its first collection is there.
        let service = ("org.freedesktop.secrets", "/org/freedesktop/secrets");
        let alias = [service.0, service.1, "org.freedesktop.Secret.Service.ReadAlias", "string:default"];
        wait_for("the first collection", || bus.ask(&alias).contains("/collection/").then_some(()));
        Self { _keyring: Some(keyring), ..bus }
    }
    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> String {
        address(&self.dir)
    }
    /// The folder that the bus lives in.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }
    /// Whether somebody has this name.
    pub fn has(&self, name: &str) -> bool {
        let method = "org.freedesktop.DBus.NameHasOwner";
        self.ask(&["org.freedesktop.DBus", "/", method, &format!("string:{name}")]).contains("true")
    }
    /// Calls a method whose arguments `dbus-send` cannot write: name, object, interface. Panics where it is refused.
    pub fn call<A>(&self, (name, object, interface): (&str, &str, &str), method: &str, arguments: &A)
    where
        A: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let builder = zbus::connection::Builder::address(self.address().as_str()).expect("an address");
            let bus = builder.build().await.expect("the bus");
            bus.call_method(Some(name), object, Some(interface), method, arguments).await.expect("an answer");
        });
    }
    /// What a call is answered: destination, object, method, arguments as `dbus-send` takes them.
    pub fn ask(&self, call: &[&str]) -> String {
        let asked = Command::new("dbus-send")
            .args(["--session", "--print-reply", &format!("--dest={}", call[0])])
            .args(&call[1..])
            .env("DBUS_SESSION_BUS_ADDRESS", self.address())
            .output()
            .expect("dbus-send");
        String::from_utf8_lossy(&asked.stdout).into_owned()
    }
}

fn address(dir: &TempDir) -> String {
    format!("unix:path={}", dir.path().join("bus").display())
}
