//! Gathering from scripted servers, under a hand-turned clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::private::Private;
use md5::{Digest, Md5};

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn outside(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

fn stun() -> Server {
    Server { host: "stun".into(), port: 3478, transport: ServerTransport::Udp, kind: ServerKind::Stun }
}

fn turn(transport: ServerTransport) -> Server {
    let kind = ServerKind::Turn { username: Private::from("user"), password: Private::from("pass") };
    Server { host: "turn".into(), port: 3478, transport, kind }
}

struct Scene {
    gather: Gather,
    now: Instant,
    out: VecDeque<(Port, Hop, Vec<u8>)>,
    events: Vec<Gathered>,
}

impl Scene {
    fn new(servers: usize) -> Self {
        let now = Instant::now();
        let (out, events) = Default::default();
        Self { gather: Gather::new([at(1000), at(1001)], servers, now), now, out, events }
    }

    /// 10 ms pass; each message that goes out is answered so.
    fn step(&mut self, answer: impl Fn(Port, Hop, &[u8]) -> Option<Vec<u8>>) {
        self.now += Duration::from_millis(10);
        self.gather.tick(self.now, &mut self.out);
        while let Some((port, hop, bytes)) = self.out.pop_front() {
            if let Some(answer) = answer(port, hop, &bytes) {
                assert_eq!(self.gather.receive(&answer, (port, hop), self.now), Some(None));
            }
        }
        self.events.extend(std::iter::from_fn(|| self.gather.poll_event()));
    }

    fn kinds(&self) -> Vec<(u8, CandidateKind, SocketAddr)> {
        let told = self.events.iter().filter_map(|event| match event {
            Gathered::Candidate(told) => Some((told.component, told.kind, told.address)),
            _ => None,
        });
        told.collect()
    }
}

/// Where the server sees this port.
fn seen(port: Port) -> SocketAddr {
    outside(if port == Port::Media { 6000 } else { 6001 })
}

fn binding(port: Port, _: Hop, bytes: &[u8]) -> Option<Vec<u8>> {
    let message = Message::parse(bytes).unwrap();
    let answer = Writer::new(message.method, Class::Success, message.transaction);
    Some(answer.put_address(attribute::XOR_MAPPED_ADDRESS, seen(port)).finish())
}

/// A TURN server that sends everybody from its first address to another.
fn relays(port: Port, hop: Hop, bytes: &[u8]) -> Option<Vec<u8>> {
    let message = Message::parse(bytes).unwrap();
    let answer = |class| Writer::new(message.method, class, message.transaction);
    if hop == Hop::Datagram(at(1)) {
        let answer = answer(Class::Failure).put_code(300);
        return Some(answer.put(attribute::ALTERNATE, &[0, 1, 0, 2, 127, 0, 0, 1]).finish());
    }
    if message.attribute(attribute::NONCE).is_none() {
        let answer = answer(Class::Failure).put_code(401).put(attribute::REALM, b"r");
        return Some(answer.put(attribute::NONCE, b"n").finish());
    }
    let relayed = outside(if port == Port::Media { 7000 } else { 7001 });
    let answer = answer(Class::Success).put_address(attribute::RELAYED, relayed);
    let answer = answer.put_address(attribute::XOR_MAPPED_ADDRESS, seen(port));
    Some(answer.sign(&Md5::digest("user:r:pass")).finish())
}

#[test]
fn without_servers_it_is_complete_at_once() {
    let mut scene = Scene::new(0);
    assert!(scene.gather.is_complete(scene.now));
    scene.step(|_, _, _| None);
    assert_eq!(scene.kinds(), [(1, CandidateKind::Host, at(1000)), (2, CandidateKind::Host, at(1001))]);
    assert_eq!(scene.events.iter().filter(|event| matches!(event, Gathered::Base(_))).count(), 2);
}

#[test]
fn a_server_tells_how_it_sees_us() {
    let mut scene = Scene::new(1);
    assert!(!scene.gather.is_complete(scene.now), "its address is still looked up");
    scene.gather.found(&stun(), &["[::1]:1".parse().unwrap(), at(9)], scene.now);
    scene.step(binding);
    assert!(scene.gather.is_complete(scene.now));
    let reflexive = |component, port| (component, CandidateKind::ServerReflexive, outside(port));
    assert_eq!(scene.kinds()[2..], [reflexive(1, 6000), reflexive(2, 6001)]);
    // the mapping is kept open, and nobody answers any more
    let mut asked = 0;
    for _ in 0..6000 {
        scene.now += Duration::from_millis(10);
        scene.gather.tick(scene.now, &mut scene.out);
        asked += scene.out.drain(..).count();
    }
    assert_eq!(asked, 8, "every 15 s for each port");
}

#[test]
fn who_does_not_answer_is_not_waited_for() {
    let mut scene = Scene::new(2);
    scene.gather.found(&stun(), &[], scene.now);
    scene.gather.found(&turn(ServerTransport::Udp), &[at(9)], scene.now);
    let begun = scene.now;
    while !scene.gather.is_complete(scene.now) {
        scene.step(|_, _, _| None);
    }
    assert_eq!(scene.now - begun, PATIENCE);
}

#[test]
fn a_relay_is_a_base_and_one_that_sends_us_on_is_followed() {
    let mut scene = Scene::new(1);
    scene.gather.found(&turn(ServerTransport::Udp), &[at(1)], scene.now);
    for _ in 0..10 {
        scene.step(relays);
    }
    assert!(scene.gather.is_complete(scene.now));
    let kinds = scene.kinds();
    assert!(kinds.contains(&(1, CandidateKind::Relayed, outside(7000))), "{kinds:?}");
    assert!(kinds.contains(&(2, CandidateKind::Relayed, outside(7001))));
    assert!(kinds.contains(&(1, CandidateKind::ServerReflexive, outside(6000))), "and how it sees us");
    let base = scene.events.iter().find_map(|event| match event {
        Gathered::Base(base) if base.via != Via::Direct && base.port == Port::Media => Some(*base),
        _ => None,
    });
    let Some(Base { via: Via::Relay(relay), .. }) = base else { panic!() };
    scene.gather.relay(relay, outside(5), b"packet", scene.now, &mut scene.out);
    assert!(matches!(scene.out.pop_front(), Some((Port::Media, Hop::Datagram(to), _)) if to == at(2)));
    // the end: both are given back
    scene.gather.close(None, scene.now, &mut scene.out);
    let refreshes = scene.out.iter().filter(|(_, _, bytes)| {
        Message::parse(bytes).is_some_and(|message| message.u32(attribute::LIFETIME) == Some(0))
    });
    assert_eq!(refreshes.count(), 2);
}

#[test]
fn over_streams_connections_are_asked_for_and_one_that_ends_takes_its_relay_along() {
    let mut scene = Scene::new(1);
    let server = turn(ServerTransport::Tls);
    scene.gather.found(&server, &["[::1]:5".parse().unwrap()], scene.now);
    scene.step(relays);
    let wanted = scene.events.iter().filter(|event| matches!(event, Gathered::Connect(..))).count();
    assert_eq!(wanted, 2, "one for each port, and the family does not matter");
    assert!(!scene.gather.is_complete(scene.now));
    scene.gather.connected(Port::Media, &server, Some(0), scene.now);
    scene.gather.connected(Port::Control, &server, None, scene.now);
    for _ in 0..4 {
        scene.step(relays);
    }
    assert!(scene.gather.is_complete(scene.now));
    assert_eq!(scene.gather.port_of(0), Some(Port::Media));
    assert!(
        !scene.kinds().iter().any(|(_, kind, _)| *kind == CandidateKind::ServerReflexive),
        "TCP tells nothing of UDP"
    );
    scene.gather.ended(0);
    scene.step(relays);
    assert!(scene.events.iter().any(|event| matches!(event, Gathered::Gone(Port::Media, Via::Relay(_)))));
}

#[test]
fn what_is_not_a_servers_is_left_alone() {
    let mut scene = Scene::new(1);
    scene.gather.found(&stun(), &[at(9)], scene.now);
    let bytes = Writer::new(Method::BINDING, Class::Success, [7; 12]).finish();
    for (hop, bytes) in [(at(9), &bytes[..]), (at(9), &[1, 2][..]), (at(8), &bytes[..])] {
        assert_eq!(scene.gather.receive(bytes, (Port::Media, Hop::Datagram(hop)), scene.now), None);
    }
}
