//! Whatever comes: no panic, no keys, bounded memory; and a handshake that goes on around it ends well.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    hello::{ClientHello, ServerHello},
    reassembly::Reassembly,
    tests::pair,
    *,
};
use proptest::prelude::*;
use std::time::Duration;

/// A handshake in which the wire does this to each datagram; tells whether both got keys.
fn handshake(mut wire: impl FnMut(usize, Vec<u8>) -> Vec<Vec<u8>>) -> (bool, bool) {
    let mut pair = pair();
    let (mut a, mut b, mut n) = (false, false, 0);
    for _ in 0..300 {
        pair.now += Duration::from_millis(10);
        pair.a.tick(pair.now);
        pair.b.tick(pair.now);
        while let Some(datagram) = pair.a.poll() {
            n += 1;
            wire(n, datagram).iter().for_each(|datagram| pair.b.receive(datagram, pair.now));
        }
        while let Some(datagram) = pair.b.poll() {
            n += 1;
            wire(n, datagram).iter().for_each(|datagram| pair.a.receive(datagram, pair.now));
        }
        a |= pair.a.take_keys().is_some();
        b |= pair.b.take_keys().is_some();
    }
    (a, b)
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300), active: bool) {
        let pair = pair();
        let mut one = if active { pair.a } else { pair.b };
        one.receive(&bytes, pair.now);
        prop_assert!(one.take_keys().is_none());
        let _ = (ClientHello::parse(&bytes), ServerHello::parse(&bytes), certificate::PeerKey::of(&bytes));
    }

    #[test]
    fn any_fragments(fragments in proptest::collection::vec((0_u8..25, 0_usize..400, 0_u16..12, 0_usize..400, 0_usize..60), 0..60)) {
        let mut reassembly = Reassembly::default();
        for (kind, length, sequence, offset, size) in fragments {
            let mut content = flight::header(kind, length, sequence, offset, size).to_vec();
            content.resize(content.len() + size, 7);
            reassembly.push(&content, |_| true);
            while let Some(message) = reassembly.pop() {
                prop_assert_eq!(message.whole.len(), message.body.len() + 12);
            }
        }
        prop_assert!(reassembly.kept() <= 8 * 16_384);
    }

    #[test]
    fn a_handshake_with_one_damaged_datagram(which in 1_usize..8, at: prop::sample::Index, flip in 1_u8..=255) {
        let met = handshake(|n, mut datagram| {
            if n == which {
                let at = at.index(datagram.len());
                datagram[at] ^= flip;
            }
            vec![datagram]
        });
        // it may fail, but never for one side alone before the last flight
        prop_assert!(!met.1 || met.0 || which > 3);
    }

    #[test]
    fn a_handshake_amid_rubbish(junk in proptest::collection::vec(any::<u8>(), 1..200)) {
        let met = handshake(|_, datagram| {
            let mut behind = datagram.clone();
            behind.extend(&junk);
            let mut alert = vec![21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40];
            alert.extend(&junk);
            vec![alert, junk.iter().map(|byte| byte | 0x80).collect(), behind]
        });
        prop_assert_eq!(met, (true, true));
    }
}

#[test]
fn datagrams_cut_at_each_octet() {
    let mut whole = pair();
    whole.a.tick(whole.now);
    let hello = whole.a.poll().unwrap();
    for end in 0..hello.len() {
        let mut other = pair();
        other.b.receive(&hello[..end], other.now);
        assert!(other.b.poll().is_none(), "{end}");
        assert_eq!(other.b.fault(), None);
    }
}

#[test]
fn a_finished_message_in_the_clear_counts_for_nothing() {
    let mut pair = pair();
    pair.a.tick(pair.now);
    let hello = pair.a.poll().unwrap();
    pair.b.receive(&hello, pair.now);
    for sequence in 0..8 {
        let mut datagram = Vec::new();
        let mut content = flight::header(20, 12, sequence, 0, 12).to_vec();
        content.extend([0; 12]);
        record::write(&mut datagram, record::HANDSHAKE, 9, &content);
        pair.b.receive(&datagram, pair.now);
    }
    assert_eq!((pair.b.take_keys().is_none(), pair.b.fault()), (true, None));
}
