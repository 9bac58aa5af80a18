//! SRTP between two sides with loss, reordering, wraps and strangers on the wire.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::{
    domain::{
        private::Private,
        protection::{SdesKey, Suite},
    },
    media::packet::Rtp,
};
use proptest::prelude::*;
use zeroize::Zeroizing;

fn key(suite: Suite, mki: &[u8]) -> SdesKey {
    let bytes = (0..suite.key_length() + suite.salt_length()).map(|n| n as u8 ^ 0x5A).collect();
    SdesKey { tag: 1, suite, key: Private::new(Zeroizing::new(bytes)), mki: mki.to_vec() }
}

fn sides(suite: Suite) -> (Outbound, Inbound) {
    (Outbound::new(&key(suite, &[])).unwrap(), Inbound::new(&key(suite, &[])).unwrap())
}

fn plain(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let payload = sequence.to_be_bytes().repeat(10);
    Rtp { marker: false, payload_type: 111, sequence, timestamp: 0, ssrc, payload: &payload }.write(&mut bytes);
    bytes
}

fn report(ssrc: u32) -> Vec<u8> {
    let mut bytes = vec![0x80, 201, 0, 1];
    bytes.extend(ssrc.to_be_bytes());
    bytes.extend([0x81, 202, 0, 2, 9, 9, 9, 9, 1, 2, b'x', b'y']);
    bytes
}

#[test]
fn every_suite_survives_the_wrap_reordering_and_loss() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = sides(suite);
        let sealed: Vec<_> = (0..140_000_u32)
            .map(|n| 65_500_u16.wrapping_add(n as u16))
            .enumerate()
            .filter_map(|(n, sequence)| {
                let mut packet = plain(sequence, 7);
                // what is in the middle of a turn need not be encrypted to be counted
                (n % 65_536 < 200 || n % 9 == 0).then(|| sender.seal(&mut packet).map(|()| (sequence, packet)).unwrap())
            })
            .collect();
        for chunk in sealed.chunks(8) {
            for (sequence, packet) in chunk.iter().rev() {
                let mut bytes = packet.clone();
                let length = receiver.open(&mut bytes).unwrap_or_else(|error| panic!("{suite:?} {sequence}: {error}"));
                assert_eq!(bytes[..length], plain(*sequence, 7), "{suite:?}");
                assert_eq!(receiver.open(&mut packet.clone()), Err(Failure::Replayed), "{suite:?}");
            }
        }
    }
}

#[test]
fn several_streams_have_indexes_of_their_own() {
    let (_, mut receiver) = sides(Suite::Aes128Sha80);
    for ssrc in 0..200 {
        let (mut sender, _) = sides(Suite::Aes128Sha80);
        for sequence in [65_535, 0, 1] {
            let mut packet = plain(sequence, ssrc);
            sender.seal(&mut packet).unwrap();
            receiver.open(&mut packet).unwrap();
        }
    }
}

#[test]
fn control_packets_come_once_and_never_in_the_clear() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = sides(suite);
        let mut kept = Vec::new();
        for _ in 0..5 {
            let mut packet = report(5);
            sender.seal_control(&mut packet).unwrap();
            kept.push(packet);
        }
        for packet in kept.iter().rev() {
            let mut bytes = packet.clone();
            let length = receiver.open_control(&mut bytes).unwrap();
            assert_eq!(bytes[..length], report(5), "{suite:?}");
            assert_eq!(receiver.open_control(&mut packet.clone()), Err(Failure::Replayed), "{suite:?}");
        }
        assert!(receiver.open_control(&mut report(5)).is_err(), "{suite:?}");
        assert!(receiver.open(&mut plain(1, 5)).is_err(), "{suite:?}");
    }
}

#[test]
fn an_index_is_never_used_twice() {
    let (mut sender, _) = sides(Suite::Aes256Gcm);
    sender.seal(&mut plain(9, 1)).unwrap();
    assert_eq!(sender.seal(&mut plain(9, 1)), Err(Failure::UsedUp));
    sender.seal(&mut plain(10, 1)).unwrap();
}

#[test]
fn an_identifier_is_borne_where_it_was_agreed() {
    for suite in Suite::ALL {
        let (mut sender, _) = sides(suite);
        let mut receiver = Inbound::new(&key(suite, &[0, 0, 0, 1])).unwrap();
        let (mut packet, mut control) = (plain(1, 1), report(1));
        sender.seal(&mut packet).unwrap();
        sender.seal_control(&mut control).unwrap();
        let tag = if suite.is_aead() {
            0
        } else if suite.name().ends_with("32") {
            4
        } else {
            10
        };
        let at = packet.len() - tag;
        packet.splice(at..at, [0, 0, 0, 1]);
        let length = receiver.open(&mut packet).unwrap();
        assert_eq!(packet[..length], plain(1, 1), "{suite:?}");
        let at = control.len() - if suite.is_aead() { 0 } else { 10 };
        control.splice(at..at, [0, 0, 0, 1]);
        let length = receiver.open_control(&mut control).unwrap();
        assert_eq!(control[..length], report(1), "{suite:?}");
    }
}

#[test]
fn a_key_of_the_wrong_length_is_none() {
    for suite in Suite::ALL {
        for length in [0, 1, 16, 31, 60] {
            let key = SdesKey { key: Private::new(Zeroizing::new(vec![1; length])), ..key(suite, &[]) };
            assert!(Outbound::new(&key).is_none() && Inbound::new(&key).is_none(), "{suite:?} {length}");
        }
    }
}

proptest! {
    #[test]
    fn a_changed_packet_is_refused_and_changes_nothing(
        suite in 0_usize..6, at in any::<prop::sample::Index>(), bit in 0_u32..8, control: bool,
    ) {
        let (mut sender, mut receiver) = sides(Suite::ALL[suite]);
        let mut sealed = if control { report(3) } else { plain(3, 3) };
        if control { sender.seal_control(&mut sealed).unwrap() } else { sender.seal(&mut sealed).unwrap() }
        let mut forged = sealed.clone();
        let at = at.index(forged.len());
        forged[at] ^= 1 << bit;
        let mut open = |bytes: &mut [u8]| {
            if control { receiver.open_control(bytes) } else { receiver.open(bytes) }
        };
        prop_assert!(open(&mut forged).is_err());
        prop_assert!(open(&mut sealed).is_ok());
    }

    #[test]
    fn any_bytes_are_no_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..120), first in 0x80_u8..0xC0, suite in 0_usize..6,
        mki in 0_usize..200,
    ) {
        let mut receiver = Inbound::new(&key(Suite::ALL[suite], &vec![1; mki])).unwrap();
        let mut framed = bytes.clone();
        if let Some(head) = framed.first_mut() {
            *head = first;
        }
        for bytes in [bytes, framed] {
            prop_assert!(receiver.open(&mut bytes.clone()).is_err());
            prop_assert!(receiver.open_control(&mut bytes.clone()).is_err());
        }
    }
}
