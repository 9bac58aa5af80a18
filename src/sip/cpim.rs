//! The wrapping of texts that carries who, when and a wish to be told of their delivery (CPIM, RFC 3862), and the notices
//! that fulfil it (IMDN, RFC 5438). Pure. What is wrapped is read generously; it is written as Linphone reads it.
use super::xml::{self, Piece};
use jiff::Timestamp;

/// The kind of a wrapped text.
pub(super) const KIND: &str = "message/cpim";
/// The kind of a notice.
const NOTICE: &str = "message/imdn+xml";
const NAMESPACE: &str = "urn:ietf:params:imdn";

/// What is inside a wrapping.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrapped<'a> {
    /// The kind of the content, with its parameters.
    pub(super) kind: String,
    /// When it was written, by the writer's word.
    pub(super) stamp: Option<Timestamp>,
    /// What the writer calls it.
    pub(super) name: Option<String>,
    /// The writer wishes to be told of its delivery.
    pub(super) wants_notice: bool,
    /// The content.
    pub(super) content: &'a [u8],
}

/// How a text fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is there.
    Delivered,
    /// It will never be.
    Failed,
    /// It was not let through.
    Forbidden,
}

/// A notice of how a text fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What its writer called the text.
    pub(crate) name: String,
    /// How it fared; `None`: nothing that matters.
    pub(crate) fate: Option<Fate>,
}

/// Takes the wrapping off: its headers, the headers of the content, the content.
pub(super) fn unwrap(body: &[u8]) -> Option<Wrapped<'_>> {
    let (outer, rest) = block(body)?;
    let (inner, content) = block(rest)?;
    let prefix = outer.lines().find_map(|line| {
        let value = line.strip_prefix("NS:")?.trim();
        let (prefix, space) = value.split_once('<')?;
        space.trim_end_matches('>').eq_ignore_ascii_case(NAMESPACE).then(|| prefix.trim().to_owned())
    });
    let prefix = prefix.unwrap_or_else(|| "imdn".to_owned());
    let wishes = field(&outer, &format!("{prefix}.Disposition-Notification")).unwrap_or_default();
    Some(Wrapped {
        kind: field(&inner, "content-type").unwrap_or_else(|| "text/plain".to_owned()),
        stamp: field(&outer, "datetime").and_then(|stamp| stamp.parse().ok()),
        name: field(&outer, &format!("{prefix}.Message-ID")).filter(|name| name.len() <= 256),
        wants_notice: wishes.split(',').any(|wish| wish.trim().eq_ignore_ascii_case("positive-delivery")),
        content,
    })
}

/// Whether the content is a notice.
pub(super) fn is_notice(kind: &str) -> bool {
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(NOTICE)
}

/// Reads a notice; `None`: it is about nothing.
pub(super) fn notice(content: &[u8]) -> Option<Notice> {
    let document = std::str::from_utf8(content).ok()?;
    let name = xml::text_of(document, "message-id").filter(|name| name.len() <= 256)?;
    let mut inside = false;
    let fate = xml::pieces(document).find_map(|piece| {
        match piece {
            Piece::Open("status", _) => inside = true,
            Piece::Close("status") => inside = false,
            Piece::Open("delivered" | "displayed", _) if inside => return Some(Fate::Delivered),
            Piece::Open("failed" | "error", _) if inside => return Some(Fate::Failed),
            Piece::Open("forbidden", _) if inside => return Some(Fate::Forbidden),
            _ => {}
        }
        None
    });
    Some(Notice { name, fate })
}

/// Between whom, named by what, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cover<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) name: &'a str,
    pub(super) now: Timestamp,
}

/// Wraps a text, with the wish to be told of its delivery.
pub(super) fn wrap(cover: Cover<'_>, text: &str) -> String {
    let wish = "imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n";
    whole(cover, wish, "text/plain; charset=UTF-8", "", text)
}

/// The notice that the text with this name is here.
pub(super) fn delivered(cover: Cover<'_>, text: &str) -> String {
    let name: String = text.chars().map(escaped).collect();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n\
         <message-id>{name}</message-id>\r\n<datetime>{}</datetime>\r\n\
         <delivery-notification><status><delivered/></status></delivery-notification>\r\n</imdn>\r\n",
        stamp(cover.now)
    );
    whole(cover, "", NOTICE, "Content-Disposition: notification\r\n", &content)
}

fn whole(cover: Cover<'_>, outer: &str, kind: &str, inner: &str, content: &str) -> String {
    let Cover { from, to, name, now } = cover;
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\nDateTime: {}\r\nNS: imdn <{NAMESPACE}>\r\nimdn.Message-ID: {name}\r\n{outer}\r\n\
         Content-Type: {kind}\r\n{inner}Content-Length: {}\r\n\r\n{content}",
        stamp(now),
        content.len()
    )
}

/// To the second, as every reader understands it.
fn stamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn escaped(c: char) -> String {
    match c {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        c => c.to_string(),
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn cover() -> Cover<'static> {
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        Cover { from: "sip:alice@a.test", to: "sip:bob@b.test", name: "ll-7-00", now }
    }

    #[test]
    fn what_we_wrap_we_unwrap() {
        let wrapped = wrap(cover(), "¿Qué?\r\n\r\ntal");
        let read = unwrap(wrapped.as_bytes()).unwrap();
        assert_eq!((read.content, read.wants_notice), ("¿Qué?\r\n\r\ntal".as_bytes(), true));
        assert_eq!((read.name.as_deref(), read.kind.as_str()), (Some("ll-7-00"), "text/plain; charset=UTF-8"));
        assert_eq!(read.stamp, "2026-01-02T03:04:05Z".parse().ok());
        let wrapped = delivered(cover(), "a<&>b");
        let read = unwrap(wrapped.as_bytes()).unwrap();
        assert!(is_notice(&read.kind) && !read.wants_notice);
        assert_eq!(notice(read.content), Some(Notice { name: "a<&>b".into(), fate: Some(Fate::Delivered) }));
    }

    #[test]
    fn what_others_write() {
        let linphone = b"From: \"B\" <sip:b@x>\r\nTo: <sip:a@y>\r\nDateTime: 2020-01-02T03:04:05+01:00\r\n\
            NS: id <urn:ietf:params:imdn>\r\nid.Message-ID: 34jk324j\r\n\
            id.Disposition-Notification: negative-delivery, Positive-Delivery, display\r\n\r\n\
            Content-Type: text/plain\r\n\r\nhi";
        let read = unwrap(linphone).unwrap();
        assert_eq!((read.name.as_deref(), read.wants_notice, read.content), (Some("34jk324j"), true, &b"hi"[..]));
        assert_eq!(read.stamp, "2020-01-02T02:04:05Z".parse().ok());
        for (status, fate) in [
            ("<display-notification><status><displayed/></status></display-notification>", Some(Fate::Delivered)),
            ("<i:delivery-notification><i:status><i:failed/></i:status></i:delivery-notification>", Some(Fate::Failed)),
            ("<delivery-notification><status><forbidden/></status></delivery-notification>", Some(Fate::Forbidden)),
            ("<processing-notification><status><processed/></status></processing-notification>", None),
            ("<delivered/>", None),
        ] {
            let document = format!("<?xml version=\"1.0\"?><imdn><message-id>x</message-id>{status}</imdn>");
            assert_eq!(notice(document.as_bytes()), Some(Notice { name: "x".into(), fate }), "{status}");
        }
    }

    #[test]
    fn rubbish_is_none() {
        for rubbish in [&b""[..], b"no wrapping", b"a: b\r\n\r\nno content", b"\xff\n\n"] {
            assert_eq!(unwrap(rubbish), None);
            assert_eq!(notice(rubbish), None);
        }
    }
}
