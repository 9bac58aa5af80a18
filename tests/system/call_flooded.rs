//! A flood of 50,000 packets a second at the port of a call's sound: the call goes on and is heard through it, and nothing
//! of the flood is played or kept.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    sound, wait_for,
};
use std::{
    fs,
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// Packets in 2 ms, and for how long.
const PORTION: u32 = 100;
const PAUSE: Duration = Duration::from_millis(2);
const LENGTH: Duration = Duration::from_secs(6);

/// The UDP sockets of a process on loopback, as the kernel lists them.
fn sockets(pid: u32) -> Vec<SocketAddr> {
    let links = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    let own: Vec<String> =
        links.filter_map(|link| fs::read_link(link.path()).ok()).map(|to| to.to_string_lossy().into_owned()).collect();
    let table = fs::read_to_string(format!("/proc/{pid}/net/udp")).unwrap();
    let lines = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = lines.filter(|fields| own.contains(&format!("socket:[{}]", fields[9])));
    ours.filter_map(|fields| {
        let (host, port) = fields[1].split_once(':')?;
        let host = u32::from_str_radix(host, 16).ok()?.swap_bytes();
        Some(SocketAddr::from((host.to_be_bytes(), u16::from_str_radix(port, 16).ok()?)))
    })
    .collect()
}

/// Resident memory of a process in KiB.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn a_flood_at_the_port_of_a_call_is_not_heard() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let bob = Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "pcmu" });
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip("alice", "secret-alice", &server, "tcp", None);
    alice.run();
    alice.wait_registered();
    let before = sockets(alice.pid());
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    wait_for("baresip's tone", || sound::hears_tone(&heard, 880.0).then_some(()));
    let ports: Vec<SocketAddr> = sockets(alice.pid()).into_iter().filter(|at| !before.contains(at)).collect();
    assert!(ports.len() >= 2, "{ports:?}: RTP and RTCP");

    let memory = resident(alice.pid());
    let from = sound::length(&heard);
    let flood = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (begun, mut sent, mut portions) = (Instant::now(), 0_u32, 0_u32);
    while begun.elapsed() < LENGTH {
        for n in 0..PORTION {
            // well formed RTP of a codec that was agreed on, and rubbish
            let mut packet = [0x5A; 172];
            if n % 2 == 0 {
                packet[..2].copy_from_slice(&[0x80, 0]);
                packet[2..4].copy_from_slice(&(sent as u16).to_be_bytes());
                packet[8..12].copy_from_slice(&(n * 77_777).to_be_bytes());
            }
            sent += u32::from(flood.send_to(&packet, ports[n as usize % ports.len()]).is_ok());
        }
        portions += 1;
        std::thread::sleep((PAUSE * portions).saturating_sub(begun.elapsed()));
    }
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("{:.0} packets/s for {seconds:.1} s", f64::from(sent) / seconds);
    assert!(f64::from(sent) / seconds > 20_000.0, "no flood: {sent}");
    let share = sound::share_with_tone_since(&heard, 880.0, from);
    eprintln!("heard in {:.0} % of it", share * 100.0);
    assert!(sound::length(&heard) > from + 8_000, "sound goes on");
    assert!(share >= 0.5, "baresip is heard through it: {share}");
    assert!(bob.hears(660.0));
    assert_eq!(alice.json(&["calls"])[0]["state"], "active");
    let grown = resident(alice.pid()).saturating_sub(memory);
    assert!(grown < 8 * 1024, "{grown} KiB more");
    alice.json(&["hangup"]);
    alice.wait_call("ended");
}
