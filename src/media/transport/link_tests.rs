//! Two links over a simulated wire, from the first check to the keys; and what comes too early, from elsewhere or from nobody.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    super::{IceWay, Identity},
    *,
};
use crate::domain::{ice::Ice, protection::Fingerprint};
use proptest::prelude::*;
use std::time::Duration;

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

struct Side {
    link: Link,
    credentials: Credentials,
    identity: Identity,
    ports: [SocketAddr; 2],
    candidates: Vec<Candidate>,
    keys: Vec<(Port, dtls::Keys)>,
    faults: Vec<Fault>,
}

impl Side {
    fn new(first: u16, now: Instant) -> Self {
        let (credentials, ports) = (Credentials::new().unwrap(), [at(first), at(first + 1)]);
        let link = Link::new(Some((credentials.clone(), first.into())), ports, 0, now);
        let identity = Identity::new().unwrap();
        let (candidates, keys, faults) = Default::default();
        Self { link, credentials, identity, ports, candidates, keys, faults }
    }

    fn take(&mut self) {
        while let Some(happened) = self.link.poll_event() {
            match happened {
                Happened::Candidate(candidate) => self.candidates.push(candidate),
                Happened::Keys(port, keys) => self.keys.push((port, keys)),
                Happened::Fault(fault) => self.faults.push(fault),
                Happened::Gathered | Happened::Connect(..) | Happened::Path(_) => {}
            }
        }
    }

    fn describe(&mut self) -> Ice {
        self.take();
        let (Credentials { ufrag, pwd }, candidates) = (self.credentials.clone(), self.candidates.clone());
        Ice { ufrag, pwd, candidates, lite: false, trickle: false }
    }
}

struct Wire {
    a: Side,
    b: Side,
    now: Instant,
    lost: u64,
    dice: u64,
}

impl Wire {
    fn new() -> Self {
        let now = Instant::now();
        Self { a: Side::new(1000, now), b: Side::new(2000, now), now, lost: 0, dice: 1 }
    }

    /// The way of one side, which opens the association if `active`.
    fn way(&mut self, of_a: bool, ice: bool, muxed: bool, active: bool) -> Way {
        let (ours, theirs) = if of_a { (&mut self.a, &mut self.b) } else { (&mut self.b, &mut self.a) };
        let ice = ice.then(|| IceWay { ours: ours.credentials.clone(), theirs: theirs.describe(), controlling: of_a });
        let peer = vec![theirs.identity.fingerprint()];
        let dtls = Some(DtlsWay { identity: ours.identity.clone(), peer, active, id: (None, None) });
        Way { rtp: theirs.ports[0], rtcp: theirs.ports[1], muxed, keys: None, dtls, ice }
    }

    fn step(&mut self) {
        self.now += Duration::from_millis(10);
        self.a.link.tick(self.now);
        self.b.link.tick(self.now);
        for _ in 0..4 {
            for from_a in [true, false] {
                let (from, to) = if from_a { (&mut self.a, &mut self.b) } else { (&mut self.b, &mut self.a) };
                while let Some((port, hop, bytes)) = from.link.poll() {
                    let Hop::Datagram(target) = hop else { panic!() };
                    let Some(place) = to.ports.iter().position(|port| *port == target) else { continue };
                    self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                    if (self.dice >> 33) % 100 < self.lost {
                        continue;
                    }
                    let source = from.ports[usize::from(port == Port::Control)];
                    let arrived = if place == 0 { Port::Media } else { Port::Control };
                    let came = to.link.receive(&bytes, (arrived, Hop::Datagram(source)), self.now);
                    assert_eq!(came, Ok(None), "it is the link's own");
                }
            }
        }
        self.a.take();
        self.b.take();
    }

    fn run(&mut self, most: Duration, mut done: impl FnMut(&Self) -> bool) -> bool {
        let end = self.now + most;
        while self.now < end && !done(self) {
            self.step();
        }
        done(self)
    }
}

#[test]
fn from_the_first_check_to_the_keys() {
    for (ice, muxed, active, lost) in [
        (true, true, true, 0),
        (true, false, false, 0),
        (false, true, false, 0),
        (false, false, true, 0),
        (true, false, true, 30),
        (false, false, false, 30),
    ] {
        let mut wire = Wire::new();
        wire.lost = lost;
        let (first, second) = (wire.way(true, ice, muxed, active), wire.way(false, ice, muxed, !active));
        wire.b.link.agree(&second, wire.now);
        wire.a.link.agree(&first, wire.now);
        let wanted = if muxed { 1 } else { 2 };
        let done = |wire: &Wire| wire.a.keys.len() == wanted && wire.b.keys.len() == wanted;
        assert!(wire.run(Duration::from_secs(30), done), "{ice} {muxed} {active} {lost}");
        for (port, keys) in &wire.a.keys {
            let theirs = wire.b.keys.iter().find(|(other, _)| other == port).unwrap();
            assert_eq!((&keys.ours, &keys.theirs), (&theirs.1.theirs, &theirs.1.ours));
        }
        assert!(wire.a.faults.is_empty() && wire.b.faults.is_empty());
        assert_eq!(wire.a.link.route(Port::Media) == Route::Described, !ice);
        // the same again changes nothing; another tls-id is another association
        let (mut first, mut second) = (first, second);
        wire.a.link.agree(&first, wire.now);
        wire.b.link.agree(&second, wire.now);
        assert!(!wire.run(Duration::from_secs(2), |wire| wire.a.keys.len() > wanted));
        first.dtls.as_mut().unwrap().id.0 = Some("new".into());
        second.dtls.as_mut().unwrap().id.1 = Some("new".into());
        wire.b.link.agree(&second, wire.now);
        wire.a.link.agree(&first, wire.now);
        let done = |wire: &Wire| wire.a.keys.len() == 2 * wanted && wire.b.keys.len() == 2 * wanted;
        assert!(wire.run(Duration::from_secs(30), done), "{ice} {muxed} {active} {lost}");
    }
}

#[test]
fn a_hello_that_comes_before_the_answer_is_kept() {
    for ice in [true, false] {
        let mut wire = Wire::new();
        let (first, second) = (wire.way(true, ice, true, false), wire.way(false, ice, true, true));
        // they answer and begin at once; their answer takes its time
        wire.b.link.agree(&second, wire.now);
        assert!(!wire.run(Duration::from_millis(300), |wire| !wire.b.keys.is_empty()));
        wire.a.link.agree(&first, wire.now);
        let begun = wire.now;
        assert!(wire.run(Duration::from_secs(5), |wire| !wire.a.keys.is_empty() && !wire.b.keys.is_empty()));
        assert!(wire.now - begun < Duration::from_millis(200), "{:?}", wire.now - begun);
    }
}

#[test]
fn another_certificate_is_told_and_has_no_keys() {
    let mut wire = Wire::new();
    let (mut first, second) = (wire.way(true, true, true, true), wire.way(false, true, true, false));
    let wrong: &mut Fingerprint = &mut first.dtls.as_mut().unwrap().peer[0];
    wrong.digest[3] ^= 1;
    wire.b.link.agree(&second, wire.now);
    wire.a.link.agree(&first, wire.now);
    assert!(wire.run(Duration::from_secs(5), |wire| !wire.a.faults.is_empty()));
    assert!(!wire.run(Duration::from_secs(80), |wire| wire.b.keys.len() + wire.a.keys.len() > 0));
    assert_eq!((wire.a.faults.len(), wire.a.faults[0]), (1, Fault::NotAuthentic));
    assert_eq!(wire.b.faults, [Fault::NoKeys]);
}

#[test]
fn a_path_that_is_lost_and_found_again_is_told() {
    let mut wire = Wire::new();
    let (first, second) = (wire.way(true, true, true, true), wire.way(false, true, true, false));
    wire.b.link.agree(&second, wire.now);
    wire.a.link.agree(&first, wire.now);
    assert!(wire.run(Duration::from_secs(5), |wire| !wire.a.keys.is_empty()));
    wire.lost = 100;
    assert!(wire.run(Duration::from_secs(40), |wire| wire.a.faults == [Fault::Lost] && wire.b.faults == [Fault::Lost]));
    assert_eq!(wire.a.link.route(Port::Media), Route::Nowhere);
    wire.lost = 0;
    wire.a.credentials = Credentials::new().unwrap();
    wire.b.credentials = Credentials::new().unwrap();
    wire.a.link.announce(wire.a.credentials.clone());
    let (first, second) = (wire.way(true, true, true, true), wire.way(false, true, true, false));
    wire.b.link.agree(&second, wire.now);
    wire.a.link.agree(&first, wire.now);
    assert!(wire.run(Duration::from_secs(5), |wire| wire.a.link.route(Port::Media) != Route::Nowhere));
    assert_eq!(wire.a.keys.len(), 1, "the association stays");
}

#[test]
fn what_is_nobodys_is_told_apart() {
    let now = Instant::now();
    let mut wire = Wire::new();
    let from = (Port::Media, Hop::Datagram(at(9)));
    assert_eq!(wire.a.link.receive(&[], from, now), Err(Refused::Malformed));
    assert_eq!(wire.a.link.receive(&[0, 1, 2], from, now), Err(Refused::Malformed));
    assert_eq!(wire.a.link.receive(&[70, 1, 2], from, now), Err(Refused::Malformed));
    assert_eq!(wire.a.link.receive(&[20; 30], from, now), Ok(None), "DTLS, or something like it");
    let packet = wire.a.link.receive(&[0x80; 30], from, now).unwrap().unwrap();
    assert!(packet.known, "nobody has said yet that there is ICE");
    let way = wire.way(true, true, true, true);
    wire.a.link.agree(&way, now);
    assert!(!wire.a.link.receive(&[0x80; 30], from, now).unwrap().unwrap().known);
    for _ in 0..10_000 {
        let _ = wire.a.link.receive(&[20; 1400], from, now);
    }
    assert!(wire.a.link.early.len() <= EARLY);
    assert_eq!(wire.a.link.receive(&[0x80; 30], (Port::Media, Hop::Stream(5)), now), Err(Refused::Foreign));
}

proptest! {
    #[test]
    fn any_datagrams(datagrams in proptest::collection::vec((0_usize..4, any::<u8>(), proptest::collection::vec(any::<u8>(), 0..120)), 0..40)) {
        let mut wire = Wire::new();
        let way = wire.way(true, true, false, false);
        wire.a.link.agree(&way, wire.now);
        for (kind, first, mut bytes) in datagrams {
            let first = [first & 3, 20 + first % 44, 64 + first % 16, 128 + first % 64][kind];
            bytes.insert(0, first);
            let port = if kind % 2 == 0 { Port::Media } else { Port::Control };
            let _ = wire.a.link.receive(&bytes, (port, Hop::Datagram(at(2000))), wire.now);
            wire.a.link.tick(wire.now);
        }
        wire.a.take();
        prop_assert!(wire.a.keys.is_empty());
    }
}
