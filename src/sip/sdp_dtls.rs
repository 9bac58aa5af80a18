//! The attributes of DTLS-SRTP in SDP (RFC 8122, 4145, 8842) to and from [`Dtls`]: the only place that knows their grammar.
//! Pure. Whether an association is made, and who opens it, is the media engine's.
use crate::domain::protection::{Dtls, Fingerprint, Setup};
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
            "fingerprint" if self.fingerprints.len() < MOST => {
                let parts = value.split_once(char::is_whitespace);
                self.fingerprints.extend(parts.and_then(|(name, digits)| Fingerprint::read(name, digits)));
            }
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
            Some(word) => Setup::of(word)?,
        };
        (!own.fingerprints.is_empty()).then(|| Dtls {
            fingerprints: own.fingerprints.clone(),
            setup,
            id: self.id.or(session.id).map(str::to_owned),
        })
    }
}

/// 20 to 255 of these characters (RFC 8842 section 4).
fn is_id(id: &str) -> bool {
    (20..=255).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"+/-_".contains(&c))
}

/// The m-line's part.
pub(super) fn write(text: &mut String, dtls: &Dtls) -> std::fmt::Result {
    for fingerprint in &dtls.fingerprints {
        write!(text, "a=fingerprint:{} {}\r\n", fingerprint.hash.name(), fingerprint.digits())?;
    }
    write!(text, "a=setup:{}\r\n", dtls.setup.name())?;
    if let Some(id) = &dtls.id {
        write!(text, "a=tls-id:{id}\r\n")?;
    }
    Ok(())
}
