//! A text that came (RFC 3428), also inside a CPIM wrapping (RFC 3862): who, what, when, and what tells it from others.
use super::{
    addressing,
    chance::hex,
    cpim::{self, Notice},
    message::{HeaderName, Request},
    params,
    uri::Uri,
    wire_id,
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
    /// It came wrapped: what its writer calls it, where they wish to be told of its delivery.
    pub(crate) notice: Option<Wish>,
}

/// The wish to be told that a text is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Whom to tell.
    pub(crate) uri: Uri,
    /// What they call it.
    pub(crate) name: String,
}

/// What a MESSAGE brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// A text.
    Text(Text),
    /// How a text of ours fared, and who says so.
    Notice(Notice, Uri),
}

/// Reads a MESSAGE.
pub(super) fn read(request: &Request) -> Result<Content, Unreadable> {
    let headers = &request.headers;
    let from = headers.from().ok_or(Unreadable)?;
    let identity = headers.get(&HeaderName::ContentEncoding).is_none_or(|name| name.eq_ignore_ascii_case("identity"));
    if !identity {
        return Err(Unreadable);
    }
    let kind = headers.get(&HeaderName::ContentType).unwrap_or("text/plain");
    let wrapped = if is(kind, cpim::KIND) { Some(cpim::unwrap(&request.body).ok_or(Unreadable)?) } else { None };
    if let Some(inside) = wrapped.as_ref().filter(|inside| cpim::is_notice(&inside.kind)) {
        let notice = cpim::notice(inside.content).ok_or(Unreadable)?;
        return Ok(Content::Notice(notice, from.uri));
    }
    let body = match &wrapped {
        Some(inside) => words(&inside.kind, inside.content)?,
        None => words(kind, &request.body)?,
    };
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
    let name = wrapped.as_ref().and_then(|inside| inside.name.clone());
    // it keeps its name where a server stores it, or another phone of ours gets it, too
    dedupe.extend(name.as_ref().map(|name| format!("sip:{}/{name}/{digest}", from.uri)));
    let wants_notice = wrapped.as_ref().is_some_and(|inside| inside.wants_notice);
    Ok(Content::Text(Text {
        from: addressing::from_uri(&from.uri).ok_or(Unreadable)?,
        name: from.name.map(Private::new),
        body: Private::new(body),
        sent_at: wrapped.and_then(|inside| inside.stamp).or(date),
        dedupe,
        notice: name.filter(|_| wants_notice).map(|name| Wish { uri: from.uri, name }),
    }))
}

/// Whether a kind, with its parameters, is this one.
fn is(kind: &str, known: &str) -> bool {
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(known)
}

/// The words of a content that is made of words.
fn words(kind: &str, content: &[u8]) -> Result<String, Unreadable> {
    if !is(kind, "text/plain") && !is(kind, "") {
        return Err(Unreadable);
    }
    let parameters = kind.split_once(';').map_or("", |(_, parameters)| parameters);
    Ok(decode(content, params::get(parameters, "charset").as_deref()))
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
        "iso-8859-1" | "latin1" | "windows-1252" => bytes.iter().map(|b| western(*b)).collect(),
        // also where another set is named: most of the world means this one
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|b| western(*b)).collect(),
        },
    }
}

/// A character of Windows' western set, which is also what senders mean who name Latin-1.
fn western(byte: u8) -> char {
    const MORE: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let more = byte.checked_sub(0x80).and_then(|at| MORE.get(usize::from(at)));
    more.copied().unwrap_or(char::from(byte))
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
        match read(&request)? {
            Content::Text(text) => Ok(text),
            Content::Notice(..) => panic!("a text"),
        }
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
        assert_eq!(of("text/plain;charset=windows-1252", b"\x935 \x80\x94"), "“5 €”");
        assert_eq!(of("text/plain; charset=\"utf-16\"", b"\xff\xfeh\0i\0"), "hi");
        assert_eq!(of("text/plain; charset=klingon", "ñ".as_bytes()), "ñ");
    }

    #[test]
    fn who_else_it_is_for_and_what_a_gateway_adds_change_nothing() {
        let text =
            message("c: text/plain;charset=UTF-8\r\n", "X-SMS-To: 15550001111\r\nX-Unknown: 1\r\n", b"hi").unwrap();
        assert_eq!((text.from.uri().as_str(), text.body.expose().as_str()), ("sip:33733@sip.test", "hi"));
    }

    #[test]
    fn a_wrapped_text_keeps_its_name_in_a_copy_with_other_ids() {
        let now = Timestamp::UNIX_EPOCH;
        let cover = cpim::Cover { from: "sip:x@y", to: "sip:z@y", name: "abc", now };
        let text = message("c: message/cpim\r\n", "", cpim::wrap(cover, "hi\n🙂").as_bytes()).unwrap();
        assert_eq!(text.body.expose(), "hi\n🙂");
        assert!(text.dedupe.iter().any(|key| key.starts_with("sip:sip:33733@sip.test/abc/")), "{:?}", text.dedupe);
        let wish = text.notice.unwrap();
        assert_eq!((wish.name.as_str(), wish.uri.as_str()), ("abc", "sip:33733@sip.test"));
    }

    #[test]
    fn cpim_is_unwrapped_and_other_kinds_are_refused() {
        let wrapped = "From: <sip:x@y>\r\nDateTime: 2020-01-02T03:04:05Z\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi";
        let text = message("c: message/cpim\r\n", "", wrapped.as_bytes()).unwrap();
        assert_eq!((text.body.expose().as_str(), text.sent_at), ("hi", "2020-01-02T03:04:05Z".parse().ok()));
        assert_eq!(text.notice, None);
        assert_eq!(message("c: message/cpim\r\n", "", b"no wrapping"), Err(Unreadable));
        assert_eq!(message("c: application/im-iscomposing+xml\r\n", "", b"<x/>"), Err(Unreadable));
        assert_eq!(message("c: text/plain\r\ne: gzip\r\n", "", b"x"), Err(Unreadable));
    }
}
