//! An allocation against a scripted server, under a hand-turned clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    super::ice::stun::{Class, Message, Method, Writer, attribute},
    *,
};
use crate::domain::private::Private;
use md5::{Digest, Md5};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

pub(super) fn account() -> Account {
    Account { username: Private::from("user"), password: Private::from("pass") }
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

const REALM: &str = "example.org";

/// The server's side: it speaks as RFC 8656 says, and does what a test wants.
struct Server {
    relay: Relay,
    now: Instant,
    nonce: &'static str,
    lifetime: u32,
    /// A failure for everything that is authentic.
    refuse: u16,
    silent: bool,
    /// What it was asked, in order.
    asked: Vec<Method>,
    /// Packets for peers: channel and content.
    relayed: Vec<(u16, Vec<u8>)>,
    bound: Vec<(u16, SocketAddr)>,
}

impl Server {
    fn new(stream: bool) -> Self {
        let now = Instant::now();
        let relay = Relay::new(account(), stream, now);
        let (asked, relayed, bound) = Default::default();
        Self { relay, now, nonce: "n1", lifetime: 600, refuse: 0, silent: false, asked, relayed, bound }
    }

    fn key() -> Vec<u8> {
        Md5::digest(format!("user:{REALM}:pass")).to_vec()
    }

    /// So much time passes, 100 ms after another.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += Duration::from_millis(100);
            self.relay.tick(self.now);
            while let Some(bytes) = self.relay.poll() {
                if let Some(answer) = self.answer(&bytes).filter(|_| !self.silent) {
                    assert_eq!(self.relay.receive(&answer, self.now), Came::Own);
                }
            }
        }
    }

    fn answer(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        if bytes[0] >> 6 == 1 {
            let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
            self.relayed.push((u16::from_be_bytes([bytes[0], bytes[1]]), bytes[4..4 + length].to_vec()));
            return None;
        }
        let message = Message::parse(bytes).unwrap();
        self.asked.push(message.method);
        let reply = |class| Writer::new(message.method, class, message.transaction);
        let challenge = |code| {
            let reply = reply(Class::Failure).put_code(code).put(attribute::REALM, REALM.as_bytes());
            Some(reply.put(attribute::NONCE, self.nonce.as_bytes()).finish())
        };
        let Some(nonce) = message.attribute(attribute::NONCE) else { return challenge(401) };
        if nonce != self.nonce.as_bytes() {
            return challenge(438);
        }
        if !message.is_authentic(&Self::key()) {
            return challenge(401);
        }
        if self.refuse != 0 {
            let reply = reply(Class::Failure).put_code(self.refuse);
            let reply =
                if self.refuse == 300 { reply.put(attribute::ALTERNATE, &[0, 1, 0, 99, 192, 0, 2, 9]) } else { reply };
            return Some(reply.sign(&Self::key()).finish());
        }
        let mut granted = reply(Class::Success);
        match message.method {
            Method::ALLOCATE => {
                assert_eq!(message.attribute(attribute::TRANSPORT), Some(&[17, 0, 0, 0][..]));
                granted = granted.put_address(attribute::RELAYED, at(5000));
                granted = granted.put_address(attribute::XOR_MAPPED_ADDRESS, at(6000));
                granted = granted.put(attribute::LIFETIME, &self.lifetime.to_be_bytes());
            }
            Method::REFRESH => {
                granted = granted.put(attribute::LIFETIME, &message.u32(attribute::LIFETIME)?.to_be_bytes())
            }
            _ => {
                let channel = message.attribute(attribute::CHANNEL).unwrap();
                let channel = u16::from_be_bytes([channel[0], channel[1]]);
                self.bound.push((channel, message.address(attribute::PEER).unwrap()));
            }
        }
        Some(granted.sign(&Self::key()).finish())
    }
}

const SOON: Duration = Duration::from_millis(500);
const ALLOCATED: Stand = Stand::Allocated {
    relayed: SocketAddr::V4(std::net::SocketAddrV4::new(std::net::Ipv4Addr::new(192, 0, 2, 1), 5000)),
    mapped: Some(SocketAddr::V4(std::net::SocketAddrV4::new(std::net::Ipv4Addr::new(192, 0, 2, 1), 6000))),
};

#[test]
fn it_is_asked_for_without_a_name_first_and_then_with() {
    let mut server = Server::new(false);
    server.pass(SOON);
    assert_eq!(server.relay.stand(), ALLOCATED);
    assert_eq!(server.asked, [Method::ALLOCATE, Method::ALLOCATE]);
}

#[test]
fn packets_take_a_channel_and_the_last_one_waits_for_it() {
    for stream in [false, true] {
        let mut server = Server::new(stream);
        server.pass(SOON);
        server.relay.send(at(1), b"lost", server.now);
        server.relay.send(at(1), b"first", server.now);
        server.relay.send(at(2), b"other", server.now);
        server.pass(SOON);
        server.relay.send(at(1), b"second", server.now);
        server.pass(SOON);
        assert_eq!(server.bound, [(0x4000, at(1)), (0x4001, at(2))]);
        let expected = [(0x4000, b"first".to_vec()), (0x4001, b"other".to_vec()), (0x4000, b"second".to_vec())];
        assert_eq!(server.relayed, expected);
        let mut frames = Frames::default();
        server.relay.send(at(1), b"12345", server.now);
        let bytes = server.relay.poll().unwrap();
        assert_eq!(bytes.len(), if stream { 12 } else { 9 }, "padded over a stream alone");
        if stream {
            assert_eq!(frames.push(&bytes[..7]), Some(vec![]));
            assert_eq!(frames.push(&bytes[7..]), Some(vec![bytes[..9].to_vec()]));
        }
    }
}

#[test]
fn packets_come_by_channel_and_as_indications() {
    let mut server = Server::new(false);
    server.pass(SOON);
    server.relay.send(at(1), b"out", server.now);
    server.pass(SOON);
    let came = server.relay.receive(&[0x40, 0, 0, 2, 7, 8, 0, 0], server.now);
    assert_eq!(came, Came::Packet(at(1), 4..6));
    assert_eq!(server.relay.receive(&[0x40, 9, 0, 2, 7, 8], server.now), Came::NotOurs, "no such channel");
    assert_eq!(server.relay.receive(&[0x40, 0, 0, 3, 7, 8], server.now), Came::NotOurs, "cut");
    let bytes = Writer::new(Method::DATA, Class::Indication, [1; 12])
        .put_address(attribute::PEER, at(77))
        .put(attribute::DATA, b"data")
        .finish();
    let Came::Packet(peer, range) = server.relay.receive(&bytes, server.now) else { panic!() };
    assert_eq!((peer, &bytes[range]), (at(77), &b"data"[..]));
}

#[test]
fn it_is_renewed_and_so_are_channels_in_use() {
    let mut server = Server::new(false);
    server.pass(SOON);
    for _ in 0..90 {
        server.relay.send(at(1), b"sound", server.now);
        server.pass(Duration::from_secs(20));
    }
    assert_eq!(server.relay.stand(), ALLOCATED);
    let count = |method| server.asked.iter().filter(|asked| **asked == method).count();
    assert_eq!((count(Method::ALLOCATE), count(Method::REFRESH), count(Method::CHANNEL_BIND)), (2, 3, 8));
    // unused for long: nobody binds it again
    server.asked.clear();
    server.pass(Duration::from_secs(900));
    assert!(server.asked.iter().filter(|asked| **asked == Method::CHANNEL_BIND).count() <= 1);
    assert_eq!(server.relay.stand(), ALLOCATED);
}

#[test]
fn a_nonce_that_is_over_is_replaced() {
    let mut server = Server::new(false);
    server.pass(SOON);
    server.nonce = "n2";
    server.relay.send(at(1), b"sound", server.now);
    server.pass(SOON);
    assert_eq!(server.bound.len(), 1);
    assert_eq!(server.relayed.len(), 1, "what waited still goes");
    server.nonce = "n3";
    server.pass(Duration::from_secs(600));
    assert_eq!(server.relay.stand(), ALLOCATED, "renewed with the third");
}

#[test]
fn a_wrong_password_and_a_full_server_are_the_end_of_it() {
    let mut server = Server::new(false);
    server.relay = Relay::new(Account { password: Private::from("wrong"), ..account() }, false, server.now);
    server.pass(SOON);
    assert_eq!((server.relay.stand(), server.asked.len()), (Stand::Failed, 2));
    for (code, stand) in [(486, Stand::Failed), (300, Stand::Elsewhere(SocketAddr::from(([192, 0, 2, 9], 99))))] {
        let mut server = Server::new(false);
        server.refuse = code;
        server.pass(SOON);
        assert_eq!(server.relay.stand(), stand);
    }
}

#[test]
fn without_an_answer_it_is_repeated_and_then_given_up() {
    for (stream, times) in [(false, 6), (true, 1)] {
        let mut server = Server::new(stream);
        server.silent = true;
        server.pass(Duration::from_secs(40));
        assert_eq!((server.relay.stand(), server.asked.len()), (Stand::Failed, times));
    }
}

#[test]
fn an_allocation_that_is_not_renewed_ends() {
    let mut server = Server::new(false);
    server.pass(SOON);
    server.silent = true;
    server.pass(Duration::from_secs(590));
    assert_eq!(server.relay.stand(), ALLOCATED);
    server.pass(Duration::from_secs(20));
    assert_eq!(server.relay.stand(), Stand::Failed);
    let mut server = Server::new(false);
    server.pass(SOON);
    server.refuse = 437;
    server.pass(Duration::from_secs(560));
    assert_eq!(server.relay.stand(), Stand::Failed, "the server knows of none");
}

#[test]
fn a_channel_that_is_refused_is_not_asked_for_all_the_time() {
    let mut server = Server::new(false);
    server.pass(SOON);
    server.refuse = 403;
    server.asked.clear();
    for _ in 0..300 {
        server.relay.send(at(1), b"sound", server.now);
        server.pass(Duration::from_millis(100));
    }
    assert!((2..=4).contains(&server.asked.len()), "{}", server.asked.len());
    assert_eq!(server.relay.stand(), ALLOCATED);
}

#[test]
fn a_grant_that_is_not_signed_is_none() {
    let mut relay = Relay::new(account(), false, Instant::now());
    let bytes = relay.poll().unwrap();
    let message = Message::parse(&bytes).unwrap();
    let forged = Writer::new(Method::ALLOCATE, Class::Success, message.transaction)
        .put_address(attribute::RELAYED, at(1))
        .finish();
    relay.receive(&forged, Instant::now());
    assert_eq!(relay.stand(), Stand::Asking);
}

#[test]
fn it_is_given_back() {
    let mut server = Server::new(false);
    server.pass(SOON);
    server.relay.close(server.now);
    let bytes = server.relay.poll().unwrap();
    let message = Message::parse(&bytes).unwrap();
    assert_eq!((message.method, message.u32(attribute::LIFETIME)), (Method::REFRESH, Some(0)));
    assert!(message.is_authentic(&Server::key()));
}
