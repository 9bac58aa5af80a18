//! The clock of reports: NTP's format (RFC 3550 section 4), and the round trip that the other side's reports let us know
//! (section 6.4.1). It goes on evenly when somebody sets the machine's clock.
use std::{
    collections::VecDeque,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Seconds from 1900 to 1970.
const EPOCH: u64 = 2_208_988_800;
/// Reports of ours that the other side may still answer.
const REMEMBERED: usize = 8;

/// The clock.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    at_start: Duration,
    /// When we reported: the middle bits of the stamps.
    sent: VecDeque<(u32, Instant)>,
}

impl Clock {
    pub(super) fn new(now: Instant) -> Self {
        let at_start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: now, at_start: at_start + Duration::from_secs(EPOCH), sent: VecDeque::new() }
    }

    /// The stamp of a report that goes out now.
    pub(super) fn stamp(&mut self, now: Instant) -> u64 {
        let time = self.at_start + now.saturating_duration_since(self.start);
        let stamp = (time.as_secs() << 32) | ((u64::from(time.subsec_nanos()) << 32) / 1_000_000_000);
        self.sent.push_front(((stamp >> 16) as u32, now));
        self.sent.truncate(REMEMBERED);
        stamp
    }

    /// The round trip in milliseconds, of a report that answers the one of ours with this stamp after so many 1/65536 s;
    /// `None`: it answers none, or cannot be true.
    pub(super) fn round_trip(&self, last: u32, delay: u32, now: Instant) -> Option<u32> {
        let (_, sent) = self.sent.iter().find(|(stamp, _)| *stamp == last && last != 0)?;
        let held = Duration::from_micros(u64::from(delay) * 1_000_000 / 65_536);
        let away = now.saturating_duration_since(*sent);
        // their clock and ours may differ a little on a fast line
        let true_enough = held <= away + Duration::from_millis(5);
        u32::try_from(away.saturating_sub(held).as_millis()).ok().filter(|_| true_enough)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_is_what_the_other_side_did_not_hold() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let mut clock = Clock::new(start);
        let first = (clock.stamp(ms(1000)) >> 16) as u32;
        let second = (clock.stamp(ms(6000)) >> 16) as u32;
        assert_eq!(second - first, 5 << 16);
        assert_eq!(clock.round_trip(second, 65_536 / 2, ms(6580)), Some(80));
        assert_eq!(clock.round_trip(first, 2 * 65_536, ms(3000)), Some(0));
        assert_eq!(clock.round_trip(first, 3 * 65_536, ms(3000)), None, "held longer than it was away");
        assert_eq!(clock.round_trip(first + 1, 0, ms(3000)), None, "no report of ours");
        assert_eq!(clock.round_trip(0, 0, ms(3000)), None, "they heard none yet");
        for n in 0..8 {
            clock.stamp(ms(7000 + n * 5000));
        }
        assert_eq!(clock.round_trip(first, 0, ms(50_000)), None);
    }
}
