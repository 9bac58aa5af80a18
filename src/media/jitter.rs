//! The jitter buffer: packets of one stream in, in whatever order and time the network gives them; what to play next out.
//! Reordering, duplicates, wrapped numbers, late packets, bursts, pauses and restarts end here. Sans-IO: `now` is given.
use super::delay::Delay;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Most packets held: a second of the shortest.
const MOST: usize = 100;
/// Longest sound held, in microseconds.
const LONGEST: i64 = 1_000_000;
/// After so long without a packet, playout starts anew with the next one.
const PAUSE: i64 = 120_000;
/// A packet this far from its place in time or number belongs to another stream.
const JUMP: i64 = 1_000_000;
const DROPOUT: i16 = 3000;
/// Lost packets in a row that redundancy within a codec still reaches.
const REACH: usize = 6;
/// Most that is made up, in milliseconds, before a late packet is looked for again.
const STEP: u32 = 10;
/// Gaps longer than this within one stream are cut short.
const GAP: i64 = 1_000_000;

/// One packet's sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Voice {
    pub sequence: u16,
    pub timestamp: u32,
    /// Length in timestamp units.
    pub duration: u32,
    /// RTP payload type: what decodes it.
    pub payload_type: u8,
    pub payload: Vec<u8>,
}

/// What became of a packet that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Duplicate,
    Late,
    /// It does not fit into the stream; if the next one follows it, the stream has started anew.
    Stray,
}

/// What to play next; lengths in timestamp units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Play(Voice),
    /// Lost: to be concealed, with the next packet that is there and how far its beginning is from that of the lost one.
    Lost {
        units: u32,
        ahead: Option<(u32, Voice)>,
    },
    /// The sender paused.
    Pause {
        units: u32,
    },
    /// It should be there and may still come: to be concealed.
    Missing {
        units: u32,
    },
    /// Nothing is played.
    Idle,
}

#[derive(Debug, Clone, Copy)]
struct Position {
    sequence: u64,
    timestamp: i64,
}

/// The buffer of one stream.
#[derive(Debug)]
pub(super) struct JitterBuffer {
    clock: i64,
    start: Instant,
    held: BTreeMap<u64, (i64, Voice)>,
    /// Newest packet: extended number and time, and its arrival.
    newest: Option<(Position, i64)>,
    /// Which of the last 128 numbers have come.
    seen: u128,
    delay: Delay,
    /// What is played next; what is before it is late.
    next: Position,
    playing: bool,
    /// The moment at which a timestamp is played.
    anchor: (i64, i64),
    /// Made up in place of missing packets, in timestamp units.
    made: i64,
    last_duration: u32,
    stray: Option<u16>,
    /// Lost packets in a row that can be had from the next one.
    reach: usize,
}

impl JitterBuffer {
    /// For a clock in Hz; starts empty.
    pub(super) fn new(clock: u32, now: Instant) -> Self {
        Self {
            clock: i64::from(clock.max(1)),
            start: now,
            held: BTreeMap::new(),
            newest: None,
            seen: 0,
            delay: Delay::new(0, 0),
            next: Position { sequence: 0, timestamp: i64::MIN },
            playing: false,
            anchor: (0, 0),
            made: 0,
            last_duration: clock / 50,
            stray: None,
            reach: REACH,
        }
    }

    fn micros(&self, now: Instant) -> i64 {
        i64::try_from(now.saturating_duration_since(self.start).as_micros()).unwrap_or(i64::MAX)
    }
    fn us(&self, units: i64) -> i64 {
        units.saturating_mul(1_000_000) / self.clock
    }

    /// Takes a packet.
    pub(super) fn insert(&mut self, voice: Voice, now: Instant) -> Fate {
        let at = self.micros(now);
        let Some((newest, arrived)) = self.newest else {
            self.begin(voice, at);
            return Fate::Kept;
        };
        let ahead = voice.sequence.wrapping_sub(newest.sequence as u16) as i16;
        let later = i64::from(voice.timestamp.wrapping_sub(newest.timestamp as u32) as i32);
        if ahead.checked_abs().is_none_or(|far| far > DROPOUT) || (self.us(later) - (at - arrived)).abs() > JUMP {
            if self.stray == Some(voice.sequence) {
                self.begin(voice, at);
                return Fate::Kept;
            }
            self.stray = Some(voice.sequence.wrapping_add(1));
            return Fate::Stray;
        }
        self.stray = None;
        let place = Position {
            sequence: newest.sequence.saturating_add_signed(i64::from(ahead)),
            timestamp: newest.timestamp + later,
        };
        if ahead > 0 {
            self.seen = self.seen.checked_shl(ahead.unsigned_abs().into()).unwrap_or(0) | 1;
            self.newest = Some((place, at));
        } else {
            let bit = 1_u128.checked_shl(ahead.unsigned_abs().into()).unwrap_or(0);
            if self.seen & bit != 0 {
                return Fate::Duplicate;
            }
            self.seen |= bit;
            self.delay.found();
        }
        let late = self.delay.arrived(at, at - self.us(place.timestamp));
        // what is missing before it can be made from it only if playout waits for it
        let missing = i64::from(ahead.max(1) - 1).min(self.reach as i64);
        for before in 1..=missing {
            self.delay.recoverable(at, late + before * self.us(later) / i64::from(ahead));
        }
        if self.playing {
            let (moment, timestamp) = self.anchor;
            self.delay.measured(moment + self.us(place.timestamp - timestamp) - at + late);
        }
        if place.sequence < self.next.sequence || place.timestamp < self.next.timestamp {
            return Fate::Late;
        }
        self.keep(place, voice);
        Fate::Kept
    }

    /// Packets carry so many of those before them.
    pub(super) const fn carries(&mut self, packets: usize) {
        self.reach = if packets == 0 { REACH } else { packets };
        self.delay.set_whole(packets > 0);
    }

    /// A packet that came in a later one: kept where its own was lost.
    pub(super) fn recover(&mut self, voice: Voice) {
        let Some((newest, _)) = self.newest else { return };
        let before = newest.sequence as u16;
        let behind = before.wrapping_sub(voice.sequence);
        let earlier = i64::from((newest.timestamp as u32).wrapping_sub(voice.timestamp) as i32);
        let came = self.seen & 1_u128.checked_shl(behind.into()).unwrap_or(u128::MAX) != 0;
        let place =
            Position { sequence: newest.sequence.saturating_sub(behind.into()), timestamp: newest.timestamp - earlier };
        let over = place.sequence < self.next.sequence || place.timestamp < self.next.timestamp;
        if !came && !over && earlier > 0 && self.us(earlier) <= LONGEST && !self.held.contains_key(&place.sequence) {
            self.keep(place, voice);
        }
    }

    /// The first packet of a stream, or of one that started anew.
    fn begin(&mut self, voice: Voice, at: i64) {
        let place = Position { sequence: u64::from(voice.sequence) + (1 << 32), timestamp: i64::from(voice.timestamp) };
        self.newest = Some((place, at));
        self.seen = 1;
        self.delay = Delay::new(at, at - self.us(place.timestamp));
        self.held.clear();
        (self.next, self.playing, self.made, self.stray) = (place, false, 0, None);
        self.keep(place, voice);
    }

    fn keep(&mut self, place: Position, voice: Voice) {
        self.held.insert(place.sequence, (place.timestamp, voice));
        while self.held.len() > MOST || self.span() > LONGEST {
            // nobody plays, or a burst: the oldest is worth the least
            if self.held.pop_first().is_none() {
                break;
            }
            if let Some((sequence, (timestamp, _))) = self.held.first_key_value() {
                self.next = Position { sequence: *sequence, timestamp: *timestamp };
            }
        }
    }

    /// From the oldest to the newest packet, in microseconds.
    fn span(&self) -> i64 {
        let ends = (self.held.first_key_value(), self.held.last_key_value());
        if let (Some((_, (first, _))), Some((_, (last, _)))) = ends { self.us(last - first) } else { 0 }
    }

    /// What to play after what was given last, of which so much is not played yet.
    pub(super) fn next(&mut self, now: Instant, queued: Duration) -> Next {
        let at = self.micros(now + queued);
        let Some((&sequence, &(timestamp, _))) = self.held.first_key_value() else {
            return self.missing(at);
        };
        if !self.playing {
            if at < self.delay.base() + self.us(timestamp) + self.delay.target() {
                return Next::Idle;
            }
            self.playing = true;
            self.delay.restarted();
            self.next = Position { sequence, timestamp };
            self.made = 0;
        }
        // what was made up stands for what is missing
        let gap = (timestamp - self.next.timestamp - self.made).max(0);
        let gap = if self.us(gap) > GAP { 0 } else { gap };
        self.made = 0;
        self.anchor = (at, timestamp - gap);
        if gap > 0 {
            // a packet of which a part was made up is ended first
            let whole = i64::from(self.last_duration.max(1));
            let units = if gap % whole > 0 { gap % whole } else { whole };
            self.next.timestamp = timestamp - gap + units;
            let length = units as u32;
            if sequence == self.next.sequence {
                return Next::Pause { units: length };
            }
            let missing = sequence - self.next.sequence;
            // packets of the usual length: as many as fit before the next one that is there
            let still = (gap - units).div_euclid(units.max(1)).unsigned_abs();
            self.next.sequence += missing.saturating_sub(still).max(1).min(missing);
            let ahead = self.held.get(&sequence).map(|(_, voice)| (gap as u32, voice.clone()));
            return Next::Lost { units: length, ahead };
        }
        let Some((_, (timestamp, voice))) = self.held.pop_first() else { return Next::Idle };
        self.last_duration = voice.duration.max(1);
        self.next = Position { sequence: sequence + 1, timestamp: timestamp + i64::from(self.last_duration) };
        Next::Play(voice)
    }

    fn missing(&mut self, at: i64) -> Next {
        if !self.playing {
            return Next::Idle;
        }
        if self.us(self.made) >= PAUSE {
            self.playing = false;
            return Next::Idle;
        }
        let units = self.last_duration.min(STEP * self.clock as u32 / 1000).max(1);
        self.made += i64::from(units);
        self.anchor = (at + self.us(i64::from(units)), self.next.timestamp);
        Next::Missing { units }
    }

    /// By how much playout is later than it need be; negative: earlier than is safe.
    pub(super) fn surplus(&self) -> i64 {
        if self.playing { self.delay.surplus() } else { 0 }
    }

    /// The player took so much out of the sound (negative) or put it in, in microseconds.
    pub(super) fn adjusted(&mut self, by: i64) {
        self.delay.adjusted(by);
    }

    /// The delay aimed at.
    pub(super) fn target(&self) -> Duration {
        Duration::from_micros(self.delay.target().unsigned_abs())
    }
}

#[cfg(test)]
#[path = "jitter_tests.rs"]
mod tests;
