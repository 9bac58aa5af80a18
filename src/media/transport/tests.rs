//! The seam: policies against each other, keys that stay and keys that change, and what does not come through.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    Attempt::{First, Only, Second},
    *,
};
use crate::{
    domain::{
        account::Encryption::{self, Off, Preferred, Required},
        protection::{Profile, Protection, Suite},
        session::{MediaDirection, SessionDescription},
    },
    media::MediaError,
};
use std::time::Duration;

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn terms(port: u16, policy: Encryption) -> Terms {
    Terms::new(address(port), address(port + 1), policy)
}

fn description(terms: &Terms, protection: Protection) -> SessionDescription {
    let ((rtp, rtcp), direction) = (terms.addresses(), MediaDirection::SendRecv);
    let (payloads, telephone_events) = (vec![], vec![]);
    SessionDescription {
        rtp,
        rtcp,
        rtcp_mux: false,
        payloads,
        telephone_events,
        direction,
        ptime: None,
        protection,
        ice: None,
    }
}

/// One offer and its answer; both sides' ways.
fn meet(a: &mut Terms, b: &mut Terms, attempt: Attempt) -> Result<(Way, Way), MediaError> {
    let offer = description(a, a.offer(attempt));
    let protection = b.answer(&offer.protection)?;
    let answer = description(b, protection);
    Ok((a.agree(&offer, &answer)?, b.agree(&answer, &offer)?))
}

#[test]
fn policies() {
    for (ours, theirs, attempt, encrypted) in [
        (Required, Required, First, Some(true)),
        (Required, Preferred, First, Some(true)),
        (Preferred, Required, Second, Some(true)),
        (Preferred, Preferred, First, Some(true)),
        (Preferred, Preferred, Second, Some(true)),
        (Preferred, Preferred, Only, Some(true)),
        (Preferred, Off, Second, Some(false)),
        (Preferred, Off, First, Some(true)),
        (Off, Preferred, First, Some(false)),
        (Off, Off, First, Some(false)),
        (Off, Required, First, None),
    ] {
        let (mut a, mut b) = (terms(1000, ours), terms(2000, theirs));
        let met = meet(&mut a, &mut b, attempt).ok().map(|(way, other)| {
            assert_eq!(way.keys.is_some(), other.keys.is_some());
            way.keys.is_some()
        });
        assert_eq!(met, encrypted, "{ours:?} {theirs:?} {attempt:?}");
    }
}

#[test]
fn an_answer_takes_the_best_suite_under_its_tag() {
    let (a, mut b) = (terms(1000, Preferred), terms(2000, Preferred));
    let mut offer = a.offer(First);
    assert_eq!(offer.keys.iter().map(|key| key.tag).collect::<Vec<_>>(), [1, 2, 3, 4]);
    offer.keys.reverse();
    let answer = b.answer(&offer).unwrap();
    assert_eq!((answer.keys[0].tag, answer.keys[0].suite, answer.keys.len()), (1, Suite::Aes256Gcm, 1));
    offer.keys.retain(|key| !key.suite.is_aead());
    assert_eq!(b.answer(&offer).unwrap().keys[0].suite, Suite::Aes256Sha80);
    assert_ne!(answer.keys[0].key, offer.keys[0].key, "each side has a key of its own");
}

#[test]
fn what_does_not_fit_is_no_agreement() {
    let (mut a, mut b) = (terms(1000, Required), terms(2000, Preferred));
    let offer = description(&a, a.offer(First));
    let plain = description(&b, Protection::default());
    assert!(matches!(a.agree(&offer, &plain), Err(MediaError::NotEncrypted)), "required, answered in the clear");
    let protection = b.answer(&offer.protection).unwrap();
    let mut answer = description(&b, protection);
    answer.protection.keys[0].tag = 9;
    let mut c = terms(3000, Preferred);
    assert!(matches!(c.agree(&offer, &answer), Err(MediaError::NotEncrypted)), "a tag that was not offered");
    answer.protection.keys.clear();
    assert!(matches!(c.agree(&offer, &answer), Err(MediaError::NotEncrypted)), "SAVP without a key");
}

#[test]
fn later_offers_keep_key_and_profile() {
    let (mut a, mut b) = (terms(1000, Preferred), terms(2000, Off));
    let (first, _) = meet(&mut a, &mut b, First).unwrap();
    assert!(!a.yields());
    assert_eq!(a.offer(Second).profile, Profile::Secure, "what is encrypted is not offered in the clear");
    let (again, _) = meet(&mut a, &mut b, First).unwrap();
    assert_eq!(first.keys, again.keys);
    let (back, _) = meet(&mut b, &mut a, First).unwrap();
    let key = |way: &Way| way.keys.as_ref().map(|(_, theirs)| theirs.key.clone());
    assert_eq!(key(&back), key(&Way { keys: first.keys.map(|(ours, theirs)| (theirs, ours)), ..again }));
    let (mut a, mut b) = (terms(1000, Preferred), terms(2000, Off));
    meet(&mut a, &mut b, Second).unwrap();
    assert_eq!(a.offer(First).profile, Profile::Open, "held and resumed in the clear");
}

fn media(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    Rtp { marker: false, payload_type: 0, sequence, timestamp: 0, ssrc, payload: &[7; 20] }.write(&mut bytes);
    bytes
}

fn receive(to: &mut Transport, mut bytes: Vec<u8>, from: u16, now: Instant) -> Result<u16, Refused> {
    match to.receive(&mut bytes, Port::Media, address(from), now, |packet| packet.payload_type == 0)? {
        Incoming::Media(packet) => Ok(packet.sequence),
        Incoming::Control(_) => Ok(0),
    }
}

fn pair(encryption: Encryption) -> (Transport, Transport) {
    let (mut a, mut b) = (terms(1000, encryption), terms(2000, encryption));
    let (way, other) = meet(&mut a, &mut b, First).unwrap();
    (Transport::new(way).unwrap(), Transport::new(other).unwrap())
}

#[test]
fn only_what_authenticates_moves_the_address() {
    let (mut a, mut b) = pair(Required);
    let now = Instant::now();
    let mut packet = media(5, 1);
    assert_eq!(a.send(&mut packet, Port::Media), Ok(Some((Port::Media, address(2000)))));
    assert_eq!(receive(&mut b, packet.clone(), 1000, now), Ok(5));
    assert_eq!(receive(&mut b, media(6, 1), 6666, now + Duration::from_secs(9)), Err(Refused::Forged), "plain");
    assert_eq!(receive(&mut b, packet, 6666, now + Duration::from_secs(9)), Err(Refused::Replayed));
    let mut answer = media(1, 2);
    assert_eq!(b.send(&mut answer, Port::Media), Ok(Some((Port::Media, address(1000)))));
    let mut moved = media(6, 1);
    a.send(&mut moved, Port::Media).unwrap();
    assert_eq!(receive(&mut b, moved, 4000, now), Ok(6));
    assert_eq!(b.send(&mut media(2, 2), Port::Media), Ok(Some((Port::Media, address(4000)))), "at once");
}

#[test]
fn a_key_that_comes_back_goes_on_where_it_was() {
    let (mut a, mut b) = (terms(1000, Required), terms(2000, Required));
    let (way, _) = meet(&mut a, &mut b, First).unwrap();
    let mut other = way.clone();
    let offer = a.offer(First);
    let (ours, theirs) = other.keys.as_mut().unwrap();
    *ours = offer.keys[1].clone();
    *theirs = b.answer(&Protection { keys: vec![ours.clone()], ..offer.clone() }).unwrap().keys[0].clone();
    let mut transport = Transport::new(way.clone()).unwrap();
    transport.send(&mut media(5, 1), Port::Media).unwrap();
    transport.agree(other).unwrap();
    transport.send(&mut media(5, 1), Port::Media).unwrap();
    transport.agree(way).unwrap();
    assert_eq!(transport.send(&mut media(5, 1), Port::Media), Err(Failure::UsedUp), "an index is never used twice");
    transport.send(&mut media(6, 1), Port::Media).unwrap();
}

#[test]
fn control_goes_and_comes_on_a_port_of_its_own() {
    for encryption in [Off, Required] {
        let (mut a, mut b) = pair(encryption);
        let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 1];
        assert_eq!(a.send(&mut report, Port::Control), Ok(Some((Port::Control, address(2001)))));
        let now = Instant::now();
        let mut copy = report.clone();
        let stranger = SocketAddr::from(([10, 0, 0, 1], 7));
        if encryption == Off {
            assert_eq!(b.receive(&mut copy, Port::Control, stranger, now, |_| true), Err(Refused::Foreign));
        }
        let came = b.receive(&mut report, Port::Control, address(1001), now, |_| true);
        assert_eq!(came, Ok(Incoming::Control(&[0x80, 201, 0, 1, 0, 0, 0, 1])), "{encryption:?}");
    }
}
