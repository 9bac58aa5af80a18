//! STUN messages (RFC 8489): parsed from hostile bytes, written with integrity and fingerprint. For checks of ICE, for asking
//! a server how it sees us, and for TURN, which is STUN with more methods.
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

pub(in crate::media::transport) const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
/// Of a message integrity attribute, and of a fingerprint, with their headers.
const INTEGRITY_LENGTH: usize = 24;
const FINGERPRINT_LENGTH: usize = 8;
const FINGERPRINT_MASK: u32 = 0x5354_554E;

/// What a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media::transport) struct Method(pub u16);

impl Method {
    pub const BINDING: Self = Self(1);
    pub const ALLOCATE: Self = Self(3);
    pub const REFRESH: Self = Self(4);
    pub const DATA: Self = Self(7);
    pub const CHANNEL_BIND: Self = Self(9);
}

/// Request or one of its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media::transport) enum Class {
    Request,
    Indication,
    Success,
    Failure,
}

/// Kinds of attributes.
pub(in crate::media::transport) mod attribute {
    pub const MAPPED_ADDRESS: u16 = 0x0001;
    pub const USERNAME: u16 = 0x0006;
    pub const INTEGRITY: u16 = 0x0008;
    pub const ERROR: u16 = 0x0009;
    pub const CHANNEL: u16 = 0x000C;
    pub const LIFETIME: u16 = 0x000D;
    pub const PEER: u16 = 0x0012;
    pub const DATA: u16 = 0x0013;
    pub const REALM: u16 = 0x0014;
    pub const NONCE: u16 = 0x0015;
    pub const RELAYED: u16 = 0x0016;
    pub const TRANSPORT: u16 = 0x0019;
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub const PRIORITY: u16 = 0x0024;
    pub const USE_CANDIDATE: u16 = 0x0025;
    pub const ALTERNATE: u16 = 0x8023;
    pub const FINGERPRINT: u16 = 0x8028;
    pub const CONTROLLED: u16 = 0x8029;
    pub const CONTROLLING: u16 = 0x802A;
}

/// Names a request and its answer.
pub(in crate::media::transport) type Transaction = [u8; 12];

/// A random one; without randomness there is no request.
pub(in crate::media::transport) fn transaction() -> Option<Transaction> {
    let mut transaction = [0; 12];
    getrandom::fill(&mut transaction).ok()?;
    Some(transaction)
}

/// A message as it came: its attributes' lengths are right, and its fingerprint, where it bears one.
#[derive(Debug, Clone, Copy)]
pub(in crate::media::transport) struct Message<'a> {
    bytes: &'a [u8],
    pub method: Method,
    pub class: Class,
    pub transaction: Transaction,
    /// Where the integrity attribute begins; what follows it is not read.
    integrity: Option<usize>,
}

impl<'a> Message<'a> {
    /// `None`: no STUN of today (RFC 8489 section 5), or lengths that contradict each other.
    pub(in crate::media::transport) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.first_chunk::<HEADER>()?;
        let ([a, b, high, low], cookie) = (*header.first_chunk::<4>()?, header.get(4..8)?);
        let (kind, length) = (u16::from_be_bytes([a, b]), usize::from(u16::from_be_bytes([high, low])));
        if kind >> 14 != 0 || cookie != COOKIE || length % 4 != 0 || bytes.len() != HEADER + length {
            return None;
        }
        let method = Method(kind & 0xF | kind >> 1 & 0x70 | kind >> 2 & 0xF80);
        let class = match (kind & 0x100 != 0, kind & 0x10 != 0) {
            (false, false) => Class::Request,
            (false, true) => Class::Indication,
            (true, false) => Class::Success,
            (true, true) => Class::Failure,
        };
        let transaction = *header.last_chunk()?;
        let mut message = Self { bytes, method, class, transaction, integrity: None };
        let mut end = HEADER;
        for (at, kind, value) in message.walk() {
            end = at + padded(value.len()) + 4;
            match kind {
                attribute::INTEGRITY if value.len() + 4 == INTEGRITY_LENGTH => {
                    message.integrity = message.integrity.or(Some(at));
                }
                attribute::INTEGRITY => return None,
                attribute::FINGERPRINT if value != fingerprint(bytes.get(..at)?).to_be_bytes() => return None,
                _ => {}
            }
        }
        (end == bytes.len()).then_some(message)
    }

    /// Attributes: where each begins, its kind, its value.
    fn walk(&self) -> impl Iterator<Item = (usize, u16, &'a [u8])> + use<'a> {
        let (bytes, mut at) = (self.bytes, HEADER);
        std::iter::from_fn(move || {
            let [a, b, high, low] = *bytes.get(at..)?.first_chunk::<4>()?;
            let length = usize::from(u16::from_be_bytes([high, low]));
            let value = bytes.get(at + 4..at + 4 + length)?;
            let start = at;
            at += 4 + padded(length);
            Some((start, u16::from_be_bytes([a, b]), value))
        })
    }

    /// The first attribute of a kind; what stands behind the integrity is not authentic and not read.
    pub(in crate::media::transport) fn attribute(&self, kind: u16) -> Option<&'a [u8]> {
        let end = self.integrity.unwrap_or(usize::MAX);
        self.walk().take_while(|(at, ..)| *at < end).find(|(_, known, _)| *known == kind).map(|(.., value)| value)
    }

    pub(in crate::media::transport) fn u32(&self, kind: u16) -> Option<u32> {
        Some(u32::from_be_bytes(self.attribute(kind)?.try_into().ok()?))
    }

    pub(in crate::media::transport) fn u64(&self, kind: u16) -> Option<u64> {
        Some(u64::from_be_bytes(self.attribute(kind)?.try_into().ok()?))
    }

    pub(in crate::media::transport) fn text(&self, kind: u16) -> Option<&'a str> {
        std::str::from_utf8(self.attribute(kind)?).ok()
    }

    /// The code of a failure (RFC 8489 section 14.8); 0 where it names none.
    pub(in crate::media::transport) fn code(&self) -> u16 {
        match self.attribute(attribute::ERROR) {
            Some([_, _, class, number, ..]) => u16::from(class & 7) * 100 + u16::from(*number),
            _ => 0,
        }
    }

    /// An address that is masked with cookie and transaction (RFC 8489 section 14.2).
    pub(in crate::media::transport) fn address(&self, kind: u16) -> Option<SocketAddr> {
        address(self.attribute(kind)?, &mask(&self.transaction))
    }

    /// An address as it stands, as servers of old write it.
    pub(in crate::media::transport) fn plain_address(&self, kind: u16) -> Option<SocketAddr> {
        address(self.attribute(kind)?, &[0; 16])
    }

    /// Whether its integrity is there and right under this key.
    pub(in crate::media::transport) fn is_authentic(&self, key: &[u8]) -> bool {
        let Some((at, mac)) = self.integrity.zip(authentication(key)) else { return false };
        let Some((head, rest)) = self.bytes.split_at_checked(2) else { return false };
        let (Some(body), Some(tag)) = (rest.get(2..at - 2), self.bytes.get(at + 4..at + INTEGRITY_LENGTH)) else {
            return false;
        };
        let length = ((at + INTEGRITY_LENGTH - HEADER) as u16).to_be_bytes();
        mac.chain_update(head).chain_update(length).chain_update(body).verify_slice(tag).is_ok()
    }
}

/// A message under way.
#[derive(Debug, Clone)]
pub(in crate::media::transport) struct Writer {
    bytes: Vec<u8>,
    mask: [u8; 16],
}

impl Writer {
    pub(in crate::media::transport) fn new(method: Method, class: Class, transaction: Transaction) -> Self {
        let Method(m) = method;
        let bits = match class {
            Class::Request => 0,
            Class::Indication => 0x10,
            Class::Success => 0x100,
            Class::Failure => 0x110,
        };
        let kind = m & 0xF | (m & 0x70) << 1 | (m & 0xF80) << 2 | bits;
        let mut bytes = kind.to_be_bytes().to_vec();
        bytes.extend([0, 0]);
        bytes.extend(COOKIE);
        bytes.extend(transaction);
        Self { bytes, mask: mask(&transaction) }
    }

    pub(in crate::media::transport) fn put(mut self, kind: u16, value: &[u8]) -> Self {
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend((value.len() as u16).to_be_bytes());
        self.bytes.extend(value);
        self.bytes.resize(padded(self.bytes.len()), 0);
        self
    }

    pub(in crate::media::transport) fn put_address(self, kind: u16, address: SocketAddr) -> Self {
        let family = if address.is_ipv4() { 1 } else { 2 };
        let mut value = vec![0, family];
        let plain: Vec<u8> = match address.ip() {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        value.extend(address.port().to_be_bytes().iter().zip(&self.mask).map(|(a, b)| a ^ b));
        value.extend(plain.iter().zip(&self.mask).map(|(a, b)| a ^ b));
        self.put(kind, &value)
    }

    /// A failure's code and nothing to read.
    pub(in crate::media::transport) fn put_code(self, code: u16) -> Self {
        self.put(attribute::ERROR, &[0, 0, (code / 100) as u8, (code % 100) as u8])
    }

    /// The message, with integrity under this key.
    pub(in crate::media::transport) fn sign(mut self, key: &[u8]) -> Self {
        self.length(INTEGRITY_LENGTH);
        let tag = authentication(key).map(|mac| mac.chain_update(&self.bytes).finalize().into_bytes());
        self.put(attribute::INTEGRITY, tag.as_ref().map_or(&[], |tag| tag.as_slice()))
    }

    /// The message's bytes, with a fingerprint.
    pub(in crate::media::transport) fn finish(mut self) -> Vec<u8> {
        self.length(FINGERPRINT_LENGTH);
        let fingerprint = fingerprint(&self.bytes).to_be_bytes();
        self.put(attribute::FINGERPRINT, &fingerprint).bytes
    }

    /// Writes the length, as it will be with so much more.
    fn length(&mut self, more: usize) {
        let length = ((self.bytes.len() + more - HEADER) as u16).to_be_bytes();
        if let Some(field) = self.bytes.get_mut(2..4) {
            field.copy_from_slice(&length);
        }
    }
}

const fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
}

fn authentication(key: &[u8]) -> Option<Hmac<Sha1>> {
    Hmac::new_from_slice(key).ok()
}

fn mask(transaction: &Transaction) -> [u8; 16] {
    let mut mask = [0; 16];
    mask.iter_mut().zip(COOKIE.iter().chain(transaction)).for_each(|(to, from)| *to = *from);
    mask
}

fn address(value: &[u8], mask: &[u8; 16]) -> Option<SocketAddr> {
    let ([_, family, p0, p1], ip) = value.split_first_chunk::<4>()?;
    let port = u16::from_be_bytes([p0 ^ mask[0], p1 ^ mask[1]]);
    let mut octets = [0; 16];
    octets.iter_mut().zip(ip.iter().zip(mask)).for_each(|(to, (a, b))| *to = a ^ b);
    let ip: IpAddr = match (family, ip.len()) {
        (1, 4) => Ipv4Addr::from(*octets.first_chunk::<4>()?).into(),
        (2, 16) => Ipv6Addr::from(octets).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// CRC-32 (ISO 3309) over all before it, masked.
fn fingerprint(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    !crc ^ FINGERPRINT_MASK
}
