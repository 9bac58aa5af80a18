//! How long playout waits: the lateness of packets against the fastest of the last seconds, as a histogram that forgets,
//! and the delay that covers nearly all of it. No clock of its own: times are given, in microseconds.
use super::wait::Wait;

/// Least and most delay we choose, in microseconds.
const FLOOR: i64 = 8_000;
const BOUND: i64 = 200_000;
/// Added to what the packets need: the player wakes in steps of its own.
const MARGIN: i64 = 6_000;
/// Width and number of the histogram's bins; later packets count as the last bin.
const BIN: i64 = 2_000;
const BINS: usize = 100;
/// Share of the packets that must be in time.
const COVERED: f32 = 0.985;
/// What each new packet weighs: the last four seconds count most.
const NEW: f32 = 0.005;
/// Time after which an old fastest packet is forgotten: clocks drift apart.
const WINDOW: i64 = 4_000_000;

/// The state.
#[derive(Debug)]
pub(super) struct Delay {
    bins: [f32; BINS],
    /// Fastest transit of this and of the last window, and this window's end.
    fastest: [i64; 2],
    ends: i64,
    /// For what stands in for lost packets.
    wait: Wait,
    /// Smoothed delay of what is played now, over the fastest transit.
    actual: Option<f64>,
}

impl Delay {
    /// Starts with the first packet's transit (arrival less its own time).
    pub(super) fn new(now: i64, transit: i64) -> Self {
        let mut bins = [0.0; BINS];
        if let Some(first) = bins.first_mut() {
            *first = 1.0;
        }
        Self { bins, fastest: [transit; 2], ends: now + WINDOW, wait: Wait::default(), actual: None }
    }

    /// The fastest transit of the last seconds.
    pub(super) fn base(&self) -> i64 {
        let [new, old] = self.fastest;
        new.min(old)
    }

    /// A packet has come; gives its lateness.
    pub(super) fn arrived(&mut self, now: i64, transit: i64) -> i64 {
        let [new, _] = self.fastest;
        self.fastest = if now >= self.ends { [transit, new] } else { [new.min(transit), self.fastest[1]] };
        if now >= self.ends {
            self.ends = now + WINDOW;
        }
        self.wait.pass(now);
        let late = transit - self.base();
        self.bins.iter_mut().for_each(|bin| *bin *= 1.0 - NEW);
        let bin = usize::try_from(late / BIN).unwrap_or(0).min(BINS - 1);
        if let Some(bin) = self.bins.get_mut(bin) {
            *bin += NEW;
        }
        late
    }

    /// A packet was found lost, and the one behind it came so late against the lost one's time.
    pub(super) fn recoverable(&mut self, now: i64, late: i64) {
        self.wait.lost(now, late);
    }

    /// What stands in for a loss is as good as what was lost.
    pub(super) const fn set_whole(&mut self, whole: bool) {
        self.wait.set_whole(whole);
    }

    /// It came after all.
    pub(super) fn found(&mut self) {
        self.wait.found();
    }

    /// The delay to aim at.
    pub(super) fn target(&self) -> i64 {
        let total: f32 = self.bins.iter().sum();
        let mut sum = 0.0;
        let covered = self.bins.iter().position(|bin| {
            sum += bin;
            sum >= COVERED * total
        });
        let late = covered.map_or(BINS as i64, |bin| if bin == 0 { 0 } else { bin as i64 + 1 }) * BIN;
        (late.max(self.wait.micros()) + MARGIN).clamp(FLOOR, BOUND)
    }

    /// What a packet shows of the delay that is played with.
    pub(super) fn measured(&mut self, delay: i64) {
        let delay = delay as f64;
        self.actual = Some(self.actual.map_or(delay, |actual| actual + (delay - actual) / 16.0));
    }

    /// Playout was shortened (negative) or lengthened.
    pub(super) fn adjusted(&mut self, by: i64) {
        self.actual = self.actual.map(|actual| actual + by as f64);
    }

    /// Playout starts anew.
    pub(super) const fn restarted(&mut self) {
        self.actual = None;
    }

    /// By how much the delay is longer than aimed at.
    pub(super) fn surplus(&self) -> i64 {
        self.actual.map_or(0, |actual| actual as i64 - self.target())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(lateness: impl Fn(i64) -> i64, drift: i64) -> Delay {
        let mut delay = Delay::new(0, 0);
        for n in 0..1000 {
            let now = n * 20_000 + lateness(n);
            delay.arrived(now, lateness(n) + n * drift);
        }
        delay
    }

    #[test]
    fn the_target_follows_the_jitter_between_floor_and_bound() {
        assert_eq!(fed(|_| 0, 0).target(), FLOOR);
        let some = fed(|n| n * 7919 % 60_000, 0).target();
        assert!((58_000..75_000).contains(&some), "{some}");
        assert_eq!(fed(|n| n % 2 * 900_000, 0).target(), BOUND);
        assert_eq!(fed(|n| if n == 500 { 150_000 } else { 0 }, 0).target(), FLOOR, "one straggler is not worth it");
    }

    #[test]
    fn a_slower_clock_is_no_lateness() {
        // 300 ppm: 6 µs for each packet of 20 ms
        assert!(fed(|_| 0, 6).target() <= FLOOR + BIN);
        assert!(fed(|_| 0, -6).target() <= FLOOR + BIN);
    }
}
