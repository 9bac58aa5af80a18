//! Bytes to a message. The outer shape is checked here and nowhere else: start line, header fields, body length, bounds, and
//! that what names the transaction is there (RFC 3261 section 8.1.1). Generous with line ends, folding, compact names.
use super::message::{HeaderName, Headers, Message, Method, Request, Response};
use super::uri::Uri;
use bytes::Bytes;

/// The largest message.
pub(crate) const LARGEST: usize = 64 * 1024;
/// More header fields than this are no honest message.
const MOST_FIELDS: usize = 256;

/// Why bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// Longer than [`LARGEST`], or with too many header fields.
    #[error("too large")]
    TooLarge,
    /// No request line and no status line.
    #[error("no start line")]
    StartLine,
    /// The request is for nothing that could be asked.
    #[error("a broken address")]
    Target,
    /// Another version of the protocol.
    #[error("unknown version")]
    Version,
    /// A line that is no header field.
    #[error("a broken header")]
    Header,
    /// The body is shorter than it is said to be.
    #[error("a broken length")]
    Length,
    /// Via, From, To, Call-ID or CSeq is missing or unreadable.
    #[error("a mandatory header is missing")]
    Missing,
}

/// What could not be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// Why.
    pub(crate) why: Malformed,
    /// The request, and the status to refuse it with, where so much could be read.
    pub(crate) answer: Option<(Box<Request>, u16)>,
}

impl From<Malformed> for Unreadable {
    fn from(why: Malformed) -> Self {
        Self { why, answer: None }
    }
}

/// Reads one whole message.
///
/// # Errors
/// Why it is none; with the request to refuse if its Via could be read.
pub(crate) fn parse(bytes: &[u8]) -> Result<Message, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Malformed::TooLarge.into());
    }
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(bytes.len());
    let bytes = bytes.get(start..).unwrap_or_default();
    let (head, rest) = split_head(bytes);
    let mut lines = unfold(head).into_iter();
    let first = lines.next().ok_or(Malformed::StartLine)?;
    let (headers, length) = fields(lines);
    match start_line(&first)? {
        Start::Response(code) => {
            let (headers, length) = (headers?, length?);
            named(&headers)?;
            Ok(Message::Response(Response { code, headers, body: body(rest, length)? }))
        }
        Start::Request { method, uri, known_version } => {
            let (mut why, uri) = match uri {
                _ if !known_version => (Some((Malformed::Version, 505)), Uri::anonymous()),
                Some(uri) => (None, uri),
                None => (Some((Malformed::Target, 400)), Uri::anonymous()),
            };
            let mut request = Request::new(method, uri);
            match headers {
                Ok(headers) => request.headers = headers,
                Err(broken) => return Err(broken.into()),
            }
            match length.and_then(|length| body(rest, length)) {
                Ok(body) => request.body = body,
                Err(broken) => why = why.or(Some((broken, 400))),
            }
            let agrees = request.headers.cseq().is_some_and(|(_, method)| method == request.method);
            if named(&request.headers).is_err() || !agrees || !is_whole(&request.headers) {
                why = why.or(Some((Malformed::Missing, 400)));
            }
            match why {
                None => Ok(Message::Request(request)),
                Some((why, code)) => {
                    let answerable = request.method != Method::Ack && request.headers.via().is_some();
                    Err(Unreadable { why, answer: answerable.then(|| (Box::new(request), code)) })
                }
            }
        }
    }
}

enum Start {
    /// Without a URI: it is none that a request could be for.
    Request {
        method: Method,
        uri: Option<Uri>,
        known_version: bool,
    },
    Response(u16),
}

fn start_line(line: &str) -> Result<Start, Malformed> {
    if let Some(rest) = strip_version(line) {
        let code = rest.trim_start().get(..3).and_then(|code| code.parse().ok()).ok_or(Malformed::StartLine)?;
        return if (100..700).contains(&code) { Ok(Start::Response(code)) } else { Err(Malformed::StartLine) };
    }
    let (method, rest) = line.trim().split_once(char::is_whitespace).ok_or(Malformed::StartLine)?;
    let (uri, version) = rest.rsplit_once(char::is_whitespace).ok_or(Malformed::StartLine)?;
    let (uri, version) = (uri.trim(), version.trim());
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(c);
    if method.len() > 64 || !method.chars().all(is_token) {
        return Err(Malformed::StartLine);
    }
    let known_version = version.eq_ignore_ascii_case("SIP/2.0");
    if !known_version && !version.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("SIP/")) {
        return Err(Malformed::StartLine);
    }
    let method = method.parse().map_err(|_| Malformed::StartLine)?;
    Ok(Start::Request { method, uri: Uri::parse(uri).filter(Uri::can_be_asked), known_version })
}

fn strip_version(line: &str) -> Option<&str> {
    let (version, rest) = line.split_at_checked(8)?;
    version.eq_ignore_ascii_case("SIP/2.0 ").then_some(rest)
}

/// Head and body: at the first empty line.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| rest.iter().position(|b| *b == b'\n')) {
        let next = from + at + 1;
        let rest = bytes.get(next..).unwrap_or_default();
        let empty = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        if empty > 0 {
            return (bytes.get(..next).unwrap_or_default(), rest.get(empty..).unwrap_or_default());
        }
        from = next;
    }
    (bytes, &[])
}

/// The lines of the head, folded ones joined (section 7.3.1).
fn unfold(head: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in head.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = readable(line);
        match lines.last_mut() {
            Some(last) if text.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(text.trim());
            }
            _ if text.is_empty() => {}
            _ => lines.push(text),
        }
    }
    lines
}

/// UTF-8, or else Latin-1: a name in an old character set stays readable.
fn readable(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect(), str::to_owned)
}

type Fields = (Result<Headers, Malformed>, Result<Option<usize>, Malformed>);

fn fields(lines: impl Iterator<Item = String>) -> Fields {
    let mut headers = Headers::default();
    let mut length = Ok(None);
    for (count, line) in lines.enumerate() {
        let field = line.split_once(':').and_then(|(name, value)| Some((header_name(name)?, value.trim())));
        let Some((name, value)) = field else { return (Err(Malformed::Header), length) };
        if count >= MOST_FIELDS {
            return (Err(Malformed::TooLarge), length);
        }
        if name == HeaderName::ContentLength {
            length = match (value.parse::<usize>(), length) {
                (Ok(new), Ok(None)) => Ok(Some(new)),
                (Ok(new), Ok(Some(old))) if new == old => Ok(Some(old)),
                _ => Err(Malformed::Length),
            };
        } else {
            headers.push(name, value);
        }
    }
    (Ok(headers), length)
}

fn header_name(name: &str) -> Option<HeaderName> {
    let name: HeaderName = name.trim().parse().ok()?;
    name.is_valid_wire_name().then_some(name)
}

/// Without a length the body is all there is (section 18.3); behind its end there is nothing.
fn body(rest: &[u8], length: Option<usize>) -> Result<Bytes, Malformed> {
    rest.get(..length.unwrap_or(rest.len())).map(Bytes::copy_from_slice).ok_or(Malformed::Length)
}

/// Headers that stand in a message once.
const SINGLE: [HeaderName; 5] =
    [HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq, HeaderName::MaxForwards];

/// Whether a request says each thing once, and every Via is one that an answer can give back.
fn is_whole(headers: &Headers) -> bool {
    let is_via = |part: &str| part.chars().any(|c| c != ';' && !c.is_whitespace());
    SINGLE.iter().all(|name| headers.all(name).count() <= 1)
        && headers.all(&HeaderName::Via).flat_map(|via| via.split(',')).all(is_via)
}

fn named(headers: &Headers) -> Result<(), Malformed> {
    let whole = headers.via().is_some()
        && headers.from().is_some()
        && headers.to().is_some()
        && headers.call_id().is_some_and(|id| !id.is_empty())
        && headers.cseq().is_some();
    if whole { Ok(()) } else { Err(Malformed::Missing) }
}
