//! Is the server still there? What to send after silence, and what silence after that means (RFC 5626 section 4.4). Servers
//! differ in what they answer: the cheapest that works is found out. Pure.
use std::time::{Duration, Instant};

/// Silence over datagrams; routers at home forget a way after half a minute.
const IDLE_DATAGRAMS: Duration = Duration::from_secs(15);
/// Silence over a stream.
const IDLE_STREAM: Duration = Duration::from_secs(25);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(3);

/// What can be asked, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Probe {
    /// Two line breaks, answered by one; streams only.
    Ping,
    /// STUN, by datagrams to a server that knows flows.
    Stun,
    /// OPTIONS, answered by anything.
    Options,
    /// REGISTER, which every registrar answers.
    Register,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Send two line breaks.
    Ping,
    /// Send a Binding request of STUN.
    Stun,
    /// Send OPTIONS.
    Options,
    /// Register anew: its answer decides.
    Register,
}

/// One connection's keepalive.
#[derive(Debug)]
pub(super) struct Keepalive {
    idle: Duration,
    heard: Instant,
    /// The cheapest that this server answers, as far as is known.
    first: Probe,
    waiting: Option<(Probe, Instant)>,
    /// The server counts what it hears of us: something is to be sent so often, whatever comes from there.
    promised: Option<Duration>,
    sent: Instant,
    /// Whether STUN was.
    tried: bool,
}

impl Keepalive {
    /// A connection stands.
    pub(super) const fn new(stream: bool, now: Instant) -> Self {
        let (idle, first) = if stream { (IDLE_STREAM, Probe::Ping) } else { (IDLE_DATAGRAMS, Probe::Options) };
        Self { idle, heard: now, first, waiting: None, promised: None, sent: now, tried: stream }
    }

    /// The server gives the flow up where it hears nothing of us for so long (RFC 5626 section 4.4).
    pub(super) fn promise(&mut self, alive: Option<Duration>) {
        // a fifth of it for the way there
        self.promised = alive.map(|alive| (alive * 4 / 5).max(Duration::from_secs(1)));
    }

    /// The server knows the flow: over datagrams it may answer STUN, unless it was tried (RFC 5626 section 4.4.2).
    pub(super) const fn knows_flow(&mut self) {
        if matches!(self.first, Probe::Options) && !self.tried {
            (self.first, self.tried) = (Probe::Stun, true);
        }
    }

    /// Something came from the server.
    pub(super) const fn heard(&mut self, now: Instant) {
        self.heard = now;
        if let Some((probe, _)) = self.waiting.take() {
            self.first = probe;
        }
    }

    /// How long the server has been silent.
    pub(super) fn silence(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.heard)
    }

    /// When [`Self::timeout`] is to be called.
    pub(super) fn next_timeout(&self) -> Instant {
        let idle =
            self.promised.map_or(self.heard + self.idle, |often| (self.heard + self.idle).min(self.sent + often));
        self.waiting.map_or(idle, |(_, until)| until)
    }

    /// Time has come to this point.
    pub(super) fn timeout(&mut self, now: Instant) -> Option<Due> {
        if self.next_timeout() > now {
            return None;
        }
        let next = match self.waiting {
            None if self.first == Probe::Register => {
                // it answers nothing cheaper: keep the way open, and let the next refresh tell
                (self.heard, self.sent) = (now, now);
                return Some(Due::Ping);
            }
            None => self.first,
            Some((Probe::Ping | Probe::Stun, _)) => Probe::Options,
            Some((Probe::Options | Probe::Register, _)) => Probe::Register,
        };
        (self.waiting, self.sent) = (Some((next, now + ANSWER)), now);
        Some(match next {
            Probe::Ping => Due::Ping,
            Probe::Stun => Due::Stun,
            Probe::Options => Due::Options,
            Probe::Register => Due::Register,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_silent_server_is_asked_ever_more_seriously() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(true, start);
        assert_eq!(keepalive.timeout(after(start, 24)), None);
        let asked: Vec<_> = [25, 28, 31].map(|at| keepalive.timeout(after(start, at))).into();
        assert_eq!(asked, [Some(Due::Ping), Some(Due::Options), Some(Due::Register)]);
        let mut keepalive = Keepalive::new(false, start);
        let asked: Vec<_> = [15, 18].map(|at| keepalive.timeout(after(start, at))).into();
        assert_eq!(asked, [Some(Due::Options), Some(Due::Register)]);
    }

    #[test]
    fn what_it_does_not_answer_is_not_asked_again() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(true, start);
        keepalive.timeout(after(start, 25));
        keepalive.timeout(after(start, 28));
        keepalive.heard(after(start, 30));
        assert_eq!(keepalive.timeout(after(start, 55)), Some(Due::Options));
        let mut keepalive = Keepalive::new(false, start);
        keepalive.timeout(after(start, 15));
        keepalive.timeout(after(start, 18));
        keepalive.heard(after(start, 20));
        assert_eq!(keepalive.timeout(after(start, 35)), Some(Due::Ping));
        assert_eq!(keepalive.timeout(after(start, 49)), None);
        assert_eq!(keepalive.timeout(after(start, 50)), Some(Due::Ping));
    }

    #[test]
    fn what_was_promised_is_sent_whatever_comes() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(true, start);
        keepalive.promise(Some(Duration::from_secs(10)));
        for (second, due) in [(4, None), (8, Some(Due::Ping)), (12, None), (16, Some(Due::Ping))] {
            keepalive.heard(after(start, second));
            assert_eq!(keepalive.timeout(after(start, second)), due, "{second}");
        }
    }

    #[test]
    fn a_server_that_knows_flows_is_asked_by_stun_unless_it_does_not_answer_that() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(false, start);
        keepalive.knows_flow();
        assert_eq!(keepalive.timeout(after(start, 15)), Some(Due::Stun));
        keepalive.heard(after(start, 16));
        keepalive.knows_flow();
        assert_eq!(keepalive.timeout(after(start, 31)), Some(Due::Stun));
        assert_eq!(keepalive.timeout(after(start, 34)), Some(Due::Options));
        keepalive.heard(after(start, 35));
        keepalive.knows_flow();
        assert_eq!(keepalive.timeout(after(start, 50)), Some(Due::Options));
        let mut stream = Keepalive::new(true, start);
        stream.knows_flow();
        assert_eq!(stream.timeout(after(start, 25)), Some(Due::Ping));
    }

    #[test]
    fn whoever_talks_is_not_asked() {
        let start = Instant::now();
        let mut keepalive = Keepalive::new(false, start);
        for second in 0..100 {
            keepalive.heard(after(start, second));
            assert_eq!(keepalive.timeout(after(start, second)), None);
        }
    }
}
