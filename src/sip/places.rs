//! Which of an account's servers is asked next (RFC 3263 section 4.3), and when to look whether a better one is back. Pure: it
//! neither looks up nor connects. A bad certificate is never a reason to try a weaker transport.
use super::locate::Target;
use crate::domain::account::{Problem, SipTransport};
use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// A server that failed so lately is asked after the others.
const DOUBTED: Duration = Duration::from_secs(60);
/// How soon to look for a better server, doubled each time there is none.
const LOOK: Duration = Duration::from_secs(20);
/// And at most, also while the best one is in use: what DNS says may change.
const LOOK_SELDOM: Duration = Duration::from_secs(300);

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// All that were found, in the server's own order.
    found: Vec<Target>,
    /// Those not asked yet in this round.
    rest: VecDeque<Target>,
    /// The one that is asked, or in use.
    current: Option<Target>,
    failed: Vec<(Target, Instant)>,
    /// What a person is told when the round is over.
    problem: Option<Problem>,
    /// Each server so far named a time before which it is of no use; the shortest.
    after: Option<Option<Duration>>,
    /// When to look for a better one.
    look: Option<Instant>,
    pause: Duration,
}

impl Places {
    /// A new round: these are there; the one at `avoid` is in use for something else.
    pub(super) fn found(&mut self, found: Vec<Target>, avoid: Option<SocketAddr>, now: Instant) {
        self.forget();
        self.failed.retain(|(_, at)| now.saturating_duration_since(*at) < DOUBTED);
        let doubted = |target: &Target| self.failed.iter().any(|(failed, _)| failed == target);
        let mut order: Vec<_> = found.iter().filter(|target| Some(target.addr) != avoid).cloned().collect();
        order.sort_by_key(doubted);
        (self.found, self.rest) = (found, order.into());
    }

    /// The round is over.
    pub(super) fn forget(&mut self) {
        self.rest.clear();
        (self.current, self.problem, self.after, self.look) = (None, None, None, None);
    }

    /// The next one to ask.
    pub(super) fn next(&mut self) -> Option<Target> {
        self.current = self.rest.pop_front();
        self.current.clone()
    }

    /// Whether one is left to ask.
    pub(super) fn has_next(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Whether there is more than one.
    pub(super) const fn has_several(&self) -> bool {
        self.found.len() > 1
    }

    /// All addresses that may speak for the account's server.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        self.found.iter().map(|target| target.addr.ip().to_canonical()).collect()
    }

    /// The one that is asked, or in use.
    pub(super) const fn current(&self) -> Option<&Target> {
        self.current.as_ref()
    }

    /// The one that was asked is of no use; `after`: for so long, as it says itself.
    pub(super) fn refused(&mut self, problem: Problem, after: Option<Duration>, now: Instant) {
        if matches!(problem, Problem::CertificateUntrusted | Problem::CertificateName | Problem::CertificateExpired) {
            // a weaker transport would hand the log-in to whoever stands in between
            self.rest.retain(|target| target.transport == SipTransport::Tls);
        }
        // a certificate, and a forbidden route, say more than a server that is not there
        if self.problem.is_none_or(|before| weight(problem) > weight(before)) {
            self.problem = Some(problem);
        }
        self.after = Some(match self.after {
            None => after,
            Some(before) => before.zip(after).map(|(one, other)| one.min(other)),
        });
        if let Some(target) = self.current.take() {
            self.failed.retain(|(failed, _)| *failed != target);
            self.failed.push((target, now));
        }
    }

    /// What the round came to, and how long none of the servers wants to be asked.
    pub(super) fn outcome(&self) -> (Problem, Option<Duration>) {
        (self.problem.unwrap_or(Problem::Unreachable), self.after.flatten())
    }

    /// The one that was asked is in use.
    pub(super) fn settled(&mut self, now: Instant) {
        if self.look.is_some() {
            return;
        }
        self.rest.clear();
        (self.problem, self.after) = (None, None);
        if let Some(current) = &self.current {
            self.failed.retain(|(failed, _)| failed != current);
        }
        self.pause = if self.best().is_some() { LOOK } else { LOOK_SELDOM };
        self.look = Some(now + self.pause);
    }

    /// When to look for a better one.
    pub(super) const fn next_look(&self) -> Option<Instant> {
        self.look
    }

    /// Nothing better can be had now.
    pub(super) fn stay(&mut self, now: Instant) {
        self.pause = (self.pause * 2).min(LOOK_SELDOM);
        self.look = Some(now + self.pause);
    }

    /// What was found in a look: the best one, where that is another than the one in use.
    pub(super) fn better(&mut self, found: Vec<Target>, now: Instant) -> Option<Target> {
        self.found = found;
        self.stay(now);
        self.best().cloned()
    }

    /// One that is better than the one in use, or the first one where that is not among those that DNS names.
    fn best(&self) -> Option<&Target> {
        let now = self.found.iter().find(|target| Some(*target) == self.current.as_ref());
        self.found.first().filter(|best| now.is_none_or(|now| best.rank < now.rank))
    }

    /// It is back, and takes the place of the one in use.
    pub(super) fn moved(&mut self, to: Target) {
        (self.current, self.look) = (Some(to), None);
    }

    /// Another edge of the same provider, spoken to in the same way: for a second flow (RFC 5626 section 4.2).
    pub(super) fn has_other(&self) -> bool {
        let Some(current) = &self.current else { return false };
        self.found.iter().any(|other| other.addr != current.addr && other.transport == current.transport)
    }
}

const fn weight(problem: Problem) -> u8 {
    match problem {
        Problem::CertificateUntrusted | Problem::CertificateName | Problem::CertificateExpired => 3,
        Problem::NotWired => 2,
        Problem::Refused | Problem::Protocol | Problem::NoSafeLogin => 1,
        _ => 0,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use SipTransport::{Tcp, Tls, Udp};

    /// Its port is its rank.
    fn target(port: u16, transport: SipTransport) -> Target {
        let addr = SocketAddr::from(([192, 0, 2, 1], port));
        Target { addr, transport, server_name: "sip.test".into(), rank: port.into() }
    }

    fn three() -> Vec<Target> {
        vec![target(1, Tls), target(2, Tls), target(3, Udp)]
    }

    fn ports(places: &mut Places) -> Vec<u16> {
        std::iter::from_fn(|| places.next()).map(|target| target.addr.port()).collect()
    }

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn the_one_that_failed_lately_comes_last() {
        let (mut places, now) = (Places::default(), Instant::now());
        places.found(three(), None, now);
        assert_eq!(places.next(), Some(target(1, Tls)));
        places.refused(Problem::TimedOut, None, now);
        assert_eq!(ports(&mut places), [2, 3]);
        assert_eq!(places.outcome(), (Problem::TimedOut, None));
        places.found(three(), None, now + seconds(59));
        assert_eq!(ports(&mut places), [2, 3, 1]);
        places.found(three(), None, now + seconds(61));
        assert_eq!(ports(&mut places), [1, 2, 3]);
        places.found(three(), Some(target(2, Tls).addr), now + seconds(61));
        assert_eq!(ports(&mut places), [1, 3], "another flow leads there");
    }

    #[test]
    fn a_bad_certificate_leads_to_other_certificates_only() {
        let (mut places, now) = (Places::default(), Instant::now());
        places.found(three(), None, now);
        places.next();
        places.refused(Problem::CertificateName, None, now);
        assert_eq!(places.next(), Some(target(2, Tls)));
        places.refused(Problem::Unreachable, None, now);
        assert_eq!((places.next(), places.outcome()), (None, (Problem::CertificateName, None)));
    }

    #[test]
    fn the_shortest_time_counts_and_only_where_each_server_named_one() {
        let of = |afters: &[Option<u64>]| {
            let (mut places, now) = (Places::default(), Instant::now());
            places.found(three(), None, now);
            for after in afters {
                places.next();
                places.refused(Problem::Refused, after.map(seconds), now);
            }
            places.outcome().1
        };
        assert_eq!(of(&[Some(300), Some(120)]), Some(seconds(120)));
        assert_eq!(of(&[Some(300), None]), None);
        assert_eq!(of(&[None, Some(300)]), None);
    }

    #[test]
    fn a_better_one_is_looked_for_ever_more_seldom() {
        let (mut places, now) = (Places::default(), Instant::now());
        places.found(three(), None, now);
        places.next();
        places.settled(now);
        assert_eq!(places.next_look(), Some(now + LOOK_SELDOM), "it is the best");
        places.found(three(), None, now);
        places.next();
        places.refused(Problem::TimedOut, None, now);
        places.next();
        places.settled(now);
        assert_eq!(places.next_look(), Some(now + LOOK));
        let mut at = now + LOOK;
        let pauses: Vec<_> = (0..5)
            .map(|_| {
                assert_eq!(places.better(three(), at), Some(target(1, Tls)));
                let pause = places.next_look().unwrap() - at;
                at += pause;
                pause.as_secs()
            })
            .collect();
        assert_eq!(pauses, [40, 80, 160, 300, 300]);
        places.moved(target(1, Tls));
        places.settled(at);
        assert_eq!(places.next_look(), Some(at + LOOK_SELDOM));
        assert_eq!(places.better(three(), at), None);
        assert_eq!(places.better(vec![target(9, Tcp)], at), Some(target(9, Tcp)), "DNS says otherwise now");
    }

    #[test]
    fn equals_are_not_changed_for_each_other() {
        let (mut places, now) = (Places::default(), Instant::now());
        let equal = |port| Target { rank: 0, ..target(port, Tcp) };
        places.found(vec![equal(1), equal(2)], None, now);
        places.next();
        places.settled(now);
        assert_eq!(places.next_look(), Some(now + LOOK_SELDOM));
        assert_eq!(places.better(vec![equal(2), equal(1)], now), None, "chance has drawn another order");
        assert_eq!(places.better(vec![equal(2)], now), Some(equal(2)), "it is not named any more");
    }

    #[test]
    fn a_second_flow_needs_a_second_edge() {
        let (mut places, now) = (Places::default(), Instant::now());
        for (found, expected) in [
            (vec![target(1, Udp), target(2, Udp)], true),
            (vec![target(1, Udp), target(1, Tcp)], false),
            (vec![target(1, Udp), target(2, Tcp)], false),
            (vec![target(1, Udp)], false),
        ] {
            places.found(found, None, now);
            places.next();
            assert_eq!(places.has_other(), expected);
        }
    }
}
