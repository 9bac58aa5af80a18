//! Three network namespaces: two hosts, and a router between them that forwards nothing until it is told to. Servers live on the router, which
//! both can reach; the hosts cannot reach each other. A test runs itself again inside, so that all of it ends with the test.
//! Nothing touches the machine's own network. Where the system permits no namespaces the tests say so and prove nothing.
use std::{
    ffi::OsStr,
    process::{Command, Stdio},
};

/// The router's address on the side of either host.
pub const ROUTER: [&str; 2] = ["10.78.1.1", "10.78.2.1"];
/// The hosts' addresses.
pub const HOST: [&str; 2] = ["10.78.1.2", "10.78.2.2"];
/// Their names.
pub const NAME: [&str; 2] = ["here", "there"];

const INSIDE: &str = "LANDLINE_TEST_NETWORK";
const PREPARE: &str = "ip link set lo up && mount -t sysfs none /sys && mount -t tmpfs none /run && \
                       printf '127.0.0.1 localhost\\n10.78.1.1 sip.test\\n' > /run/hosts && mount --bind /run/hosts /etc/hosts";

/// Runs the test `name` (its path in the test program) inside. True: this is the inside, go on.
pub fn inside(name: &str) -> bool {
    within(name, PREPARE, lay)
}

/// The same with another network: `prepare` is a shell's line for the router, `lay` makes the links.
pub fn within(name: &str, prepare: &str, lay: fn()) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        lay();
        return true;
    }
    let permitted = Command::new("unshare").args(["-rnm", "sh", "-c", prepare]).stderr(Stdio::null()).status();
    if !permitted.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no network namespaces here");
        return false;
    }
    let output = Command::new("unshare")
        .args(["-rnm", "sh", "-c", &format!("{prepare} && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "in the namespace:\n{said}");
    false
}

/// `ip …` on the router.
pub fn ip(arguments: &str) {
    let output = Command::new("ip").args(arguments.split_whitespace()).output().expect("ip");
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

fn lay() {
    for side in 0..2 {
        let (host, address, router) = (NAME[side], HOST[side], ROUTER[side]);
        ip(&format!("netns add {host}"));
        ip(&format!("link add {host} type veth peer name wire netns {host}"));
        ip(&format!("addr add {router}/24 dev {host}"));
        ip(&format!("link set {host} up"));
        ip(&format!("-n {host} addr add {address}/24 dev wire"));
        ip(&format!("-n {host} link set lo up"));
        ip(&format!("-n {host} link set wire up"));
        ip(&format!("-n {host} route add default via {router}"));
    }
}

/// Lets the router forward from host to host, or no longer.
pub fn forward(on: bool) {
    std::fs::write("/proc/sys/net/ipv4/ip_forward", if on { "1" } else { "0" }).expect("the kernel's switch");
}

/// A command that runs on a host.
pub fn on(host: usize, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", NAME[host]]).arg(program);
    command
}
