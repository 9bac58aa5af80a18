//! STUN from anybody: no panic, nothing learnt without the password, bounded memory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    super::{IceWay, Port},
    stun::{Class, Message, Method, Writer, attribute},
    tests::{Side, at},
    *,
};
use crate::domain::ice::Ice;
use proptest::prelude::*;
use std::time::Instant;

fn side() -> (Side, Instant) {
    let (mut side, now) = (Side::new(1000, 5), Instant::now());
    let theirs = Credentials::new().unwrap();
    let theirs = Ice { ufrag: theirs.ufrag, pwd: theirs.pwd, candidates: Vec::new(), lite: false, trickle: true };
    let way = IceWay { ours: side.credentials.clone(), theirs, controlling: false };
    side.agent.agree(&way, true, now);
    (side, now)
}

/// A check as the other side would send it, under this password.
fn check(side: &Side, theirs: &str, key: &str, n: u64) -> Vec<u8> {
    let mut transaction = [0; 12];
    transaction[..8].copy_from_slice(&n.to_be_bytes());
    Writer::new(Method::BINDING, Class::Request, transaction)
        .put(attribute::USERNAME, format!("{}:{theirs}", side.credentials.ufrag).as_bytes())
        .put(attribute::PRIORITY, &[110, 0, 0, 1])
        .put(attribute::CONTROLLING, &n.to_be_bytes())
        .put(attribute::USE_CANDIDATE, &[])
        .sign(key.as_bytes())
        .finish()
}

#[test]
fn the_published_messages_read_as_they_should() {
    // RFC 5769 sections 2.1 and 2.2
    let hex = |text: &str| -> Vec<u8> {
        let text: String = text.split_whitespace().collect();
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let request =
        hex("000100582112a442b7e7a701bc34d686fa87dfae 802200105354554e207465737420636c69656e74 002400046e0001ff \
         80290008932ff9b151263b36 000600096576746a3a68367659202020 000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 \
         80280004e57a3bcf");
    let message = Message::parse(&request).unwrap();
    assert_eq!((message.method, message.class), (Method::BINDING, Class::Request));
    assert_eq!(message.text(attribute::USERNAME), Some("evtj:h6vY"));
    assert_eq!(message.u32(attribute::PRIORITY), Some(0x6E00_01FF));
    assert!(message.is_authentic(b"VOkJxbRl1RmTxUk/WvJxBt"));
    assert!(!message.is_authentic(b"VOkJxbRl1RmTxUk/WvJxBu"));
    let response =
        hex("0101003c2112a442b7e7a701bc34d686fa87dfae 8022000b7465737420766563746f7220 002000080001a147e112a643 \
         000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004c07d4c96");
    let message = Message::parse(&response).unwrap();
    assert_eq!(message.address(attribute::XOR_MAPPED_ADDRESS), Some("192.0.2.1:32853".parse().unwrap()));
    assert!(message.is_authentic(b"VOkJxbRl1RmTxUk/WvJxBt"));
    let response = hex("010100482112a442b7e7a701bc34d686fa87dfae 8022000b7465737420766563746f7220 \
         002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9 00080014a382954e4be67bf11784c97c8292c275bfe3ed41 80280004c8fb0b4c");
    let mapped = Message::parse(&response).unwrap().address(attribute::XOR_MAPPED_ADDRESS);
    assert_eq!(mapped, Some("[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap()));
}

#[test]
fn what_stands_behind_the_integrity_is_not_read() {
    let message = Writer::new(Method::BINDING, Class::Request, [1; 12]).put(attribute::PRIORITY, &[0, 0, 0, 1]);
    let bytes = message.sign(b"key").put(attribute::USE_CANDIDATE, &[]).finish();
    let message = Message::parse(&bytes).unwrap();
    assert!(message.is_authentic(b"key") && message.attribute(attribute::USE_CANDIDATE).is_none());
}

proptest! {
    #[test]
    fn any_bytes(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), shape: bool) {
        if shape && bytes.len() >= 20 {
            bytes.truncate(bytes.len() / 4 * 4);
            let length = (bytes.len() - 20) as u16;
            bytes[..8].copy_from_slice(&[0, 1, (length >> 8) as u8, length as u8, 0x21, 0x12, 0xA4, 0x42]);
        }
        let (mut side, now) = side();
        if let Some(message) = Message::parse(&bytes) {
            let _ = (message.code(), message.address(attribute::XOR_MAPPED_ADDRESS), message.plain_address(1));
            prop_assert!(!side.agent.receive(&message, (Port::Media, Via::Direct, at(9)), now));
            prop_assert!(side.agent.poll().is_none());
        }
    }

    #[test]
    fn any_damage(at_index: prop::sample::Index, flip in 1_u8..=255) {
        let (mut side, now) = side();
        let key = side.credentials.pwd.expose().clone();
        let mut bytes = check(&side, "x", &key, 1);
        let place = at_index.index(bytes.len() - 8); // the fingerprint is not authentic itself
        bytes[place] ^= flip;
        if let Some(message) = Message::parse(&bytes) {
            prop_assert!(!side.agent.receive(&message, (Port::Media, Via::Direct, at(9)), now));
        }
    }
}

#[test]
fn without_the_password_nothing_is_learnt_and_nobody_answered() {
    let (mut side, now) = side();
    for n in 0..1000 {
        let bytes = check(&side, "x", "guess", n);
        let message = Message::parse(&bytes).unwrap();
        assert!(!side.agent.receive(&message, (Port::Media, Via::Direct, at(9)), now));
    }
    assert!(side.agent.poll().is_none() && side.agent.remotes.is_empty() && side.agent.pairs.is_empty());
}

#[test]
fn one_who_has_the_password_cannot_fill_the_memory() {
    for early in [true, false] {
        let (mut side, now) = if early { (Side::new(1000, 5), Instant::now()) } else { side() };
        let theirs = side.agent.theirs.as_ref().map_or("x".to_owned(), |theirs| theirs.ufrag.clone());
        let key = side.credentials.pwd.expose().clone();
        for n in 0..5000 {
            let bytes = check(&side, &theirs, &key, n);
            let message = Message::parse(&bytes).unwrap();
            side.agent.receive(&message, (Port::Media, Via::Direct, at(n as u16 + 1)), now);
            while side.agent.poll().is_some() {}
        }
        assert!(side.agent.remotes.len() <= 64 && side.agent.pairs.len() <= 100);
        assert!(side.agent.triggered.len() <= 100);
    }
}
