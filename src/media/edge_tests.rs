//! The edge under a flood: what one look at a port costs is bounded, and the other work is not kept waiting.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    domain::{
        account::Encryption,
        session::{Codec, MediaDirection, SessionDescription},
    },
    media::{
        Helpers,
        negotiate::Negotiator,
        packet::Rtp,
        transport::{Terms, Way},
    },
    net::Bind,
};

/// Datagrams of all kinds of rubbish, and of well formed RTP that nobody asked for.
fn rubbish(n: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    match n % 4 {
        0 => bytes.extend(n.to_be_bytes().repeat(50)),
        1 => bytes.extend([0x80, 200, 0, 6, 1, 2, 3, 4]),
        _ => Rtp {
            marker: false,
            payload_type: 0,
            sequence: n.wrapping_mul(7),
            timestamp: 0,
            ssrc: 9,
            payload: &[0; 160],
        }
        .write(&mut bytes),
    }
    bytes
}

#[tokio::test]
async fn a_flood_is_read_in_bounded_portions_and_the_call_goes_on() {
    for policy in [Encryption::Off, Encryption::Required] {
        let (rtp, rtcp) =
            (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let (at, control) = (rtp.local_addr().unwrap(), rtcp.local_addr().unwrap());
        let (tell, _events) = mpsc::channel(8);
        let (count, _statistics) = watch::channel(Statistics::default());
        let link = Link::new(None, [at, control], 0, Instant::now());
        let streams = Streams::new(Bind::default(), Helpers::default());
        let (local, _) = watch::channel(Local::default());
        let mut edge = Edge::new(Ground { rtp, rtcp, link, streams, local }, tell, count);
        let peer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let there = peer.local_addr().unwrap();
        let mut ours = Negotiator::new(Terms::new(at, control, policy));
        let mut theirs = Negotiator::new(Terms::new(there, there, policy));
        let mut offer = ours.offer(MediaDirection::SendRecv);
        offer.payloads.retain(|payload| payload.codec == Codec::Pcmu);
        let answer = theirs.answer(&offer, MediaDirection::SendRecv).unwrap();
        edge.apply(ours.agree(&offer, &answer).unwrap());
        let refused = |edge: &Edge| {
            let count = &edge.count;
            (count.malformed + count.foreign + count.forged + count.unknown_payload) as usize
        };
        let mut datagram = [0; LARGEST + 1];
        let flood = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        // the other side speaks, so that the flood is foreign to it
        let mut packet = Vec::new();
        Rtp { marker: true, payload_type: 0, sequence: 1, timestamp: 0, ssrc: 1, payload: &[0; 160] }
            .write(&mut packet);
        let mut far = Transport::new(mirror(&theirs, &answer, &offer)).unwrap();
        far.send(&mut packet, Port::Media).unwrap();
        peer.send_to(&packet, at).await.unwrap();
        edge.rtp.readable().await.unwrap();
        edge.read(Port::Media, &mut datagram);
        assert_eq!(edge.count.received, 1, "{policy:?}");
        let (mut looks, mut sent) = (0, 0);
        for n in 0..50 {
            for m in 0..100 {
                sent += usize::from(flood.send_to(&rubbish(n * 100 + m), at).await.is_ok());
            }
            // what waits is taken in portions, and a packet time passes between them
            while refused(&edge) < sent {
                let before = refused(&edge);
                edge.rtp.readable().await.unwrap();
                edge.read(Port::Media, &mut datagram);
                let taken = refused(&edge) - before;
                assert!(taken <= AT_ONCE, "{taken} at once");
                looks += 1;
                edge.tick(Instant::now() + Duration::from_millis(5 * looks));
            }
        }
        assert_eq!(refused(&edge), sent);
        assert!(looks >= sent as u64 / AT_ONCE as u64);
        assert!(edge.count.sent > 0, "we went on speaking");
        let mut packet = Vec::new();
        Rtp { marker: false, payload_type: 0, sequence: 2, timestamp: 160, ssrc: 1, payload: &[0; 160] }
            .write(&mut packet);
        far.send(&mut packet, Port::Media).unwrap();
        peer.send_to(&packet, at).await.unwrap();
        edge.rtp.readable().await.unwrap();
        edge.read(Port::Media, &mut datagram);
        assert_eq!(edge.count.received, 2, "{policy:?}: the call is as it was");
    }
}

/// The other side's way.
fn mirror(theirs: &Negotiator, answer: &SessionDescription, offer: &SessionDescription) -> Way {
    theirs.clone().agree(answer, offer).unwrap().way
}
