//! Answers to challenges (RFC 3261 section 22): which were seen, how often each nonce was used, and when a repeated
//! challenge means a wrong password. The arithmetic is in `digest`.
use super::{
    chance::Chance,
    digest::{self, Challenge, Credentials},
    message::{HeaderName, Method, Request, Response},
};

/// Challenges remembered; the oldest makes room.
const MOST: usize = 16;
/// Answers to challenges in one request before it is given up: a chain of proxies, and stale nonces on the way.
const ATTEMPTS: u8 = 5;

/// Why a challenge is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswerable {
    /// The answer was refused.
    WrongPassword,
    /// No scheme or algorithm that is known here, or no password.
    NoSafeLogin,
}

struct Known {
    method: Method,
    proxy: bool,
    challenge: Challenge,
    count: u32,
    cnonce: String,
}

/// The challenges of one account's servers.
pub(super) struct Auth {
    credentials: Option<Credentials>,
    known: Vec<Known>,
}

impl Auth {
    pub(super) const fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials, known: Vec::new() }
    }

    /// A 401 or 407 came to a request in which `answered` challenges had been answered. Ok: sign and send it again.
    pub(super) fn challenged(
        &mut self,
        response: &Response,
        method: &Method,
        answered: u8,
        chance: &mut Chance,
    ) -> Result<(), Unanswerable> {
        let proxy = response.code == 407;
        let name = if proxy { HeaderName::ProxyAuthenticate } else { HeaderName::WwwAuthenticate };
        let challenges: Vec<_> = response.headers.all(&name).filter_map(Challenge::parse).collect();
        if self.credentials.is_none() || challenges.is_empty() {
            return Err(Unanswerable::NoSafeLogin);
        }
        let mut realms: Vec<&str> = challenges.iter().map(Challenge::realm).collect();
        realms.dedup();
        let mut news = false;
        for realm in realms {
            let of_realm: Vec<_> = challenges.iter().filter(|challenge| challenge.realm() == realm).cloned().collect();
            let Some(best) = digest::best(&of_realm) else { continue };
            let same =
                |known: &Known| known.method == *method && known.proxy == proxy && known.challenge.realm() == realm;
            // a realm asked for the first time, or one whose nonce had run out, is no sign of a wrong password;
            // nor is a new nonce while the old one came from an earlier request
            let known_before = self.known.iter().any(same);
            news |= !known_before || best.stale() || answered == 0;
            self.known.retain(|known| !same(known));
            if self.known.len() >= MOST {
                self.known.remove(0);
            }
            self.known.push(Known {
                method: method.clone(),
                proxy,
                challenge: best.clone(),
                count: 0,
                cnonce: chance.token(),
            });
        }
        if news && answered < ATTEMPTS { Ok(()) } else { Err(Unanswerable::WrongPassword) }
    }

    /// Forgets what was challenged for this method: the password was wrong.
    pub(super) fn forget(&mut self, method: &Method) {
        self.known.retain(|known| known.method != *method);
    }

    /// Answers all challenges known for this method, also before they are made again.
    pub(super) fn sign(&mut self, request: &mut Request) {
        request.headers.remove(&HeaderName::Authorization);
        request.headers.remove(&HeaderName::ProxyAuthorization);
        let Some(credentials) = &self.credentials else { return };
        for known in self.known.iter_mut().filter(|known| known.method == request.method) {
            known.count += 1;
            let value = digest::answer(
                &known.challenge,
                credentials,
                request.method.as_str(),
                request.uri.as_str(),
                &request.body,
                known.count,
                &known.cnonce,
            );
            let name = if known.proxy { HeaderName::ProxyAuthorization } else { HeaderName::Authorization };
            request.headers.push(name, value.into_inner());
        }
    }
}
