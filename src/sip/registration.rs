//! REGISTER (RFC 3261 section 10): what is asked, and what each answer means, with what a registrar grants besides: flows
//! (RFC 5626), names that lead to this device alone (RFC 5627), the way that requests take (RFC 3327, 3608). Pure; the
//! session sends it and keeps the time.
use super::{
    agent::{Agent, Failure, Reach},
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
/// A server may send us away for so long, and no longer: a wrong number must not leave a home without its phone.
const LATEST: Duration = Duration::from_secs(600);
/// Challenges on the way count in CSeq too.
const STEP: u32 = 8;
/// More proxies than this stand on nobody's way.
const MOST_ROUTES: usize = 8;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Reachable; ask again after this time.
    Registered { refresh: Duration, granted: Granted },
    /// Ask again at once: for longer, or for less.
    Again,
    /// Not reachable. `elsewhere`: another server of the account may do better.
    Failed { problem: Problem, after: Option<Duration>, elsewhere: bool },
}

/// What the registrar gave us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Granted {
    /// By which way, and as whom, we ask and are asked.
    pub(super) reach: Reach,
    /// Something of ours must arrive at least so often (RFC 5626 section 5.4).
    pub(super) alive: Option<Duration>,
}

/// What tells one registration from another.
pub(super) struct Named {
    /// With a tag.
    pub(super) aor: NameAddr,
    /// Who registers.
    pub(super) registrar: Uri,
    /// The same for all its requests.
    pub(super) call_id: String,
    /// A URN that is the same after a restart (RFC 5626 section 4.1).
    pub(super) instance: String,
    /// Which of our flows it is, from 1 (RFC 5626 section 4.2).
    pub(super) flow: u8,
}

/// The registration of one address.
pub(super) struct Registration {
    named: Named,
    number: u32,
    expires: u32,
    /// The person's or the provider's wish, in seconds.
    wish: Option<u32>,
    /// The shortest that this server takes, as far as is known.
    least: u32,
    /// Whether a flow is asked for; not any more where that was refused.
    asks_flow: bool,
    /// The server knows our flow, not only our address.
    has_flow: bool,
}

impl Registration {
    /// `wish`: how long it is to last, in seconds.
    pub(super) const fn new(named: Named, wish: Option<u32>) -> Self {
        Self { named, number: 0, expires: SHORT, wish, least: 0, asks_flow: true, has_flow: false }
    }

    /// A connection stands.
    pub(super) fn begin(&mut self, stream: bool) {
        self.expires = self.wish.unwrap_or(if stream { LONG } else { SHORT }).max(self.least);
        (self.asks_flow, self.has_flow) = (true, false);
    }

    fn compose(&mut self) -> Request {
        self.number += STEP;
        let Named { aor, registrar, call_id, .. } = &self.named;
        let to = NameAddr::new(aor.uri.clone());
        Agent::compose(Method::Register, registrar.clone(), (aor, &to), call_id, self.number)
    }

    /// Registers this contact, and takes the one before it away.
    pub(super) fn request(&mut self, contact: &NameAddr, before: Option<&NameAddr>) -> Request {
        let mut request = self.compose();
        // who knows the flow puts the new address in the place of the old one by itself; who does not may refuse two at once
        let before = before.filter(|_| !self.has_flow);
        let flow = self.asks_flow && before.is_none();
        let mut own = format!("{contact};+sip.instance=\"<{}>\"", self.named.instance);
        if flow {
            own += &format!(";reg-id={}", self.named.flow);
        }
        request.headers.push(HeaderName::Contact, own);
        if let Some(before) = before {
            request.headers.push(HeaderName::Contact, format!("{before};expires=0"));
        }
        request.headers.push(HeaderName::Expires, self.expires.to_string());
        request.headers.push(HeaderName::Allow, super::agent::ALLOW);
        request.headers.push(HeaderName::Supported, if flow { "path, outbound, gruu" } else { "path, gruu" });
        request
    }

    /// Takes this contact away.
    pub(super) fn removal(&mut self, contact: &NameAddr) -> Request {
        let mut request = self.compose();
        let mut own = contact.to_string();
        if self.has_flow {
            own += &format!(";+sip.instance=\"<{}>\";reg-id={}", self.named.instance, self.named.flow);
            request.headers.push(HeaderName::Supported, "path, outbound");
        }
        request.headers.push(HeaderName::Contact, own);
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
            Err(why) => return failed(problem(*why), None, matches!(why, Failure::TimedOut | Failure::Lost)),
        };
        let after = response.headers.seconds(&HeaderName::RetryAfter);
        let after = after.map(|seconds| Duration::from_secs(seconds.into()).min(LATEST));
        match response.code {
            200..=299 => self.granted(response, contact),
            // something on the way there does not know flows (RFC 5626 section 11.6)
            439 if self.asks_flow => {
                self.asks_flow = false;
                Verdict::Again
            }
            423 => {
                let least = response.headers.seconds(&HeaderName::MinExpires).unwrap_or(LONG);
                if least > self.expires && least <= LONGEST {
                    (self.expires, self.least) = (least, least);
                    Verdict::Again
                } else {
                    failed(Problem::Refused, Some(REFUSED), false)
                }
            }
            code => {
                let slow = matches!(code, 400..=499 | 600..).then_some(REFUSED);
                failed(failure::of_registration(code), after.max(slow), failure::is_of_the_server(code))
            }
        }
    }

    fn granted(&mut self, response: &Response, contact: &NameAddr) -> Verdict {
        let known: Vec<_> = bindings(response).collect();
        // a server that hides our address behind its own gives a list of one
        let ours = known.iter().find(|known| same(&known.uri, &contact.uri)).or(match known.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let own = ours.and_then(|ours| ours.param("expires")?.parse().ok());
        let expires = own.or_else(|| response.headers.seconds(&HeaderName::Expires)).unwrap_or(self.expires);
        if expires == 0 {
            return failed(Problem::Refused, Some(REFUSED), false);
        }
        self.has_flow = requires(response, "outbound");
        let name = |param: &str| Uri::parse(&ours?.param(param)?).filter(|uri| uri.is("sip") || uri.is("sips"));
        let reach = Reach {
            routes: routes(response),
            public: name("pub-gruu"),
            temporary: name("temp-gruu"),
            flow: self.has_flow,
        };
        let alive =
            response.headers.seconds(&HeaderName::Other("Flow-Timer".to_owned())).filter(|seconds| *seconds > 0);
        let granted = Granted { reach, alive: alive.map(|seconds| Duration::from_secs(seconds.into())) };
        // early enough for two more tries
        let refresh = (Duration::from_secs(u64::from(expires)) * 2 / 5).clamp(Duration::from_secs(2), REFRESH);
        Verdict::Registered { refresh, granted }
    }
}

const fn failed(problem: Problem, after: Option<Duration>, elsewhere: bool) -> Verdict {
    Verdict::Failed { problem, after, elsewhere }
}

fn bindings(response: &Response) -> impl Iterator<Item = NameAddr> {
    response.headers.list(&HeaderName::Contact).filter_map(NameAddr::parse)
}

fn requires(response: &Response, extension: &str) -> bool {
    response.headers.list(&HeaderName::Require).any(|tag| tag.eq_ignore_ascii_case(extension))
}

/// The way that requests outside calls take (RFC 3608): none where it names what we cannot follow.
fn routes(response: &Response) -> Vec<String> {
    let routes: Vec<_> = response.headers.list(&HeaderName::ServiceRoute).map(str::to_owned).collect();
    let loose = |route: &String| {
        let uri = NameAddr::parse(route).map(|route| route.uri);
        uri.is_some_and(|uri| (uri.is("sip") || uri.is("sips")) && uri.param("lr").is_some())
    };
    if routes.len() <= MOST_ROUTES && routes.iter().all(loose) { routes } else { Vec::new() }
}

fn same(one: &Uri, other: &Uri) -> bool {
    one == other || (one.user(), one.host(), one.port()) == (other.user(), other.host(), other.port())
}

const fn problem(why: Failure) -> Problem {
    match why {
        Failure::TimedOut => Problem::TimedOut,
        Failure::Lost => Problem::ServerGone,
        Failure::WrongPassword => Problem::WrongPassword,
        Failure::NoSafeLogin | Failure::NotOurs => Problem::NoSafeLogin,
    }
}

#[cfg(test)]
#[path = "registration_tests.rs"]
mod tests;
