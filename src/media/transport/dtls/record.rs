//! Records (RFC 6347 section 4.1): what a datagram is cut into.
use super::wire::Reader;

pub(super) const CHANGE_CIPHER: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
/// DTLS 1.2.
pub(super) const VERSION: [u8; 2] = [0xFE, 0xFD];
/// DTLS 1.0: on the first hello of many a peer.
const OLD: [u8; 2] = [0xFE, 0xFF];
/// Octets before a record's content.
pub(super) const HEADER: usize = 13;

/// One record as it stands in a datagram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub kind: u8,
    pub version: [u8; 2],
    /// Epoch (16 bits) and sequence number (48).
    pub number: u64,
    pub content: &'a [u8],
}

impl Record<'_> {
    pub(super) const fn epoch(&self) -> u64 {
        self.number >> 48
    }
}

/// The records of a datagram, until one that is none.
pub(super) fn records(datagram: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut reader = Reader::new(datagram);
    std::iter::from_fn(move || {
        let kind = reader.u8()?;
        let version = reader.array()?;
        let number = u64::from_be_bytes(reader.array()?);
        let content = reader.long()?;
        (version == VERSION || version == OLD).then_some(Record { kind, version, number, content })
    })
}

/// Writes a record behind what `out` holds.
pub(super) fn write(out: &mut Vec<u8>, kind: u8, number: u64, content: &[u8]) {
    out.push(kind);
    out.extend(VERSION);
    out.extend(number.to_be_bytes());
    out.extend((content.len() as u16).to_be_bytes());
    out.extend(content);
}
