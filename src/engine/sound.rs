//! What is heard and said now, told while there are calls: levels, missing devices, and how each call's line does. Without a
//! call and a sound test it costs nothing. What the figures mean, `logic::quality` decides.
use super::{api::Event, run::Engine};
use crate::{
    audio::{self, Tone},
    domain::call::{Call, CallState},
    logic::{
        quality::{Judge, Reading, Senses},
        switchboard::Alert,
    },
    media::Statistics,
};
use std::time::{Duration, Instant};

/// How often levels are told while somebody may look at them.
const LEVELS: Duration = Duration::from_millis(100);
/// How often a line is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A microphone that is switched on hears at least this, its own noise: one and a half steps of 16 bits.
const NOISE: f32 = 1.5 / 32_768.0;

/// How a call's line does.
#[derive(Debug, Default)]
pub(super) struct Line {
    judge: Judge,
    looked: Option<Instant>,
    /// The microphone has heard something since then.
    heard: bool,
    /// No packet comes, though some should.
    pub(super) quiet: bool,
}

const fn reading(count: &Statistics) -> Reading {
    Reading {
        expected: count.expected,
        lost: count.lost,
        late: count.late,
        concealed_ms: count.concealed,
        jitter_ms: count.jitter,
        delay_ms: count.delay as u32, // at most some seconds
        reports: count.reports,
        reported_permille: count.reported_loss,
        reported_jitter_ms: count.reported_jitter,
        round_trip_ms: count.round_trip,
    }
}

/// Whether both sides mean to hear each other.
fn is_talked_in(call: &Call) -> bool {
    call.state == CallState::Active && !call.held_there
}

impl Engine {
    pub(super) fn sound_alert(&mut self, alert: Alert) {
        let tone = match alert {
            Alert::Silent => return self.ringer.stop(),
            // do not disturb: it is shown, and missed in the history, but not heard
            Alert::Ring | Alert::Waiting if self.setup.config.desktop.quiet => return self.ringer.stop(),
            Alert::Ring => Tone::Ring,
            Alert::Waiting => Tone::Waiting,
            Alert::RingBack => Tone::RingBack,
            Alert::Busy => Tone::Busy,
            Alert::Congestion => Tone::Congestion,
        };
        self.ringer.play(tone, &self.setup.config.sound);
    }

    /// Gives running calls streams on the devices that are chosen now.
    pub(super) fn change_devices(&mut self) {
        let joined = self.conference.take().map(|conference| conference.calls).unwrap_or_default();
        for call in self.legs.keys().copied().filter(|call| !joined.contains(call)).collect::<Vec<_>>() {
            self.attach_stream(call);
        }
        if !joined.is_empty() {
            self.attach_conference(joined);
        }
        self.tell_faults();
    }

    /// Tells what of the calls' devices is missing or has come back since it was told last.
    pub(super) fn tell_faults(&mut self) {
        let mut changed = None;
        for leg in self.legs.values_mut() {
            let faults = leg.levels.as_ref().map(audio::Levels::faults).unwrap_or_default();
            if std::mem::replace(&mut leg.faults, faults) != faults {
                changed = Some(faults);
            }
        }
        let Some(faults) = changed else { return };
        let events = self.events.clone();
        // a sound server that hangs must not hold up the calls
        tokio::task::spawn_blocking(move || {
            let devices = audio::devices();
            let audio::Faults { no_microphone, no_loudspeaker, other_microphone, other_loudspeaker } = faults;
            let _ = events.send(Event::DevicesChanged {
                devices,
                no_microphone,
                no_loudspeaker,
                other_microphone,
                other_loudspeaker,
            });
        });
    }

    pub(super) fn next_levels(&self) -> Option<Instant> {
        let legs = self.legs.values().filter(|leg| leg.levels.is_some()).map(|leg| leg.levels_told + LEVELS);
        legs.chain(self.sound_test.as_ref().map(|_| Instant::now() + LEVELS)).min()
    }

    /// Tells the levels of the calls, or of the sound test, and how the calls' lines do.
    pub(super) fn tell_levels(&mut self) {
        let now = Instant::now();
        let mut peaks = None;
        for leg in self.legs.values_mut() {
            if let Some(levels) = &leg.levels
                && leg.levels_told + LEVELS <= now
            {
                leg.levels_told = now;
                // calls that are joined share their meters: only the first of them finds a peak
                let (input, output) = levels.take_peaks();
                let (before, after) = peaks.unwrap_or((0.0_f32, 0.0_f32));
                peaks = Some((before.max(input), after.max(output)));
            }
        }
        if peaks.is_some_and(|(input, _)| input >= NOISE) {
            self.legs.values_mut().for_each(|leg| leg.line.heard = true);
        }
        self.tell_faults();
        let test = self.sound_test.as_ref().map(audio::SoundTest::take_peaks);
        if let Some((input, output)) = test.or(peaks) {
            self.tell(Event::Levels { input, output });
        }
        self.look_at_lines(now);
    }

    /// Tells how the lines do, each once a second.
    fn look_at_lines(&mut self, now: Instant) {
        // who has chosen silence need not be told of it
        let silence = self.setup.config.sound.input.as_deref() == Some("null");
        for (id, leg) in &mut self.legs {
            let line = &mut leg.line;
            let Some(media) = leg.media.as_ref().filter(|_| line.looked.is_none_or(|at| at + LOOK <= now)) else {
                continue;
            };
            line.looked = Some(now);
            let heard = std::mem::take(&mut line.heard);
            let Some(call) = self.switchboard.call(*id) else { continue };
            let quality = if is_talked_in(call) {
                let muted = call.muted || silence;
                let no_microphone = leg.faults.no_microphone;
                let senses = Senses { no_microphone, muted, heard, quiet: line.quiet };
                line.judge.look(now, reading(&media.statistics()), senses)
            } else {
                line.judge = Judge::default();
                None
            };
            let account = call.account.clone();
            if self.switchboard.sounds(*id, quality)
                && let Some(quality) = quality
            {
                let _ = self.events.send(Event::Quality { account, call: *id, quality });
            }
        }
    }
}
