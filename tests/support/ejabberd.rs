//! A real ejabberd for `xmpp.test`, in a temporary folder and without Erlang's distribution: no `epmd` is started and nothing
//! stays behind. A user's password is `secret-USER`.
use super::{Process, certificate, free_port, wait_for, wait_for_port};
use std::{path::PathBuf, process::Command};
use tempfile::TempDir;

/// The running server.
#[derive(Debug)]
pub struct Ejabberd {
    dir: TempDir,
    _process: Process,
    /// STARTTLS.
    pub port: u16,
    /// Direct TLS.
    pub tls_port: u16,
    /// The authority that signed its certificate.
    pub ca: PathBuf,
}

impl Ejabberd {
    /// Starts it with these users. `hash`: passwords are kept for this SCRAM hash (`sha`, `sha256`, `sha512`) and no other
    /// is offered; `None`: they are kept as they are, and every mechanism is offered.
    pub fn start(users: &[&str], hash: Option<&str>) -> Self {
        let dir = TempDir::new().expect("a folder");
        let files = certificate::make(dir.path(), "xmpp.test");
        let both: Vec<_> =
            [&files.certificate, &files.key].iter().flat_map(|p| std::fs::read(p).expect("PEM")).collect();
        std::fs::write(dir.path().join("both.pem"), both).expect("a file");
        let (port, tls_port) = (free_port(), free_port());
        let format = match hash {
            Some(hash) => format!("auth_password_format: scram\nauth_scram_hash: {hash}\n"),
            None => "auth_password_format: plain\n".to_owned(),
        };
        let listen = |port: u16, more: &str| {
            format!("  - port: {port}\n    ip: \"127.0.0.1\"\n    module: ejabberd_c2s\n{more}")
        };
        let config = format!(
            "hosts: [\"xmpp.test\"]\nloglevel: info\ncertfiles: [\"{}/both.pem\"]\nauth_method: internal\n{format}\
             listen:\n{}{}modules:\n  mod_disco: {{}}\n  mod_ping: {{}}\n  mod_roster: {{}}\n  mod_carboncopy: {{}}\n  \
             mod_mam: {{default: always}}\n  mod_stream_mgmt: {{}}\n  mod_offline: {{}}\n",
            dir.path().display(),
            listen(port, "    starttls: true\n    starttls_required: true\n"),
            listen(tls_port, "    tls: true\n"),
        );
        std::fs::write(dir.path().join("ejabberd.yml"), config).expect("the configuration");
        let register: String = users
            .iter()
            .map(|user| {
                format!("ok = ejabberd_auth:try_register(<<\"{user}\">>, <<\"xmpp.test\">>, <<\"secret-{user}\">>), ")
            })
            .collect();
        let mut command = Command::new("erl");
        command
            .args(["+S", "1", "-noinput", "-mnesia", "dir", &format!("\"{}/db\"", dir.path().display())])
            .args(["-s", "ejabberd", "-eval", &format!("{register} io:format(\"ready~n\").")])
            .env("EJABBERD_CONFIG_PATH", dir.path().join("ejabberd.yml"))
            .env("EJABBERD_LOG_PATH", dir.path().join("server.log"))
            .env("ERL_CRASH_DUMP", "/dev/null")
            .env("ERL_LIBS", format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH))
            .current_dir(dir.path());
        let process = Process::start("ejabberd", dir.path(), &mut command);
        let log = dir.path().join("ejabberd.log");
        wait_for("ejabberd", || std::fs::read_to_string(&log).unwrap_or_default().contains("ready").then_some(()));
        wait_for_port(port);
        Self { dir, _process: process, port, tls_port, ca: files.ca }
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("ejabberd.log")).unwrap_or_default()
    }
}
