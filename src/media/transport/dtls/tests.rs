//! Two associations with each other over a wire that loses, repeats and reorders, under a hand-turned clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::protection::{Fingerprint, Hash, Suite};
use std::time::{Duration, Instant};

/// A small generator: the same run each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

pub(super) struct Pair {
    pub a: Connection,
    pub b: Connection,
    pub now: Instant,
}

pub(super) fn pair() -> Pair {
    let (first, second) = (Identity::new().unwrap(), Identity::new().unwrap());
    let now = Instant::now();
    let a = Connection::new(first.clone(), vec![second.fingerprint()], true, now).unwrap();
    let b = Connection::new(second, vec![first.fingerprint()], false, now).unwrap();
    Pair { a, b, now }
}

impl Pair {
    /// Turns the clock until both are done or `most` is over; in percent what is lost.
    fn run(&mut self, lost: u64, seed: u64, most: Duration) -> (Option<Keys>, Option<Keys>) {
        let (mut dice, end) = (Dice(seed), self.now + most);
        let (mut keys, mut late): (_, Vec<(bool, Vec<u8>)>) = ((None, None), Vec::new());
        while self.now < end && (keys.0.is_none() || keys.1.is_none()) {
            self.now += Duration::from_millis(10);
            self.a.tick(self.now);
            self.b.tick(self.now);
            let mut wire = std::mem::take(&mut late);
            wire.extend(std::iter::from_fn(|| self.a.poll()).map(|datagram| (true, datagram)));
            wire.extend(std::iter::from_fn(|| self.b.poll()).map(|datagram| (false, datagram)));
            for (to_b, datagram) in wire {
                assert!(datagram.len() <= 1200);
                if dice.roll(100) < lost {
                    continue;
                }
                if lost > 0 && dice.roll(10) == 0 {
                    late.push((to_b, datagram.clone())); // late, or once more
                    if dice.roll(2) == 0 {
                        continue;
                    }
                }
                if to_b { self.b.receive(&datagram, self.now) } else { self.a.receive(&datagram, self.now) }
            }
            keys.0 = keys.0.or_else(|| self.a.take_keys());
            keys.1 = keys.1.or_else(|| self.b.take_keys());
        }
        keys
    }
}

#[test]
fn both_have_the_same_keys_crosswise() {
    let mut pair = pair();
    let (Some(a), Some(b)) = pair.run(0, 1, Duration::from_secs(1)) else { panic!("no keys") };
    assert_eq!((a.suite, b.suite), (Suite::Aes256Gcm, Suite::Aes256Gcm));
    assert_eq!((&a.ours, &a.theirs), (&b.theirs, &b.ours));
    assert_ne!(a.ours, a.theirs);
    assert_eq!(a.ours.len(), 32 + 12);
    assert!(pair.a.take_keys().is_none(), "once");
    let quiet = pair.now + Duration::from_secs(100);
    pair.a.tick(quiet);
    pair.b.tick(quiet);
    assert_eq!((pair.a.poll(), pair.b.poll()), (None, None), "nothing is left to say");
    assert_eq!((pair.a.fault(), pair.b.fault()), (None, None));
}

#[test]
fn a_wire_that_loses_a_third_is_enough() {
    for seed in 0..60 {
        let mut pair = pair();
        let (a, b) = pair.run(33, seed, Duration::from_secs(50));
        let (a, b) = (a.unwrap_or_else(|| panic!("{seed}: {:?}", pair.a)), b.unwrap());
        assert_eq!((a.ours, a.theirs), (b.theirs, b.ours), "{seed}");
    }
}

#[test]
fn a_certificate_that_nobody_named_ends_it_without_keys() {
    let wrong = Fingerprint { hash: Hash::Sha256, digest: vec![7; 32] };
    for of_server in [true, false] {
        let mut pair = pair();
        if of_server {
            pair.b.distrust(wrong.clone())
        } else {
            pair.a.distrust(wrong.clone())
        }
        let (a, b) = pair.run(0, 1, Duration::from_secs(90));
        assert!(a.is_none() && b.is_none());
        let faults = (pair.a.fault(), pair.b.fault());
        assert!(if of_server { faults.1 } else { faults.0 } == Some(Fault::NotAuthentic), "{faults:?}");
    }
}

#[test]
fn one_of_several_fingerprints_is_enough() {
    let mut pair = pair();
    let right = pair.a.trusted();
    pair.a.distrust(Fingerprint { hash: Hash::Sha512, digest: vec![7; 64] });
    pair.a.trust(right);
    let (a, b) = pair.run(0, 1, Duration::from_secs(1));
    assert!(a.is_some() && b.is_some());
}

#[test]
fn nobody_there() {
    let mut pair = pair();
    let mut sent = 0;
    for _ in 0..7000 {
        pair.now += Duration::from_millis(10);
        pair.a.tick(pair.now);
        while pair.a.poll().is_some() {
            sent += 1;
        }
    }
    assert_eq!(pair.a.fault(), Some(Fault::TimedOut));
    assert!((15..40).contains(&sent), "{sent}");
}

#[test]
fn a_hello_that_is_repeated_is_answered_but_not_without_measure() {
    let mut pair = pair();
    pair.a.tick(pair.now);
    let hello = pair.a.poll().unwrap();
    for _ in 0..1000 {
        pair.b.receive(&hello, pair.now);
    }
    let answers = std::iter::from_fn(|| pair.b.poll()).count();
    assert!(answers <= 3, "{answers}");
    pair.b.receive(&hello, pair.now + Duration::from_millis(150));
    assert!(pair.b.poll().is_some());
}

#[test]
fn fingerprints_are_of_the_certificate_and_keys_are_read_from_it() {
    let identity = Identity::new().unwrap();
    let certificate = identity.certificate();
    assert!(certificate::matches(certificate, &identity.fingerprint()));
    let key = certificate::PeerKey::of(certificate).unwrap();
    let signature = identity.sign(b"text").unwrap();
    assert!(key.verifies(certificate::ECDSA_SHA256, b"text", &signature));
    assert!(!key.verifies(certificate::ECDSA_SHA256, b"texts", &signature));
    assert!(!key.verifies(0x0401, b"text", &signature), "a scheme of another kind of key");
    for end in 0..certificate.len() {
        assert!(certificate::PeerKey::of(&certificate[..end]).is_none());
    }
    assert_eq!(format!("{identity:?}"), "Identity");
}

#[test]
fn debug_shows_no_key() {
    let mut pair = pair();
    let (Some(keys), Some(_)) = pair.run(0, 1, Duration::from_secs(1)) else { panic!("no keys") };
    assert_eq!(format!("{keys:?}"), "Keys(Aes256Gcm)");
    assert_eq!(format!("{:?}", pair.a), "Connection { client: true, fault: None, .. }");
}
