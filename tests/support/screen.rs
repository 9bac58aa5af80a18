//! A real X server without a screen (Xvfb), to put windows on and look at them.
use super::{Process, wait_for};
use std::process::Command;
use tempfile::TempDir;

/// The running server.
#[derive(Debug)]
pub struct Screen {
    /// `DISPLAY`.
    pub display: String,
    // in this order: the manager ends before its server
    manager: Option<Process>,
    _server: Process,
    _dir: TempDir,
}

impl Screen {
    /// Starts one of 1280 x 800 and waits until it answers.
    pub fn start() -> Self {
        let dir = TempDir::new().expect("a folder");
        let mut command = Command::new("Xvfb");
        // it chooses a display that is free, and says which; it does not begin anew when its last client leaves
        command.args(["-displayfd", "1", "-noreset", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let server = Process::start("xvfb", dir.path(), &mut command);
        let display = wait_for("Xvfb's display", || {
            let said = std::fs::read_to_string(dir.path().join("xvfb.log")).ok()?;
            said.lines().find_map(|line| line.trim().parse::<u32>().ok()).map(|number| format!(":{number}"))
        });
        Self { display, manager: None, _server: server, _dir: dir }
    }
    /// The same with a window manager (openbox) that gives focus and decorates.
    pub fn with_manager() -> Self {
        let mut screen = Self::start();
        let mut manager = Command::new("openbox");
        manager.env("DISPLAY", &screen.display).env("HOME", screen._dir.path()).env_remove("DBUS_SESSION_BUS_ADDRESS");
        screen.manager = Some(Process::start("openbox", screen._dir.path(), &mut manager));
        wait_for("the window manager", || {
            let known = Command::new("xprop")
                .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
                .env("DISPLAY", &screen.display)
                .output()
                .ok()?;
            String::from_utf8_lossy(&known.stdout).contains("window id").then_some(())
        });
        screen
    }
    /// The name of the window that has the keyboard.
    pub fn focused(&self) -> String {
        let output = Command::new("xdotool")
            .args(["getactivewindow", "getwindowname"])
            .env("DISPLAY", &self.display)
            .output()
            .expect("xdotool");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
    /// Presses the close button of the window with this name, as the window manager does.
    pub fn close(&self, name: &str) {
        let output = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", name])
            .env("DISPLAY", &self.display)
            .output()
            .expect("xdotool");
        let id = String::from_utf8_lossy(&output.stdout).lines().next().expect("a window").to_owned();
        assert!(self.xdotool(&["windowactivate", "--sync", &id, "key", "--clearmodifiers", "alt+F4"]));
    }
    /// Whether a window with this in its name can be seen now.
    pub fn shows(&self, name: &str) -> bool {
        self.xdotool(&["search", "--onlyvisible", "--name", name])
    }
    /// Keeps a picture of the screen as `NAME.png` in the folder that `LANDLINE_LOOK` names, for people to look at.
    pub fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("LANDLINE_LOOK") else { return };
        let file = std::path::Path::new(&folder).join(format!("{name}.png"));
        Command::new("import").args(["-window", "root"]).arg(file).env("DISPLAY", &self.display).status().ok();
    }
    /// Whether `xdotool` did it.
    pub fn xdotool(&self, args: &[&str]) -> bool {
        let output = Command::new("xdotool").args(args).env("DISPLAY", &self.display).output();
        output.is_ok_and(|output| output.status.success())
    }
}
