//! The attributes of DTLS-SRTP in SDP (RFC 8122, 4145, 8842) to and from [`Dtls`]: the only place that knows their grammar.
//! Pure. Whether an association is made, and who opens it, is the media engine's.
use crate::domain::protection::{Dtls, Fingerprint, Hash, Setup};
use std::fmt::Write;

/// Fingerprints of one certificate that are looked at.
const MOST: usize = 8;

/// What the session, or one of its m-lines, says of DTLS.
#[derive(Default)]
pub(super) struct DtlsFields<'a> {
    fingerprints: Vec<Fingerprint>,
    setup: Option<&'a str>,
    id: Option<&'a str>,
}

impl<'a> DtlsFields<'a> {
    /// Takes an attribute that is one of DTLS's; false: it is not.
    pub(super) fn read(&mut self, name: &str, value: &'a str) -> bool {
        match name {
            "fingerprint" if self.fingerprints.len() < MOST => self.fingerprints.extend(fingerprint(value)),
            "fingerprint" => {}
            "setup" => self.setup = Some(value),
            "tls-id" => self.id = Some(value).filter(|id| is_id(id)).or(self.id),
            _ => return false,
        }
        true
    }

    /// What holds for the m-line whose fields these are; `None`: no certificate is named that could be known again, or no
    /// association is wanted for now (`holdconn`).
    pub(super) fn found(&self, session: &Self) -> Option<Dtls> {
        let own = if self.fingerprints.is_empty() { session } else { self };
        let setup = match self.setup.or(session.setup) {
            // who forgets it takes either role
            None => Setup::ActPass,
            Some(word) => {
                SETUPS.into_iter().find(|(_, name)| name.eq_ignore_ascii_case(word)).map(|(setup, _)| setup)?
            }
        };
        (!own.fingerprints.is_empty()).then(|| Dtls {
            fingerprints: own.fingerprints.clone(),
            setup,
            id: self.id.or(session.id).map(str::to_owned),
        })
    }
}

const SETUPS: [(Setup, &str); 3] =
    [(Setup::ActPass, "actpass"), (Setup::Active, "active"), (Setup::Passive, "passive")];
const HASHES: [(Hash, &str, usize); 3] =
    [(Hash::Sha256, "sha-256", 32), (Hash::Sha384, "sha-384", 48), (Hash::Sha512, "sha-512", 64)];

/// `sha-256 4A:AD:…`; `None`: a function that is not taken, or a digest that is none of its.
fn fingerprint(value: &str) -> Option<Fingerprint> {
    let (name, digits) = value.split_once(char::is_whitespace)?;
    let (hash, _, length) = HASHES.into_iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name))?;
    let octet = |pair: &str| {
        let plain = pair.len() == 2 && pair.bytes().all(|c| c.is_ascii_hexdigit());
        plain.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
    };
    // none of the hashes is longer
    let digest: Vec<u8> = digits.trim().split(':').take(65).map(octet).collect::<Option<_>>()?;
    (digest.len() == length).then_some(Fingerprint { hash, digest })
}

/// 20 to 255 of these characters (RFC 8842 section 4).
fn is_id(id: &str) -> bool {
    (20..=255).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"+/-_".contains(&c))
}

/// The m-line's part.
pub(super) fn write(text: &mut String, dtls: &Dtls) -> std::fmt::Result {
    for Fingerprint { hash, digest } in &dtls.fingerprints {
        let name = match hash {
            Hash::Sha256 => HASHES[0].1,
            Hash::Sha384 => HASHES[1].1,
            Hash::Sha512 => HASHES[2].1,
        };
        write!(text, "a=fingerprint:{name} ")?;
        for (at, octet) in digest.iter().enumerate() {
            write!(text, "{}{octet:02X}", if at == 0 { "" } else { ":" })?;
        }
        text.push_str("\r\n");
    }
    let setup = match dtls.setup {
        Setup::ActPass => SETUPS[0].1,
        Setup::Active => SETUPS[1].1,
        Setup::Passive => SETUPS[2].1,
    };
    write!(text, "a=setup:{setup}\r\n")?;
    if let Some(id) = &dtls.id {
        write!(text, "a=tls-id:{id}\r\n")?;
    }
    Ok(())
}
