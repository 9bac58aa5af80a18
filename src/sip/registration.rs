//! REGISTER (RFC 3261 section 10): what is asked, and what each answer means. Pure; the session sends it and keeps the time.
use super::{
    agent::{Agent, Failure},
    failure,
    message::{HeaderName, Method, Request, Response},
    uri::{NameAddr, Uri},
};
use crate::domain::account::Problem;
use std::time::Duration;

/// Asked for over datagrams: a registrar that lost its memory, or a dead binding of ours, is not noticed otherwise.
const SHORT: u32 = 60;
/// Asked for over streams, where a dead connection shows.
const LONG: u32 = 600;
/// The longest a server may force on us.
const LONGEST: u32 = 24 * 3600;
/// The longest pause between two refreshes.
const REFRESH: Duration = Duration::from_secs(1200);
/// A refusal that is about the account, not the network: its pause is longer.
const REFUSED: Duration = Duration::from_secs(60);
/// Challenges on the way count in CSeq too.
const STEP: u32 = 8;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Reachable; ask again after this time.
    Registered { refresh: Duration },
    /// Ask again at once: for longer.
    Again,
    /// Not reachable.
    Failed { problem: Problem, after: Option<Duration> },
}

/// The registration of one address.
pub(super) struct Registration {
    aor: NameAddr,
    registrar: Uri,
    call_id: String,
    instance: String,
    number: u32,
    expires: u32,
}

impl Registration {
    /// `aor` bears a tag; `instance` is a URN that is the same after a restart (RFC 5626 section 4.1).
    pub(super) const fn new(aor: NameAddr, registrar: Uri, call_id: String, instance: String) -> Self {
        Self { aor, registrar, call_id, instance, number: 0, expires: SHORT }
    }

    /// A connection stands.
    pub(super) const fn begin(&mut self, stream: bool) {
        self.expires = if stream { LONG } else { SHORT };
    }

    fn compose(&mut self) -> Request {
        self.number += STEP;
        let to = NameAddr::new(self.aor.uri.clone());
        Agent::compose(Method::Register, self.registrar.clone(), (&self.aor, &to), &self.call_id, self.number)
    }

    /// Registers this contact, and takes the one before it away.
    pub(super) fn request(&mut self, contact: &NameAddr, before: Option<&NameAddr>) -> Request {
        let mut request = self.compose();
        request.headers.push(HeaderName::Contact, format!("{contact};+sip.instance=\"<{}>\"", self.instance));
        if let Some(before) = before {
            request.headers.push(HeaderName::Contact, format!("{before};expires=0"));
        }
        request.headers.push(HeaderName::Expires, self.expires.to_string());
        request.headers.push(HeaderName::Allow, super::agent::ALLOW);
        request
    }

    /// Takes this contact away.
    pub(super) fn removal(&mut self, contact: &NameAddr) -> Request {
        let mut request = self.compose();
        request.headers.push(HeaderName::Contact, contact.to_string());
        request.headers.push(HeaderName::Expires, "0");
        request
    }

    /// Asks what is registered and changes nothing (section 10.2.3).
    pub(super) fn query(&mut self) -> Request {
        self.compose()
    }

    /// Whether a server that answered a query still knows this contact.
    pub(super) fn is_known(response: &Response, contact: &NameAddr) -> bool {
        bindings(response).any(|known| same(&known.uri, &contact.uri))
    }

    /// What the answer to [`Self::request`] means.
    pub(super) fn answered(&mut self, result: &Result<Response, Failure>, contact: &NameAddr) -> Verdict {
        let response = match result {
            Ok(response) => response,
            Err(why) => return Verdict::Failed { problem: problem(*why), after: None },
        };
        let after =
            response.headers.seconds(&HeaderName::RetryAfter).map(|seconds| Duration::from_secs(seconds.into()));
        match response.code {
            200..=299 => self.granted(response, contact),
            423 => {
                let least = response.headers.seconds(&HeaderName::MinExpires).unwrap_or(LONG);
                if least > self.expires && least <= LONGEST {
                    self.expires = least;
                    Verdict::Again
                } else {
                    Verdict::Failed { problem: Problem::Refused, after: Some(REFUSED) }
                }
            }
            code => {
                let problem = failure::of_registration(code);
                let slow = matches!(code, 400..=499 | 600..).then_some(REFUSED);
                Verdict::Failed { problem, after: after.max(slow) }
            }
        }
    }

    fn granted(&self, response: &Response, contact: &NameAddr) -> Verdict {
        let known: Vec<_> = bindings(response).collect();
        // a server that hides our address behind its own gives a list of one
        let ours = known.iter().find(|known| same(&known.uri, &contact.uri)).or(match known.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let own = ours.and_then(|ours| ours.param("expires")?.parse().ok());
        let expires = own.or_else(|| response.headers.seconds(&HeaderName::Expires)).unwrap_or(self.expires);
        if expires == 0 {
            return Verdict::Failed { problem: Problem::Refused, after: Some(REFUSED) };
        }
        // early enough for two more tries
        let refresh = Duration::from_secs(u64::from(expires)) * 2 / 5;
        Verdict::Registered { refresh: refresh.clamp(Duration::from_secs(2), REFRESH) }
    }
}

fn bindings(response: &Response) -> impl Iterator<Item = NameAddr> {
    response.headers.list(&HeaderName::Contact).filter_map(NameAddr::parse)
}

fn same(one: &Uri, other: &Uri) -> bool {
    one == other || (one.user(), one.host(), one.port()) == (other.user(), other.host(), other.port())
}

const fn problem(why: Failure) -> Problem {
    match why {
        Failure::TimedOut => Problem::TimedOut,
        Failure::Lost => Problem::ServerGone,
        Failure::WrongPassword => Problem::WrongPassword,
        Failure::NoSafeLogin => Problem::NoSafeLogin,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn contact() -> NameAddr {
        NameAddr::parse("<sip:alice@10.0.0.1:5070>").unwrap()
    }

    fn registration() -> Registration {
        let aor = NameAddr::parse("<sip:alice@sip.test>;tag=t").unwrap();
        Registration::new(aor, Uri::parse("sip:sip.test").unwrap(), "c".into(), "urn:uuid:x".into())
    }

    fn answer(code: u16, headers: &[(HeaderName, &str)]) -> Verdict {
        let mut registration = registration();
        let mut response = registration.request(&contact(), None).response(code);
        headers.iter().for_each(|(name, value)| response.headers.push(name.clone(), *value));
        registration.answered(&Ok(response), &contact())
    }

    fn refresh(seconds: u64) -> Verdict {
        Verdict::Registered { refresh: Duration::from_secs(seconds) }
    }

    #[test]
    fn the_server_decides_how_long() {
        let ours = "<sip:alice@10.0.0.9:5060>;expires=9, <sip:alice@10.0.0.1:5070;ob>;expires=50";
        assert_eq!(answer(200, &[(HeaderName::Contact, ours), (HeaderName::Expires, "3000")]), refresh(20));
        assert_eq!(answer(200, &[(HeaderName::Contact, "<sip:x@y>;expires=100")]), refresh(40));
        assert_eq!(answer(200, &[(HeaderName::Expires, "3000")]), refresh(1200));
        assert_eq!(answer(200, &[]), refresh(24));
        let gone = answer(200, &[(HeaderName::Contact, "<sip:alice@10.0.0.1:5070>;expires=0")]);
        assert!(matches!(gone, Verdict::Failed { problem: Problem::Refused, .. }));
    }

    #[test]
    fn too_brief_is_asked_again_for_longer() {
        let mut registration = registration();
        let response = registration.request(&contact(), None).response(423).with(HeaderName::MinExpires, "300");
        assert_eq!(registration.answered(&Ok(response.clone()), &contact()), Verdict::Again);
        assert_eq!(registration.request(&contact(), None).headers.get(&HeaderName::Expires), Some("300"));
        let again = registration.answered(&Ok(response), &contact());
        assert!(matches!(again, Verdict::Failed { .. }), "no endless loop");
    }

    #[test]
    fn refusals() {
        let failed =
            |problem, seconds: Option<u64>| Verdict::Failed { problem, after: seconds.map(Duration::from_secs) };
        assert_eq!(answer(503, &[(HeaderName::RetryAfter, "120 (later)")]), failed(Problem::Refused, Some(120)));
        assert_eq!(answer(500, &[]), failed(Problem::Refused, None));
        assert_eq!(answer(403, &[]), failed(Problem::Refused, Some(60)));
        assert_eq!(answer(404, &[]), failed(Problem::WrongPassword, Some(60)));
        let lost = registration().answered(&Err(Failure::WrongPassword), &contact());
        assert_eq!(lost, failed(Problem::WrongPassword, None));
    }

    #[test]
    fn a_moved_contact_replaces_the_old_one() {
        let new = NameAddr::parse("<sip:alice@192.0.2.1:999>").unwrap();
        let request = registration().request(&new, Some(&contact()));
        let contacts: Vec<_> = request.headers.all(&HeaderName::Contact).collect();
        let expected =
            ["<sip:alice@192.0.2.1:999>;+sip.instance=\"<urn:uuid:x>\"", "<sip:alice@10.0.0.1:5070>;expires=0"];
        assert_eq!(contacts, expected);
    }
}
