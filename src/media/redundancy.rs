//! How much redundancy Opus sends, by the loss that the other side reports: decided here, with hysteresis, so that one odd
//! report changes nothing and quality does not swing. Sans-IO: `now` is given.
use std::time::{Duration, Instant};

/// What the encoder is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Protection {
    /// Bits per second, redundancy included.
    pub bitrate: i32,
    /// Loss that in-band FEC and deep redundancy are weighed for, in percent.
    pub loss: i32,
    /// Deep redundancy, in units of 10 ms; 0: none.
    pub deep: i32,
    /// Packets that each one carries once more (RFC 2198).
    pub copies: usize,
}

/// The steps, by loss. PESQ-WB at 0, 5, 10 and 20 % loss in bursts of 1.5, when playout waits for four packets: 4.47, 3.80,
/// 3.24, 2.58 calm; 4.43, 4.03, 3.72, 3.28 with loss; 4.50, 4.10, 3.79, 3.33 with heavy loss. FEC alone: 3.0 at 10 %.
/// To who takes copies, in a whole receiver: 4.37, 4.09, 3.90, 3.73 with three; 3.57 and 2.96 at 10 and 20 % with two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Step {
    Calm,
    Lossy,
    Heavy,
}

impl Step {
    const fn protection(self, copies: bool) -> Protection {
        match (self, copies) {
            (Self::Calm, _) => Protection { bitrate: 48_000, loss: 10, deep: 0, copies: 0 },
            (Self::Lossy, false) => Protection { bitrate: 64_000, loss: 15, deep: 12, copies: 0 },
            (Self::Heavy, false) => Protection { bitrate: 80_000, loss: 15, deep: 16, copies: 0 },
            (Self::Lossy | Self::Heavy, true) => Protection { bitrate: 36_000, loss: 0, deep: 0, copies: 3 },
        }
    }

    /// The step for a loss (in percent) when coming from below, and when coming from above.
    fn up(loss: f32) -> Self {
        if loss >= 12.0 {
            Self::Heavy
        } else if loss >= 1.0 {
            Self::Lossy
        } else {
            Self::Calm
        }
    }

    fn down(loss: f32) -> Self {
        Self::up(loss * 2.0)
    }
}

/// What a report weighs in the smoothed loss.
const NEW: f32 = 0.4;
/// Redundancy is taken back only after so long a time in which less would have done.
const CALM: Duration = Duration::from_secs(15);

/// The state for one encoder.
#[derive(Debug)]
pub(super) struct Redundancy {
    step: Step,
    /// The other side takes packets that carry those before them.
    copies: bool,
    loss: Option<f32>,
    /// Since when less would do.
    calmer: Option<Instant>,
}

impl Redundancy {
    /// Protected until it is known that nothing is lost: a call must not begin with gaps.
    pub(super) const fn new(copies: bool) -> Self {
        Self { step: Step::Lossy, copies, loss: None, calmer: None }
    }

    pub(super) const fn protection(&self) -> Protection {
        self.step.protection(self.copies)
    }

    /// The other side reports a loss (of 256, RFC 3550 section 6.4.1); gives what changes.
    pub(super) fn reported(&mut self, fraction: u8, now: Instant) -> Option<Protection> {
        let percent = f32::from(fraction) * 100.0 / 256.0;
        let loss = self.loss.map_or(percent, |loss| loss + (percent - loss) * NEW);
        self.loss = Some(loss);
        let (up, down) = (Step::up(loss), Step::down(loss));
        let before = self.step;
        if up > before {
            self.step = up;
            self.calmer = None;
        } else if down >= before {
            self.calmer = None;
        } else if now.saturating_duration_since(*self.calmer.get_or_insert(now)) >= CALM {
            self.step = down;
            self.calmer = None;
        }
        (self.step != before).then(|| self.protection())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn of(percent: u32) -> u8 {
        (percent * 256 / 100) as u8
    }

    /// One report each five seconds; the steps after each.
    fn run(reports: &[u32]) -> Vec<Step> {
        let (start, mut redundancy) = (Instant::now(), Redundancy::new(false));
        let times = (0..).map(|n| start + Duration::from_secs(5 * n));
        let step = |(percent, now): (&u32, Instant)| {
            let before = redundancy.step;
            let told = redundancy.reported(of(*percent), now);
            assert_eq!(told, (redundancy.step != before).then(|| redundancy.protection()), "told when it changes");
            redundancy.step
        };
        reports.iter().zip(times).map(step).collect()
    }

    #[test]
    fn it_begins_protected_and_saves_when_nothing_is_lost() {
        use Step::{Calm, Lossy};
        assert_eq!(Redundancy::new(false).protection(), Lossy.protection(false));
        assert_eq!(run(&[0; 5]), [Lossy, Lossy, Lossy, Calm, Calm]);
    }

    #[test]
    fn loss_is_met_at_once_and_forgotten_slowly() {
        use Step::{Calm, Heavy, Lossy};
        assert_eq!(run(&[0, 0, 0, 0, 20]), [Lossy, Lossy, Lossy, Calm, Lossy]);
        assert_eq!(run(&[20]), [Heavy]);
        let after = run(&[20, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert!(after.iter().take(5).all(|step| *step == Heavy), "{after:?}");
        assert_eq!(after.last(), Some(&Calm));
        assert!(after.contains(&Lossy), "step by step: {after:?}");
    }

    #[test]
    fn it_does_not_swing_around_a_border() {
        let steps = run(&[1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 1, 0]);
        assert!(steps.iter().all(|step| *step == Step::Lossy), "{steps:?}");
    }
}
