//! A call whose cable is pulled: it waits for the cable, and for nothing else. Pure; it knows neither links nor sockets.
//! It must never suggest another link: a call that began on a cable does not move to the radio.
use std::time::{Duration, Instant};

/// A call waits this long for its cable.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What to do for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Say that its way is lost.
    Lost,
    /// Describe our end again; with new sockets where the old ones lead nowhere any more.
    Resume {
        /// The link was taken away, or came back with another address.
        anew: bool,
    },
    /// The cable stayed away.
    Over,
}

/// How a link is seen by a call on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The call's way is as it was.
    Stands,
    /// There is a way that is allowed, from another address.
    Moved,
    /// There is none; the link itself is there, without its cable.
    Out,
    /// There is none, and the link is gone: an adapter was pulled.
    Gone,
}

/// The cable of one call.
#[derive(Debug, Default)]
pub struct Cable {
    out: Option<Out>,
}

#[derive(Debug)]
struct Out {
    until: Instant,
    gone: bool,
}

impl Cable {
    /// Whether the call waits for it.
    pub fn is_out(&self) -> bool {
        self.out.is_some()
    }

    /// The links changed.
    pub fn seen(&mut self, seen: Seen, now: Instant) -> Option<Step> {
        match (seen, &mut self.out) {
            (Seen::Stands, None) => None,
            (Seen::Stands, Some(out)) => {
                let anew = out.gone;
                self.out = None;
                Some(Step::Resume { anew })
            }
            (Seen::Moved, _) => {
                self.out = None;
                Some(Step::Resume { anew: true })
            }
            (Seen::Out | Seen::Gone, Some(out)) => {
                out.gone |= seen == Seen::Gone;
                None
            }
            (Seen::Out | Seen::Gone, None) => {
                self.out = Some(Out { until: now + PATIENCE, gone: seen == Seen::Gone });
                Some(Step::Lost)
            }
        }
    }

    /// When it has waited long enough.
    pub fn next(&self) -> Option<Instant> {
        self.out.as_ref().map(|out| out.until)
    }

    /// Time went by.
    pub fn timeout(&mut self, now: Instant) -> Option<Step> {
        self.next().filter(|until| *until <= now)?;
        self.out = None;
        Some(Step::Over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_waits_half_a_minute_and_no_longer() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut cable = Cable::default();
        assert_eq!((cable.seen(Seen::Stands, start), cable.next()), (None, None));
        assert_eq!(cable.seen(Seen::Out, at(1)), Some(Step::Lost));
        // said once, and the wait is not drawn out by further news
        assert_eq!((cable.seen(Seen::Out, at(20)), cable.next()), (None, Some(at(31))));
        assert_eq!(cable.timeout(at(30)), None);
        assert_eq!(cable.timeout(at(31)), Some(Step::Over));
        assert_eq!((cable.timeout(at(90)), cable.is_out()), (None, false));
    }

    #[test]
    fn it_resumes_when_the_cable_is_back() {
        let now = Instant::now();
        let mut cable = Cable::default();
        cable.seen(Seen::Out, now);
        assert_eq!(cable.seen(Seen::Stands, now), Some(Step::Resume { anew: false }));
        assert_eq!((cable.seen(Seen::Stands, now), cable.next()), (None, None));
    }

    #[test]
    fn sockets_of_an_adapter_that_was_away_are_opened_anew() {
        let now = Instant::now();
        let mut cable = Cable::default();
        cable.seen(Seen::Out, now);
        cable.seen(Seen::Gone, now);
        cable.seen(Seen::Out, now);
        assert_eq!(cable.seen(Seen::Stands, now), Some(Step::Resume { anew: true }));
        assert_eq!(cable.seen(Seen::Moved, now), Some(Step::Resume { anew: true }), "another address in between");
    }
}
