//! The corpus of odd datagrams (`tests/fuzz/packets.corpus`), replayed in the clear and under encryption.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    rtcp,
    transport::{Attempt, Incoming, Port, Refused, Terms, Transport, Way},
};
use crate::domain::account::Encryption;
use std::{net::SocketAddr, time::Instant};

const CORPUS: &str = include_str!("../../tests/fuzz/packets.corpus");

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[test]
fn every_datagram_meets_its_fate() {
    let way = Way { rtp: at(1), rtcp: at(2), muxed: false, keys: None, dtls: None, ice: None };
    let sealed = |seed| {
        let terms = Terms::new(at(seed), at(seed + 1), Encryption::Required);
        terms.offer(Attempt::First).keys[0].clone()
    };
    let closed = Way { keys: Some((sealed(10), sealed(20))), ..way.clone() };
    let mut count = 0;
    for line in CORPUS.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let (port, fate, hex) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let hex = hex.trim_start_matches('-');
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let port = if port == "media" { Port::Media } else { Port::Control };
        let (mut open, now) = (Transport::new(way.clone()).unwrap(), Instant::now());
        let mut copy = bytes.clone();
        let met = match open.receive(&mut copy, port, at(1), now, |packet| packet.payload_type == 0) {
            Ok(Incoming::Media(_)) => "ok",
            Ok(Incoming::Control(compound)) => rtcp::parse(compound).map_or("malformed", |_| "ok"),
            Err(Refused::Malformed) => "malformed",
            Err(Refused::UnknownPayload) => "unknown",
            Err(_) => "other",
        };
        assert_eq!(met, fate, "{line}");
        let mut transport = Transport::new(closed.clone()).unwrap();
        assert!(transport.receive(&mut bytes.clone(), port, at(1), now, |_| true).is_err(), "{line}");
        count += 1;
    }
    assert!(count > 20);
}
