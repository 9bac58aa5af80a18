//! A text that came (RFC 3428), also inside a CPIM wrapping (RFC 3862): who, what, when, and what tells it from others.
use super::{
    addressing,
    chance::hex,
    message::{HeaderName, Request},
    params, wire_id,
};
use crate::domain::{address::Address, private::Private};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use sha2::{Digest, Sha256};

/// The content is of a kind we do not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// A text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// Who wrote it.
    pub(crate) from: Address,
    /// The name they gave.
    pub(crate) name: Option<Private<String>>,
    /// The words.
    pub(crate) body: Private<String>,
    /// When it was written, by their word.
    pub(crate) sent_at: Option<Timestamp>,
    /// What shows it again in a copy, as `NewMessage::dedupe` wants it.
    pub(crate) dedupe: Vec<String>,
}

/// Reads a MESSAGE.
pub(super) fn read(request: &Request) -> Result<Text, Unreadable> {
    let headers = &request.headers;
    let from = headers.from().ok_or(Unreadable)?;
    let identity = headers.get(&HeaderName::ContentEncoding).is_none_or(|name| name.eq_ignore_ascii_case("identity"));
    if !identity {
        return Err(Unreadable);
    }
    let kind = headers.get(&HeaderName::ContentType).unwrap_or("text/plain");
    let (body, stamp) = content(kind, &request.body)?;
    let date = headers.get(&HeaderName::Date).and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    let call_id = headers.call_id().unwrap_or_default();
    let number = headers.cseq().map_or(0, |(number, _)| number);
    let tag = from.tag().unwrap_or_default();
    let digest = hex(Sha256::digest(&body).iter().take(8));
    // the words count too: there are senders whose ids repeat
    let mut dedupe = vec![format!("sip:{call_id}/{number}/{tag}/{digest}")];
    if wire_id::is_one_text(call_id) {
        // sent again after a restart its number may differ
        dedupe.push(format!("sip:{call_id}/{digest}"));
    }
    Ok(Text {
        from: addressing::from_uri(&from.uri).ok_or(Unreadable)?,
        name: from.name.map(Private::new),
        body: Private::new(body),
        sent_at: stamp.or(date),
        dedupe,
    })
}

fn content(kind: &str, body: &[u8]) -> Result<(String, Option<Timestamp>), Unreadable> {
    let (name, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    match name.trim().to_ascii_lowercase().as_str() {
        "text/plain" | "" => Ok((decode(body, params::get(parameters, "charset").as_deref()), None)),
        "message/cpim" => unwrap(body),
        _ => Err(Unreadable),
    }
}

/// Takes a CPIM wrapping off: its headers, the headers of the content, the content.
fn unwrap(body: &[u8]) -> Result<(String, Option<Timestamp>), Unreadable> {
    let (outer, rest) = block(body).ok_or(Unreadable)?;
    let (inner, content) = block(rest).ok_or(Unreadable)?;
    let kind = field(&inner, "content-type").unwrap_or_else(|| "text/plain".to_owned());
    let (name, parameters) = kind.split_once(';').unwrap_or((&kind, ""));
    if !name.trim().eq_ignore_ascii_case("text/plain") {
        return Err(Unreadable);
    }
    let stamp = field(&outer, "datetime").and_then(|stamp| stamp.parse().ok());
    Ok((decode(content, params::get(parameters, "charset").as_deref()), stamp))
}

/// Lines up to an empty one, and what follows it.
fn block(bytes: &[u8]) -> Option<(String, &[u8])> {
    let mut from = 0;
    loop {
        let rest = bytes.get(from..)?;
        let line = rest.iter().position(|b| *b == b'\n')?;
        let next = from + line + 1;
        if rest.get(..line).is_some_and(|line| matches!(line, b"" | b"\r")) {
            return Some((String::from_utf8_lossy(bytes.get(..from)?).into_owned(), bytes.get(next..)?));
        }
        from = next;
    }
}

fn field(block: &str, name: &str) -> Option<String> {
    block.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// Words whatever their character set: what is not valid in it stays readable.
fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    let charset = charset.unwrap_or("utf-8").to_ascii_lowercase();
    let pairs = |read: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| Some(read(pair.try_into().ok()?)));
        let text = String::from_utf16_lossy(&units.collect::<Vec<_>>());
        text.trim_start_matches('\u{feff}').to_owned()
    };
    match charset.as_str() {
        "utf-16" | "utf-16be" | "ucs-2" if !bytes.starts_with(&[0xff, 0xfe]) => pairs(u16::from_be_bytes),
        "utf-16" | "utf-16le" => pairs(u16::from_le_bytes),
        "iso-8859-1" | "latin1" | "windows-1252" => bytes.iter().map(|b| char::from(*b)).collect(),
        // also where another set is named: most of the world means this one
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::sip::{message::Message, parse::parse};

    fn message(kind: &str, more: &str, body: &[u8]) -> Result<Text, Unreadable> {
        let head = format!(
            "MESSAGE sip:alice@sip.test SIP/2.0\r\nv: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\r\nf: \"33733\" \
             <sip:33733@sip.test>;tag=t\r\nt: sip:alice@sip.test\r\ni: c1\r\nCSeq: 7 MESSAGE\r\n{kind}{more}l: {}\r\n\r\n",
            body.len()
        );
        let bytes = [head.as_bytes(), body].concat();
        let Ok(Message::Request(request)) = parse(&bytes) else { panic!("a request") };
        read(&request)
    }

    #[test]
    fn plain_words() {
        let text =
            message("c: text/plain;charset=UTF-8\r\n", "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n", "é 1".as_bytes());
        let text = text.unwrap();
        assert_eq!((text.from.uri().as_str(), text.body.expose().as_str()), ("sip:33733@sip.test", "é 1"));
        assert_eq!(text.sent_at, "2010-11-13T23:29:00Z".parse().ok());
        assert_eq!(text.name.unwrap().expose(), "33733");
        let [key] = text.dedupe.as_slice() else { panic!("one key") };
        assert!(key.starts_with("sip:c1/7/t/"), "{key}");
        let other = message("", "", b"other").unwrap();
        assert_ne!(other.dedupe, text.dedupe, "the same ids with other words are another text");
    }

    #[test]
    fn old_character_sets_stay_readable() {
        let of = |kind: &str, body: &[u8]| message(&format!("c: {kind}\r\n"), "", body).unwrap().body.into_inner();
        assert_eq!(of("text/plain;charset=iso-8859-1", b"Jos\xe9"), "José");
        assert_eq!(of("Text/Plain", b"Jos\xe9"), "José");
        assert_eq!(of("text/plain; charset=\"utf-16\"", b"\xff\xfeh\0i\0"), "hi");
        assert_eq!(of("text/plain; charset=klingon", "ñ".as_bytes()), "ñ");
    }

    #[test]
    fn cpim_is_unwrapped_and_other_kinds_are_refused() {
        let wrapped = "From: <sip:x@y>\r\nDateTime: 2020-01-02T03:04:05Z\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi";
        let text = message("c: message/cpim\r\n", "", wrapped.as_bytes()).unwrap();
        assert_eq!((text.body.expose().as_str(), text.sent_at), ("hi", "2020-01-02T03:04:05Z".parse().ok()));
        assert_eq!(message("c: message/cpim\r\n", "", b"no wrapping"), Err(Unreadable));
        assert_eq!(message("c: application/im-iscomposing+xml\r\n", "", b"<x/>"), Err(Unreadable));
        assert_eq!(message("c: text/plain\r\ne: gzip\r\n", "", b"x"), Err(Unreadable));
    }
}
