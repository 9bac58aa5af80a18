//! Which part of a message's body is a session description: the body itself, or one part of several (RFC 5621).
use super::{
    message::{HeaderName, Headers},
    params,
};

/// A body as far as calls are concerned.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// None.
    Empty,
    /// SDP.
    Session(&'a [u8]),
    /// Something else.
    Other,
}

/// Looks for SDP.
pub(super) fn session<'a>(headers: &Headers, body: &'a [u8]) -> Body<'a> {
    if body.is_empty() {
        return Body::Empty;
    }
    let encoded = headers.get(&HeaderName::ContentEncoding).is_some_and(|name| !name.eq_ignore_ascii_case("identity"));
    match headers.content_type().as_str() {
        _ if encoded => Body::Other,
        // a body without a type in an INVITE is SDP in all that is seen
        "application/sdp" | "" => Body::Session(body),
        kind if kind.starts_with("multipart/") => {
            let parameters = headers.get(&HeaderName::ContentType).and_then(|value| value.split_once(';'));
            let boundary = parameters.and_then(|(_, parameters)| params::get(parameters, "boundary"));
            boundary.and_then(|boundary| part(body, boundary.as_bytes())).map_or(Body::Other, Body::Session)
        }
        _ => Body::Other,
    }
}

/// The first part that is SDP.
fn part<'a>(body: &'a [u8], boundary: &[u8]) -> Option<&'a [u8]> {
    let delimiter = [b"--", boundary].concat();
    let mut rest = after(body, &delimiter)?;
    while !rest.starts_with(b"--") {
        let end = find(rest, &delimiter)?;
        let (part, next) = rest.split_at(end);
        let empty =
            find(part, b"\r\n\r\n").map(|at| (at, at + 4)).or_else(|| find(part, b"\n\n").map(|at| (at, at + 2)));
        if let Some((head, start)) = empty {
            let head = String::from_utf8_lossy(part.get(..head)?).to_ascii_lowercase();
            if head.contains("application/sdp") {
                return part.get(start..);
            }
        }
        rest = next.get(delimiter.len()..)?;
    }
    None
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    (!wanted.is_empty()).then(|| text.windows(wanted.len()).position(|window| window == wanted)).flatten()
}

fn after<'a>(text: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    text.get(find(text, wanted)? + wanted.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &str) -> Headers {
        let mut headers = Headers::default();
        headers.push(HeaderName::ContentType, kind);
        headers
    }

    #[test]
    fn a_description_among_parts() {
        let body = b"--x\r\nContent-Type: application/ISUP\r\n\r\n1\r\n--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--";
        let kind = headers("multipart/mixed;boundary=\"x\"");
        assert_eq!(session(&kind, body), Body::Session(b"v=0\r\n"));
        assert_eq!(session(&kind, b"--x--"), Body::Other);
        assert_eq!(session(&headers("multipart/mixed"), body), Body::Other);
        assert_eq!(session(&headers("Application/SDP"), b"v=0"), Body::Session(b"v=0"));
        assert_eq!(session(&headers("text/plain"), b"v=0"), Body::Other);
        assert_eq!(session(&headers("application/sdp"), b""), Body::Empty);
    }
}
