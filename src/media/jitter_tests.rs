//! The jitter buffer under what networks do, with a hand-turned clock: a sender, a wire with chosen delays, a player that
//! asks when what it was given is over.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use proptest::prelude::*;

const CLOCK: u32 = 8_000;
const UNITS: u32 = 160;

fn voice(sequence: u16, timestamp: u32) -> Voice {
    Voice { sequence, timestamp, duration: UNITS, payload_type: 0, payload: sequence.to_be_bytes().to_vec() }
}

/// What the player got at each of its times.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Got {
    Packet(u16),
    /// Concealed, with the packet behind it or not.
    Lost(bool),
    Pause,
    Missing,
    Idle,
}

struct Run {
    buffer: JitterBuffer,
    start: Instant,
    fates: Vec<Fate>,
    /// When each thing that `run` gave was played.
    times: Vec<i64>,
    /// How long the last of it is, in microseconds.
    length: i64,
}

impl Run {
    fn new() -> Self {
        let start = Instant::now();
        Self { buffer: JitterBuffer::new(CLOCK, start), start, fates: Vec::new(), times: Vec::new(), length: 0 }
    }
    fn at(&self, us: i64) -> Instant {
        self.start + Duration::from_micros(us.unsigned_abs())
    }
    fn insert(&mut self, us: i64, sequence: u16, timestamp: u32) -> Fate {
        let fate = self.buffer.insert(voice(sequence, timestamp), self.at(us));
        self.fates.push(fate);
        fate
    }
    fn play(&mut self, us: i64) -> Got {
        self.length = 20_000;
        match self.buffer.next(self.at(us), Duration::ZERO) {
            Next::Play(voice) => {
                assert_eq!(voice.payload, voice.sequence.to_be_bytes());
                Got::Packet(voice.sequence)
            }
            Next::Lost { units, ahead } => {
                assert!(units > 0 && units <= UNITS);
                self.length = i64::from(units * 125);
                Got::Lost(ahead.is_some_and(|(before, _)| before == units))
            }
            Next::Pause { units } => {
                self.length = i64::from(units * 125);
                Got::Pause
            }
            Next::Missing { units } => {
                self.length = i64::from(units * 125);
                assert_eq!(units, UNITS / 2, "what is late is looked for again soon");
                Got::Missing
            }
            Next::Idle => Got::Idle,
        }
    }
    /// Plays packets that arrive at these times, by a player that waits longer when it is told to; gives what was played
    /// from the first packet on.
    fn run(&mut self, mut packets: Vec<(i64, u16, u32)>, until: i64) -> Vec<Got> {
        packets.sort_by_key(|(at, ..)| *at);
        let mut packets = packets.into_iter().peekable();
        let (mut got, mut due, mut half) = (Vec::new(), 0, false);
        for now in (0..until).step_by(5_000) {
            while let Some((at, sequence, timestamp)) = packets.next_if(|(at, ..)| *at <= now) {
                self.insert(at, sequence, timestamp);
            }
            if now < due {
                continue;
            }
            let played = self.play(now);
            // two halves that are made up count as one
            if (!half || played != Got::Missing) && (played != Got::Idle || !got.is_empty()) {
                got.push(played);
                self.times.push(now);
            }
            half = played == Got::Missing && !half;
            let by = if self.buffer.surplus() < -10_000 { 5_000 } else { 0 };
            self.buffer.adjusted(by);
            due = now + by + self.length;
        }
        got
    }
}

/// Packet `n` of a stream that starts shortly before both counters wrap, with this delay.
fn sent(n: u16, delay: i64) -> (i64, u16, u32) {
    let timestamp = (u32::MAX - 1000).wrapping_add(u32::from(n) * UNITS);
    (i64::from(n) * 20_000 + delay, 65_500_u16.wrapping_add(n), timestamp)
}

fn packets(from: u16, to: u16) -> Vec<Got> {
    (from..to).map(|n| Got::Packet(65_500_u16.wrapping_add(n))).collect()
}

#[test]
fn a_clean_line_is_played_whole_over_the_wrap_and_with_little_delay() {
    let mut run = Run::new();
    let got = run.run((0..200).map(|n| sent(n, 3_000)).collect(), 200 * 20_000);
    assert_eq!(got, packets(0, got.len() as u16));
    assert!(got.len() >= 198, "{}: at most 40 ms behind", got.len());
    assert!(run.buffer.target() <= Duration::from_millis(25));
}

#[test]
fn reordered_and_doubled_packets_are_played_once_in_order() {
    let mut run = Run::new();
    let all = (0..100).flat_map(|n| {
        let delay = if n % 5 == 2 { 22_000 } else { 1_000 };
        [sent(n, delay), sent(n, delay + i64::from(n % 3) * 30_000)]
    });
    let got = run.run(all.collect(), 110 * 20_000);
    let played: Vec<Got> = got.into_iter().filter(|got| matches!(got, Got::Packet(_))).collect();
    assert_eq!(played, packets(0, 100));
    assert_eq!(run.fates.iter().filter(|fate| **fate == Fate::Kept).count(), 100);
    assert_eq!(run.fates.iter().filter(|fate| **fate == Fate::Duplicate).count(), 100);
}

#[test]
fn a_single_loss_is_concealed_with_the_packet_behind_it_and_costs_no_time() {
    let mut run = Run::new();
    let got = run.run((0..50).filter(|n| ![10, 20, 21].contains(n)).map(|n| sent(n, 15_000)).collect(), 50 * 20_000);
    let mut expected = packets(0, got.len() as u16);
    expected[10] = Got::Lost(true);
    expected[20] = Got::Missing; // nothing behind it has come yet
    expected[21] = Got::Lost(true);
    assert_eq!(got, expected);
}

#[test]
fn jitter_raises_the_delay_until_nothing_is_late_and_calm_lowers_it() {
    let mut run = Run::new();
    let jitter = |n: u16| i64::from(n) * 7919 % 60_000;
    let got = run.run((0..600).map(|n| sent(n, jitter(n))).collect(), 600 * 20_000);
    let late = got[300..].iter().filter(|got| !matches!(got, Got::Packet(_))).count();
    assert!(late <= 3, "{late}: {:?}", run.buffer.target());
    let target = run.buffer.target();
    assert!((55..90).contains(&target.as_millis()), "{target:?}");
    let mut calm = Run::new();
    let got = calm.run((0..1500).map(|n| sent(n, if n < 200 { jitter(n) } else { 0 })).collect(), 1500 * 20_000);
    assert!(calm.buffer.target() <= Duration::from_millis(25), "{:?}", calm.buffer.target());
    assert!(calm.buffer.surplus() > 15_000, "the player is told to catch up");
    assert!(got.len() > 1400);
}

#[test]
fn a_late_packet_is_left_out_and_one_in_place_of_made_up_sound_costs_none() {
    let mut run = Run::new();
    let mut all: Vec<_> = (0..50).filter(|n| *n != 10).map(|n| sent(n, 1_000)).collect();
    all.push(sent(10, 200_000));
    run.run(all, 50 * 20_000);
    assert_eq!(run.fates.iter().filter(|fate| **fate == Fate::Late).count(), 1);
}

#[test]
fn a_burst_after_an_outage_is_played_from_where_it_stopped() {
    let mut run = Run::new();
    let delay = |n: u16| if (20..30).contains(&n) { i64::from(30 - n) * 20_000 } else { 0 };
    let got = run.run((0..100).map(|n| sent(n, delay(n))).collect(), 110 * 20_000);
    let played: Vec<Got> = got.iter().copied().filter(|got| matches!(got, Got::Packet(_))).collect();
    assert_eq!(played[..80], packets(0, 80)[..], "nothing of it is lost");
    assert!(got.contains(&Got::Missing) && got.contains(&Got::Idle));
    assert!(run.buffer.surplus() > 50_000, "but the delay is to be taken out again");
}

#[test]
fn a_flood_is_bounded() {
    let mut run = Run::new();
    for n in 0..2000_u16 {
        run.insert(i64::from(n) * 100, n, u32::from(n) * 10);
    }
    assert!(run.buffer.held.len() <= MOST);
    for n in 0..500_u16 {
        run.insert(200_000 + i64::from(n) * 20_000, 2000 + n, 20_000 + u32::from(n) * UNITS);
    }
    assert!(run.buffer.span() <= LONGEST, "nobody plays, and no more than a second is held");
}

#[test]
fn the_senders_pauses_are_kept_short_and_long_ones_start_anew() {
    let mut run = Run::new();
    let mut all: Vec<_> = (0..20).map(|n| sent(n, 1_000)).collect();
    // five packet times of silence, then two seconds: the numbers go on, the timestamps jump
    let shifted = |n: u16, by: u32| {
        let (at, sequence, timestamp) = sent(n, 1_000);
        (at + i64::from(by) * 20_000, sequence, timestamp.wrapping_add(by * UNITS))
    };
    all.extend((20..40).map(|n| shifted(n, 5)));
    all.extend((40..60).map(|n| shifted(n, 105)));
    let got = run.run(all, 170 * 20_000);
    let played: Vec<Got> = got.iter().copied().filter(|got| matches!(got, Got::Packet(_))).collect();
    assert_eq!(played, packets(0, 60));
    let at = |n: u16| run.times[got.iter().position(|got| *got == Got::Packet(65_500_u16.wrapping_add(n))).unwrap()];
    assert_eq!(at(20) - at(19), 120_000, "a short pause is as long as it was");
    assert!((1_980_000..=2_060_000).contains(&(at(40) - at(39))), "{}", at(40) - at(39));
    assert!(!got.iter().any(|got| matches!(got, Got::Lost(_))), "a pause is no loss");
}

#[test]
fn a_stream_that_starts_anew_is_taken_with_its_second_packet() {
    let mut run = Run::new();
    (0..10).for_each(|n| assert_eq!(run.insert(i64::from(n) * 20_000, n, u32::from(n) * UNITS), Fate::Kept));
    assert_eq!(run.insert(200_000, 40_000, 9_000_000), Fate::Stray);
    assert_eq!(run.insert(200_000, 10, 10 * UNITS), Fate::Kept, "one stray packet changes nothing");
    assert_eq!(run.insert(220_000, 50_000, 9_000_000), Fate::Stray);
    assert_eq!(run.insert(240_000, 50_001, 9_000_160), Fate::Kept);
    assert_eq!(run.play(300_000), Got::Packet(50_001));
}

#[test]
fn numbers_go_on_after_a_hold_in_which_the_senders_clock_stood() {
    let mut run = Run::new();
    (0..10).for_each(|n| assert_eq!(run.insert(i64::from(n) * 20_000, n, u32::from(n) * UNITS), Fate::Kept));
    let resumed = 30_000_000;
    assert_eq!(run.insert(resumed, 10, 10 * UNITS), Fate::Stray);
    (11..20).for_each(|n| assert_eq!(run.insert(resumed + i64::from(n) * 20_000, n, u32::from(n) * UNITS), Fate::Kept));
}

/// A sender whose clock is off by parts per million, a player that does as it is told, for a minute.
fn drift(ppm: i64) -> (i64, usize) {
    let mut run = Run::new();
    let (mut now, mut n, mut gaps) = (0, 0_u16, 0);
    let mut worst = 0;
    while now < 60_000_000 {
        let sent_at = |n: u16| i64::from(n) * (20_000 + ppm * 20_000 / 1_000_000) + 1_000;
        while sent_at(n) <= now {
            run.insert(sent_at(n), n, u32::from(n) * UNITS);
            n += 1;
        }
        let got = run.play(now);
        gaps += usize::from(matches!(got, Got::Missing | Got::Lost(_)));
        // the player takes out or puts in 5 ms
        let surplus = run.buffer.surplus();
        let by = if surplus > 15_000 {
            -5_000
        } else if surplus < -10_000 {
            5_000
        } else {
            0
        };
        run.buffer.adjusted(by);
        now += by + run.length;
        worst = worst.max(surplus);
    }
    (worst, gaps)
}

#[test]
fn clocks_that_drift_apart_neither_pile_up_delay_nor_tear_gaps() {
    for ppm in [-1000, -300, 300, 1000] {
        let (worst, gaps) = drift(ppm);
        assert!(worst < 45_000 && gaps <= 6, "{ppm} ppm: {worst} µs, {gaps} gaps");
    }
}

proptest! {
    #[test]
    fn whatever_comes_nothing_is_played_twice_or_backwards(
        steps in proptest::collection::vec((any::<u16>(), any::<u32>(), 0_i64..50_000, 0_u8..4), 1..300),
    ) {
        let mut run = Run::new();
        let (mut now, mut sequence, mut timestamp) = (0, 0_u16, 0_u32);
        for (jump, stamp, wait, kind) in steps {
            now += wait;
            match kind {
                0 => { run.insert(now, jump, stamp); }
                1 => { run.insert(now, sequence.wrapping_sub(jump % 8), timestamp.wrapping_sub(u32::from(jump % 8) * UNITS)); }
                2 => {
                    sequence = sequence.wrapping_add(1 + jump % 3);
                    timestamp = timestamp.wrapping_add(UNITS);
                    run.insert(now, sequence, timestamp);
                }
                _ => {
                    let before = run.buffer.next;
                    let got = run.play(now);
                    if let Got::Packet(_) = got {
                        prop_assert!(run.buffer.next.sequence > before.sequence);
                    }
                }
            }
            prop_assert!(run.buffer.held.len() <= MOST);
        }
    }
}
