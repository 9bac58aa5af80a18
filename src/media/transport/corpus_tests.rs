//! The corpus of odd datagrams of STUN, TURN and DTLS (`tests/fuzz/paths.corpus`), replayed against a link that waits for its
//! checks and its handshake.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::{ice::Ice, private::Private};

const CORPUS: &str = include_str!("../../../tests/fuzz/paths.corpus");

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A link of somebody with published credentials (RFC 5769), so that the corpus may hold authentic messages.
fn link(now: Instant) -> Link {
    let ours = Credentials { ufrag: "evtj".into(), pwd: Private::from("VOkJxbRl1RmTxUk/WvJxBt") };
    let (ufrag, pwd, candidates) = ("h6vY".into(), Private::from("somebody-else's-password"), Vec::new());
    let theirs = Ice { ufrag, pwd, candidates, lite: false, trickle: true };
    let identity = Identity::new().unwrap();
    let dtls = Some(DtlsWay { peer: vec![identity.fingerprint()], identity, active: false, id: (None, None) });
    let ice = Some(IceWay { ours: ours.clone(), theirs, controlling: false });
    let mut link = Link::new(Some((ours, 1)), [at(1), at(2)], 0, now);
    link.agree(&Way { rtp: at(3), rtcp: at(4), muxed: false, keys: None, dtls, ice }, now);
    link
}

#[test]
fn every_datagram_meets_its_fate() {
    let mut count = 0;
    for line in CORPUS.lines().filter(|line| !line.starts_with('#')) {
        let (fate, hex) = line.split_once(' ').unwrap();
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let now = Instant::now();
        let mut link = link(now);
        let met = match link.receive(&bytes, (Port::Media, Hop::Datagram(at(3))), now) {
            Ok(None) => "own",
            Ok(Some(_)) => "packet",
            Err(Refused::Malformed) => "malformed",
            Err(Refused::Foreign) => "foreign",
            Err(_) => "other",
        };
        assert_eq!(met, fate, "{line}");
        link.tick(now);
        assert!(std::iter::from_fn(|| link.poll_event()).all(|happened| !matches!(happened, Happened::Keys(..))));
        count += 1;
    }
    assert!(count > 20);
}
