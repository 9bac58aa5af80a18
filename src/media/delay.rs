//! How long playout waits: the lateness of packets against the fastest of the last seconds, as a histogram that forgets,
//! and the delay that covers nearly all of it. No clock of its own: times are given, in microseconds.

/// Least and most delay we choose, in microseconds.
const FLOOR: i64 = 8_000;
const BOUND: i64 = 200_000;
/// Added to what the packets need: the player wakes in steps of its own.
const MARGIN: i64 = 4_000;
/// Width and number of the histogram's bins; later packets count as the last bin.
const BIN: i64 = 2_000;
const BINS: usize = 100;
/// Share of the packets that must be in time.
const COVERED: f32 = 0.98;
/// Where packets are lost, so many must have come when the one before them is missed: they carry its sound (in-band FEC).
const BEHIND: f32 = 0.9;
/// What each packet weighs in the share of lost ones; above the first share the line is lossy, below the second no more.
const LOSS_NEW: f32 = 0.01;
const LOSSY: [f32; 2] = [0.02, 0.005];
/// What each new packet weighs: the last four seconds count most.
const NEW: f32 = 0.005;
/// What a lost one weighs: a gap is heard more than a late packet that is concealed well.
const LOST: f32 = 10.0 * NEW;
/// Time after which an old fastest packet is forgotten: clocks drift apart.
const WINDOW: i64 = 4_000_000;

/// The state.
#[derive(Debug)]
pub(super) struct Delay {
    bins: [f32; BINS],
    /// Fastest transit of this and of the last window, and this window's end.
    fastest: [i64; 2],
    ends: i64,
    /// Share of packets that were missed lately, and whether that is much.
    loss: f32,
    lossy: bool,
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
        Self { bins, fastest: [transit; 2], ends: now + WINDOW, loss: 0.0, lossy: false, actual: None }
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
        let late = transit - self.base();
        self.bins.iter_mut().for_each(|bin| *bin *= 1.0 - NEW);
        self.count(late, NEW);
        late
    }

    /// A packet is lost, and one that came so late against the lost one's time can stand in for it.
    pub(super) fn recoverable(&mut self, late: i64) {
        self.count(late, LOST);
    }

    fn count(&mut self, late: i64, weight: f32) {
        let bin = usize::try_from(late / BIN).unwrap_or(0).min(BINS - 1);
        if let Some(bin) = self.bins.get_mut(bin) {
            *bin += weight;
        }
    }

    /// A packet was played, or was missed when its time came.
    pub(super) fn played(&mut self, missed: bool) {
        self.loss += LOSS_NEW * (f32::from(u8::from(missed)) - self.loss);
        let [above, below] = LOSSY;
        self.lossy = self.loss > if self.lossy { below } else { above };
    }

    /// The delay to aim at, for packets of this length.
    pub(super) fn target(&self, length: i64) -> i64 {
        let enough = self.covering(COVERED);
        let enough = if self.lossy { enough.max(length + self.covering(BEHIND)) } else { enough };
        (enough + MARGIN).clamp(FLOOR, BOUND)
    }

    /// How late this share of the packets is at most.
    fn covering(&self, share: f32) -> i64 {
        let total: f32 = self.bins.iter().sum();
        let mut sum = 0.0;
        let covered = self.bins.iter().position(|bin| {
            sum += bin;
            sum >= share * total
        });
        covered.map_or(BINS as i64, |bin| if bin == 0 { 0 } else { bin as i64 + 1 }) * BIN
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
    pub(super) fn surplus(&self, length: i64) -> i64 {
        self.actual.map_or(0, |actual| actual as i64 - self.target(length))
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
        assert_eq!(fed(|_| 0, 0).target(20_000), FLOOR);
        let some = fed(|n| n * 7919 % 60_000, 0).target(20_000);
        assert!((58_000..75_000).contains(&some), "{some}");
        assert_eq!(fed(|n| n % 2 * 900_000, 0).target(20_000), BOUND);
        assert_eq!(
            fed(|n| if n == 500 { 150_000 } else { 0 }, 0).target(20_000),
            FLOOR,
            "one straggler is not worth it"
        );
    }

    #[test]
    fn a_lossy_line_waits_for_the_packet_behind_until_it_is_whole_again() {
        let mut delay = fed(|n| n * 7919 % 20_000, 0);
        let whole = delay.target(20_000);
        delay.played(true);
        (0..30).for_each(|_| delay.played(false));
        assert_eq!(delay.target(20_000), whole, "one loss is no lossy line");
        (0..200).for_each(|n| delay.played(n % 20 == 0));
        assert!(delay.target(20_000) >= 38_000 && delay.target(20_000) < 46_000, "{}", delay.target(20_000));
        (0..500).for_each(|_| delay.played(false));
        assert_eq!(delay.target(20_000), whole);
    }

    #[test]
    fn it_waits_for_what_stands_in_for_losses() {
        let mut delay = fed(|_| 0, 0);
        for n in 1000..2000 {
            delay.arrived(n * 20_000, 0);
            if n % 20 == 0 {
                delay.recoverable(20_000);
            }
        }
        assert!((27_000..40_000).contains(&delay.target(20_000)), "{}: one packet more", delay.target(20_000));
    }

    #[test]
    fn a_slower_clock_is_no_lateness() {
        // 300 ppm: 6 µs for each packet of 20 ms
        assert_eq!(fed(|_| 0, 6).target(20_000), FLOOR);
        assert_eq!(fed(|_| 0, -6).target(20_000), FLOOR);
    }
}
