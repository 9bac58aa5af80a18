//! A computer alone with a name server of its own, whose zone a test writes and changes: in a network of its own, so that
//! port 53 is free and nothing else is asked. Built on [`super::network`].
use super::{Process, network, wait_for};
use std::process::Command;
use tempfile::TempDir;

const PREPARE: &str = "ip link set lo up && mount -t sysfs none /sys && mount -t tmpfs none /run && \
                       printf 'nameserver 127.0.0.1\\n' > /run/resolv.conf && \
                       printf '127.0.0.1 localhost\\n' > /run/hosts && mount --bind /run/hosts /etc/hosts && \
                       mount --bind /run/resolv.conf /etc/resolv.conf";

/// Runs the test `name` (its path in the test program) inside. True: this is the inside, go on.
pub fn inside(name: &str) -> bool {
    network::within(name, PREPARE, || {})
}

/// The name server.
#[derive(Debug)]
pub struct Zone {
    dir: TempDir,
    _process: Process,
}

impl Zone {
    /// Answers from now on with these lines (see `names.py`).
    pub fn serve(lines: &[String]) -> Self {
        let dir = TempDir::new().expect("a folder");
        let file = dir.path().join("zone");
        std::fs::write(&file, lines.join("\n")).expect("the zone");
        let script = format!("{}/tests/support/names.py", env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new("python3");
        command.args([&script, "127.0.0.1"]).arg(&file);
        let process = Process::start("names", dir.path(), &mut command);
        let log = dir.path().join("names.log");
        wait_for("the name server", || std::fs::read_to_string(&log).ok()?.starts_with("ready").then_some(()));
        Self { dir, _process: process }
    }
    /// How often this name was asked for.
    pub fn asked(&self, name: &str) -> usize {
        let log = std::fs::read_to_string(self.dir.path().join("names.log")).unwrap_or_default();
        log.matches(&format!("{name:?}")).count()
    }
    /// Answers with these from now on.
    pub fn write(&self, lines: &[String]) {
        let (new, file) = (self.dir.path().join("new"), self.dir.path().join("zone"));
        std::fs::write(&new, lines.join("\n")).expect("the zone");
        std::fs::rename(new, file).expect("the zone");
    }
}
