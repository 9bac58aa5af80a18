//! A real Kamailio: registrar and Record-Routing proxy for `sip.test`, with digest, over UDP, TCP and TLS.
//! A user's password is `secret-USER`.
use super::{Process, certificate, free_port, rtpengine::Rtpengine, wait_for, wait_for_port};
use std::{
    net::UdpSocket,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

/// Empty tables of its text database.
const TABLES: &str = "/usr/share/kamailio/dbtext/kamailio";

/// The running server.
#[derive(Debug)]
pub struct Kamailio {
    dir: TempDir,
    process: Option<Process>,
    /// UDP and TCP.
    pub port: u16,
    /// TLS.
    pub tls_port: u16,
    /// The authority that signed its certificate.
    pub ca: PathBuf,
}

impl Kamailio {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        Self::start_with(&[], None, "", "")
    }
    /// The same with these words of its configuration set: `FLOWS`, `ALL_FLOWS` (each call goes by all of them), `GRUU`, `SERVICE_ROUTE`, `AUTH_INT`,
    /// `SHA_256`, `STALE`, `OVERLOADED`, `MSILO` (keeps texts for those who are away), `PRESENCE` (tells what is published).
    pub fn start_defining(words: &[&str]) -> Self {
        Self::start_whole(&[], words, None, "", "", 0)
    }
    /// An edge proxy before a registrar that knows flows.
    pub fn start_edge(home: &Self) -> Self {
        Self::start_whole(&[], &["FLOWS", "EDGE"], None, "", "", home.port)
    }
    /// The same with a relay for media. `from_tls` and `to_tls`: what rtpengine makes of offers of those who come over TLS,
    /// and of the others', in the words of Kamailio's module.
    pub fn start_with_relay(relay: &Rtpengine, from_tls: &str, to_tls: &str) -> Self {
        Self::start_with(&[], Some(relay), from_tls, to_tls)
    }
    /// The same, reached on these addresses besides loopback.
    pub fn start_on(addresses: &[&str]) -> Self {
        Self::start_with(addresses, None, "", "")
    }
    fn start_with(addresses: &[&str], relay: Option<&Rtpengine>, from_tls: &str, to_tls: &str) -> Self {
        Self::start_whole(addresses, &[], relay, from_tls, to_tls, 0)
    }
    fn start_whole(
        addresses: &[&str],
        words: &[&str],
        relay: Option<&Rtpengine>,
        from_tls: &str,
        to_tls: &str,
        home: u16,
    ) -> Self {
        let words = words.iter().copied().chain(relay.map(|_| "RTPENGINE"));
        let words: String = words.map(|word| format!("#!define {word}\n")).collect();
        let dir = TempDir::new().expect("a folder");
        let files = certificate::make(dir.path(), "sip.test");
        let (port, tls_port) = (free_port(), free_port());
        let data = dir.path().join("data");
        std::fs::create_dir(&data).expect("a folder");
        if words.contains("MSILO") || words.contains("PRESENCE") {
            make_tables(&data);
        }
        let more = addresses
            .iter()
            .map(|at| format!("listen=udp:{at}:{port}\nlisten=tcp:{at}:{port}\nlisten=tls:{at}:{tls_port}\n"));
        let listen: String = more.collect();
        let text = include_str!("kamailio.cfg")
            .replace("@PORT@", &port.to_string())
            .replace("@TLS_PORT@", &tls_port.to_string())
            .replace("@CERTIFICATE@", &files.certificate.to_string_lossy())
            .replace("@KEY@", &files.key.to_string_lossy())
            .replace("@MODULES@", &modules())
            .replace("@LISTEN@", &listen)
            .replace("@DEFINES@", &words)
            .replace("@HOME@", &home.to_string())
            .replace("@RELAY_PORT@", &relay.map_or(0, |relay| relay.port).to_string())
            .replace("@DATA@", &data.to_string_lossy())
            .replace("@FROM_TLS@", from_tls)
            .replace("@TO_TLS@", to_tls);
        std::fs::write(dir.path().join("kamailio.cfg"), text).expect("the configuration");
        let mut server = Self { dir, process: None, port, tls_port, ca: files.ca };
        server.run();
        server
    }
    /// `HOST:PORT` for UDP and TCP.
    pub fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
    /// `HOST:PORT` for TLS.
    pub fn tls_server(&self) -> String {
        format!("127.0.0.1:{}", self.tls_port)
    }
    /// Starts it again after [`Self::kill`].
    pub fn run(&mut self) {
        let mut command = Command::new("kamailio");
        let run = self.dir.path().join("run");
        std::fs::create_dir_all(&run).expect("a folder");
        // -DD: one process group in the foreground, so that ending it ends all of its workers.
        command.args(["-DD", "-E", "-m", "16", "-M", "4", "-f"]).arg(self.dir.path().join("kamailio.cfg"));
        command.arg("-Y").arg(&run).arg("-w").arg(&run);
        let process = Process::start("kamailio", self.dir.path(), &mut command);
        self.process = Some(process);
        wait_for_port(self.port);
        let probe = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        probe.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
        let from = probe.local_addr().expect("an address");
        wait_for("Kamailio's answer to OPTIONS", || {
            let options = format!(
                "OPTIONS sip:sip.test SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKprobe;rport\r\nMax-Forwards: 9\r\n\
                 From: <sip:probe@sip.test>;tag=p\r\nTo: <sip:sip.test>\r\nCall-ID: probe@{from}\r\nCSeq: 1 OPTIONS\r\n\
                 Content-Length: 0\r\n\r\n"
            );
            probe.send_to(options.as_bytes(), ("127.0.0.1", self.port)).ok()?;
            probe.recv(&mut [0; 2048]).ok()
        });
    }
    /// `kill -9` of the main process and its workers.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let workers = Command::new("pgrep").args(["-P", &process.pid().to_string()]).output().expect("pgrep");
        process.kill();
        for pid in String::from_utf8_lossy(&workers.stdout).split_whitespace() {
            Command::new("kill").args(["-9", pid]).status().ok();
        }
        wait_for("the port to be free", || std::net::TcpListener::bind(("127.0.0.1", self.port)).ok());
    }
    /// Takes all that it has written down from it, while it is down.
    pub fn forget(&self) {
        make_tables(&self.dir.path().join("data"));
    }
    /// What it printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("kamailio.log")).unwrap_or_default()
    }
}

/// Empty tables for its text database.
fn make_tables(to: &Path) {
    for table in std::fs::read_dir(TABLES).expect("Kamailio's tables").flatten() {
        let text = std::fs::read_to_string(table.path()).expect("a table");
        // its own module does not fill these
        let text = text.replace(" callid(string) status(int) ", " callid(string,null) status(int,null) ");
        std::fs::write(to.join(table.file_name()), text).expect("a table");
    }
}

/// Debian keeps the modules in a folder named after the machine.
fn modules() -> String {
    let found = std::fs::read_dir("/usr/lib").expect("/usr/lib").flatten().map(|e| e.path().join("kamailio/modules"));
    found.filter(|p| p.is_dir()).map(|p| format!("{}/", p.display())).next().expect("Kamailio's modules")
}
