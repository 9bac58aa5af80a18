//! Whole messages out of a stream's bytes (RFC 3261 section 18.3), and the keepalives between them (RFC 5626 section 3.5.1).
//! Sans-IO. It looks at nothing but the start line and Content-Length, and holds no more than one message and one read.
use crate::domain::account::Problem;
use bytes::{Buf, Bytes, BytesMut};
use std::fmt;

/// The longest message taken: what a datagram can hold.
pub(crate) const MOST: usize = 64 * 1024;
/// The longest header section, with its empty line.
const MOST_HEADER: usize = 32 * 1024;

/// What stood next in a stream.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// One whole message.
    Message(Bytes),
    /// A double CRLF: to be answered with a single one.
    Ping,
    /// A single CRLF.
    Pong,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(bytes) => write!(f, "Message({} bytes)", bytes.len()),
            Self::Ping => f.write_str("Ping"),
            Self::Pong => f.write_str("Pong"),
        }
    }
}

/// Collects a stream's bytes. After an error the stream is of no further use: nobody knows where the next message begins.
#[derive(Default)]
pub(crate) struct Framer {
    buffer: BytesMut,
    /// How much of the buffer holds no end of a header section.
    searched: usize,
    /// The length of the message that has begun, once its header section is whole.
    length: Option<usize>,
}

impl Framer {
    /// Where to read to; call [`Framer::next`] until it is dry before reading more.
    pub(crate) const fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// The next whole thing; `None`: more bytes are needed.
    ///
    /// # Errors
    /// [`Problem::Protocol`]: too long, or not SIP.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Problem> {
        if self.length.is_none() {
            if self.buffer.starts_with(b"\r\n") {
                // a ping that comes in two reads counts as two pongs: waiting for its second half would hold back every pong
                let ping = self.buffer.starts_with(b"\r\n\r\n");
                self.take(if ping { 4 } else { 2 });
                return Ok(Some(if ping { Frame::Ping } else { Frame::Pong }));
            }
            match self.buffer.first() {
                Some(b'\r') if self.buffer.len() == 1 => return Ok(None),
                Some(first) if !first.is_ascii_graphic() => return Err(Problem::Protocol),
                _ => self.length = self.measure()?,
            }
        }
        match self.length {
            Some(length) if length <= self.buffer.len() => Ok(Some(Frame::Message(self.take(length)))),
            _ => Ok(None),
        }
    }

    /// The length of the message at the front, once its header section is whole.
    fn measure(&mut self) -> Result<Option<usize>, Problem> {
        let from = self.searched.saturating_sub(3);
        let Some(header) = self.buffer.get(from..).and_then(end_of_header).map(|end| from + end) else {
            self.searched = self.buffer.len();
            return if self.searched > MOST_HEADER { Err(Problem::Protocol) } else { Ok(None) };
        };
        let head = self.buffer.get(..header).unwrap_or_default();
        if header > MOST_HEADER || !is_sip(head) {
            return Err(Problem::Protocol);
        }
        // RFC 3261 demands a length on streams; without one the next bytes must be a start line or a keepalive
        let length = header + content_length(head)?.unwrap_or(0);
        if length > MOST { Err(Problem::Protocol) } else { Ok(Some(length)) }
    }

    /// Copied, so that a message that is kept does not keep the buffer.
    fn take(&mut self, length: usize) -> Bytes {
        let taken = Bytes::copy_from_slice(self.buffer.get(..length).unwrap_or_default());
        self.buffer.advance(taken.len());
        (self.searched, self.length) = (0, None);
        taken
    }
}

/// What a datagram holds: a keepalive, or one message without what follows its end (RFC 3261 section 18.3).
/// Whether it is whole is for the parser to see, which may have to answer that it is not.
pub(crate) fn datagram(bytes: &[u8]) -> Frame {
    match bytes {
        b"\r\n\r\n" => return Frame::Ping,
        // NULs are what some servers keep a NAT binding open with
        _ if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | b' ' | 0)) => return Frame::Pong,
        _ => {}
    }
    let whole = end_of_header(bytes).and_then(|header| {
        let length = content_length(bytes.get(..header)?).ok()??;
        bytes.get(..header.checked_add(length)?)
    });
    Frame::Message(Bytes::copy_from_slice(whole.unwrap_or(bytes)))
}

/// Just behind the empty line.
fn end_of_header(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// Whether the first line is a request's or a response's.
fn is_sip(head: &[u8]) -> bool {
    const VERSION: &[u8] = b"SIP/2.0";
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    words.next().is_some_and(|word| word.eq_ignore_ascii_case(VERSION))
        || words.next_back().is_some_and(|word| word.eq_ignore_ascii_case(VERSION))
}

/// The value of Content-Length or `l`; `None`: there is none. Several must agree.
fn content_length(head: &[u8]) -> Result<Option<usize>, Problem> {
    let mut lines = head.split(|byte| *byte == b'\n').skip(1).peekable();
    let mut length = None;
    while let Some(line) = lines.next() {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let name = halves.next().unwrap_or_default().trim_ascii_end();
        if !name.eq_ignore_ascii_case(b"content-length") && !name.eq_ignore_ascii_case(b"l") {
            continue;
        }
        let mut value = halves.next().unwrap_or_default().trim_ascii();
        // folded: the value is on the next line
        while value.is_empty() {
            match lines.next_if(|line| matches!(line, [b' ' | b'\t', ..])) {
                Some(line) => value = line.trim_ascii(),
                None => return Err(Problem::Protocol),
            }
        }
        let read = read_number(value).ok_or(Problem::Protocol)?;
        if length.replace(read).is_some_and(|before| before != read) {
            return Err(Problem::Protocol);
        }
    }
    Ok(length)
}

/// Digits only: `parse` alone would take a sign.
fn read_number(digits: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|length| *length <= MOST)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn framed(chunks: &[&[u8]]) -> (Vec<Frame>, Result<(), Problem>) {
        let (mut framer, mut frames) = (Framer::default(), Vec::new());
        for chunk in chunks {
            framer.buffer().extend_from_slice(chunk);
            loop {
                match framer.next() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(problem) => return (frames, Err(problem)),
                }
            }
            assert!(framer.buffer.len() <= MOST, "more is kept than one message");
        }
        (frames, Ok(()))
    }

    fn message(header: &str, body: &str) -> Vec<u8> {
        format!("MESSAGE sip:a@b.test SIP/2.0\r\n{header}\r\n{body}").into_bytes()
    }

    fn whole(bytes: Vec<u8>) -> Frame {
        Frame::Message(bytes.into())
    }

    #[test]
    fn messages_and_keepalives_follow_each_other() {
        let first = message("Content-Length: 4\r\n", "body");
        let second = b"SIP/2.0 200 OK\r\nl:0\r\n\r\n".to_vec();
        let bytes = [first.as_slice(), b"\r\n\r\n", &second, b"\r\n", &first, b"\r\n"].concat();
        let (frames, end) = framed(&[&bytes]);
        let expected = [whole(first.clone()), Frame::Ping, whole(second), Frame::Pong, whole(first), Frame::Pong];
        assert_eq!((frames.as_slice(), end), (&expected[..], Ok(())));
    }

    #[test]
    fn a_pong_is_not_kept_waiting() {
        assert_eq!(framed(&[b"\r\n"]).0, [Frame::Pong]);
        assert_eq!(framed(&[b"\r", b"\n"]).0, [Frame::Pong]);
    }

    #[test]
    fn lengths_as_the_world_writes_them() {
        for header in ["CONTENT-LENGTH  : 4\r\n", "L:4\r\n", "l: 4 \r\nl: 4\r\n", "X: 1\r\nContent-Length:\r\n\t4\r\n"]
        {
            let message = message(header, "body");
            assert_eq!(framed(&[&message, b"\r\n"]).0, [whole(message), Frame::Pong], "{header}");
        }
        // none: no body
        let silent = message("X: 1\r\n", "");
        assert_eq!(framed(&[&silent, &silent]).0, [whole(silent.clone()), whole(silent)]);
    }

    #[test]
    fn what_cannot_be_framed_is_refused() {
        let long = "x".repeat(MOST_HEADER);
        for bytes in [
            message("Content-Length: -1\r\n", ""),
            message("Content-Length: +4\r\n", "body"),
            message("Content-Length: 4,4\r\n", "body"),
            message("Content-Length:\r\n", ""),
            message("Content-Length: 1\r\nl: 2\r\n", "ab"),
            message("Content-Length: 99999999999999999999999\r\n", ""),
            message("Content-Length: 65536\r\n", ""),
            message("Content-Length: 65500\r\n", ""),
            message(&format!("X: {long}\r\n"), ""),
            [message("X: 1\r\n", "").as_slice(), b"v=0\r\n\r\n"].concat(),
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            b"\x16\x03\x01".to_vec(),
            b"\n".to_vec(),
            long.into_bytes().repeat(2),
        ] {
            assert_eq!(framed(&[&bytes]).1, Err(Problem::Protocol));
            // and at the same place when it drips in
            let drops: Vec<_> = bytes.chunks(700).collect();
            assert_eq!(framed(&drops).1, Err(Problem::Protocol));
        }
    }

    #[test]
    fn a_datagram_is_one_message() {
        let first = message("Content-Length: 4\r\n", "body");
        assert_eq!(datagram(&[first.as_slice(), b"rest"].concat()), whole(first));
        for kept in [
            message("Content-Length: 9\r\n", "short"),
            message("", "no length"),
            message("l: x\r\n", "bad"),
            b"x".to_vec(),
        ] {
            assert_eq!(datagram(&kept), whole(kept));
        }
        assert_eq!(datagram(b"\r\n\r\n"), Frame::Ping);
        for keepalive in [&b""[..], b"\r\n", b"\0\0\0\0", b"\r\n\r\n\r\n"] {
            assert_eq!(datagram(keepalive), Frame::Pong);
        }
    }

    #[test]
    fn debug_shows_no_content() {
        assert_eq!(format!("{:?}", whole(message("", ""))), "Message(32 bytes)");
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_messages(
            parts in proptest::collection::vec(("[a-z\r\n]{0,60}", 0usize..3), 1..6),
            cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let mut bytes = Vec::new();
            let mut expected = Vec::new();
            for (body, keepalives) in parts {
                bytes.extend(b"\r\n".repeat(keepalives));
                let message = message(&format!("l: {}\r\n", body.len()), &body);
                bytes.extend(&message);
                expected.push(whole(message));
            }
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).filter_map(|pair| bytes.get(*pair.first()?..*pair.last()?)).collect();
            let (mut frames, end) = framed(&chunks);
            frames.retain(|frame| matches!(frame, Frame::Message(_)));
            prop_assert_eq!((frames, end), (expected, Ok(())));
        }

        #[test]
        fn hostile_bytes_never_panic(
            chunks in proptest::collection::vec(
                prop_oneof![
                    proptest::collection::vec(any::<u8>(), 0..80),
                    "(SIP/2.0 |BYE x SIP/2.0|\r\n|l:|Content-Length|:| |[0-9]{1,9}|\t){0,12}".prop_map(String::into_bytes),
                ],
                0..8,
            ),
        ) {
            let chunks: Vec<_> = chunks.iter().map(Vec::as_slice).collect();
            let _ = framed(&chunks);
            let _ = datagram(&chunks.concat());
        }
    }
}
