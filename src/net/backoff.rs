//! How long to wait before the next try to connect: a fast first one, then doubling, spread by chance so that a restarted server
//! is not met by everyone at once. It reads no clock and no randomness of its own.
use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// A connection that lived this long was a good one.
const STABLE: Duration = Duration::from_secs(10);

/// The waits so far.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    since: Option<Instant>,
}

impl Backoff {
    /// A connection stands.
    pub fn connected(&mut self, now: Instant) {
        self.since = Some(now);
    }

    /// The wait before the next try. `chance` is any number: it picks a point in the upper half of the step.
    pub fn next(&mut self, now: Instant, chance: u32) -> Duration {
        if self.since.take().is_some_and(|since| now.duration_since(since) >= STABLE) {
            self.failures = 0;
        }
        let step = FIRST.saturating_mul(1 << self.failures.min(6)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let half = step / 2;
        half + half.mul_f64(f64::from(chance) / f64::from(u32::MAX))
    }

    /// Something changed that makes a quick try worth while.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute_and_start_anew_after_a_good_connection() {
        let start = Instant::now();
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.next(start, u32::MAX).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(backoff.next(start, 0).as_millis(), 15_000);
        backoff.connected(start);
        assert_eq!(backoff.next(start + Duration::from_secs(1), 0).as_millis(), 15_000, "it fell at once");
        backoff.connected(start);
        assert_eq!(backoff.next(start + STABLE, 0).as_millis(), 250);
    }
}
