//! From what the media count to one sentence that a person understands: which direction suffers, and how much. Sans-IO.
//! What is said stays said until it is clearly no longer true: a line at the edge of two words must not flicker.
use crate::domain::quality::{Heard, Part, Quality, Said, Verdict};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Losses are averaged over so long.
const WINDOW: Duration = Duration::from_secs(10);
/// Before that nothing is said: the first packets of a call say little.
const BEGINNING: Duration = Duration::from_secs(3);
/// Fewer packets than this in a window are no measure.
const FEW: u64 = 50;
/// Reports of the other side come every five seconds or so; after this they are old.
const OLD: Duration = Duration::from_secs(20);
/// A microphone that hears nothing at all for so long is switched off.
const SILENT: Duration = Duration::from_secs(10);
/// From which loss on each [`Part`] is said, in tenths of a percent.
const FROM: [u16; 6] = [30, 80, 150, 270, 420, 650];
/// It is taken back below this share of it.
const BACK: u16 = 60;
/// One way takes this long, in milliseconds: people begin to interrupt each other; and are no longer told so.
const SLOW: u32 = 400;
const SOON: u32 = 300;

/// What a call's media counted since its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Packets that should have come.
    pub expected: u64,
    /// Packets that did not.
    pub lost: u64,
    /// Packets that came when their time was over.
    pub late: u64,
    /// Sound made up in place of missing sound.
    pub concealed_ms: u64,
    /// How unevenly packets come.
    pub jitter_ms: u32,
    /// How long playout waits for late packets.
    pub delay_ms: u32,
    /// Reports of the other side.
    pub reports: u64,
    /// Packets that it missed between its last two reports, in tenths of a percent.
    pub reported_permille: u16,
    /// How unevenly packets come there.
    pub reported_jitter_ms: u32,
    /// The way there and back.
    pub round_trip_ms: Option<u32>,
}

/// What is known besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Senses {
    /// No microphone can be used.
    pub no_microphone: bool,
    /// Silence is sent on purpose.
    pub muted: bool,
    /// The microphone has heard something since the last look.
    pub heard: bool,
    /// No packet comes, though the other side should send some.
    pub quiet: bool,
}

/// What is known of one call.
#[derive(Debug, Default)]
pub struct Judge {
    begun: Option<Instant>,
    /// The oldest first, over [`WINDOW`].
    readings: VecDeque<(Instant, Reading)>,
    /// What the other side reports, the loss smoothed, and when it did.
    reported: Option<(Said, Instant)>,
    here: Option<Part>,
    there: Option<Part>,
    slow: bool,
    silent: Option<Instant>,
}

impl Judge {
    /// A look at the call, once a second or so; `None`: it is too early to say anything.
    pub fn look(&mut self, now: Instant, reading: Reading, senses: Senses) -> Option<Quality> {
        let begun = *self.begun.get_or_insert(now);
        let last = self.readings.back().map_or(reading, |(_, last)| *last);
        if reading.expected < last.expected || reading.reports < last.reports {
            *self = Self::default(); // other media: their counts begin anew
            return self.look(now, reading, senses);
        }
        self.readings.push_back((now, reading));
        while self.readings.len() > 2 && self.readings.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.readings.pop_front();
        }
        self.take_report(now, &last, &reading);
        let heard = self.heard(&reading);
        self.here = follow(self.here, heard.loss_permille);
        let said = self.reported.map(|(said, _)| said);
        self.there = said.and_then(|said| follow(self.there, said.loss_permille));
        let one_way = reading.round_trip_ms.unwrap_or(0) / 2 + reading.delay_ms;
        self.slow = one_way >= if self.slow { SOON } else { SLOW };
        let listening = !senses.heard && !senses.muted && !senses.no_microphone;
        self.silent = listening.then(|| self.silent.unwrap_or(now));
        let verdict = self.verdict(now, senses);
        let early = now.duration_since(begun) < BEGINNING;
        (!early).then_some(Quality { verdict, heard, said, round_trip_ms: reading.round_trip_ms })
    }

    fn take_report(&mut self, now: Instant, last: &Reading, reading: &Reading) {
        if reading.reports > last.reports {
            let before = self.reported.map_or(reading.reported_permille, |(said, _)| said.loss_permille);
            let loss_permille = u16::midpoint(before, reading.reported_permille);
            self.reported = Some((Said { loss_permille, jitter_ms: reading.reported_jitter_ms }, now));
        }
        self.reported = self.reported.filter(|(_, at)| now.duration_since(*at) < OLD);
    }

    fn heard(&self, reading: &Reading) -> Heard {
        let (oldest, time) = match (self.readings.front(), self.readings.back()) {
            (Some((from, oldest)), Some((to, _))) => (*oldest, to.duration_since(*from)),
            _ => (*reading, Duration::ZERO),
        };
        let expected = reading.expected - oldest.expected;
        // late ones came: they are not among the lost
        let missing = (reading.lost + reading.late).saturating_sub(oldest.lost + oldest.late);
        let made_up = reading.concealed_ms.saturating_sub(oldest.concealed_ms);
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Heard {
            loss_permille: if expected < FEW { 0 } else { permille(missing, expected) },
            concealed_permille: permille(made_up, time),
            jitter_ms: reading.jitter_ms,
            delay_ms: reading.delay_ms,
        }
    }

    fn verdict(&self, now: Instant, senses: Senses) -> Verdict {
        if senses.no_microphone {
            return Verdict::NoMicrophone;
        }
        if senses.quiet {
            return Verdict::NoSound;
        }
        if self.silent.is_some_and(|since| now.duration_since(since) >= SILENT) {
            return Verdict::MicrophoneSilent;
        }
        match (self.here, self.there) {
            // one that is much worse is what is to be said
            (Some(here), Some(there)) if (here as usize).abs_diff(there as usize) < 2 => {
                Verdict::BothMiss { part: here.max(there) }
            }
            (here, Some(part)) if here < Some(part) => Verdict::TheyMiss { part },
            (Some(part), _) => Verdict::YouMiss { part },
            _ if self.slow => Verdict::Slow,
            _ => Verdict::Good,
        }
    }
}

/// What is said of a loss, where this was said before.
fn follow(said: Option<Part>, permille: u16) -> Option<Part> {
    let now = Part::ALL.into_iter().zip(FROM).rfind(|(_, from)| permille >= *from).map(|(part, _)| part);
    let kept = Part::ALL.into_iter().zip(FROM).find(|(part, _)| Some(*part) == said);
    match kept {
        Some((part, from)) if now < said && permille >= from * BACK / 100 => Some(part),
        _ => now,
    }
}

/// So many of so many, in tenths of a percent, at most all.
fn permille(some: u64, all: u64) -> u16 {
    let share = some.saturating_mul(1000).checked_div(all).unwrap_or(0);
    u16::try_from(share.min(1000)).unwrap_or(1000)
}

#[cfg(test)]
#[path = "quality_tests.rs"]
mod tests;
