//! Answers to challenges (RFC 3261 section 22): which were seen, how often each nonce was used, when a repeated challenge
//! means a wrong password, and who is not answered at all. The arithmetic is in `digest`.
//!
//! Whoever is called may challenge, too, and our answer would be something to try words of a dictionary on. So outside
//! registrations only a realm is answered that our registrar asked in, by no weaker hash than it asked for, once in each
//! request, and never in advance: a server that has asked is content with its answer, and who then asks again in its name is
//! somebody behind it. What remains is a server that asks nothing for a call, and a phone behind it that names its realm.
use super::{
    chance::Chance,
    digest::{self, Challenge, Credentials, Hash as Strength},
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
    /// It is not our registrar's: somebody behind it asks.
    NotOurs,
}

/// The challenges that were answered in one request.
#[derive(Debug, Clone, Default)]
pub(super) struct Answered {
    times: u8,
    realms: Vec<String>,
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
    /// The realms that our registrar asked in, and how strong a hash it wanted; the newest last.
    registrar: Vec<(String, Strength)>,
    /// What the person says of the realm.
    given: Option<String>,
    /// The realm of a registrar that never asked.
    usual: String,
}

impl Auth {
    pub(super) const fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials, known: Vec::new(), registrar: Vec::new(), given: None, usual: String::new() }
    }

    /// Which realms may be answered besides those of the registrar: one that the person names, and `usual` as long as the
    /// registrar has named none.
    pub(super) fn trust(&mut self, given: Option<String>, usual: &str) {
        (self.given, self.usual) = (given, usual.to_owned());
    }

    /// Whether this challenge may be answered outside registrations.
    fn is_ours(&self, challenge: &Challenge) -> bool {
        let realm = challenge.realm();
        let asked = self.registrar.iter().rev().find(|(known, _)| known == realm);
        match asked {
            Some((_, strength)) => challenge.strength() >= *strength,
            None => {
                self.given.as_deref() == Some(realm)
                    || self.registrar.is_empty() && self.usual.eq_ignore_ascii_case(realm)
            }
        }
    }

    fn learn(&mut self, challenge: &Challenge) {
        self.registrar.retain(|(known, _)| known != challenge.realm());
        if self.registrar.len() >= MOST {
            self.registrar.remove(0);
        }
        self.registrar.push((challenge.realm().to_owned(), challenge.strength()));
    }

    /// A 401 or 407 came to a request in which these challenges had been answered. Ok: sign and send it again.
    pub(super) fn challenged(
        &mut self,
        response: &Response,
        method: &Method,
        answered: &mut Answered,
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
        let registers = *method == Method::Register;
        let mut news = false;
        for realm in realms {
            let of_realm: Vec<_> = challenges.iter().filter(|challenge| challenge.realm() == realm).cloned().collect();
            let Some(best) = digest::best(&of_realm) else { continue };
            if registers {
                self.learn(best);
            } else if !self.is_ours(best) || answered.realms.iter().any(|known| known == realm) {
                continue;
            }
            let same =
                |known: &Known| known.method == *method && known.proxy == proxy && known.challenge.realm() == realm;
            // a realm asked for the first time, or one whose nonce had run out, is no sign of a wrong password;
            // nor is a new nonce while the old one came from an earlier request
            let known_before = self.known.iter().any(same);
            news |= !known_before || best.stale() || answered.times == 0;
            answered.realms.push(realm.to_owned());
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
        answered.times += 1;
        match news {
            true if answered.times <= ATTEMPTS => Ok(()),
            false if !registers => {
                tracing::warn!("somebody behind our server asks for the password, and gets no answer");
                Err(Unanswerable::NotOurs)
            }
            _ => Err(Unanswerable::WrongPassword),
        }
    }

    /// Forgets what was challenged for this method: the password was wrong.
    pub(super) fn forget(&mut self, method: &Method) {
        self.known.retain(|known| known.method != *method);
    }

    /// Answers the challenges that were made to this request; those of registrations also before they are made again.
    pub(super) fn sign(&mut self, request: &mut Request, answered: &Answered) {
        request.headers.remove(&HeaderName::Authorization);
        request.headers.remove(&HeaderName::ProxyAuthorization);
        let Some(credentials) = &self.credentials else { return };
        let registers = request.method == Method::Register;
        let asked = |known: &Known| registers || answered.realms.iter().any(|realm| realm == known.challenge.realm());
        for known in self.known.iter_mut().filter(|known| known.method == request.method && asked(known)) {
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
