//! The table of offers and answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::account::Encryption;
use MediaDirection::{Inactive, RecvOnly, SendOnly, SendRecv};

fn here() -> Negotiator {
    let (rtp, rtcp) = ("127.0.0.1:4000".parse().unwrap(), "127.0.0.1:4001".parse().unwrap());
    Negotiator::new(Terms::new(rtp, rtcp, Encryption::Off))
}

fn payload(number: u8, codec: Codec) -> PayloadType {
    PayloadType { number, codec, parameters: String::new() }
}

fn there(payloads: &[(u8, Codec)], events: &[(u8, u32)], direction: MediaDirection) -> SessionDescription {
    SessionDescription {
        rtp: "127.0.0.1:5000".parse().unwrap(),
        rtcp: "127.0.0.1:5001".parse().unwrap(),
        rtcp_mux: false,
        payloads: payloads.iter().map(|(n, c)| payload(*n, *c)).collect(),
        telephone_events: events.to_vec(),
        redundant: None,
        direction,
        ptime: None,
        protection: Default::default(),
        ice: None,
    }
}

#[test]
fn an_offer_holds_all_codecs_and_both_clocks_under_different_numbers() {
    let offer = here().offer(SendRecv);
    let codecs: Vec<_> = offer.payloads.iter().map(|p| (p.number, p.codec)).collect();
    assert_eq!(codecs, [(111, Codec::Opus), (9, Codec::G722), (0, Codec::Pcmu), (8, Codec::Pcma)]);
    assert_eq!(offer.telephone_events, [(100, 48_000), (101, 8_000)]);
    assert!(offer.payloads[0].parameters.contains("useinbandfec=1"));
    assert_eq!((offer.ptime, offer.direction, offer.rtcp_mux), (Some(20), SendRecv, true));
}

#[test]
fn an_answer_mirrors_the_offerers_numbers_and_order() {
    let offer =
        there(&[(8, Codec::Pcma), (96, Codec::Opus), (97, Codec::Opus)], &[(97, 8_000), (98, 16_000)], SendRecv);
    let answer = here().answer(&offer, SendRecv).unwrap();
    let codecs: Vec<_> = answer.payloads.iter().map(|p| (p.number, p.codec)).collect();
    assert_eq!(codecs, [(8, Codec::Pcma), (96, Codec::Opus)]);
    assert_eq!((answer.telephone_events, answer.rtcp_mux), (vec![(97, 8_000)], false));
    assert!(matches!(here().answer(&there(&[], &[], SendRecv), SendRecv), Err(MediaError::NoCommonCodec)));
}

#[test]
fn directions() {
    for (offered, wish, answered) in [
        (SendRecv, SendRecv, SendRecv),
        (SendRecv, SendOnly, SendOnly),
        (SendRecv, Inactive, Inactive),
        (SendOnly, SendRecv, RecvOnly),
        (SendOnly, SendOnly, Inactive),
        (RecvOnly, SendRecv, SendOnly),
        (RecvOnly, RecvOnly, Inactive),
        (Inactive, SendRecv, Inactive),
    ] {
        let offer = there(&[(0, Codec::Pcmu)], &[], offered);
        let answer = here().answer(&offer, wish).unwrap();
        assert_eq!(answer.direction, answered, "{offered:?} {wish:?}");
        let agreed = here().agree(&answer, &offer).unwrap();
        assert_eq!((agreed.sends, agreed.receives), (sends(answered), receives(answered)), "{offered:?} {wish:?}");
    }
}

#[test]
fn an_unspecified_address_holds() {
    let mut offer = there(&[(0, Codec::Pcmu)], &[], SendRecv);
    offer.rtp = "0.0.0.0:5000".parse().unwrap();
    let answer = here().answer(&offer, SendRecv).unwrap();
    assert_eq!(answer.direction, RecvOnly);
    let agreed = here().agree(&answer, &offer).unwrap();
    assert_eq!((agreed.sends, agreed.receives), (false, true));
}

#[test]
fn what_we_send_is_what_the_other_side_likes_best() {
    let mut here = here();
    let offer = here.offer(SendRecv);
    let answer = there(&[(0, Codec::Pcmu), (111, Codec::Opus)], &[(101, 8_000), (100, 48_000)], SendRecv);
    let agreed = here.agree(&offer, &answer).unwrap();
    assert_eq!((agreed.codec, agreed.number, agreed.events_out), (Codec::Pcmu, 0, Some((101, 8_000))));
    assert_eq!(agreed.codecs_in, [(111, Codec::Opus), (9, Codec::G722), (0, Codec::Pcmu), (8, Codec::Pcma)]);
    let wide = there(&[(9, Codec::G722), (0, Codec::Pcmu)], &[(100, 48_000), (101, 8_000)], SendRecv);
    let agreed = here.agree(&offer, &wide).unwrap();
    assert_eq!((agreed.codec, agreed.events_out), (Codec::G722, Some((101, 8_000))), "keys follow the codec's clock");
    let opus = there(&[(111, Codec::Opus)], &[(101, 8_000)], SendRecv);
    assert_eq!(here.agree(&offer, &opus).unwrap().events_out, Some((101, 8_000)), "better the other clock than none");
    let none = there(&[], &[], SendRecv);
    assert!(matches!(here.agree(&offer, &none), Err(MediaError::NoCommonCodec)));
}

#[test]
fn packet_lengths() {
    for (codec, wished, sent) in [
        (Codec::Opus, None, 20),
        (Codec::Opus, Some(30), 20),
        (Codec::Opus, Some(40), 40),
        (Codec::Opus, Some(500), 60),
        (Codec::Pcmu, Some(30), 30),
        (Codec::Pcmu, Some(0), 20),
        (Codec::Pcma, Some(10), 10),
        (Codec::Pcma, Some(1), 10),
        (Codec::G722, Some(40), 40),
    ] {
        assert_eq!(ptime(codec, wished), sent, "{codec:?} {wished:?}");
    }
}

#[test]
fn a_number_keeps_its_meaning_in_later_offers() {
    let mut here = here();
    let offer = there(&[(100, Codec::Opus), (0, Codec::Pcmu)], &[(111, 8_000)], SendRecv);
    let answer = here.answer(&offer, SendRecv).unwrap();
    here.agree(&answer, &offer).unwrap();
    let again = here.offer(SendOnly);
    assert_eq!(again.payloads[0].number, 100);
    assert_eq!(again.telephone_events[1], (111, 8_000));
    let mut numbers: Vec<_> = again.payloads.iter().map(|p| p.number).collect();
    numbers.extend(again.telephone_events.iter().map(|(n, _)| *n));
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 6, "no number means two things");
}

#[test]
fn rtcp_shares_the_port_only_where_both_say_so() {
    let mut here = here();
    let offer = here.offer(SendRecv);
    let mut answer = there(&[(0, Codec::Pcmu)], &[], SendRecv);
    assert_eq!(here.agree(&offer, &answer).unwrap().way.rtcp, answer.rtcp);
    answer.rtcp_mux = true;
    assert_eq!(here.agree(&offer, &answer).unwrap().way.rtcp, answer.rtp);
}

#[test]
fn redundancy_is_used_where_both_know_it_and_speak_opus() {
    let mut negotiator = here();
    let offer = negotiator.offer(MediaDirection::SendRecv);
    assert_eq!(offer.redundant, Some(63));
    let mut answer = there(&[(111, Codec::Opus)], &[], MediaDirection::SendRecv);
    let agreed = negotiator.agree(&offer, &answer).unwrap();
    assert_eq!((agreed.redundant_out, agreed.redundant_in), (None, Some(63)), "they do not know it");
    answer.redundant = Some(63);
    assert_eq!(negotiator.agree(&offer, &answer).unwrap().redundant_out, Some(63));
    let mut offer = there(&[(96, Codec::Opus), (0, Codec::Pcmu)], &[], MediaDirection::SendRecv);
    offer.redundant = Some(97);
    let answer = negotiator.answer(&offer, MediaDirection::SendRecv).unwrap();
    assert_eq!(answer.redundant, Some(97), "under their number");
    offer.payloads.remove(0);
    assert_eq!(negotiator.answer(&offer, MediaDirection::SendRecv).unwrap().redundant, None, "only with Opus");
}
