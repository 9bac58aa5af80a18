//! Our side of the handshake on the wire: messages cut into fragments, gathered into flights, sent again until the other
//! side answers (RFC 6347 section 4.2.4).
use super::{
    crypto::{Cipher, OVERHEAD},
    record::{self, CHANGE_CIPHER, HANDSHAKE, HEADER, VERSION},
    wire::u24,
};
use std::time::{Duration, Instant};

/// Largest datagram: it comes through a relay and a tunnel, too.
const LARGEST: usize = 1200;
const FRAGMENT: usize = LARGEST - HEADER - OVERHEAD - 12;
/// Until the first repetition, and at most between two.
const FIRST: Duration = Duration::from_millis(400);
const LONGEST: Duration = Duration::from_secs(3);
/// A flight is not repeated more often, whatever comes.
const SHORTEST: Duration = Duration::from_millis(100);

/// What we send.
#[derive(Debug, Default)]
pub(super) struct Flight {
    pieces: Vec<Piece>,
    /// Number of the next message.
    message: u16,
    /// Of the next record, in each epoch.
    numbers: [u64; 2],
    cipher: Option<Cipher>,
    changed: bool,
    sent: Option<Instant>,
    /// How long to wait for the answer; `None`: none is awaited.
    wait: Option<Duration>,
}

#[derive(Debug)]
struct Piece {
    protected: bool,
    kind: u8,
    content: Vec<u8>,
}

impl Flight {
    /// The next flight: what was sent before has arrived.
    pub(super) fn begin(&mut self) {
        self.pieces.clear();
        self.wait = Some(FIRST);
        self.sent = None;
    }

    /// Nothing is awaited any more; what was sent can be sent again.
    pub(super) const fn rest(&mut self) {
        self.wait = None;
    }

    /// Adds a message; gives it as hashes take it.
    pub(super) fn message(&mut self, kind: u8, body: &[u8]) -> Vec<u8> {
        let (sequence, length) = (self.message, body.len());
        let mut offset = 0;
        loop {
            let fragment = body.get(offset..(offset + FRAGMENT).min(length)).unwrap_or_default();
            let mut content = header(kind, length, sequence, offset, fragment.len()).to_vec();
            content.extend(fragment);
            self.pieces.push(Piece { protected: self.changed, kind: HANDSHAKE, content });
            offset += FRAGMENT;
            if offset >= length {
                break;
            }
        }
        self.message = self.message.wrapping_add(1);
        let mut whole = header(kind, length, sequence, 0, length).to_vec();
        whole.extend(body);
        whole
    }

    /// From here on messages are protected.
    pub(super) fn change(&mut self, cipher: Cipher) {
        self.pieces.push(Piece { protected: false, kind: CHANGE_CIPHER, content: vec![1] });
        self.cipher = Some(cipher);
        self.changed = true;
    }

    /// The flight's datagrams, if its time has come.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let due = match (self.sent, self.wait) {
            (None, _) => !self.pieces.is_empty(),
            (Some(sent), Some(wait)) => now.saturating_duration_since(sent) >= wait,
            (Some(_), None) => false,
        };
        if !due {
            return Vec::new();
        }
        if self.sent.is_some() {
            self.wait = self.wait.map(|wait| (wait * 2).min(LONGEST));
        }
        self.datagrams(now)
    }

    /// The other side sends again what we have answered: the answer once more, but not for each of its packets.
    pub(super) fn again(&mut self, now: Instant) -> Vec<Vec<u8>> {
        if self.sent.is_some_and(|sent| now.saturating_duration_since(sent) < SHORTEST) {
            return Vec::new();
        }
        self.datagrams(now)
    }

    /// A record outside of flights.
    pub(super) fn single(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut datagram = Vec::new();
        self.record(&mut datagram, self.changed, kind, content);
        datagram
    }

    fn datagrams(&mut self, now: Instant) -> Vec<Vec<u8>> {
        self.sent = Some(now);
        let mut datagrams = vec![Vec::new()];
        for Piece { protected, kind, content } in std::mem::take(&mut self.pieces) {
            let mut record = Vec::new();
            self.record(&mut record, protected, kind, &content);
            match datagrams.last_mut() {
                Some(last) if last.is_empty() || last.len() + record.len() <= LARGEST => last.extend(record),
                _ => datagrams.push(record),
            }
            self.pieces.push(Piece { protected, kind, content });
        }
        datagrams
    }

    fn record(&mut self, out: &mut Vec<u8>, protected: bool, kind: u8, content: &[u8]) {
        let [clear, sealed] = &mut self.numbers;
        let next = if protected { sealed } else { clear };
        let number = u64::from(protected) << 48 | *next;
        *next += 1;
        match self.cipher.as_ref().filter(|_| protected) {
            // a cipher that fails has no answer: nothing goes out in its place
            Some(cipher) => {
                if let Some(content) = cipher.seal(number, kind, VERSION, content) {
                    record::write(out, kind, number, &content);
                }
            }
            None => record::write(out, kind, number, content),
        }
    }
}

/// Before each fragment of a message.
pub(super) const fn header(kind: u8, length: usize, sequence: u16, offset: usize, fragment: usize) -> [u8; 12] {
    let ([a, b, c], [d, e]) = (u24(length), sequence.to_be_bytes());
    let ([f, g, h], [i, j, k]) = (u24(offset), u24(fragment));
    [kind, a, b, c, d, e, f, g, h, i, j, k]
}
