//! A SIP message (RFC 3261 section 7) as we keep it: start line, header fields in their order, body.
//!
//! Names of methods, headers (with their compact forms) and statuses are rvoip-sip-core's typed values. Its parsers of whole
//! messages and header values are not used: they print personal data to standard output when they fail, and refuse what the
//! world sends. A header we do not understand stays as it came.
use super::{params, uri::NameAddr, uri::Uri, via::Via};
use bytes::Bytes;
use rvoip_sip_core::types::StatusCode;
pub(crate) use rvoip_sip_core::types::{HeaderName, Method};
use std::fmt;

/// Header fields in their order. Content-Length is not among them: it follows from the body.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Headers(Vec<(HeaderName, String)>);

impl Headers {
    /// The first of that name.
    pub(crate) fn get(&self, name: &HeaderName) -> Option<&str> {
        self.all(name).next()
    }
    /// All of that name.
    pub(crate) fn all<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.canonical_wire_name();
        self.0.iter().filter(move |(known, _)| known.wire_eq(&name)).map(|(_, value)| value.as_str())
    }
    /// All values of a header that is a list.
    pub(crate) fn list<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
        self.all(name).flat_map(|value| params::split(value, ','))
    }
    /// Adds one at the end. Line breaks cannot get in.
    pub(crate) fn push(&mut self, name: HeaderName, value: impl Into<String>) {
        self.0.push((name, one_line(value.into())));
    }
    /// Puts one in the place of all of that name.
    pub(crate) fn set(&mut self, name: HeaderName, value: impl Into<String>) {
        self.remove(&name);
        self.push(name, value);
    }
    /// Puts one before all others.
    pub(crate) fn push_front(&mut self, name: HeaderName, value: impl Into<String>) {
        self.0.insert(0, (name, one_line(value.into())));
    }
    /// Takes all of that name away.
    pub(crate) fn remove(&mut self, name: &HeaderName) {
        self.0.retain(|(known, _)| !known.wire_eq(name));
    }
    /// Copies all of that name from another message.
    pub(crate) fn copy(&mut self, from: &Self, name: &HeaderName) {
        let copied = from.0.iter().filter(|(known, _)| known.wire_eq(name)).cloned();
        self.0.extend(copied);
    }
    /// The topmost Via.
    pub(crate) fn via(&self) -> Option<Via> {
        Via::parse(self.list(&HeaderName::Via).next()?)
    }
    /// Puts this in the place of the topmost Via.
    pub(crate) fn replace_via(&mut self, via: &Via) {
        let Some((_, value)) = self.0.iter_mut().find(|(name, _)| *name == HeaderName::Via) else { return };
        let rest: Vec<_> = params::split(value, ',').into_iter().skip(1).map(str::to_owned).collect();
        *value = std::iter::once(via.to_string()).chain(rest).collect::<Vec<_>>().join(", ");
    }
    /// From.
    pub(crate) fn from(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get(&HeaderName::From)?)
    }
    /// To.
    pub(crate) fn to(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get(&HeaderName::To)?)
    }
    /// Contact, the first one.
    pub(crate) fn contact(&self) -> Option<NameAddr> {
        NameAddr::parse(self.list(&HeaderName::Contact).next()?)
    }
    /// Call-ID.
    pub(crate) fn call_id(&self) -> Option<&str> {
        self.get(&HeaderName::CallId)
    }
    /// CSeq: number and method.
    pub(crate) fn cseq(&self) -> Option<(u32, Method)> {
        let (number, method) = self.get(&HeaderName::CSeq)?.trim().split_once(char::is_whitespace)?;
        Some((number.parse().ok()?, method.trim().parse().ok()?))
    }
    /// A header that is a number of seconds, whatever stands behind the number.
    pub(crate) fn seconds(&self, name: &HeaderName) -> Option<u32> {
        let value = self.get(name)?;
        let digits = value.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    }
    /// Content-Type without parameters, in lower case; empty where there is none.
    pub(crate) fn content_type(&self) -> String {
        let value = self.get(&HeaderName::ContentType).unwrap_or("");
        value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
    }
    fn write(&self, out: &mut String) {
        for (name, value) in &self.0 {
            out.push_str(name.as_str());
            out.push_str(": ");
            out.push_str(value);
            out.push_str("\r\n");
        }
    }
}

fn one_line(value: String) -> String {
    if value.contains(['\r', '\n', '\0']) { value.replace(['\r', '\n', '\0'], " ") } else { value }
}

/// A request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// What is asked.
    pub(crate) method: Method,
    /// Of whom.
    pub(crate) uri: Uri,
    /// Header fields.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) body: Bytes,
}

impl Request {
    /// One without headers.
    pub(crate) fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::default(), body: Bytes::new() }
    }
    /// As it goes on the wire.
    pub(crate) fn to_bytes(&self) -> Bytes {
        write(format!("{} {} SIP/2.0\r\n", self.method, self.uri), &self.headers, &self.body)
    }
    /// The answer with this status: the headers that name the transaction are copied (section 8.2.6.2).
    pub(crate) fn response(&self, code: u16) -> Response {
        let mut headers = Headers::default();
        for name in [HeaderName::Via, HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq] {
            headers.copy(&self.headers, &name);
        }
        Response { code, headers, body: Bytes::new() }
    }
}

/// A response.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// 100-699.
    pub(crate) code: u16,
    /// Header fields.
    pub(crate) headers: Headers,
    /// The body.
    pub(crate) body: Bytes,
}

impl Response {
    /// As it goes on the wire.
    pub(crate) fn to_bytes(&self) -> Bytes {
        write(status_line(self.code), &self.headers, &self.body)
    }
    /// With this tag in To, unless there is one.
    pub(crate) fn tagged(mut self, tag: &str) -> Self {
        if let Some(to) = self.headers.to().filter(|to| to.tag().is_none()) {
            self.headers.set(HeaderName::To, to.with_tag(tag).to_string());
        }
        self
    }
    /// With one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }
}

/// The first line of a response.
pub(super) fn status_line(code: u16) -> String {
    let reason = StatusCode::from_u16(code).map_or("", |status| status.reason_phrase());
    format!("SIP/2.0 {code} {reason}\r\n")
}

fn write(mut head: String, headers: &Headers, body: &Bytes) -> Bytes {
    headers.write(&mut head);
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes.into()
}

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = if self.method.is_standard() { self.method.as_str() } else { "an extension" };
        write!(f, "Request({known})")
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({})", self.code)
    }
}
