//! A real rtpengine: relays media, in user space, and speaks ICE, DTLS and SDES on either side as Kamailio tells it.
use super::{Process, free_port, wait_for};
use std::{net::UdpSocket, process::Command, time::Duration};
use tempfile::TempDir;

/// The running relay.
#[derive(Debug)]
pub struct Rtpengine {
    dir: TempDir,
    _process: Process,
    /// Its control port.
    pub port: u16,
}

impl Rtpengine {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let dir = TempDir::new().expect("a folder");
        let port = free_port();
        let mut command = Command::new("rtpengine");
        command.args([
            "--config-file=none",
            "--foreground",
            "--log-stderr",
            "--log-level=6",
            "--table=-1",
            "--num-threads=2",
        ]);
        command.args(["--interface=127.0.0.1", "--port-min=40000", "--port-max=49999"]);
        command.arg(format!("--listen-ng=127.0.0.1:{port}"));
        let process = Process::start("rtpengine", dir.path(), &mut command);
        let probe = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        probe.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
        wait_for("rtpengine's pong", || {
            probe.send_to(b"probe d7:command4:pinge", ("127.0.0.1", port)).ok()?;
            probe.recv(&mut [0; 512]).ok()
        });
        Self { dir, _process: process, port }
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("rtpengine.log")).unwrap_or_default()
    }
}
