//! Digest log-in (RFC 2617, 7616, 8760): reads challenges, answers them, and checks answers for the demo exchange's registrar.
//! Pure. It must not count nonces or draw chance: both are arguments. `userhash` is not answered, servers cannot require it.
use crate::domain::private::Private;
use md5::{Digest, Md5};
use sha2::{Sha256, Sha512_256};
use std::hint::black_box;

/// Who logs in.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The digest user name: the account's `auth_user`, else the address's user part.
    pub(crate) user: String,
    /// The password.
    pub(crate) password: Private<String>,
}

/// Weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hash {
    /// RFC 2617.
    Md5,
    /// RFC 7616.
    Sha256,
    /// The same.
    Sha512Of256,
}

impl Hash {
    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
            Self::Sha512Of256 => "SHA-512-256",
        }
    }

    /// Lowercase hexadecimal of the parts joined by colons.
    fn of(self, parts: &[&[u8]]) -> String {
        let joined = parts.join(&b':');
        let digest = match self {
            Self::Md5 => Md5::digest(joined).to_vec(),
            Self::Sha256 => Sha256::digest(joined).to_vec(),
            Self::Sha512Of256 => Sha512_256::digest(joined).to_vec(),
        };
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A hash, and whether its first half is kept for a session (`-sess`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Algorithm {
    hash: Hash,
    session: bool,
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        const SESSION: &str = "-sess";
        let at = name.len().saturating_sub(SESSION.len());
        let (hash, session) = match (name.get(..at), name.get(at..)) {
            (Some(hash), Some(tail)) if tail.eq_ignore_ascii_case(SESSION) => (hash, true),
            _ => (name, false),
        };
        let known = [Hash::Md5, Hash::Sha256, Hash::Sha512Of256];
        let hash = known.into_iter().find(|known| known.name().eq_ignore_ascii_case(hash))?;
        Some(Self { hash, session })
    }
}

/// Quality of protection: what the answer covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Qop {
    /// None was offered: the first form of the protocol (RFC 2069).
    Absent,
    /// Method and URI.
    Auth,
    /// The body too.
    AuthInt,
}

/// A challenge we can answer. Texts stand as between their quotes: they are hashed and sent back so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// `None`: not named, which means MD5 and is answered without a name, as old servers expect.
    algorithm: Option<Algorithm>,
    qop: Qop,
    stale: bool,
}

impl Challenge {
    /// Reads the value of `WWW-Authenticate` or `Proxy-Authenticate`.
    /// `None`: malformed, another scheme, or an algorithm or protection that is unknown here.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let parameters = Parameters::of_digest(value)?;
        let algorithm = match parameters.get("algorithm") {
            Some(name) => Some(Algorithm::parse(name)?),
            None => None,
        };
        let offered: Vec<_> = parameters.get("qop").unwrap_or_default().split(',').map(str::trim).collect();
        let offers = |qop: &str| offered.iter().any(|offered| offered.eq_ignore_ascii_case(qop));
        let qop = if offers("auth") {
            Qop::Auth
        } else if offers("auth-int") {
            Qop::AuthInt
        } else if offered.iter().all(|offered| offered.is_empty()) {
            Qop::Absent
        } else {
            return None;
        };
        Some(Self {
            realm: parameters.get("realm")?.to_owned(),
            nonce: parameters.get("nonce").filter(|nonce| !nonce.is_empty())?.to_owned(),
            opaque: parameters.get("opaque").map(str::to_owned),
            algorithm,
            qop,
            stale: parameters.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// The part of the server the password is for.
    pub(crate) fn realm(&self) -> &str {
        &self.realm
    }

    /// The server's nonce: count answers to it from 1.
    #[cfg(test)]
    pub(crate) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Only the nonce was too old, the password was right: answer again without asking anybody.
    pub(crate) const fn stale(&self) -> bool {
        self.stale
    }

    /// Of its hash.
    pub(super) fn strength(&self) -> Hash {
        self.algorithm.map_or(Hash::Md5, |algorithm| algorithm.hash)
    }
}

/// The strongest challenge; the first among equals (RFC 8760 section 2.4).
pub(crate) fn best(challenges: &[Challenge]) -> Option<&Challenge> {
    challenges.iter().rev().max_by_key(|challenge| challenge.strength())
}

/// The value of `Authorization` or `Proxy-Authorization` for one request.
///
/// `nc` counts the answers to this nonce from 1; keep `cnonce` as long as the nonce, since `-sess` algorithms hold it fast.
pub(crate) fn answer(
    challenge: &Challenge,
    credentials: &Credentials,
    method: &str,
    uri: &str,
    body: &[u8],
    nc: u32,
    cnonce: &str,
) -> Private<String> {
    let Challenge { realm, nonce, opaque, algorithm, qop, .. } = challenge;
    let (user, uri, cnonce) = (escaped(&credentials.user), escaped(uri), escaped(cnonce));
    let nc = format!("{nc:08x}");
    let proof = Proof {
        algorithm: algorithm.unwrap_or(Algorithm { hash: Hash::Md5, session: false }),
        qop: *qop,
        user: &user,
        realm,
        nonce,
        uri: &uri,
        nc: &nc,
        cnonce: &cnonce,
    };
    let response = proof.response(&credentials.password, method, body);
    let mut value = format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\""
    );
    if let Some(Algorithm { hash, session }) = algorithm {
        value += &format!(", algorithm={}{}", hash.name(), if *session { "-sess" } else { "" });
    }
    if let Some(opaque) = opaque {
        value += &format!(", opaque=\"{opaque}\"");
    }
    if *qop != Qop::Absent || proof.algorithm.session {
        value += &format!(", cnonce=\"{cnonce}\"");
    }
    match qop {
        Qop::Absent => {}
        Qop::Auth => value += &format!(", qop=auth, nc={nc}"),
        Qop::AuthInt => value += &format!(", qop=auth-int, nc={nc}"),
    }
    Private::new(value)
}

/// Whether the value of an `Authorization` header proves that the sender has these credentials, for this realm and nonce.
/// What was hashed is the `uri` it names: that it is the request's own is for the caller to see.
pub(crate) fn verify(
    value: &str,
    method: &str,
    body: &[u8],
    realm: &str,
    nonce: &str,
    credentials: &Credentials,
) -> bool {
    let Some(parameters) = Parameters::of_digest(value) else { return false };
    let get = |name| parameters.get(name).unwrap_or_default();
    let Some(algorithm) = Algorithm::parse(parameters.get("algorithm").unwrap_or("MD5")) else { return false };
    let qop = match parameters.get("qop") {
        None => Qop::Absent,
        Some(qop) if qop.eq_ignore_ascii_case("auth") => Qop::Auth,
        Some(qop) if qop.eq_ignore_ascii_case("auth-int") => Qop::AuthInt,
        Some(_) => return false,
    };
    let user = escaped(&credentials.user);
    if get("realm") != realm || get("nonce") != nonce || get("username") != user {
        return false;
    }
    let proof =
        Proof { algorithm, qop, user: &user, realm, nonce, uri: get("uri"), nc: get("nc"), cnonce: get("cnonce") };
    same(proof.response(&credentials.password, method, body).as_bytes(), get("response").as_bytes())
}

/// All that is hashed besides password, method and body.
struct Proof<'a> {
    algorithm: Algorithm,
    qop: Qop,
    user: &'a str,
    realm: &'a str,
    nonce: &'a str,
    uri: &'a str,
    nc: &'a str,
    cnonce: &'a str,
}

impl Proof<'_> {
    /// RFC 7616 section 3.4.1.
    fn response(&self, password: &Private<String>, method: &str, body: &[u8]) -> String {
        let Algorithm { hash, session } = self.algorithm;
        let text = |parts: &[&str]| hash.of(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>());
        let mut secret = text(&[self.user, self.realm, password.expose()]);
        if session {
            secret = text(&[&secret, self.nonce, self.cnonce]);
        }
        let request = match self.qop {
            Qop::Absent | Qop::Auth => text(&[method, self.uri]),
            Qop::AuthInt => text(&[method, self.uri, &hash.of(&[body])]),
        };
        match self.qop {
            Qop::Absent => text(&[&secret, self.nonce, &request]),
            Qop::Auth => text(&[&secret, self.nonce, self.nc, self.cnonce, "auth", &request]),
            Qop::AuthInt => text(&[&secret, self.nonce, self.nc, self.cnonce, "auth-int", &request]),
        }
    }
}

/// Equality whose time does not tell where the texts differ.
fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let differing = ours.iter().zip(theirs).fold(0, |differing, (a, b)| black_box(differing | (a ^ b)));
    ours.len() == theirs.len() && differing == 0
}

/// What may stand between quotes (RFC 3261 section 25.1).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The parameters behind `Digest`, names as written, values without their quotes.
struct Parameters<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parameters<'a> {
    fn of_digest(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(|c: char| c.is_ascii_whitespace())?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let mut parameters = Vec::new();
        for part in split_unquoted(rest) {
            let part = part.trim();
            // an unknown flag without a value means nothing here; a lone comma neither
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim();
            let value = value.strip_prefix('"').map_or(Some(value), |rest| rest.strip_suffix('"'))?;
            // what is sent back must end neither its quotes nor its line
            if value.chars().any(char::is_control) || !closed(value) {
                return None;
            }
            parameters.push((name.trim(), value));
        }
        Some(Self(parameters))
    }

    /// The first of that name.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// Whether the text can stand between quotes as it is: none inside, no escape left open.
fn closed(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '"' || (c == '\\' && chars.next().is_none()) {
            return false;
        }
    }
    true
}

/// Splits at the commas outside quotes.
fn split_unquoted(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        c == ',' && !quoted
    })
}

#[cfg(test)]
#[path = "digest_tests.rs"]
mod tests;
