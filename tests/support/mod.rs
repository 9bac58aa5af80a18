//! What system tests stand on: real servers and peers, each in a temporary folder on ports of its own,
//! ended by pid. A test waits for what it names, never for a time.
#![allow(dead_code, clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
pub mod aiortc;
pub mod baresip;
pub mod cable;
pub mod certificate;
pub mod clipboard;
pub mod coturn;
pub mod dunst;
pub mod ejabberd;
pub mod jingle;
pub mod kamailio;
pub mod landline;
pub mod linphone;
pub mod meddler;
pub mod network;
pub mod prosody;
pub mod pulse;
pub mod relay;
pub mod rtpengine;
pub mod screen;
pub mod secrets;
pub mod session_bus;
pub mod sipp;
pub mod sound;
pub mod two_links;
pub mod zone;

use std::{
    net::{TcpListener, UdpSocket},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long anything that must happen may take before a test gives up. Generous: the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// A port that is free for UDP and TCP on loopback.
pub fn free_port() -> u16 {
    // below the ports that the system gives to outgoing connections, and apart from other tests' processes
    static TAKEN: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    for _ in 0..1000 {
        let taken = TAKEN.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let place = std::process::id().wrapping_mul(97).wrapping_add(taken.wrapping_mul(13));
        let port = 11_000 + (place % 18_000) as u16;
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

/// A child process that ends with its owner.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: &'static str,
}

impl Process {
    /// Starts a command; its output goes to `NAME.log` in `dir`.
    pub fn start(name: &'static str, dir: &Path, command: &mut Command) -> Self {
        let log = std::fs::File::create(dir.join(format!("{name}.log"))).expect("a log file");
        let child = command
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|e| panic!("{name} does not start: {e}"));
        Self { child, name }
    }
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
    /// Writes to its standard input.
    pub fn write<T>(&mut self, write: impl FnOnce(&mut std::process::ChildStdin) -> T) -> T {
        write(self.child.stdin.as_mut().expect("its input"))
    }
    /// Writes its standard input and closes it.
    pub fn give(&mut self, write: impl FnOnce(&mut std::process::ChildStdin)) {
        write(&mut self.child.stdin.take().expect("its input"));
    }
    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
    /// SIGTERM, then waits; tells whether it went within the time.
    pub fn terminate(&mut self, within: Duration) -> bool {
        Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().ok();
        let end = Instant::now() + within;
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
    /// Waits until it has ended by itself.
    pub fn end(&mut self) -> std::process::ExitStatus {
        wait_for("a process to end", || self.child.try_wait().ok().flatten())
    }
    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.runs() && !self.terminate(Duration::from_secs(3)) {
            self.kill();
        }
    }
}

/// Asks `done` again and again until it gives a value; panics with `what` when [`PATIENCE`] is over.
pub fn wait_for<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = done() {
            return value;
        }
        assert!(Instant::now() < end, "gave up waiting for {what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Waits until something listens on a TCP port of loopback.
pub fn wait_for_port(port: u16) {
    wait_for("a listening port", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
}
