//! A real aiortc (ICE and DTLS-SRTP as browsers have them) behind a small SIP user agent in Python: a sine as its
//! microphone, a WAV file as its loudspeaker. Debian's package `python3-aiortc`, so the system's Python.
use super::{PATIENCE, Process, wait_for};
use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The running user agent.
#[derive(Debug)]
pub struct Aiortc {
    dir: TempDir,
    process: Process,
}

impl Aiortc {
    /// Starts it as `USER@sip.test` and waits until it is registered over UDP. It answers what comes in.
    pub fn start(user: &str, server: &str, tone: u32, more: &[&str]) -> Self {
        let dir = TempDir::new().expect("a folder");
        let mut command = Command::new("/usr/bin/python3");
        Self::dress(&mut command, dir.path(), user, server, tone, more);
        Self::run(dir, command)
    }
    /// What the command line is.
    pub fn dress(command: &mut Command, dir: &Path, user: &str, server: &str, tone: u32, more: &[&str]) {
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/aiortc_peer.py"));
        command.args(["--user", user, "--password", &format!("secret-{user}"), "--domain", "sip.test"]);
        command.args(["--server", server, "--tone", &tone.to_string()]).arg("--heard").arg(dir.join("heard.wav"));
        command.args(more);
    }
    /// Starts a command line of [`Self::dress`].
    pub fn run(dir: TempDir, mut command: Command) -> Self {
        let process = Process::start("aiortc", dir.path(), &mut command);
        let mut client = Self { dir, process };
        client.wait_event("registered");
        client
    }
    /// `kill -9`.
    pub fn kill(&mut self) {
        self.process.kill();
    }
    /// `call sip:alice@sip.test` or `hangup`.
    pub fn command(&mut self, command: &str) {
        self.process.write(|input| writeln!(input, "{command}")).expect("its input");
    }
    /// All that it told so far.
    pub fn events(&self) -> Vec<Value> {
        self.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
    /// Waits for the first event of this name.
    pub fn wait_event(&mut self, name: &str) -> Value {
        self.wait_for(name, |event| event["event"] == name)
    }
    /// Waits until its ICE and DTLS stand as said: `connected`, `failed`, `closed`.
    pub fn wait_connection(&mut self, state: &str) -> Value {
        self.wait_for(state, |event| event["event"] == "connection" && event["state"] == state)
    }
    fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(event) = self.events().into_iter().find(&fits) {
                return event;
            }
            assert!(Instant::now() < end && self.process.runs(), "no {what} from aiortc; its log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(30));
        }
    }
    /// Where what it hears is.
    pub fn heard(&self) -> PathBuf {
        self.dir.path().join("heard.wav")
    }
    /// Waits until it hears this frequency, from this sample on.
    pub fn wait_hears(&self, frequency: f64, from: usize) {
        let heard = self.heard();
        wait_for("a tone at aiortc", || super::sound::hears_tone_since(&heard, frequency, from).then_some(()));
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("aiortc.log")).unwrap_or_default()
    }
}
