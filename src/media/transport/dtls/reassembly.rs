//! Handshake messages put together from fragments that come in any order and more than once (RFC 6347 section 4.2.3); what
//! is kept is bounded.
use super::{flight::header, wire::Reader};
use std::collections::BTreeMap;

/// Longest message we take: certificate chains of some certificates.
const LONGEST: usize = 16_384;
/// How far ahead of the awaited message one may be.
const AHEAD: u16 = 8;

/// A whole message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub kind: u8,
    pub body: Vec<u8>,
    /// As hashes take it: in one piece, behind its header.
    pub whole: Vec<u8>,
}

/// What became of a record's fragments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// All new or known, or of no use.
    Taken,
    /// The first of them is of a message that was read already: the other side has not heard our answer.
    Old,
}

/// Messages under way.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    next: u16,
    parts: BTreeMap<u16, Part>,
}

#[derive(Debug)]
struct Part {
    kind: u8,
    body: Vec<u8>,
    /// Octets that came.
    have: Vec<bool>,
}

impl Reassembly {
    /// The fragments of one record; `allowed` tells whether a message of this kind may stand in it.
    pub(super) fn push(&mut self, content: &[u8], allowed: impl Fn(u8) -> bool) -> Pushed {
        let mut reader = Reader::new(content);
        let mut pushed = Pushed::Taken;
        while let Some((kind, length, sequence, offset, fragment)) = fragment(&mut reader) {
            if sequence < self.next {
                pushed = Pushed::Old;
            } else if sequence - self.next < AHEAD && length <= LONGEST && allowed(kind) {
                self.keep(kind, length, sequence, offset, fragment);
            }
        }
        pushed
    }

    fn keep(&mut self, kind: u8, length: usize, sequence: u16, offset: usize, fragment: &[u8]) {
        let new = || Part { kind, body: vec![0; length], have: vec![false; length] };
        let part = self.parts.entry(sequence).or_insert_with(new);
        if part.kind != kind || part.body.len() != length {
            return;
        }
        let range = offset..offset.saturating_add(fragment.len());
        if let (Some(body), Some(have)) = (part.body.get_mut(range.clone()), part.have.get_mut(range)) {
            body.copy_from_slice(fragment);
            have.fill(true);
        }
    }

    /// The next message, if it is whole.
    pub(super) fn pop(&mut self) -> Option<Message> {
        let part = self.parts.get(&self.next)?;
        if !part.have.iter().all(|have| *have) {
            return None;
        }
        let Part { kind, body, .. } = self.parts.remove(&self.next)?;
        let mut whole = header(kind, body.len(), self.next, 0, body.len()).to_vec();
        whole.extend(&body);
        self.next = self.next.checked_add(1)?;
        Some(Message { kind, body, whole })
    }
}

fn fragment<'a>(reader: &mut Reader<'a>) -> Option<(u8, usize, u16, usize, &'a [u8])> {
    let (kind, length, sequence, offset) = (reader.u8()?, reader.u24()?, reader.u16()?, reader.u24()?);
    let fragment = reader.u24()?;
    Some((kind, length, sequence, offset, reader.take(fragment)?))
}

#[cfg(test)]
impl Reassembly {
    /// Octets of messages under way.
    pub(super) fn kept(&self) -> usize {
        self.parts.values().map(|part| part.body.len()).sum()
    }
}
