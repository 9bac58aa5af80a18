//! A real XMPP client whose calls are Jingle and whose media are aiortc's (`jingle_peer.py`): slixmpp for the stanzas, a sine
//! as its microphone, a WAV file as its loudspeaker. Debian's packages, so the system's Python.
use super::{PATIENCE, Process, prosody::Prosody, wait_for};
use serde_json::Value;
use std::{io::Write, path::PathBuf, process::Command, time::Instant};
use tempfile::TempDir;

/// The running client.
#[derive(Debug)]
pub struct JinglePeer {
    dir: TempDir,
    process: Process,
    /// Its full JID.
    pub jid: String,
    read: usize,
}

impl JinglePeer {
    /// Starts it as `USER@xmpp.test` and waits until it is logged in.
    pub fn start(prosody: &Prosody, user: &str, tone: u32, more: &[&str]) -> Self {
        let dir = TempDir::new().expect("a folder");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/jingle_peer.py"));
        command.args(["--user", user, "--password", &format!("secret-{user}"), "--server", &prosody.server()]);
        command.arg("--ca").arg(&prosody.ca).args(["--tone", &tone.to_string()]);
        command.arg("--heard").arg(dir.path().join("heard.wav")).args(more);
        let process = Process::start("jingle", dir.path(), &mut command);
        let mut peer = Self { dir, process, jid: String::new(), read: 0 };
        peer.jid = peer.wait_event("online")["jid"].as_str().expect("its name").to_owned();
        peer
    }
    /// `call JID`, `initiate JID`, `accept`, `decline`, `retract`, `hangup`, `hold`, `unhold`.
    pub fn command(&mut self, command: &str) {
        self.process.write(|input| writeln!(input, "{command}")).expect("its input");
    }
    /// Waits for the next event of this name; those before it are passed over.
    pub fn wait_event(&mut self, name: &str) -> Value {
        self.wait_for(name, |event| event["event"] == name)
    }
    /// Waits until its ICE and DTLS stand as said.
    pub fn wait_connection(&mut self, state: &str) -> Value {
        self.wait_for(state, |event| event["event"] == "connection" && event["state"] == state)
    }
    fn wait_for(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let log = self.log();
            let events: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
            if let Some(at) = events.iter().skip(self.read).position(&fits) {
                self.read += at + 1;
                return events[self.read - 1].clone();
            }
            assert!(Instant::now() < end && self.process.runs(), "no {what} from the peer; its log:\n{log}");
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
    }
    /// Where what it hears is.
    pub fn heard(&self) -> PathBuf {
        self.dir.path().join("heard.wav")
    }
    /// Waits until it hears this frequency, from this sample on.
    pub fn wait_hears(&self, frequency: f64, from: usize) {
        let heard = self.heard();
        wait_for("a tone at the peer", || super::sound::hears_tone_since(&heard, frequency, from).then_some(()));
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("jingle.log")).unwrap_or_default()
    }
}
