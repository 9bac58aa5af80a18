//! The wired promise against a real kernel: each test runs itself again in a network namespace of its own, with made
//! interfaces and routes. What is Wi-Fi is told by a made-up sysfs tree that names the namespace's real links.
//! Where the system permits no namespaces the tests say so and prove nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::{bind::Bind, interfaces, status, watch};
use crate::{
    domain::{
        account::Problem,
        link::{Interface, LinkKind, LinkRule, WiredPolicy},
    },
    logic::wired,
};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::{IpAddr, SocketAddr},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

const INSIDE: &str = "LANDLINE_TEST_NAMESPACE";
const BIND_ONLY: Bind = Bind { rule: LinkRule::of(WiredPolicy::WiredOnly) };
const BIND_ANY: Bind = Bind { rule: LinkRule::of(WiredPolicy::AllowWireless) };

/// Runs the test `name` of this module in a fresh namespace. True: this is the inside, go on.
fn inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let permitted = |tool: &mut Command| tool.output().is_ok_and(|output| output.status.success());
    if !permitted(Command::new("unshare").args(["-rnm", "sh", "-c", "ip link set lo up && mount -t sysfs none /sys"])) {
        eprintln!("skipped: no network namespaces here");
        return false;
    }
    let output = Command::new("unshare")
        .args(["-rnm", "sh", "-c", "ip link set lo up && mount -t sysfs none /sys && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("net::namespace_tests::{name}"), "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "in the namespace:\n{said}");
    false
}

fn ip(arguments: &str) {
    let output = Command::new("ip").args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A link that is up: one end of a virtual wire whose other end `NAME_` is up too.
fn wire(name: &str) {
    ip(&format!("link add {name} type veth peer name {name}_"));
    ip(&format!("link set {name}_ up"));
    ip(&format!("link set {name} up"));
}

/// A tree in which the namespace's wires are hardware: `(name, has wireless/)`.
fn tree(links: &[(&str, bool)]) -> TempDir {
    let root = TempDir::new().unwrap();
    for (name, radio) in links {
        let at = root.path().join(name);
        fs::create_dir_all(at.join("device")).unwrap();
        if *radio {
            fs::create_dir(at.join("wireless")).unwrap();
        }
        let index = fs::read_to_string(Path::new("/sys/class/net").join(name).join("ifindex")).unwrap();
        for (file, text) in [("ifindex", index.as_str()), ("type", "1"), ("flags", "0x1003"), ("operstate", "up")] {
            fs::write(at.join(file), text).unwrap();
        }
    }
    root
}

/// Radio with the better route, cable with the worse.
fn two_ways_out() {
    wire("rad0");
    wire("cab0");
    ip("addr add 10.9.1.2/24 dev rad0");
    ip("addr add 10.9.2.2/24 dev cab0");
    ip("route add default via 10.9.1.1 dev rad0 metric 100");
    ip("route add default via 10.9.2.1 dev cab0 metric 600");
}

fn remote() -> SocketAddr {
    "192.0.2.7:5061".parse().unwrap()
}

#[tokio::test]
async fn sockets_keep_to_the_cable() {
    if !inside("sockets_keep_to_the_cable") {
        return;
    }
    two_ways_out();
    let root = tree(&[("rad0", true), ("cab0", false)]);
    let cable = IpAddr::from([10, 9, 2, 2]);

    let way = BIND_ONLY.way(root.path(), remote()).unwrap();
    assert_eq!((way.local.ip(), way.device.as_deref(), way.chosen), (cable, Some("cab0"), false));
    let socket = BIND_ONLY.udp_by(root.path(), remote(), 0).await.unwrap();
    assert_eq!(socket.local_addr().unwrap().ip(), cable);
    assert_eq!(socket.device().unwrap().as_deref(), Some(&b"cab0"[..]));
    // the kernel itself now counts the packet on the cable and none on the radio
    let sent = |link: &str| fs::read_to_string(format!("/sys/class/net/{link}/statistics/tx_packets")).unwrap();
    ip("neigh add 10.9.2.1 lladdr 02:00:00:00:00:01 dev cab0");
    let (radio, before) = (sent("rad0"), sent("cab0"));
    socket.send_to(b"x", remote()).await.unwrap();
    assert_eq!(sent("rad0"), radio);
    assert_ne!(sent("cab0"), before);

    let way = BIND_ANY.way(root.path(), remote()).unwrap();
    assert_eq!((way.local.ip(), way.device), (IpAddr::from([10, 9, 1, 2]), None));
}

#[tokio::test]
async fn only_radio_is_not_wired_and_nothing_is_unreachable() {
    if !inside("only_radio_is_not_wired_and_nothing_is_unreachable") {
        return;
    }
    two_ways_out();
    let root = tree(&[("rad0", true), ("cab0", false)]);
    // the cable keeps its address but leads only to its own wire
    ip("route del default dev cab0");
    assert_eq!(BIND_ONLY.way(root.path(), remote()), Err(Problem::NotWired));
    assert_eq!(BIND_ONLY.connect_by(root.path(), remote()).await.err(), Some(Problem::NotWired));
    assert_eq!(BIND_ONLY.udp_by(root.path(), remote(), 0).await.err(), Some(Problem::NotWired));
    assert!(BIND_ONLY.way(root.path(), "10.9.2.9:1".parse().unwrap()).is_ok());
    assert!(BIND_ANY.way(root.path(), remote()).is_ok());
    // a cable that is out does not count though the kernel keeps its route
    ip("route add default via 10.9.2.1 dev cab0 metric 50");
    assert!(BIND_ONLY.way(root.path(), remote()).is_ok());
    fs::write(root.path().join("cab0/operstate"), "down").unwrap();
    assert_eq!(BIND_ONLY.way(root.path(), remote()), Err(Problem::NotWired));
    let any = BIND_ANY.way(root.path(), remote()).unwrap();
    assert_eq!(any.device.as_deref(), Some("rad0"));
    // our own address on the radio is reached without radio, once loopback is known
    let own = "10.9.1.2:1".parse().unwrap();
    ip("route del default dev cab0");
    ip("route del default dev rad0");
    assert_eq!(BIND_ONLY.way(root.path(), remote()), Err(Problem::Unreachable));
    assert_eq!(BIND_ONLY.way(root.path(), "[2001:db8::7]:1".parse().unwrap()), Err(Problem::Unreachable));
    assert!(BIND_ONLY.way(Path::new("/sys/class/net"), own).is_ok());
}

#[tokio::test]
async fn ipv6_keeps_to_the_cable_too() {
    if !inside("ipv6_keeps_to_the_cable_too") {
        return;
    }
    for (link, net, metric) in [("rad0", 1, 100), ("cab0", 2, 600)] {
        wire(link);
        ip(&format!("addr add fd00:{net}::2/64 dev {link} nodad"));
        ip(&format!("-6 route add default via fd00:{net}::1 dev {link} metric {metric}"));
    }
    let root = tree(&[("rad0", true), ("cab0", false)]);
    let remote = "[2001:db8::7]:5061".parse().unwrap();
    let socket = BIND_ONLY.udp_by(root.path(), remote, 0).await.unwrap();
    assert_eq!(socket.local_addr().unwrap().ip(), "fd00:2::2".parse::<IpAddr>().unwrap());
    let way = BIND_ANY.way(root.path(), remote).unwrap();
    assert_eq!(way.local.ip(), "fd00:1::2".parse::<IpAddr>().unwrap());
    ip("-6 route del default dev cab0");
    assert_eq!(BIND_ONLY.way(root.path(), remote), Err(Problem::NotWired));
    // a link-local peer is reached through the interface its scope names
    let index: u32 = fs::read_to_string("/sys/class/net/cab0/ifindex").unwrap().trim().parse().unwrap();
    let near = std::net::SocketAddrV6::new("fe80::99".parse().unwrap(), 1, 0, index);
    let way = BIND_ONLY.way(root.path(), near.into()).unwrap();
    assert_eq!(way.device.as_deref(), Some("cab0"));
}

#[tokio::test]
async fn a_connection_crosses_a_real_wire() {
    if std::env::var_os("LANDLINE_TEST_PEER").is_some() {
        let listener = loop {
            // the address appears once this end of the wire was moved here
            match tokio::net::TcpListener::bind("10.9.3.1:7707").await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        eprintln!("listening");
        let (_, from) = listener.accept().await.unwrap();
        eprintln!("from {from}");
        return;
    }
    if !inside("a_connection_crosses_a_real_wire") {
        return;
    }
    let mut peer = Command::new("unshare")
        .arg("-n")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "net::namespace_tests::a_connection_crosses_a_real_wire", "--nocapture"])
        .env("LANDLINE_TEST_PEER", "1")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let own = fs::read_link("/proc/self/ns/net").unwrap();
    while fs::read_link(format!("/proc/{}/ns/net", peer.id())).is_ok_and(|space| space == own) {
        std::thread::yield_now();
    }
    ip("link add near0 type veth peer name far0");
    ip(&format!("link set far0 netns {}", peer.id()));
    ip("addr add 10.9.3.2/24 dev near0");
    ip("link set near0 up");
    let enter = format!("-t {} -n ip", peer.id());
    for arguments in ["link set far0 up", "addr add 10.9.3.1/24 dev far0"] {
        let output =
            Command::new("nsenter").args(enter.split(' ')).args(arguments.split(' ')).output().expect("nsenter");
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut said = BufReader::new(peer.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(said.any(|line| line == "listening"));
    let far: SocketAddr = "10.9.3.1:7707".parse().unwrap();
    let stream = BIND_ONLY.connect(far).await.unwrap();
    let local = stream.local_addr().unwrap();
    assert_eq!(local.ip(), IpAddr::from([10, 9, 3, 2]));
    assert!(said.any(|line| line == format!("from {local}")));
    peer.wait().unwrap();
    // nobody listens any more: refused by the far kernel
    assert_eq!(BIND_ONLY.connect("10.9.3.1:7708".parse().unwrap()).await.err(), Some(Problem::Unreachable));
}

#[tokio::test]
async fn real_links_are_told_apart() {
    if !inside("real_links_are_told_apart") {
        return;
    }
    wire("near0");
    ip("link add br0 type bridge");
    ip("link set near0 master br0");
    let links = interfaces();
    let of = |name: &str| links.iter().find(|link| link.name == name).unwrap();
    assert_eq!((of("lo").kind, of("lo").up), (LinkKind::Loopback, true));
    assert_eq!(of("lo").addresses.first(), Some(&IpAddr::from([127, 0, 0, 1])));
    assert_eq!((of("near0").kind, of("near0").over.as_slice(), of("near0").up), (LinkKind::Virtual, &[][..], true));
    assert_eq!((of("br0").kind, of("br0").up), (LinkKind::Virtual, false));
    assert_eq!(of("br0").over, [LinkKind::Virtual]);
    assert!(wired::allows(&BIND_ONLY.rule, of("br0")));
    let nothing = status(&BIND_ONLY.rule, &links);
    assert_eq!((nothing.carrier, nothing.allowed), (None, false));
    ip("addr add 10.9.1.2/24 dev br0");
    ip("link set br0 up");
    ip("route add default via 10.9.1.1 dev br0");
    let carried = status(&BIND_ONLY.rule, &interfaces());
    assert_eq!(carried.carrier.map(|link| link.name).as_deref(), Some("br0"));
    assert!(carried.allowed);
}

#[tokio::test]
async fn changes_are_told() {
    if !inside("changes_are_told") {
        return;
    }
    let mut links = watch();
    assert_eq!(links.borrow().len(), 1);
    let limit = Duration::from_secs(5); // far below the poll of 30 s: the news came by netlink
    let mut until = async |what: &str, test: &dyn Fn(&[Interface]) -> bool| {
        tokio::time::timeout(limit, links.wait_for(|links| test(links))).await.expect(what).unwrap();
    };
    let cable = |links: &[Interface]| links.iter().find(|link| link.name == "cab0").cloned();
    ip("link add cab0 type veth peer name far0");
    until("a link", &|links| cable(links).is_some_and(|link| !link.up)).await;
    ip("link set cab0 up");
    ip("link set far0 up");
    until("a carrier", &|links| cable(links).is_some_and(|link| link.up)).await;
    ip("addr add 10.9.1.2/24 dev cab0");
    let address = IpAddr::from([10, 9, 1, 2]);
    until("an address", &|links| cable(links).is_some_and(|link| link.addresses.contains(&address))).await;
    ip("link set far0 down");
    until("the cable out", &|links| cable(links).is_some_and(|link| !link.up)).await;
    ip("link del cab0");
    until("no link", &|links| links.len() == 1).await;
}

#[tokio::test]
async fn a_change_of_route_is_told() {
    if !inside("a_change_of_route_is_told") {
        return;
    }
    // no IPv6: its addresses come of themselves and would be told too
    fs::write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1").unwrap();
    wire("cab0");
    ip("addr add 10.9.1.2/24 dev cab0");
    // a wire's carrier comes a moment after the command that asked for it: the links must be at rest first
    let at_rest = async {
        while !interfaces().iter().any(|link| link.name == "cab0" && link.up) {
            tokio::task::yield_now().await
        }
    };
    tokio::time::timeout(Duration::from_secs(5), at_rest).await.expect("a carrier");
    let mut links = watch();
    let before = links.borrow_and_update().clone();
    ip("route add default via 10.9.1.1 dev cab0");
    tokio::time::timeout(Duration::from_secs(5), links.changed()).await.unwrap().unwrap();
    assert_eq!(*links.borrow(), before, "the links are as they were: the way out is the news");
}
