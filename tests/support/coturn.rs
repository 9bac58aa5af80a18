//! A real coturn: tells clients their address, and relays for one user, over UDP, TCP and TLS.
use super::{Process, certificate, free_port, wait_for};
use std::{net::TcpStream, path::PathBuf, process::Command};
use tempfile::TempDir;

/// Who may relay.
pub const USER: &str = "relayed";
/// With this password.
pub const PASSWORD: &str = "secret-relayed";

/// The running server.
#[derive(Debug)]
pub struct Coturn {
    dir: TempDir,
    _process: Process,
    /// UDP and TCP.
    pub port: u16,
    /// TLS.
    pub tls_port: u16,
    /// The authority that signed its certificate, which is for `sip.test`.
    pub ca: PathBuf,
}

impl Coturn {
    /// Starts it on these addresses, the first of which relays, and waits until it answers.
    pub fn start(addresses: &[&str]) -> Self {
        let dir = TempDir::new().expect("a folder");
        let files = certificate::make(dir.path(), "sip.test");
        let (port, tls_port) = (free_port(), free_port());
        let mut command = Command::new("turnserver");
        command.args([
            "-n",
            "--no-cli",
            "--no-dtls",
            "--fingerprint",
            "--lt-cred-mech",
            "--realm=turn.test",
            "--verbose",
        ]);
        command.args([
            "--log-file=stdout",
            "--simple-log",
            "--allow-loopback-peers",
            "--min-port=50000",
            "--max-port=59999",
        ]);
        command.arg(format!("--user={USER}:{PASSWORD}")).arg(format!("--relay-ip={}", addresses[0]));
        command.args(addresses.iter().map(|address| format!("--listening-ip={address}")));
        command.arg(format!("--listening-port={port}")).arg(format!("--tls-listening-port={tls_port}"));
        command.arg(format!("--cert={}", files.certificate.display())).arg(format!("--pkey={}", files.key.display()));
        command.arg(format!("--pidfile={}", dir.path().join("pid").display()));
        command.arg(format!("--userdb={}", dir.path().join("users").display()));
        let process = Process::start("coturn", dir.path(), &mut command);
        let server = Self { dir, _process: process, port, tls_port, ca: files.ca };
        wait_for("coturn's ports", || TcpStream::connect((addresses[0], port)).ok());
        wait_for("coturn's TLS port", || TcpStream::connect((addresses[0], tls_port)).ok());
        server
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("coturn.log")).unwrap_or_default()
    }
}
