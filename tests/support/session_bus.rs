//! A real session bus with a real Secret Service (gnome-keyring) on it, unlocked, in a folder of its own.
use super::{Process, wait_for};
use std::{io::Write, process::Command};
use tempfile::TempDir;

/// The running bus and keyring.
#[derive(Debug)]
pub struct SessionBus {
    // in this order: the keyring ends before its bus
    _keyring: Process,
    _bus: Process,
    dir: TempDir,
}

impl SessionBus {
    /// Starts both and waits until the Secret Service answers.
    pub fn with_keyring() -> Self {
        let dir = TempDir::new().expect("a folder");
        let address = address(&dir);
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", &format!("--address={address}")]);
        let bus = Process::start("dbus", dir.path(), &mut bus);
        wait_for("the session bus", || dir.path().join("bus").exists().then_some(()));
        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", dir.path())
            .env("XDG_RUNTIME_DIR", dir.path())
            .env("XDG_DATA_HOME", dir.path().join("data"))
            .env_remove("DISPLAY");
        let mut keyring = Process::start("keyring", dir.path(), &mut keyring);
        keyring.give(|input| input.write_all(b"keyring passphrase").expect("the passphrase"));
        // Asked whether it is there, not asked itself: the bus would start a second, locked one in its place.
        let names =
            ["org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"];
        wait_for("the Secret Service", || ask(&address, names).contains("true").then_some(()));
        // It can keep nothing before its first collection is there.
        let service = ("org.freedesktop.secrets", "/org/freedesktop/secrets");
        let alias = [service.0, service.1, "org.freedesktop.Secret.Service.ReadAlias", "string:default"];
        wait_for("the first collection", || ask(&address, alias).contains("/collection/").then_some(()));
        Self { _keyring: keyring, _bus: bus, dir }
    }
    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> String {
        address(&self.dir)
    }
}

fn address(dir: &TempDir) -> String {
    format!("unix:path={}", dir.path().join("bus").display())
}

/// What a call with one argument is answered: destination, object, method, argument.
fn ask(bus: &str, [destination, object, method, argument]: [&str; 4]) -> String {
    let asked = Command::new("dbus-send")
        .args(["--session", "--print-reply", &format!("--dest={destination}"), object, method, argument])
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .output()
        .expect("dbus-send");
    String::from_utf8_lossy(&asked.stdout).into_owned()
}
