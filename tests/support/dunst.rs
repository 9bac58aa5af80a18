//! A real notification daemon (dunst) on a session bus and an X screen. Its menu of buttons is answered by a script of the
//! test's own; what it shows is read from what its own script was given.
use super::{Process, screen::Screen, session_bus::SessionBus, wait_for};
use std::{os::unix::fs::PermissionsExt, path::PathBuf, process::Command};
use tempfile::TempDir;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The running daemon.
#[derive(Debug)]
pub struct Dunst {
    _daemon: Process,
    dir: TempDir,
}

impl Dunst {
    /// Starts it and waits until it answers.
    pub fn start(bus: &SessionBus, screen: &Screen) -> Self {
        let dir = TempDir::new().expect("a folder");
        let choose = script(&dir, "choose", "grep -m 1 -- \"$(cat DIR/wanted)\"");
        let told = script(&dir, "told", "printf '%s|%s\\n' \"$2\" \"$3\" >> DIR/shown");
        let config = format!(
            "[global]\ndmenu = {}\nnotification_limit = 0\n[all]\nscript = {}\n",
            choose.display(),
            told.display()
        );
        let file = dir.path().join("dunstrc");
        std::fs::write(&file, config).expect("its configuration");
        let mut daemon = Command::new("dunst");
        daemon
            .arg("-conf")
            .arg(file)
            .env("DISPLAY", &screen.display)
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .env("HOME", dir.path());
        let daemon = Process::start("dunst", dir.path(), &mut daemon);
        wait_for("dunst", || bus.has(NAME).then_some(()));
        Self { _daemon: daemon, dir }
    }
    /// Waits until it has shown a title and a body that fit; gives both.
    pub fn wait_shown(&self, what: &str, fits: impl Fn(&str, &str) -> bool) -> (String, String) {
        wait_for(what, || {
            let shown = std::fs::read_to_string(self.dir.path().join("shown")).ok()?;
            let mut lines = shown.lines().filter_map(|line| line.split_once('|'));
            lines.find(|(title, body)| fits(title, body)).map(|(title, body)| (title.to_owned(), body.to_owned()))
        })
    }
    /// How many notifications can be seen now.
    pub fn count(&self, bus: &SessionBus) -> u32 {
        let interface = "string:org.dunstproject.cmd0";
        let get = [NAME, PATH, "org.freedesktop.DBus.Properties.Get", interface, "string:displayedLength"];
        let answer = bus.ask(&get);
        answer.split_whitespace().next_back().and_then(|number| number.parse().ok()).expect("a number")
    }
    /// Presses the button with this word, as its menu does.
    pub fn press(&self, bus: &SessionBus, word: &str) {
        std::fs::write(self.dir.path().join("wanted"), word).expect("the choice");
        bus.ask(&[NAME, PATH, "org.dunstproject.cmd0.ContextMenuCall"]);
    }
    /// Clicks on the newest notification.
    pub fn click(&self, bus: &SessionBus) {
        bus.ask(&[NAME, PATH, "org.dunstproject.cmd0.NotificationAction", "uint32:0"]);
    }
}

fn script(dir: &TempDir, name: &str, line: &str) -> PathBuf {
    let path = dir.path().join(name);
    let text = format!("#!/bin/sh\n{}\n", line.replace("DIR", &dir.path().to_string_lossy()));
    std::fs::write(&path, text).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("a script that runs");
    path
}
