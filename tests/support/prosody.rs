//! A real Prosody for `xmpp.test` with a gateway component `sms.test` beside it (`gateway.py`).
//! A user's password is `secret-USER`; users are made when the server is first started.
use super::{
    Process,
    cable::Cable,
    certificate::{self, Flaw},
    free_port, wait_for, wait_for_port,
};
use std::{io::Write, path::PathBuf, process::Command};
use tempfile::TempDir;

/// The running server and gateway.
#[derive(Debug)]
pub struct Prosody {
    dir: TempDir,
    process: Option<Process>,
    gateway: Option<Process>,
    /// STARTTLS.
    pub port: u16,
    /// Direct TLS.
    pub tls_port: u16,
    component_port: u16,
    /// To its files.
    pub files: Cable,
    /// The authority that signed its certificate.
    pub ca: PathBuf,
}

impl Prosody {
    /// Starts both with these users and waits until they answer.
    pub fn start(users: &[&str]) -> Self {
        Self::start_as(users, Flaw::None, &[], "", "")
    }
    /// The same with more modules, as Lua.
    pub fn start_with_modules(users: &[&str], modules: &str) -> Self {
        Self::start_as(users, Flaw::None, &[], "", modules)
    }
    /// The same with such a certificate.
    pub fn start_flawed(users: &[&str], flaw: Flaw) -> Self {
        Self::start_as(users, flaw, &[], "", "")
    }
    /// The same, reached on these addresses besides loopback.
    pub fn start_on(users: &[&str], addresses: &[&str]) -> Self {
        Self::start_as(users, Flaw::None, addresses, "", "")
    }
    /// The same; `services` are servers that help calls to find a path, as Lua.
    pub fn start_with(users: &[&str], services: &str) -> Self {
        Self::start_as(users, Flaw::None, &[], services, "")
    }
    fn start_as(users: &[&str], flaw: Flaw, addresses: &[&str], services: &str, modules: &str) -> Self {
        let dir = TempDir::new().expect("a folder");
        let files = certificate::make_flawed(dir.path(), "xmpp.test", flaw);
        let (port, tls_port, component_port) = (free_port(), free_port(), free_port());
        let files_port = free_port();
        let cable = Cable::to(&format!("127.0.0.1:{files_port}"));
        let text = include_str!("prosody.cfg.lua")
            .replace("@MORE@", &addresses.iter().map(|at| format!("; {at:?}")).collect::<String>())
            .replace("@DIR@", &dir.path().to_string_lossy())
            .replace("@SERVICES@", services)
            .replace("@MODULES@", modules)
            .replace("@MODULES_HERE@", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/prosody_modules"))
            .replace("@HOST@", "xmpp.test")
            .replace("@GATEWAY@", "sms.test")
            .replace("@SECRET@", "sms-secret")
            .replace("@C2S@", &port.to_string())
            .replace("@C2S_TLS@", &tls_port.to_string())
            .replace("@HTTPS@", &files_port.to_string())
            .replace("@FILES@", &cable.server)
            .replace("@COMPONENT@", &component_port.to_string());
        std::fs::create_dir_all(dir.path().join("data")).expect("a folder");
        let certs = dir.path().join("certs");
        std::fs::create_dir_all(&certs).expect("a folder");
        std::fs::copy(&files.certificate, certs.join("xmpp.test.crt")).expect("a copy");
        std::fs::copy(&files.key, certs.join("xmpp.test.key")).expect("a copy");
        std::fs::write(dir.path().join("prosody.cfg.lua"), text).expect("the configuration");
        let mut server =
            Self { dir, process: None, gateway: None, port, tls_port, component_port, files: cable, ca: files.ca };
        for user in users {
            let made = Command::new("prosodyctl")
                .arg("--config")
                .arg(server.dir.path().join("prosody.cfg.lua"))
                .args(["register", user, "xmpp.test", &format!("secret-{user}")])
                .output()
                .expect("prosodyctl");
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        }
        server.run();
        server
    }
    /// Its certificate and key, for one who has stolen them.
    pub fn certificate(&self) -> [PathBuf; 2] {
        ["xmpp.test.crt", "xmpp.test.key"].map(|name| self.dir.path().join(name))
    }
    /// `HOST:PORT` for STARTTLS.
    pub fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
    /// `HOST:PORT` for direct TLS.
    pub fn tls_server(&self) -> String {
        format!("127.0.0.1:{}", self.tls_port)
    }
    /// Starts both again after [`Self::kill`].
    pub fn run(&mut self) {
        let mut command = Command::new("prosody");
        command.arg("--config").arg(self.dir.path().join("prosody.cfg.lua")).arg("-F");
        self.process = Some(Process::start("prosody", self.dir.path(), &mut command));
        wait_for_port(self.port);
        wait_for_port(self.component_port);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/gateway.py");
        // Debian's Python has Debian's aiortc, for calls
        let mut command = Command::new("/usr/bin/python3");
        command.args([script, "127.0.0.1", &self.component_port.to_string(), "sms.test", "sms-secret"]);
        command.arg(self.gateway_heard());
        self.gateway = Some(Process::start("gateway", self.dir.path(), &mut command));
        wait_for("the gateway", || self.log_of("gateway").contains("\"ready\"").then_some(()));
    }
    /// `kill -9` of the server; the gateway goes with it.
    pub fn kill(&mut self) {
        for process in [self.process.take(), self.gateway.take()].iter_mut().flatten() {
            process.kill();
        }
        wait_for("the port to be free", || std::net::TcpListener::bind(("127.0.0.1", self.port)).ok());
    }
    /// A user's archive as it stands on the server's disk.
    pub fn archive(&self, user: &str) -> String {
        let path = self.dir.path().join("data/xmpp%2etest/archive").join(format!("{user}.list"));
        String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
    }
    /// The numbers of the texts that begin so in a user's archive, in its order.
    pub fn archived(&self, user: &str, beginning: &str) -> Vec<usize> {
        let (archive, beginning) = (self.archive(user), format!("\"{beginning}"));
        let bodies = archive.split(&beginning).skip(1);
        bodies.filter_map(|rest| rest.split('"').next()?.trim().parse().ok()).collect()
    }
    /// Takes a store from its disk; while it does not run.
    pub fn forget(&self, store: &str) {
        std::fs::remove_dir_all(self.dir.path().join("data/xmpp%2etest").join(store)).expect("a store");
    }
    /// Gives the gateway a command, as `gateway.py` knows them.
    pub fn gateway(&mut self, command: &serde_json::Value) {
        let gateway = self.gateway.as_mut().expect("a gateway");
        gateway.write(|input| writeln!(input, "{command}")).expect("its input");
    }
    /// Waits until the gateway has told something that fits.
    pub fn wait_gateway(&self, what: &str, fits: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        wait_for(&format!("{what} at the gateway: {}", self.log_of("gateway")), || {
            let log = self.log_of("gateway");
            log.lines().filter_map(|line| serde_json::from_str(line).ok()).find(&fits)
        })
    }
    /// Where what the gateway hears in a call is.
    pub fn gateway_heard(&self) -> PathBuf {
        self.dir.path().join("gateway-heard.wav")
    }
    /// What `prosody` or `gateway` printed.
    pub fn log_of(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(format!("{name}.log"))).unwrap_or_default()
    }
}
