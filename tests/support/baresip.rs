//! A real baresip, driven through its `ctrl_tcp` module: a steady sine as its microphone, a WAV file as its loudspeaker.
use super::{PATIENCE, Process, free_port, wait_for};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The running client.
#[derive(Debug)]
pub struct Baresip {
    dir: TempDir,
    process: Process,
    control: TcpStream,
    pending: Vec<u8>,
    events: Vec<Value>,
}

/// How one is started.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// User at `sip.test`.
    pub user: &'a str,
    /// `HOST:PORT` of the registrar, UDP.
    pub server: &'a str,
    /// `auto` or `manual`.
    pub answer: &'a str,
    /// Frequency of its microphone in Hz.
    pub tone: u32,
    /// `opus/48000/2`, `g722`, `pcmu` or `pcma`.
    pub codec: &'a str,
}

impl Baresip {
    /// Starts it and waits until it is registered.
    pub fn start(options: &Options<'_>) -> Self {
        Self::start_with(options, "")
    }
    /// The same on this address in place of loopback.
    pub fn start_at(address: &str, options: &Options<'_>) -> Self {
        Self::start_fully(address, options, "")
    }
    /// The same with encryption: `srtp` (RTP/AVP with keys) or `srtp-mand` (RTP/SAVP).
    pub fn start_encrypted(options: &Options<'_>, how: &str) -> Self {
        Self::start_with(options, &format!(";mediaenc={how}"))
    }
    /// The same with more of its account's parameters, for example `;mediaenc=dtls_srtp;medianat=ice`.
    pub fn start_with(options: &Options<'_>, more: &str) -> Self {
        Self::start_fully("127.0.0.1", options, more)
    }
    fn start_fully(address: &str, options: &Options<'_>, more: &str) -> Self {
        let dir = TempDir::new().expect("a folder");
        let (sip, control) = (free_port(), free_port());
        let config = include_str!("baresip.config")
            .replace("@ADDRESS@", address)
            .replace("@SIP@", &sip.to_string())
            .replace("@CONTROL@", &control.to_string())
            .replace("@DIR@", &dir.path().to_string_lossy())
            .replace("@TONE@", &options.tone.to_string());
        std::fs::write(dir.path().join("config"), config).expect("config");
        std::fs::write(dir.path().join("contacts"), "").expect("contacts");
        let Options { user, server, answer, codec, .. } = options;
        let account = format!(
            "<sip:{user}@sip.test>;auth_user={user};auth_pass=secret-{user};outbound=\"sip:{server}\";regint=60;\
             answermode={answer};audio_codecs={codec}{more}\n"
        );
        std::fs::write(dir.path().join("accounts"), account).expect("accounts");
        let mut command = Command::new("baresip");
        command.arg("-f").arg(dir.path());
        let process = Process::start("baresip", dir.path(), &mut command);
        let stream = wait_for("baresip's control port", || TcpStream::connect(("127.0.0.1", control)).ok());
        stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
        let client = Self { dir, process, control: stream, pending: Vec::new(), events: Vec::new() };
        // The event may come before the control port is connected: the log has it in any case.
        wait_for("baresip's registration", || client.log().contains("registered successfully").then_some(()));
        client
    }
    /// Gives a command of its menu, for example `dial` with an address.
    pub fn command(&mut self, command: &str, parameters: &str) {
        let text = json!({"command": command, "params": parameters, "token": "t"}).to_string();
        write!(self.control, "{}:{text},", text.len()).expect("the control port");
    }
    /// Waits for an event of this type and returns it; earlier ones are remembered.
    pub fn wait_event(&mut self, kind: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.events.iter().position(|e| e["type"] == kind) {
                return self.events.remove(at);
            }
            assert!(Instant::now() < end, "no {kind} from baresip; its log:\n{}", self.log());
            self.read();
        }
    }
    /// Forgets what it told so far.
    pub fn forget_events(&mut self) {
        self.read();
        self.events.clear();
    }
    /// Reads what the control port has: netstrings of JSON.
    fn read(&mut self) {
        let mut buffer = [0; 4096];
        if let Ok(n) = self.control.read(&mut buffer) {
            self.pending.extend_from_slice(&buffer[..n]);
        }
        while let Some(colon) = self.pending.iter().position(|b| *b == b':') {
            let length: usize = String::from_utf8_lossy(&self.pending[..colon]).parse().expect("a netstring");
            if self.pending.len() < colon + length + 2 {
                return;
            }
            let value: Value = serde_json::from_slice(&self.pending[colon + 1..=colon + length]).expect("JSON");
            self.pending.drain(..colon + length + 2);
            if value["event"] == true {
                self.events.push(value);
            }
        }
    }
    /// The WAV file it writes what it hears to (module `sndfile`); `None`: no call with sound yet.
    pub fn heard(&self) -> Option<PathBuf> {
        let files = std::fs::read_dir(self.dir.path()).ok()?.flatten().map(|entry| entry.path());
        files.filter(|path| path.to_string_lossy().ends_with("-dec.wav")).max()
    }
    /// Whether it has heard this frequency for half a second.
    pub fn hears(&self, frequency: f64) -> bool {
        self.heard().is_some_and(|path| super::sound::hears_tone(&path, frequency))
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("baresip.log")).unwrap_or_default()
    }
    /// Takes its power away.
    pub fn kill(&mut self) {
        self.process.kill();
    }
    /// Ends it, so that its WAV file is complete.
    pub fn stop(&mut self) {
        self.command("quit", "");
        if !self.process.terminate(Duration::from_secs(5)) {
            self.process.kill();
        }
    }
}
