//! One subscription of ours to what a server or a phone knows (RFC 6665): asked for, kept up, and asked for again where it
//! ended by itself. Pure: the session sends what it composes and keeps the time. What a notification says it does not read.
use super::{
    agent::{Agent, Failure},
    chance::Chance,
    dialog::Dialog,
    message::{HeaderName, Method, Request, Response},
    params,
    uri::{NameAddr, Uri},
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Asked for, in seconds: a server that lost its memory is noticed by then.
const WISH: u32 = 600;
/// The longest a server may force on us.
const LONGEST: u32 = 24 * 3600;
/// How long the first notification may take (timer N).
const PATIENCE: Duration = Duration::from_secs(32);
/// The first pause after a failure; it doubles.
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(1800);
/// Challenges on the way count in CSeq too.
const STEP: u32 = 8;

/// What is subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Package {
    /// As Event names it.
    pub(super) name: &'static str,
    /// The kind of body that is read.
    pub(super) accept: &'static str,
}

/// One subscription.
pub(super) struct Subscription {
    package: Package,
    to: Uri,
    /// Call-ID and our tag, until it is begun anew.
    names: Option<(String, String)>,
    /// The number of our last request outside the dialog.
    number: u32,
    expires: u32,
    dialog: Option<Dialog>,
    /// When to ask, first or again.
    due: Option<Instant>,
    /// When the first notification is overdue.
    overdue: Option<Instant>,
    /// How often in a row it came to nothing.
    failures: u32,
    /// The server will not have it: it is asked again on the next connection.
    refused: bool,
}

impl Subscription {
    /// One that is to be asked for at once.
    pub(super) const fn new(package: Package, to: Uri, now: Instant) -> Self {
        let (names, dialog, overdue) = (None, None, None);
        Self {
            package,
            to,
            names,
            number: 0,
            expires: WISH,
            dialog,
            due: Some(now),
            overdue,
            failures: 0,
            refused: false,
        }
    }

    /// Whether the server will not have it.
    #[cfg(test)]
    pub(super) const fn is_refused(&self) -> bool {
        self.refused
    }

    /// When [`Self::is_due`] may be true.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.due.into_iter().chain(self.overdue).min()
    }

    /// A connection stands: the server may have forgotten us, and is asked at once.
    pub(super) const fn begin(&mut self, now: Instant) {
        (self.due, self.refused) = (Some(now), false);
    }

    /// Whether it is to be asked for now.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        if self.overdue.is_some_and(|at| at <= now) {
            // it was granted, and nothing came of it
            self.anew(now, None);
        }
        self.due.is_some_and(|at| at <= now)
    }

    /// The next request: inside the dialog where there is one. `seconds`: 0 ends it.
    pub(super) fn request(
        &mut self,
        (own, contact): (&NameAddr, &NameAddr),
        (server, datagrams): (SocketAddr, bool),
        ends: bool,
        chance: &mut Chance,
    ) -> (Request, SocketAddr) {
        self.due = None;
        let (mut request, hop) = match &mut self.dialog {
            Some(dialog) => (dialog.request(Method::Subscribe), dialog.next_hop(datagrams)),
            None => {
                let (call_id, tag) = self.names.get_or_insert_with(|| (chance.token(), chance.token())).clone();
                self.number += STEP;
                let (from, to) = (own.clone().with_tag(&tag), NameAddr::new(self.to.clone()));
                let ends = (&from, &to);
                (Agent::compose(Method::Subscribe, self.to.clone(), ends, &call_id, self.number), server)
            }
        };
        request.headers.push(HeaderName::Event, self.package.name);
        request.headers.push(HeaderName::Accept, self.package.accept);
        request.headers.push(HeaderName::Contact, contact.to_string());
        let seconds = if ends { 0 } else { self.expires };
        request.headers.push(HeaderName::Expires, seconds.to_string());
        (request, hop)
    }

    /// Whether there is something that could be ended.
    pub(super) const fn stands(&self) -> bool {
        self.dialog.is_some()
    }

    /// The answer to our request.
    pub(super) fn answered(&mut self, result: &Result<Response, Failure>, now: Instant) {
        let response = match result {
            Ok(response) => response,
            Err(Failure::WrongPassword | Failure::NoSafeLogin | Failure::NotOurs) => return self.refuse(),
            Err(Failure::TimedOut | Failure::Lost) => return self.anew(now, None),
        };
        if let (Some(dialog), Some((number, _))) = (&mut self.dialog, response.headers.cseq()) {
            dialog.local_seq = dialog.local_seq.max(number);
        }
        let after = response.headers.seconds(&HeaderName::RetryAfter);
        match response.code {
            200..=299 => self.granted(response, now),
            423 => match response.headers.seconds(&HeaderName::MinExpires) {
                Some(least) if least > self.expires && least <= LONGEST => {
                    (self.expires, self.due) = (least, Some(now))
                }
                _ => self.refuse(),
            },
            481 => self.anew(now, after),
            408 | 480 | 486 | 500..=599 if response.code != 501 => self.anew(now, after),
            // no such mailbox, no such package, not for us
            _ => self.refuse(),
        }
    }

    fn granted(&mut self, response: &Response, now: Instant) {
        let seconds = response.headers.seconds(&HeaderName::Expires).unwrap_or(self.expires);
        if let Some(dialog) = &mut self.dialog {
            dialog.follow(response.headers.contact());
            self.failures = 0;
        } else {
            self.overdue = Some(now + PATIENCE);
        }
        self.lasts(seconds, now);
    }

    /// It ends after so many seconds unless it is renewed.
    fn lasts(&mut self, seconds: u32, now: Instant) {
        // early enough for one more try
        let renew = Duration::from_secs(u64::from(seconds.min(LONGEST)) * 4 / 5).max(Duration::from_secs(5));
        self.due = Some(now + renew);
    }

    fn refuse(&mut self) {
        (self.dialog, self.names, self.due, self.overdue, self.refused) = (None, None, None, None, true);
    }

    /// Begins anew: at once where it had stood, later where it comes to nothing again and again.
    fn anew(&mut self, now: Instant, after: Option<u32>) {
        let pause = match self.failures {
            0 if self.dialog.is_some() => Duration::ZERO,
            failures => PAUSE.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE),
        };
        self.failures += 1;
        let after = Duration::from_secs(after.unwrap_or(0).min(LONGEST).into());
        (self.dialog, self.names, self.overdue) = (None, None, None);
        self.due = Some(now + pause.max(after));
    }

    /// Whether a NOTIFY is about this one; there may be others, from phones it was handed to besides.
    pub(super) fn owns(&self, notify: &Request) -> bool {
        let Some((call_id, tag)) = &self.names else { return false };
        notify.headers.call_id() == Some(call_id)
            && notify.headers.to().and_then(|to| to.tag()).as_ref() == Some(tag)
            && package(notify).eq_ignore_ascii_case(self.package.name)
    }

    /// A NOTIFY of its own: the status to answer it with. 200: what it says is to be read.
    pub(super) fn notified(&mut self, notify: &Request, server: SocketAddr, now: Instant) -> u16 {
        let Some((_, tag)) = &self.names else { return 481 };
        if self.dialog.is_none() {
            let Some(mut dialog) = Dialog::of_request(notify, tag, server) else { return 400 };
            dialog.local_seq = self.number;
            self.dialog = Some(dialog);
        } else if let Some(dialog) = &mut self.dialog {
            if !dialog.owns(notify) {
                // another phone, to which it was handed besides
                return 481;
            }
            if !dialog.advance(notify) {
                return 500;
            }
            dialog.follow(notify.headers.contact());
        }
        self.overdue = None;
        if !notify.body.is_empty() && notify.headers.content_type() != self.package.accept {
            return 415;
        }
        let value = notify.headers.get(&HeaderName::SubscriptionState).unwrap_or_default();
        let (state, parameters) = value.split_once(';').unwrap_or((value, ""));
        let seconds = |name| params::get(parameters, name).and_then(|seconds| seconds.parse::<u32>().ok());
        if state.trim().eq_ignore_ascii_case("terminated") {
            let reason = params::get(parameters, "reason").unwrap_or_default().to_ascii_lowercase();
            match reason.as_str() {
                "rejected" | "noresource" | "invariant" => self.refuse(),
                "probation" | "giveup" => self.anew(now, Some(seconds("retry-after").unwrap_or(60))),
                _ => self.anew(now, seconds("retry-after")),
            }
        } else if let Some(seconds) = seconds("expires") {
            self.lasts(seconds, now);
        }
        200
    }
}

/// The package that a request is about.
pub(super) fn package(request: &Request) -> &str {
    let event = request.headers.get(&HeaderName::Event).unwrap_or_default();
    event.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
#[path = "subscription_tests.rs"]
mod tests;
