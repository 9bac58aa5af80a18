//! A flood at the SIP port while a call goes on: rubbish, and requests from past the server, twenty thousand a second. The
//! call stands and is heard, memory stays bounded, texts and calls by the server still arrive.
//! `LANDLINE_FLOOD=60` makes it the minute of the full measurement.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    sipp::Sipp,
    sound, wait_for,
};
use std::{
    net::UdpSocket,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How many datagrams a second.
const RATE: u64 = 20_000;
/// How many seconds in a small run.
const SECONDS: u64 = 3;
/// What the program may take more than before, in KiB.
const MORE: u64 = 16 * 1024;

/// A flood that ends with its owner.
struct Flood {
    ends: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    sender: Option<JoinHandle<()>>,
}

impl Flood {
    /// Begins: half of it comes from past the server, half claims to be the server's and is no SIP.
    fn start(port: u16) -> Self {
        let (ends, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (over, count) = (ends.clone(), sent.clone());
        let sender = std::thread::spawn(move || {
            let stranger = UdpSocket::bind("127.0.0.2:0").expect("a socket");
            let server = UdpSocket::bind("127.0.0.1:0").expect("a socket");
            let begun = Instant::now();
            while !over.load(Ordering::Relaxed) {
                let number = count.load(Ordering::Relaxed);
                let due = Duration::from_micros(number * 1_000_000 / RATE);
                if let Some(early) = due.checked_sub(begun.elapsed()).filter(|early| early.as_millis() > 0) {
                    std::thread::sleep(early);
                }
                // a full buffer over there is not what is tested
                let _ = match number % 2 {
                    0 => stranger.send_to(&asked(number), ("127.0.0.1", port)),
                    _ => server.send_to(&rubbish(number), ("127.0.0.1", port)),
                };
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { ends, sent, sender: Some(sender) }
    }

    fn end(mut self) -> u64 {
        self.ends.store(true, Ordering::Relaxed);
        self.sender.take().expect("it runs").join().expect("its end");
        self.sent.load(Ordering::Relaxed)
    }
}

/// A request as anybody can write it, each with names of its own.
fn asked(number: u64) -> Vec<u8> {
    let method =
        ["INVITE", "MESSAGE", "OPTIONS", "NOTIFY", "REFER", "SUBSCRIBE", "BYE", "CANCEL"][number as usize / 2 % 8];
    let padding = "x".repeat(number as usize % 900);
    format!(
        "{method} sip:alice@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:bank@sip.test>;tag={number}\r\nTo: <sip:alice@sip.test>\r\nCall-ID: flood{number}\r\n\
         CSeq: 1 {method}\r\nContact: <sip:bank@127.0.0.2:9>\r\nX-Padding: {padding}\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

/// What is no SIP, in several ways.
fn rubbish(number: u64) -> Vec<u8> {
    match number / 2 % 4 {
        0 => number.to_be_bytes().repeat(40),
        1 => format!("INVITE sip:alice@127.0.0.1 SIP/2.0\r\n{}", ": \r\n".repeat(200)).into_bytes(),
        2 => format!("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{number}\r\nCSeq: 1 INVITE\r\n\r\n")
            .into_bytes(),
        _ => b"\r\n\r\n\0\xff\xfe<<<>>>;;;\"\"\"".to_vec(),
    }
}

fn seconds() -> u64 {
    std::env::var("LANDLINE_FLOOD").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(SECONDS)
}

/// Resident memory in KiB.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// The port it speaks SIP from, as its Contact says.
fn port(alice: &mut Landline) -> u16 {
    let known = Sipp::called(include_str!("../support/sipp/premium.xml"));
    alice.json(&["call", &known.address()]);
    alice.wait_call("ended");
    let said = known.finish();
    let contact = said.lines().find_map(|line| line.strip_prefix("Contact: <sip:alice@127.0.0.1:")).expect("a Contact");
    contact.trim_end_matches(['>', '\r']).parse().expect("a port")
}

#[test]
fn a_flood_at_the_port_disturbs_neither_the_call_nor_what_comes_by_the_server() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let mut bob = Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "pcmu" });
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    let port = port(&mut alice);
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));

    let before = memory(alice.pid());
    let begun = Instant::now();
    let flood = Flood::start(port);
    let text = include_str!("../support/sipp/flood_of_texts.xml");
    let mut most = before;
    while begun.elapsed().as_secs() < seconds() {
        Sipp::calling(text, "alice", kamailio.port).finish();
        most = most.max(memory(alice.pid()));
    }
    let sent = flood.end();
    let lasted = begun.elapsed().as_secs_f64();
    eprintln!(
        "{:.0} a second for {lasted:.1} s; memory {before} KiB, then {most} KiB at the most",
        sent as f64 / lasted
    );
    assert!(sent as f64 / lasted > RATE as f64 / 2.0, "no flood: {sent} in {lasted} s");
    assert!(most <= before + MORE, "memory grows: {before} KiB, {most} KiB");
    let calls = alice.json(&["calls"]);
    assert_eq!((calls[0]["state"].as_str(), calls.as_array().map(Vec::len)), (Some("active"), Some(1)), "{calls}");
    let texts = alice.json(&["messages"]);
    let from_bank = texts.as_array().expect("a list").iter().filter(|text| text["peer"] == "sip:bank@sip.test").count();
    assert_eq!((from_bank, texts[0]["peer"].as_str()), (0, Some("sip:gw@sip.test")), "{texts}");
    bob.command("hangup", "");
    assert_eq!(alice.wait_call("ended")["call"]["reason"], "hung_up_there");
}
