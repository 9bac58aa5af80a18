//! What a server, or who speaks in its place, may send: no panic, bounded memory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    super::ice::stun::{Class, Message, Method, Writer, attribute},
    tests::account,
    *,
};
use proptest::prelude::*;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut relay = Relay::new(account(), false, Instant::now());
        prop_assert_eq!(relay.receive(&bytes, Instant::now()), Came::NotOurs);
        let mut frames = Frames::default();
        let _ = frames.push(&bytes);
    }

    #[test]
    fn any_answer(class in 0..2, code in 0_u16..700, kinds in proptest::collection::vec((any::<u16>(), proptest::collection::vec(any::<u8>(), 0..20)), 0..8)) {
        let now = Instant::now();
        let mut relay = Relay::new(account(), false, now);
        for step in 0..10 {
            relay.tick(now + Duration::from_secs(step));
            while let Some(asked) = relay.poll() {
                let Some(message) = Message::parse(&asked) else { continue };
                let class = if class == 0 { Class::Success } else { Class::Failure };
                let mut answer = Writer::new(message.method, class, message.transaction).put_code(code);
                for (kind, value) in &kinds {
                    let kind = [*kind, attribute::NONCE, attribute::REALM, attribute::ALTERNATE][usize::from(*kind % 4)];
                    answer = answer.put(kind, value);
                }
                relay.receive(&answer.finish(), now);
            }
        }
        let granted = matches!(relay.stand(), Stand::Allocated { .. });
        prop_assert!(!granted);
    }

    #[test]
    fn a_stream_in_any_pieces(cuts in proptest::collection::vec(1_usize..40, 1..40)) {
        let stun = Writer::new(Method::BINDING, Class::Success, [3; 12]).put(attribute::REALM, b"abc").finish();
        let data = [0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0];
        let all: Vec<u8> = [&stun[..], &data[..], &stun[..], &data[..]].concat();
        let (mut frames, mut got, mut at) = (Frames::default(), Vec::new(), 0);
        for cut in cuts.into_iter().chain([all.len()]) {
            let end = (at + cut).min(all.len());
            got.extend(frames.push(&all[at..end]).unwrap());
            at = end;
        }
        prop_assert_eq!(got, vec![stun.clone(), data[..9].to_vec(), stun, data[..9].to_vec()]);
    }
}

#[test]
fn one_who_names_many_peers_fills_no_memory() {
    let now = Instant::now();
    let mut relay = Relay::new(account(), false, now);
    for port in 0..5000 {
        relay.send(SocketAddr::from(([192, 0, 2, 1], port)), &[0; 1200], now);
    }
    assert_eq!(std::iter::from_fn(|| relay.poll()).count(), 1, "nothing before it is granted");
}

#[test]
fn a_stream_that_promises_much_is_closed() {
    let mut frames = Frames::default();
    assert_eq!(frames.push(&[0x40, 0, 0xFF, 0xFF]), None);
    assert_eq!(Frames::default().push(&[0x80, 0, 0, 0]), None);
}
