//! How long playout waits for what stands in for lost packets: redundancy lies in packets behind a gap, so it is of use only
//! if they have come when the gap is played. Rises at once and falls late, since each change is heard. Times in microseconds.
use std::collections::VecDeque;

/// Losses are remembered so long, and at most so many.
const REMEMBERED: i64 = 20_000_000;
const MOST: usize = 64;
/// Fewer losses are not worth a delay.
const FEW: usize = 3;
/// Share of them that is covered: of those that a codec can guess at, and of those that are there whole.
const COVERED: usize = 92;
const COVERED_WHOLE: usize = 98;
/// It falls when less has been enough for so long.
const CALM: i64 = 10_000_000;

/// The state.
#[derive(Debug, Default)]
pub(super) struct Wait {
    /// When packets were found lost, and how late the next one came against the lost one's time.
    lost: VecDeque<(i64, i64)>,
    held: i64,
    /// What stands in for a loss is as good as what was lost.
    whole: bool,
    /// Since when less would be enough.
    less: Option<i64>,
}

impl Wait {
    pub(super) fn lost(&mut self, now: i64, late: i64) {
        if self.lost.len() == MOST {
            self.lost.pop_front();
        }
        self.lost.push_back((now, late));
    }

    /// One that was thought lost has come after all: it was late, which is counted elsewhere.
    pub(super) fn found(&mut self) {
        self.lost.pop_back();
    }

    /// Whether what stands in for a loss is as good as what was lost.
    pub(super) const fn set_whole(&mut self, whole: bool) {
        self.whole = whole;
    }

    /// Time passes.
    pub(super) fn pass(&mut self, now: i64) {
        self.lost.retain(|(at, _)| now - at < REMEMBERED);
        let needed = self.needed();
        let enough = needed >= self.held || now - *self.less.get_or_insert(now) >= CALM;
        if enough {
            (self.held, self.less) = (needed, None);
        }
    }

    fn needed(&self) -> i64 {
        let mut waits: Vec<i64> = self.lost.iter().map(|(_, late)| *late).collect();
        if waits.len() < FEW {
            return 0;
        }
        waits.sort_unstable();
        let covered = if self.whole { COVERED_WHOLE } else { COVERED };
        waits.get((waits.len() - 1) * covered / 100).copied().unwrap_or(0)
    }

    /// The wait.
    pub(super) const fn micros(&self) -> i64 {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_covers_what_is_lost_often_and_falls_late() {
        let mut wait = Wait::default();
        for n in 0..500_i64 {
            let now = n * 20_000;
            if n % 20 == 0 {
                wait.lost(now, 25_000);
            }
            if n == 100 {
                wait.lost(now, 110_000);
            }
            wait.pass(now);
        }
        assert_eq!(wait.micros(), 25_000, "one long gap is not worth it");
        wait.pass(10_000_000 + REMEMBERED);
        assert_eq!(wait.micros(), 25_000);
        wait.pass(10_000_000 + REMEMBERED + CALM);
        assert_eq!(wait.micros(), 0);
    }

    #[test]
    fn a_few_losses_delay_nothing_and_many_are_bounded() {
        let mut wait = Wait::default();
        wait.lost(0, 90_000);
        wait.lost(0, 90_000);
        wait.pass(0);
        assert_eq!(wait.micros(), 0);
        wait.lost(0, 90_000);
        wait.found();
        wait.pass(0);
        assert_eq!(wait.micros(), 0, "the third was only late");
        (0..10_000).for_each(|_| wait.lost(0, 90_000));
        wait.pass(0);
        assert_eq!((wait.micros(), wait.lost.len()), (90_000, MOST));
    }
}
