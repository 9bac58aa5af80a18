//! A machine in the middle of an XMPP connection (`meddler.py`), for downgrade attempts.
use super::{Process, free_port, wait_for_port};
use std::{path::Path, process::Command};
use tempfile::TempDir;

/// The running proxy.
#[derive(Debug)]
pub struct Meddler {
    dir: TempDir,
    _process: Process,
    port: u16,
}

impl Meddler {
    /// Starts it before the server on `port`, with a certificate that was stolen; modes are told in `meddler.py`.
    pub fn start(mode: &str, port: u16, certificate: &Path, key: &Path) -> Self {
        let dir = TempDir::new().expect("a folder");
        let here = free_port();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/meddler.py");
        let mut command = Command::new("python3");
        command.args([script, &here.to_string(), &port.to_string(), mode]);
        command.arg(certificate).arg(key).arg(dir.path().join("client"));
        let process = Process::start("meddler", dir.path(), &mut command);
        wait_for_port(here);
        Self { dir, _process: process, port: here }
    }
    /// `HOST:PORT`.
    pub fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
    /// What it could read of what clients sent.
    pub fn overheard(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.dir.path().join("client")).unwrap_or_default()).into_owned()
    }
}
