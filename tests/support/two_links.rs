//! A home with a cable and a "Wi-Fi", both leading to the same servers, the radio by the better route. Landline lives on the
//! host; its servers and peers live on the router behind both links. Built on [`super::network`].
//!
//! Both links are virtual wires. What makes one of them radio is what makes a real one radio: the folder `wireless` beside its
//! files in `/sys/class/net`. Landline sees a made tree there whose every other file is the kernel's own, so that a pulled
//! cable is the kernel's word; its classifier is the one that everybody runs.
use super::{Process, network, wait_for};
use serde_json::Value;
use std::process::Command;
use tempfile::TempDir;

/// Where the servers and peers are.
pub const SERVER: &str = "10.78.9.1";
/// The same, by IPv6.
pub const SERVER_SIX: &str = "fd78:9::1";
/// Landline's address on the cable.
pub const ON_CABLE: &str = "10.78.1.2";
/// Landline's address on the radio.
pub const ON_RADIO: &str = "10.78.3.2";
/// Landline's addresses on the cable and on the radio, by IPv6.
pub const SIX: [&str; 2] = ["fd78:1::2", "fd78:3::2"];

const HOST: &str = "home";
const PREPARE: &str = "ip link set lo up && mount -t sysfs none /sys && mount -t tmpfs none /run && mkdir /run/kernel && \
                       printf 'nameserver 10.78.9.1\\n' > /run/resolv.conf && \
                       mount --bind /run/resolv.conf /etc/resolv.conf";
/// A namespace's own sysfs is mounted for each command: the made tree is laid over it.
const MARK: &str = "mount -t sysfs none /run/kernel && mount --bind /run/links /sys/class/net && exec \"$0\" \"$@\"";

/// Runs the test `name` (its path in the test program) inside. True: this is the inside, go on.
pub fn inside(name: &str) -> bool {
    network::within(name, PREPARE, lay)
}

fn lay() {
    network::ip(&format!("netns add {HOST}"));
    network::ip(&format!("addr add {SERVER}/32 dev lo"));
    network::ip(&format!("addr add {SERVER_SIX}/128 dev lo"));
    // a link that goes down and up again has its addresses still, as it has those of IPv4
    std::fs::write("/proc/sys/net/ipv6/conf/all/keep_addr_on_down", "1").expect("the kernel's switch");
    for (link, net, metric) in [("cab0", 1, 600), ("rad0", 3, 100)] {
        network::ip(&format!("link add {link} type veth peer name {link} netns {HOST}"));
        network::ip(&format!("addr add 10.78.{net}.1/24 dev {link}"));
        network::ip(&format!("link set {link} up"));
        network::ip(&format!("-n {HOST} addr add 10.78.{net}.2/24 dev {link}"));
        network::ip(&format!("-n {HOST} link set {link} up"));
        network::ip(&format!("-n {HOST} route add default via 10.78.{net}.1 dev {link} metric {metric}"));
        network::ip(&format!("addr add fd78:{net}::1/64 dev {link} nodad"));
        network::ip(&format!("-n {HOST} addr add fd78:{net}::2/64 dev {link} nodad"));
        network::ip(&format!("-n {HOST} route add default via fd78:{net}::1 dev {link} metric {metric}"));
    }
    network::ip(&format!("-n {HOST} link set lo up"));
    for link in ["lo", "cab0", "rad0"] {
        let at = std::path::Path::new("/run/links").join(link);
        std::fs::create_dir_all(&at).expect("a folder");
        for file in ["address", "flags", "ifindex", "operstate", "type", "uevent"] {
            let kernels = format!("/run/kernel/class/net/{link}/{file}");
            std::os::unix::fs::symlink(kernels, at.join(file)).expect("a link");
        }
        if link != "lo" {
            std::fs::create_dir(at.join("device")).expect("a folder"); // it is hardware
        }
    }
    std::fs::create_dir("/run/links/rad0/wireless").expect("a folder");
}

/// A command that runs on the host.
pub fn on(program: &str) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", HOST, "sh", "-c", MARK, program]);
    command
}

/// Pulls the cable at the router's end, or plugs it in again.
pub fn cable(inserted: bool) {
    network::ip(if inserted { "link set cab0 up" } else { "link set cab0 down" });
}

/// A script of ours that says "ready" and then a JSON line for each thing it sees.
#[derive(Debug)]
pub struct Watcher {
    dir: TempDir,
    _process: Process,
}

impl Watcher {
    /// All frames on one link.
    pub fn frames(link: &str) -> Self {
        Self::start("capture.py", link)
    }
    /// A name server, and who asks it.
    pub fn names() -> Self {
        Self::start("names.py", SERVER)
    }
    /// One that knows these names alone (see `names.py`).
    pub fn names_of(zone: &[String]) -> Self {
        let dir = TempDir::new().expect("a folder");
        let file = dir.path().join("zone");
        std::fs::write(&file, zone.join("\n")).expect("the zone");
        Self::start_in(dir, "names.py", &[SERVER, &file.to_string_lossy()])
    }
    fn start(script: &str, argument: &str) -> Self {
        Self::start_in(TempDir::new().expect("a folder"), script, &[argument])
    }
    fn start_in(dir: TempDir, script: &str, arguments: &[&str]) -> Self {
        let script = format!("{}/tests/support/{script}", env!("CARGO_MANIFEST_DIR"));
        let process = Process::start("watcher", dir.path(), Command::new("python3").arg(&script).args(arguments));
        let watcher = Self { dir, _process: process };
        wait_for("the watcher", || watcher.log().starts_with("ready").then_some(()));
        watcher
    }
    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("watcher.log")).unwrap_or_default()
    }
    /// The addresses Landline asked for names from; the servers ask too, from their own address.
    pub fn asked_by(&self) -> Vec<String> {
        let all = self.seen().into_iter().filter_map(|asked| Some(asked["from"].as_str()?.to_owned()));
        all.filter(|from| from != SERVER).collect()
    }
    /// What it has seen so far.
    pub fn seen(&self) -> Vec<Value> {
        self.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
