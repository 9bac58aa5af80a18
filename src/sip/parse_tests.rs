//! Hostile and careless bytes: nothing panics, what is written is read back, what is odd but clear is understood.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use super::{
    message::{HeaderName, Message, Method, Request},
    parse::{LARGEST, Malformed, parse},
    text,
    uri::Uri,
};
use proptest::prelude::*;

const GOOD: &str = "INVITE sip:bob@sip.test SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx;rport\r\nMax-Forwards: 70\r\n\
    From: \"Alice\" <sip:alice@sip.test>;tag=1\r\nTo: <sip:bob@sip.test>\r\nCall-ID: a@b\r\nCSeq: 1 INVITE\r\n\
    Contact: <sip:alice@10.0.0.1:5060>\r\nRecord-Route: <sip:p1;lr>,\r\n <sip:p2;lr>\r\nContent-Type: application/sdp\r\n\
    Content-Length: 3\r\n\r\nv=0";

fn request(text: &str) -> Request {
    match parse(text.as_bytes()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_odd_but_clear_is_understood() {
    let odd =
        GOOD.replace("\r\n", "\n").replace("Call-ID: a@b", "i  :a@b").replace("Via:", "v:").replace("From:", "f :");
    let request = request(&format!("\r\n\r\n{odd}"));
    assert_eq!(request.headers.call_id(), Some("a@b"));
    assert_eq!(request.headers.list(&HeaderName::RecordRoute).collect::<Vec<_>>(), ["<sip:p1;lr>", "<sip:p2;lr>"]);
    assert_eq!(&request.body[..], b"v=0");
    let latin = GOOD.replace("Alice", "Jos?").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|b| if b == b'?' { 0xe9 } else { b }).collect();
    let Ok(Message::Request(request)) = parse(&latin) else { panic!("Latin-1") };
    assert_eq!(request.headers.from().unwrap().name.as_deref(), Some("José"));
}

#[test]
fn written_is_read_back() {
    let request = request(GOOD);
    let Ok(Message::Request(again)) = parse(&request.to_bytes()) else { panic!("read back") };
    assert_eq!(again, request);
    let response = request.response(180).tagged("t");
    let Ok(Message::Response(again)) = parse(&response.to_bytes()) else { panic!("read back") };
    assert!(again == response && again.headers.to().unwrap().tag().as_deref() == Some("t"));
}

#[test]
fn line_breaks_cannot_be_smuggled_into_headers() {
    let mut request = Request::new(Method::Options, Uri::parse("sip:x").unwrap());
    request.headers.push(HeaderName::Subject, "a\r\nVia: evil\r\n\r\nbody");
    let text = String::from_utf8(request.to_bytes().to_vec()).unwrap();
    assert_eq!(text.matches("\r\n").count(), 4, "{text}");
}

#[test]
fn refusals() {
    let why = |text: &str| parse(text.as_bytes()).unwrap_err().why;
    assert_eq!(why(&GOOD.replace("Content-Length: 3", "Content-Length: 4")), Malformed::Length);
    assert_eq!(why(&GOOD.replace("Content-Length: 3", "Content-Length: -1")), Malformed::Length);
    assert_eq!(why(&GOOD.replace("Max-Forwards: 70", "Content-Length: 2")), Malformed::Length);
    assert_eq!(why(&GOOD.replace("CSeq: 1 INVITE", "CSeq: 1 BYE")), Malformed::Missing);
    assert_eq!(why(&GOOD.replace("Max-Forwards: 70", "no colon")), Malformed::Header);
    assert_eq!(why(&GOOD.replace("Max-Forwards: 70", &"X: y\r\n".repeat(300))), Malformed::TooLarge);
    assert_eq!(why(&(GOOD.to_owned() + &"x".repeat(LARGEST))), Malformed::TooLarge);
    assert_eq!(why("SIP/2.0 99 x\r\n\r\n"), Malformed::StartLine);
    assert_eq!(why("SIP/2.0 2é"), Malformed::StartLine);
}

fn try_all(bytes: &[u8]) {
    if let Ok(message) = parse(bytes) {
        let (headers, written) = match &message {
            Message::Request(request) => (&request.headers, request.to_bytes()),
            Message::Response(response) => (&response.headers, response.to_bytes()),
        };
        assert!(written.len() <= 8 * bytes.len() + 4096, "bounded");
        let _ = (headers.contact(), headers.from().map(|from| from.uri.addr()), headers.via().map(|via| via.seen()));
        assert!(parse(&written).is_ok() || written.len() > LARGEST, "what we write we can read");
        if let Message::Request(request) = &message {
            let _ = text::read(request);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        try_all(&bytes);
    }

    #[test]
    fn nearly_right_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..12)) {
        let mut bytes = GOOD.as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        try_all(&bytes);
    }
}
