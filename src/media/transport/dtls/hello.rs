//! The hellos (RFC 5246 section 7.4.1, RFC 6347 section 4.2.1) and the extensions that count: what both sides can.
use super::{
    certificate::SCHEMES,
    crypto::{GROUPS, SUITES},
    record::VERSION,
    wire::{Reader, numbers, put_long, put_short},
};
use crate::domain::protection::Suite;

const GROUPS_EXTENSION: u16 = 10;
const POINTS_EXTENSION: u16 = 11;
const SCHEMES_EXTENSION: u16 = 13;
const SRTP_EXTENSION: u16 = 14;
const MASTER_EXTENSION: u16 = 23;
const RENEGOTIATION_EXTENSION: u16 = 0xFF01;
/// A suite that stands for the empty renegotiation extension (RFC 5746).
const RENEGOTIATION_SUITE: u16 = 0x00FF;

/// SRTP's suites as DTLS numbers them (RFC 5764, 7714), best first; the last one is taken and never offered.
const PROFILES: [(u16, Suite); 4] =
    [(8, Suite::Aes256Gcm), (7, Suite::Aes128Gcm), (1, Suite::Aes128Sha80), (2, Suite::Aes128Sha32)];

pub(super) fn profile(number: u16) -> Option<Suite> {
    PROFILES.iter().find(|(known, _)| *known == number).map(|(_, suite)| *suite)
}

/// The best profile that they list.
pub(super) fn choose_profile(theirs: &[u8]) -> Option<u16> {
    PROFILES.iter().map(|(number, _)| *number).find(|number| numbers(theirs).any(|theirs| theirs == *number))
}

/// What a client says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ClientHello<'a> {
    pub random: [u8; 32],
    pub suites: &'a [u8],
    pub groups: Option<&'a [u8]>,
    pub schemes: &'a [u8],
    pub profiles: &'a [u8],
    pub points: bool,
    pub extended: bool,
    pub renegotiation: bool,
}

impl<'a> ClientHello<'a> {
    /// `None`: malformed, or of a version below 1.2.
    pub(super) fn parse(body: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let version: [u8; 2] = reader.array()?;
        let random = reader.array()?;
        let (_session, _cookie) = (reader.short()?, reader.short()?);
        let suites = reader.long()?;
        let compressions = reader.short()?;
        // versions of DTLS count downwards
        if version[0] != 0xFE || version[1] > VERSION[1] || !compressions.contains(&0) {
            return None;
        }
        let mut hello = Self { random, suites, ..Self::default() };
        hello.renegotiation = numbers(suites).any(|suite| suite == RENEGOTIATION_SUITE);
        for (kind, mut data) in extensions(reader)? {
            match kind {
                GROUPS_EXTENSION => hello.groups = Some(data.long()?),
                POINTS_EXTENSION => hello.points = true,
                SCHEMES_EXTENSION => hello.schemes = data.long()?,
                SRTP_EXTENSION => hello.profiles = data.long()?,
                MASTER_EXTENSION => hello.extended = true,
                RENEGOTIATION_EXTENSION => hello.renegotiation = true,
                _ => {}
            }
        }
        Some(hello)
    }

    /// The group of ours that they can; who names none can P-256 (RFC 8422 section 4).
    pub(super) fn group(&self) -> Option<u16> {
        let theirs = self.groups.unwrap_or(&[0, 23]);
        GROUPS.into_iter().find(|group| numbers(theirs).any(|theirs| theirs == *group))
    }
}

/// Our hello as a client.
pub(super) fn write_client(random: &[u8; 32], cookie: &[u8]) -> Vec<u8> {
    let mut body = VERSION.to_vec();
    body.extend(random);
    put_short(&mut body, &[]);
    put_short(&mut body, cookie);
    put_long(&mut body, &bytes(SUITES.iter().map(|suite| suite.number)));
    put_short(&mut body, &[0]);
    let offered = PROFILES.iter().take(PROFILES.len() - 1).map(|(number, _)| *number);
    let mut all = Vec::new();
    extension(&mut all, MASTER_EXTENSION, &[]);
    extension(&mut all, RENEGOTIATION_EXTENSION, &[0]);
    extension(&mut all, GROUPS_EXTENSION, &vector(bytes(GROUPS.into_iter())));
    extension(&mut all, POINTS_EXTENSION, &[1, 0]);
    extension(&mut all, SCHEMES_EXTENSION, &vector(bytes(SCHEMES.into_iter())));
    let mut profiles = vector(bytes(offered));
    profiles.push(0); // no MKI
    extension(&mut all, SRTP_EXTENSION, &profiles);
    put_long(&mut body, &all);
    body
}

/// What a server says.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerHello {
    pub random: [u8; 32],
    pub suite: u16,
    pub profile: u16,
    pub extended: bool,
}

impl ServerHello {
    /// `None`: malformed, no DTLS 1.2, or without keys for SRTP.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        if reader.array()? != VERSION {
            return None;
        }
        let random = reader.array()?;
        reader.short()?;
        let suite = reader.u16()?;
        if reader.u8()? != 0 {
            return None;
        }
        let (mut profile, mut extended) = (None, false);
        for (kind, mut data) in extensions(reader)? {
            match kind {
                SRTP_EXTENSION => profile = numbers(data.long()?).next(),
                MASTER_EXTENSION => extended = true,
                _ => {}
            }
        }
        Some(Self { random, suite, profile: profile?, extended })
    }

    /// Our hello as a server, answering that one.
    pub(super) fn write(&self, to: &ClientHello<'_>) -> Vec<u8> {
        let mut body = VERSION.to_vec();
        body.extend(self.random);
        put_short(&mut body, &[]);
        body.extend(self.suite.to_be_bytes());
        body.push(0);
        let mut all = Vec::new();
        if to.extended {
            extension(&mut all, MASTER_EXTENSION, &[]);
        }
        if to.renegotiation {
            extension(&mut all, RENEGOTIATION_EXTENSION, &[0]);
        }
        if to.points {
            extension(&mut all, POINTS_EXTENSION, &[1, 0]);
        }
        let [high, low] = self.profile.to_be_bytes();
        extension(&mut all, SRTP_EXTENSION, &[0, 2, high, low, 0]);
        put_long(&mut body, &all);
        body
    }
}

/// The extensions behind a hello, if there are any.
fn extensions(mut reader: Reader<'_>) -> Option<Vec<(u16, Reader<'_>)>> {
    let mut all = Vec::new();
    if reader.is_empty() {
        return Some(all);
    }
    let mut inner = Reader::new(reader.long()?);
    while !inner.is_empty() {
        all.push((inner.u16()?, Reader::new(inner.long()?)));
    }
    Some(all)
}

fn extension(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
    out.extend(kind.to_be_bytes());
    put_long(out, data);
}

fn bytes(numbers: impl Iterator<Item = u16>) -> Vec<u8> {
    numbers.flat_map(u16::to_be_bytes).collect()
}

fn vector(bytes: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    put_long(&mut out, &bytes);
    out
}
