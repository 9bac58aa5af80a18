//! A real X server without a screen (Xvfb), to put windows on and look at them.
use super::{Process, free_display, wait_for};
use std::process::Command;
use tempfile::TempDir;

/// The running server.
#[derive(Debug)]
pub struct Screen {
    /// `DISPLAY`.
    pub display: String,
    _server: Process,
    _dir: TempDir,
}

impl Screen {
    /// Starts one of 1280 x 800 and waits until it answers.
    pub fn start() -> Self {
        let dir = TempDir::new().expect("a folder");
        let display = free_display();
        let mut command = Command::new("Xvfb");
        command.args([&display, "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let server = Process::start("xvfb", dir.path(), &mut command);
        let screen = Self { display, _server: server, _dir: dir };
        wait_for("Xvfb", || screen.xdotool(&["getdisplaygeometry"]).then_some(()));
        screen
    }
    /// Whether a window with this in its name can be seen now.
    pub fn shows(&self, name: &str) -> bool {
        self.xdotool(&["search", "--onlyvisible", "--name", name])
    }
    /// Whether `xdotool` did it.
    pub fn xdotool(&self, args: &[&str]) -> bool {
        let output = Command::new("xdotool").args(args).env("DISPLAY", &self.display).output();
        output.is_ok_and(|output| output.status.success())
    }
}
