//! How much sound lies ready in the loudspeaker's ring: as little as its device and a busy machine allow. Sans-IO.
use std::time::{Duration, Instant};

/// Least and most, in samples: 10 ms (two periods of a device, or one and the time until we look) and 100 ms.
const LEAST: usize = 480;
const MOST: usize = 4_800;
/// More after each time the ring was found empty, less after each [`CALM`]: 10 ms, 5 ms.
const MORE: usize = 480;
const LESS: usize = 240;
const CALM: Duration = Duration::from_secs(10);
/// A device that starts fills its own buffer first: that empties the ring, and means nothing.
const STARTING: Duration = Duration::from_millis(500);

/// The amount, for one stream.
#[derive(Debug)]
pub(super) struct Ahead {
    samples: usize,
    changed: Instant,
    started: Instant,
}

impl Ahead {
    pub(super) const fn new(now: Instant) -> Self {
        Self { samples: LEAST, changed: now, started: now }
    }

    /// How many samples should be in a ring that holds so many now.
    pub(super) fn wanted(&mut self, now: Instant, held: usize) -> usize {
        if held == 0 && now.saturating_duration_since(self.started) >= STARTING {
            tracing::debug!(samples = self.samples, "the loudspeaker's ring was empty");
            self.samples = (self.samples + MORE).min(MOST);
            self.changed = now;
        } else if now.saturating_duration_since(self.changed) >= CALM {
            self.samples = (self.samples - LESS).max(LEAST);
            self.changed = now;
        }
        self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_with_each_gap_and_shrinks_in_calm() {
        let start = Instant::now();
        let mut ahead = Ahead::new(start);
        assert_eq!(ahead.wanted(start, 0), LEAST, "a new ring is empty by nature");
        assert_eq!(ahead.wanted(start, 240), LEAST);
        let start = start + STARTING;
        assert_eq!(ahead.wanted(start, 0), LEAST + MORE);
        (0..20).for_each(|_| assert!(ahead.wanted(start, 0) <= MOST));
        assert_eq!(ahead.wanted(start + CALM, 100), MOST - LESS);
        assert_eq!(ahead.wanted(start + CALM, 100), MOST - LESS);
        (2..40).for_each(|n| assert!(ahead.wanted(start + CALM * n, 100) >= LEAST));
        assert_eq!(ahead.wanted(start + CALM * 41, 100), LEAST);
    }
}
