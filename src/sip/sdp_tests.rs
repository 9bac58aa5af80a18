//! SDP as peers write it, as hostile ones do, and back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::{
    ice::{Candidate, CandidateKind, Ice},
    private::Private,
    protection::{Dtls, Fingerprint, Hash, Setup, Suite},
};
use proptest::prelude::*;
use zeroize::Zeroizing;

fn sdp(session: &str, media: &str) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n{session}t=0 0\r\n{media}").replace('|', "\r\n")
}

fn described(media: &str) -> Result<SessionDescription, SdpError> {
    parse(sdp("c=IN IP4 192.0.2.1|", media).as_bytes()).map(|parsed| parsed.description)
}

fn payload(number: u8, codec: Codec, parameters: &str) -> PayloadType {
    PayloadType { number, codec, parameters: parameters.to_owned() }
}

#[test]
fn an_offer_with_all_that_a_phone_says() {
    let media = "m=audio 4000 RTP/AVP 96 0 8 9 101 100|a=rtpmap:96 OPUS/48000/2|a=fmtp:96 useinbandfec=1; usedtx=0|\
        a=rtpmap:9 G722/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-16|a=rtpmap:100 telephone-event/48000|\
        a=ptime:20|a=sendonly|a=rtcp:4100|a=rtcp-mux|";
    let description = SessionDescription {
        rtp: "192.0.2.1:4000".parse().unwrap(),
        rtcp: "192.0.2.1:4100".parse().unwrap(),
        rtcp_mux: true,
        payloads: vec![
            payload(96, Codec::Opus, "useinbandfec=1; usedtx=0"),
            payload(0, Codec::Pcmu, ""),
            payload(8, Codec::Pcma, ""),
            payload(9, Codec::G722, ""),
        ],
        telephone_events: vec![(101, 8000), (100, 48_000)],
        redundant: None,
        direction: MediaDirection::SendOnly,
        ptime: Some(20),
        protection: Protection::default(),
        ice: None,
    };
    assert_eq!(described(media), Ok(description));
}

#[test]
fn the_media_level_overrides_the_session_level() {
    let of = |session: &str, media: &str| parse(sdp(session, media).as_bytes()).unwrap().description;
    let above = of("c=IN IP4 192.0.2.1|a=inactive|", "m=audio 4000 RTP/AVP 0|");
    assert_eq!((above.rtp.ip(), above.direction), ("192.0.2.1".parse().unwrap(), MediaDirection::Inactive));
    let below = of("c=IN IP4 192.0.2.1|a=inactive|", "m=audio 4000 RTP/AVP 0|c=IN IP6 2001:db8::5|a=recvonly|");
    assert_eq!((below.rtp, below.direction), ("[2001:db8::5]:4000".parse().unwrap(), MediaDirection::RecvOnly));
    let silent = of("c=IN IP4 192.0.2.1/127|", "m=audio 4000/2 RTP/AVPF 0|");
    assert_eq!((silent.rtp.ip(), silent.direction), ("192.0.2.1".parse().unwrap(), MediaDirection::SendRecv));
    assert_eq!(silent.rtcp.port(), 4001);
}

#[test]
fn held_in_the_old_way_keeps_the_unspecified_address() {
    let held = parse(sdp("c=IN IP4 0.0.0.0|", "m=audio 4000 RTP/AVP 0|").as_bytes()).unwrap().description;
    assert!(held.rtp.ip().is_unspecified());
}

#[test]
fn rtcp_may_have_a_port_and_an_address_of_its_own() {
    let rtcp = |attribute: &str| described(&format!("m=audio 4000 RTP/AVP 0|{attribute}|")).unwrap().rtcp.to_string();
    assert_eq!(rtcp("a=rtcp:53020 IN IP4 192.0.2.9"), "192.0.2.9:53020");
    assert_eq!(rtcp("a=rtcp:53020 IN IP6 2001:db8::9"), "[2001:db8::9]:53020");
    assert_eq!(rtcp("a=rtcp:53020"), "192.0.2.1:53020");
    assert_eq!(rtcp("a=rtcp:none"), "192.0.2.1:4001");
    assert_eq!(described("m=audio 65535 RTP/AVP 0|").unwrap().rtcp.port(), 65535);
}

#[test]
fn a_number_is_what_rtpmap_says_it_is() {
    assert_eq!(described("m=audio 4000 RTP/AVP 0|a=rtpmap:0 G729/8000|"), Err(SdpError::NoCodec));
    assert_eq!(described("m=audio 4000 RTP/AVP 97|a=rtpmap:97 pcma/8000/1|").unwrap().payloads[0].codec, Codec::Pcma);
    assert_eq!(described("m=audio 4000 RTP/AVP 97|a=rtpmap:97 opus/48000|").unwrap().payloads[0].codec, Codec::Opus);
    for wide in ["9|", "9|a=rtpmap:9 G722/8000|", "9|a=rtpmap:9 g722/16000|", "97|a=rtpmap:97 G722/16000/1|"] {
        let described = described(&format!("m=audio 4000 RTP/AVP {wide}")).unwrap();
        assert_eq!(described.payloads[0].codec, Codec::G722, "{wide}: 16000 is a common mistake");
    }
    // wideband of another clock, two channels of G.711, a number out of range, one without a map, the same one twice
    for other in ["97|a=rtpmap:97 PCMU/16000|", "97|a=rtpmap:97 PCMU/8000/2|", "256|", "97|", "97|a=rtpmap:97|"] {
        assert_eq!(described(&format!("m=audio 4000 RTP/AVP {other}")), Err(SdpError::NoCodec), "{other}");
    }
    assert_eq!(described("m=audio 4000 RTP/AVP 0 0 0|").unwrap().payloads.len(), 1);
}

#[test]
fn packets_are_no_longer_than_the_bound() {
    for (attributes, ptime) in [
        ("", None),
        ("a=ptime:40|", Some(40)),
        ("a=ptime:40|a=maxptime:20|", Some(20)),
        ("a=maxptime:10|", Some(10)),
        ("a=maxptime:60|", Some(20)),
        ("a=maxptime:0|", None),
    ] {
        let text = format!("m=audio 4000 RTP/AVP 0|{attributes}");
        assert_eq!(described(&text).unwrap().ptime, ptime, "{attributes}");
    }
}

#[test]
fn why_a_body_cannot_be_used() {
    let reason = |session: &str, media: &str| parse(sdp(session, media).as_bytes()).err();
    let here = "c=IN IP4 192.0.2.1|";
    for (session, media, error) in [
        (here, "", SdpError::NoAudio),
        (here, "m=video 4000 RTP/AVP 31|", SdpError::NoAudio),
        (here, "m=audio 4000 UDP/TLS/RTP/SAVP 0|", SdpError::NoKey),
        (here, "m=audio 4000 TCP/TLS/RTP/SAVP 0|", SdpError::NoAudio),
        (here, "m=audio 4000 RTP/SAVP 0|", SdpError::NoKey),
        (here, "m=audio 4000 RTP/SAVPF 0|a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA|", SdpError::NoKey),
        (here, "m=audio 0 RTP/AVP 0|", SdpError::Refused),
        (here, "m=audio 4000 RTP/AVP 18|", SdpError::NoCodec),
        ("", "m=audio 4000 RTP/AVP 0|", SdpError::Address),
        ("c=IN IP4 phone.test|", "m=audio 4000 RTP/AVP 0|", SdpError::Address),
        (here, "m=audio 4000 RTP/AVP 0|c=IN IP4 phone.test|", SdpError::Address),
        ("c=IN IP4 224.2.1.1/127|", "m=audio 4000 RTP/AVP 0|", SdpError::Address),
        ("c=IN IP4 255.255.255.255|", "m=audio 4000 RTP/AVP 0|", SdpError::Address),
        (here, "m=audio|", SdpError::NotSdp),
        (here, "m=audio 4000 RTP/AVP|", SdpError::NotSdp),
        (here, "m=audio 70000 RTP/AVP 0|", SdpError::NotSdp),
        (here, "m=audio 4000 RTP/AVP \u{1}|", SdpError::NotSdp),
    ] {
        assert_eq!(reason(session, media), Some(error), "{session} {media}");
    }
    for junk in [&b""[..], b"hello", b"<sdp/>", b"\xff\xfe", b"v=1\r\nm=audio 1 RTP/AVP 0\r\n"] {
        assert_eq!(parse(junk), Err(SdpError::NotSdp));
    }
    assert_eq!(reason(here, &"m=audio 4000 RTP/AVP 0|".repeat(MOST_LINES + 1)), Some(SdpError::NotSdp));
}

#[test]
fn titles_of_any_charset_and_lone_newlines_are_borne() {
    let body =
        b"v=0\no=J\xfcrgen 1 1 IN IP4 x\ns=Gr\xfc\xdfe\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 0\nz\na=\n";
    assert_eq!(parse(body).unwrap().description.rtp.port(), 4000);
}

#[test]
fn an_answer_lists_every_line_and_refuses_the_others() {
    let offer = "m=video 5000 RTP/AVP 31 32|a=mid:v0|m=audio 0 RTP/AVP 0|m=audio 4000 RTP/SAVP 0|m=audio 4000 RTP/AVPF 8|a=mid:a b|a=mid:a0|\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel|m=audio 4002 RTP/AVP 0|";
    let offer = parse(sdp("c=IN IP4 192.0.2.1|", offer).as_bytes()).unwrap();
    assert_eq!(offer.description.payloads, [payload(8, Codec::Pcma, "")]);
    let answer = write_within(&offer.description, &offer.lines, 7, 8);
    let lines: Vec<_> = answer.lines().filter(|line| line.starts_with("m=")).collect();
    let expected = [
        "m=video 0 RTP/AVP 31",
        "m=audio 0 RTP/AVP 0",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 4000 RTP/AVPF 8",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        "m=audio 0 RTP/AVP 0",
    ];
    assert_eq!(lines, expected);
    let mids: Vec<_> = answer.lines().filter(|line| line.starts_with("a=mid")).collect();
    assert_eq!(mids, ["a=mid:v0", "a=mid:a0"]);
    // what we wrote is read back by the other side, whose later offer has the same lines
    let again = parse(answer.as_bytes()).unwrap();
    assert_eq!((again.description, again.lines), (offer.description, offer.lines));
}

#[test]
fn what_is_written() {
    let description = SessionDescription {
        rtp: "[2001:db8::1]:4000".parse().unwrap(),
        rtcp: "[2001:db8::1]:4001".parse().unwrap(),
        rtcp_mux: true,
        payloads: vec![payload(96, Codec::Opus, "useinbandfec=1\r\na=evil"), payload(0, Codec::Pcmu, "")],
        telephone_events: vec![(101, 48_000)],
        redundant: None,
        direction: MediaDirection::SendRecv,
        ptime: Some(20),
        protection: Protection::default(),
        ice: None,
    };
    let expected = "v=0|o=- 12 3 IN IP6 2001:db8::1|s=-|c=IN IP6 2001:db8::1|t=0 0|m=audio 4000 RTP/AVP 96 0 101|\
        a=rtpmap:96 opus/48000/2|a=fmtp:96 useinbandfec=1a=evil|a=rtpmap:0 PCMU/8000|\
        a=rtpmap:101 telephone-event/48000|a=fmtp:101 0-15|a=ptime:20|a=sendrecv|a=rtcp-mux|";
    assert_eq!(write_within(&description, &MediaLines::default(), 12, 3), expected.replace('|', "\r\n"));
}

const KEY: &str = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

#[test]
fn keys_with_either_profile() {
    for (protocol, profile) in
        [("RTP/AVP", Profile::Open), ("RTP/SAVP", Profile::Secure), ("rtp/savpf", Profile::Secure)]
    {
        let keys = format!(
            "a=crypto:1 AES_CM_128_HMAC_SHA1_32 {KEY}|a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}|\
             a=crypto:2 NEW_SUITE {KEY}|a=crypto:3 AES_CM_128_HMAC_SHA1_80 {KEY}|"
        );
        let parsed =
            parse(sdp("c=IN IP4 192.0.2.1|", &format!("m=audio 4000 {protocol} 0|{keys}")).as_bytes()).unwrap();
        let protection = &parsed.description.protection;
        let read: Vec<_> = protection.keys.iter().map(|key| (key.tag, key.suite)).collect();
        assert_eq!(protection.profile, profile);
        assert_eq!(read, [(1, Suite::Aes128Sha32), (3, Suite::Aes128Sha80)], "a tag names one key");
        let written = write_within(&parsed.description, &parsed.lines, 1, 1);
        assert!(written.contains(&format!("m=audio 4000 {protocol} 0\r\n")), "{protocol}");
        assert!(written.contains(&format!("a=crypto:3 AES_CM_128_HMAC_SHA1_80 {KEY}\r\n")), "{protocol}");
        // an offer of ours under the other profile
        let mut other = parsed.description.clone();
        other.protection.profile = if profile == Profile::Open { Profile::Secure } else { Profile::Open };
        let written = write_within(&other, &parsed.lines, 1, 1);
        let feedback = if protocol.ends_with('f') { "F" } else { "" };
        let expected = if profile == Profile::Open { "SAVP" } else { "AVP" };
        assert!(written.contains(&format!("m=audio 4000 RTP/{expected}{feedback} 0\r\n")), "{protocol}");
    }
}

#[test]
fn of_two_lines_the_one_with_a_key_is_taken() {
    let key = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 {KEY}|");
    let port = |media: &str| described(media).map(|description| description.rtp.port());
    assert_eq!(port(&format!("m=audio 4000 RTP/AVP 0|m=audio 4002 RTP/SAVP 0|{key}")), Ok(4002));
    assert_eq!(port(&format!("m=audio 4000 RTP/SAVP 0|{key}m=audio 4002 RTP/AVP 0|")), Ok(4000));
    assert_eq!(port("m=audio 4000 RTP/SAVP 0|m=audio 4002 RTP/AVP 0|"), Ok(4002));
    assert_eq!(port("m=audio 4000 RTP/AVP 0|m=audio 4002 RTP/AVP 0|"), Ok(4000));
}

fn unicast_ip() -> impl Strategy<Value = IpAddr> {
    any::<IpAddr>().prop_filter("a host", |ip| !ip.is_multicast() && *ip != IpAddr::from([255; 4]))
}

prop_compose! {
    fn dtls()(
        digests in proptest::collection::vec((0usize..3, any::<u8>()), 1..4),
        (setup, id) in (0usize..3, proptest::option::of("[a-zA-Z0-9+/_-]{20,40}")),
    ) -> Dtls {
        let fingerprints = digests.into_iter().map(|(hash, byte)| {
            let (hash, length) = [(Hash::Sha256, 32), (Hash::Sha384, 48), (Hash::Sha512, 64)][hash];
            Fingerprint { hash, digest: vec![byte; length] }
        });
        let setup = [Setup::ActPass, Setup::Active, Setup::Passive][setup];
        Dtls { fingerprints: fingerprints.collect(), setup, id }
    }
}

prop_compose! {
    /// With the address that `c=` and the m-line name among its candidates.
    fn ice(default: SocketAddr)(
        (ufrag, pwd) in ("[a-zA-Z0-9+/]{4,256}", "[a-zA-Z0-9+/]{22,256}"),
        (lite, trickle) in (any::<bool>(), any::<bool>()),
        more in proptest::collection::vec(
            ("[a-zA-Z0-9+/]{1,32}", 1u8..3, 1u32.., 0usize..4, proptest::option::of((any::<IpAddr>(), any::<u16>()))), 1..6),
    ) -> Ice {
        use CandidateKind::{Host, PeerReflexive, Relayed, ServerReflexive};
        let candidates = more.into_iter().enumerate().map(|(at, (foundation, component, priority, kind, related))| {
            let own = SocketAddr::from(([192, 0, 2, 1], at as u16 + 1));
            Candidate {
                foundation,
                component: if at == 0 { 1 } else { component },
                priority,
                address: if at == 0 { default } else { own },
                kind: [Host, ServerReflexive, PeerReflexive, Relayed][kind],
                related: related.map(SocketAddr::from),
            }
        });
        Ice { ufrag, pwd: Private::new(pwd), candidates: candidates.collect(), lite, trickle }
    }
}

prop_compose! {
    fn with_path()(plain in description())(
        ice in proptest::option::of(ice(plain.rtp)),
        dtls in proptest::option::of(dtls()),
        (profile, feedback) in (0usize..3, any::<bool>()),
        plain in Just(plain),
    ) -> SessionDescription {
        let ice = ice.filter(|_| !plain.rtp.ip().is_unspecified() && plain.rtp.ip() != IpAddr::from([192, 0, 2, 1]));
        let profile = match profile {
            2 if dtls.is_some() => Profile::Dtls,
            1 if dtls.is_some() => Profile::Secure,
            _ => plain.protection.profile,
        };
        SessionDescription { ice: ice.map(Box::new), protection: Protection { dtls: dtls.map(Box::new), profile, feedback, ..plain.protection }, ..plain }
    }
}

prop_compose! {
    fn description()(
        (ip, port, rtcp_ip, rtcp_port) in (unicast_ip(), 1u16.., unicast_ip(), 1u16..),
        apart in any::<bool>(),
        numbers in proptest::collection::hash_set(0u8..128, 2..8),
        codecs in proptest::collection::vec((0usize..4, "([a-z]{1,9}=[a-z0-9]{1,9})?"), 8),
        keys in 0usize..2,
        (direction, ptime, rtcp_mux) in (0usize..4, proptest::option::of(1u16..), any::<bool>()),
        (secure, suites) in (any::<bool>(), proptest::collection::vec((0usize..6, any::<u8>()), 0..4)),
    ) -> SessionDescription {
        use MediaDirection::{Inactive, RecvOnly, SendOnly, SendRecv};
        let mut numbers: Vec<_> = numbers.into_iter().collect();
        let telephone_events = numbers.drain(..keys).map(|number| (number, 8000)).collect();
        let payloads = numbers.into_iter().zip(codecs);
        let payloads = payloads.map(|(number, (codec, parameters))| {
            payload(number, [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma][codec], &parameters)
        });
        let rtp = SocketAddr::new(ip, port);
        let keys: Vec<_> = suites.into_iter().zip(1..).map(|((suite, byte), tag)| {
            let suite = Suite::ALL[suite];
            let key = vec![byte; suite.key_length() + suite.salt_length()];
            SdesKey { tag, suite, key: Private::new(Zeroizing::new(key)), mki: Vec::new() }
        }).collect();
        let profile = if secure && !keys.is_empty() { Profile::Secure } else { Profile::Open };
        let protection = Protection { profile, keys, ..Protection::default() };
        SessionDescription {
            rtp,
            rtcp: if apart { SocketAddr::new(rtcp_ip, rtcp_port) } else { next_port(rtp) },
            rtcp_mux,
            payloads: payloads.collect(),
            telephone_events,
            redundant: None,
            direction: [SendRecv, SendOnly, RecvOnly, Inactive][direction],
            ptime,
            protection,
            ice: None,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(description in with_path(), session: u64, version: u64) {
        let parsed = parse(write_within(&description, &MediaLines::default(), session, version).as_bytes()).unwrap();
        prop_assert_eq!(parsed.description, description);
        prop_assert_eq!((parsed.lines.lines.len(), parsed.lines.audio), (1, 0));
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
        let _ = parse(&[b"v=0\n", bytes.as_slice()].concat());
    }

    #[test]
    fn hostile_fields_never_panic_and_answers_keep_to_their_lines(
        fields in proptest::collection::vec(
            "(m=audio |m=|c=IN IP4 |c=|a=rtpmap:|a=fmtp:|a=rtcp:|a=ptime:|a=ice-|a=candidate:|a=fingerprint:|a=crypto:|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:|a=)[ -~\u{1}\u{fc}]{0,30}", 0..30),
    ) {
        if let Ok(parsed) = parse(format!("v=0\r\n{}\r\n", fields.join("\r\n")).as_bytes()) {
            let offered = fields.iter().filter(|field| field.starts_with("m=")).count();
            let answer = write_within(&parsed.description, &parsed.lines, 1, 1);
            prop_assert_eq!(answer.lines().filter(|line| line.starts_with("m=")).count(), offered);
            prop_assert_eq!(parse(answer.as_bytes()).map(|parsed| parsed.lines.audio), Ok(parsed.lines.audio));
        }
    }
}

#[test]
fn redundancy_of_opus_is_read_and_written_and_of_others_left_alone() {
    let of = |fmtp: &str| {
        let media = format!(
            "m=audio 4000 RTP/AVP 111 0 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n{fmtp}a=sendrecv\r\n"
        );
        parse(sdp("c=IN IP4 10.0.0.1\r\n", &media).as_bytes()).unwrap().description
    };
    for fmtp in ["a=fmtp:63 111/111\r\n", "a=fmtp:63 111\r\n", ""] {
        let described = of(fmtp);
        assert_eq!(described.redundant, Some(63), "{fmtp}");
        let text = write_within(&described, &MediaLines::default(), 1, 1);
        assert!(text.contains("a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"), "{text}");
        assert!(text.contains(" 111 0 63\r\n"), "{text}");
        assert_eq!(parse(text.as_bytes()).unwrap().description.redundant, Some(63));
    }
    assert_eq!(of("a=fmtp:63 0/0\r\n").redundant, None);
    assert_eq!(of("a=fmtp:63 111/0\r\n").redundant, None);
}
