//! ICE and DTLS in SDP: as peers write it, addresses changed on the way, and the corpus of odd lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::{
    domain::{
        protection::{Dtls, Hash, Profile, Setup},
        session::SessionDescription,
    },
    sip::{
        sdp::{self, SdpError},
        sdp_dtls::DtlsFields,
    },
};
use proptest::prelude::*;

const UFRAG: &str = "a=ice-ufrag:8hhY|a=ice-pwd:asd88fgpdd777uzjYhagZg|";
const HOST: &str = "a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host|";
const PRINT: &str = "a=fingerprint:sha-256 00:07:0E:15:1C:23:2A:31:38:3F:46:4D:54:5B:62:69:70:77:7E:85:8C:93:9A:A1:A8:AF:\
                     B6:BD:C4:CB:D2:D9|";

fn sdp(session: &str, media: &str) -> Vec<u8> {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n{session}t=0 0\r\n{media}").replace('|', "\r\n").into_bytes()
}

fn described(session: &str, media: &str) -> Result<SessionDescription, SdpError> {
    sdp::parse(&sdp(&format!("c=IN IP4 192.0.2.1|{session}"), media)).map(|parsed| parsed.description)
}

fn ice(session: &str, media: &str) -> Option<Ice> {
    described(session, &format!("m=audio 4000 RTP/AVP 0|{media}")).unwrap().ice.map(|ice| *ice)
}

fn dtls(session: &str, media: &str) -> Option<Dtls> {
    described(session, &format!("m=audio 4000 RTP/AVP 0|{media}")).unwrap().protection.dtls.map(|dtls| *dtls)
}

#[test]
fn a_browser_that_hides_its_address() {
    let media = format!(
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0|c=IN IP4 0.0.0.0|a=rtcp:9 IN IP4 0.0.0.0|{UFRAG}\
         a=ice-options:trickle|{PRINT}a=setup:actpass|a=mid:0|a=sendrecv|a=rtcp-mux|a=rtpmap:111 opus/48000/2|\
         a=candidate:1 1 udp 2113937151 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 53000 typ host generation 0|\
         a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active|\
         a=candidate:3 1 udp 1677729535 198.51.100.7 53001 typ srflx raddr 0.0.0.0 rport 0 generation 0|"
    );
    let parsed = sdp::parse(&sdp("a=group:BUNDLE 0|", &media)).unwrap();
    let description = &parsed.description;
    let ice = description.ice.clone().unwrap();
    assert!(ice.trickle && !ice.lite);
    let [only] = &ice.candidates[..] else { panic!("{ice:?}") };
    assert_eq!((only.kind, only.address), (CandidateKind::ServerReflexive, "198.51.100.7:53001".parse().unwrap()));
    assert_eq!((description.protection.profile, description.protection.feedback), (Profile::Dtls, true));
    assert_eq!(description.protection.dtls.as_ref().map(|dtls| dtls.setup), Some(Setup::ActPass));
    let answer = String::from_utf8(write(description, &parsed.lines)).unwrap();
    assert!(answer.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\n"), "{answer}");
}

fn write(description: &SessionDescription, lines: &sdp::MediaLines) -> Vec<u8> {
    sdp::write_within(description, lines, 1, 1).into_bytes()
}

#[test]
fn credentials_of_either_level() {
    let own = ice("", &format!("{UFRAG}{HOST}")).unwrap();
    assert_eq!((own.ufrag.as_str(), own.pwd.expose().as_str()), ("8hhY", "asd88fgpdd777uzjYhagZg"));
    assert_eq!(ice(UFRAG, HOST), Some(own.clone()));
    let other = "a=ice-ufrag:other|a=ice-pwd:0123456789012345678901|";
    assert_eq!(ice(other, &format!("{UFRAG}{HOST}")), Some(own.clone()));
    assert!(ice("a=ice-lite|", &format!("{UFRAG}{HOST}")).unwrap().lite);
    for broken in [
        "",
        "a=ice-ufrag:8hhY|",
        "a=ice-pwd:asd88fgpdd777uzjYhagZg|",
        "a=ice-ufrag:8hh|a=ice-pwd:asd88fgpdd777uzjYhagZg|",
        "a=ice-ufrag:8hhY|a=ice-pwd:asd88fgpdd777uzjYhagZ|",
        "a=ice-ufrag:8h Y|a=ice-pwd:asd88fgpdd777uzjYhagZg|",
        "a=ice-ufrag:8hh\u{e4}|a=ice-pwd:asd88fgpdd777uzjYhagZg|",
    ] {
        assert_eq!(ice("", &format!("{broken}{HOST}")), None, "{broken}");
    }
    let long = "x".repeat(257);
    assert_eq!(ice("", &format!("a=ice-ufrag:{long}|a=ice-pwd:asd88fgpdd777uzjYhagZg|{HOST}")), None);
}

#[test]
fn more_may_come_only_where_it_is_said() {
    let trickle = |session: &str, media: &str| ice(session, &format!("{UFRAG}{media}")).map(|ice| ice.trickle);
    assert_eq!(trickle("", HOST), Some(false));
    assert_eq!(trickle("a=ice-options:ice2 Trickle|", HOST), Some(true));
    assert_eq!(trickle("", &format!("a=ice-options:trickle|{HOST}a=end-of-candidates|")), Some(false));
    assert_eq!(trickle("", "a=ice-options:trickle|"), Some(true), "none yet");
}

#[test]
fn addresses_changed_on_the_way_are_no_ice_and_an_answer_says_so() {
    let other = "a=candidate:1 1 UDP 2130706431 198.51.100.9 4000 typ host|";
    let tcp = "a=candidate:1 1 TCP 1 192.0.2.1 4000 typ host|";
    for (media, mismatch) in [
        (format!("{UFRAG}{other}"), true),
        (format!("{UFRAG}{}", HOST.replace(" 4000", " 4002")), true),
        (format!("{UFRAG}{}", HOST.replace("1 1 ", "1 2 ")), true),
        (UFRAG.to_owned(), true),
        (format!("{UFRAG}{other}{HOST}"), false),
        // what cannot be used still names the address
        (format!("{UFRAG}{other}{tcp}"), false),
        (HOST.to_owned(), false),
    ] {
        let parsed = sdp::parse(&sdp("c=IN IP4 192.0.2.1|", &format!("m=audio 4000 RTP/AVP 0|{media}"))).unwrap();
        let ice = parsed.description.ice.clone();
        assert_eq!(ice.is_some(), !mismatch && media.contains("ufrag"), "{media}");
        let answer = String::from_utf8(write(&parsed.description, &parsed.lines)).unwrap();
        assert_eq!(answer.contains("a=ice-mismatch\r\n"), mismatch, "{answer}");
    }
    assert_eq!(ice("", &format!("{UFRAG}{HOST}a=ice-mismatch|")), None, "they say it of our offer");
    let open = described("", &format!("m=audio 9 RTP/AVP 0|c=IN IP4 0.0.0.0|{UFRAG}{other}")).unwrap();
    assert!(open.ice.is_some(), "a destination that is not known yet cannot differ");
}

#[test]
fn candidates_are_bounded_and_told_apart() {
    let many: String = (1..500).map(|port| format!("a=candidate:1 1 UDP 1 192.0.2.1 {port} typ host|")).collect();
    let found = ice("", &format!("{UFRAG}a=candidate:1 1 UDP 2 192.0.2.1 4000 typ host|{many}")).unwrap();
    assert_eq!(found.candidates.len(), MOST_CANDIDATES);
    let twice = ice("", &format!("{UFRAG}{HOST}{HOST}{}", HOST.replace("1 1 ", "1 2 "))).unwrap();
    assert_eq!(twice.candidates.iter().map(|c| c.component).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn fingerprints_of_either_level_and_roles() {
    let own = dtls("", &format!("{PRINT}a=setup:active|a=tls-id:abcdefghij0123456789|")).unwrap();
    assert_eq!((own.setup, own.id.as_deref()), (Setup::Active, Some("abcdefghij0123456789")));
    assert_eq!((own.fingerprints[0].hash, own.fingerprints[0].digest.len()), (Hash::Sha256, 32));
    let above = dtls(&format!("{PRINT}a=setup:passive|a=tls-id:short|"), "").unwrap();
    assert_eq!((above.setup, above.id), (Setup::Passive, None));
    let both = dtls(PRINT, &format!("{}a=setup:actpass|", PRINT.replace("00:07", "FF:07"))).unwrap();
    assert_eq!(both.fingerprints.iter().map(|print| print.digest[0]).collect::<Vec<_>>(), [255], "its own");
    assert_eq!(dtls(PRINT, "").map(|dtls| dtls.setup), Some(Setup::ActPass));
    assert_eq!(dtls(PRINT, "a=setup:holdconn|"), None);
    assert_eq!(
        dtls("", "a=setup:active|a=fingerprint:sha-1 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13|"),
        None
    );
    assert_eq!(dtls("", &format!("{}a=setup:active|", PRINT.repeat(100))).unwrap().fingerprints.len(), 8);
}

#[test]
fn profiles_that_want_a_certificate() {
    let of = |protocol: &str, media: &str| {
        described("", &format!("m=audio 4000 {protocol} 0|{media}"))
            .map(|description| (description.protection.profile, description.protection.dtls.is_some()))
    };
    for protocol in ["UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "udp/tls/rtp/savpf"] {
        assert_eq!(of(protocol, &format!("{PRINT}a=setup:actpass|")), Ok((Profile::Dtls, true)), "{protocol}");
        assert_eq!(of(protocol, "a=setup:actpass|"), Err(SdpError::NoKey), "{protocol}");
    }
    assert_eq!(of("RTP/SAVPF", &format!("{PRINT}a=setup:actpass|")), Ok((Profile::Secure, true)));
    assert_eq!(of("RTP/AVP", &format!("{PRINT}a=setup:actpass|")), Ok((Profile::Open, true)), "best effort");
    assert_eq!(of("TCP/TLS/RTP/SAVP", &format!("{PRINT}a=setup:actpass|")), Err(SdpError::NoAudio));
}

#[test]
fn what_is_written() {
    let media = format!(
        "m=audio 4000 UDP/TLS/RTP/SAVP 0|{PRINT}a=setup:active|a=tls-id:abcdefghij0123456789|{UFRAG}{HOST}\
         a=candidate:2 2 UDP 7 2001:db8::1 4001 typ relay raddr 2001:db8::2 rport 5|a=rtcp-mux|"
    );
    let parsed = sdp::parse(&sdp("c=IN IP4 192.0.2.1|a=ice-lite|", &media)).unwrap();
    let written = String::from_utf8(write(&parsed.description, &parsed.lines)).unwrap();
    let expected = format!(
        "a=ice-lite|m=audio 4000 UDP/TLS/RTP/SAVP 0|a=rtpmap:0 PCMU/8000|a=sendrecv|{PRINT}a=setup:active|\
         a=tls-id:abcdefghij0123456789|{UFRAG}a=ice-options:ice2|{HOST}\
         a=candidate:2 2 UDP 7 2001:db8::1 4001 typ relay raddr 2001:db8::2 rport 5|a=end-of-candidates|a=rtcp-mux|"
    );
    assert!(written.ends_with(&expected.replace('|', "\r\n")), "{written}");
    assert_eq!(sdp::parse(written.as_bytes()).unwrap(), parsed);
}

#[test]
fn every_line_of_the_corpus_meets_its_fate() {
    let mut count = 0;
    for line in include_str!("../../tests/fuzz/ice.corpus").lines().filter(|line| !line.starts_with('#')) {
        let (fate, value) = line.split_once(' ').unwrap();
        let mut fields = DtlsFields::default();
        let met = match fate {
            "candidate" | "no-candidate" => candidate(value).map_or("no-candidate", |_| "candidate"),
            _ => {
                assert!(fields.read("fingerprint", value));
                fields.found(&DtlsFields::default()).map_or("no-fingerprint", |_| "fingerprint")
            }
        };
        assert_eq!(met, fate, "{line}");
        count += 1;
    }
    assert!(count > 60);
}

proptest! {
    #[test]
    fn hostile_values_never_panic(value in "\\PC{0,120}", numbers in "[ 0-9a-z.:+-]{0,120}") {
        for value in [&value, &numbers] {
            let _ = candidate(value);
            for name in ["fingerprint", "setup", "tls-id"] {
                let mut fields = DtlsFields::default();
                fields.read(name, value);
                let _ = fields.found(&DtlsFields::default());
            }
        }
    }
}
