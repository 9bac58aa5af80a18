//! Devices that are none: silence, a steady tone, a file. A thread of their own is their clock, so that a call runs on
//! them as on a sound card.
use super::{
    FRAME, RATE,
    level::Meter,
    loan::Loan,
    realtime::{Capture, Playback},
    tone::Sine,
    wav,
    worker::{Clock, Stop, TICK},
};
use rtrb::{Consumer, Producer};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// What a device id of a configuration means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    /// `null`: silence, on purpose.
    Null,
    /// `tone:HZ`.
    Tone(f32),
    /// `file:PATH`.
    File(PathBuf),
    /// A sound card or server; `None`: the default one.
    Card(Option<String>),
}

impl Target {
    pub(super) fn of(id: Option<&str>) -> Self {
        let Some(id) = id else { return Self::Card(None) };
        match id {
            "default" => return Self::Card(None),
            "null" => return Self::Null,
            _ => {}
        }
        if let Some(hz) = id.strip_prefix("tone:").and_then(|hz| hz.parse().ok())
            && (1.0..=20_000.0).contains(&hz)
        {
            return Self::Tone(hz);
        }
        id.strip_prefix("file:").map_or_else(|| Self::Card(Some(id.to_owned())), |path| Self::File(path.into()))
    }
}

/// Calls `step` with the samples that time has passed for, until told to end or for so long.
fn pace(stop: &Stop, time: Option<Duration>, mut step: impl FnMut(usize)) {
    let start = Instant::now();
    let mut clock = Clock::new(start);
    while stop.pause(TICK) && time.is_none_or(|time| start.elapsed() < time) {
        step(clock.due(Instant::now()));
    }
}

/// A microphone that hears silence.
pub(super) fn hear_nothing(stop: &Stop, ring: Loan<Producer<f32>>, meter: Meter, time: Option<Duration>) {
    hear(stop, ring, meter, time, std::iter::repeat(0.0));
}

/// A microphone that hears a tone.
pub(super) fn hear_tone(stop: &Stop, ring: Loan<Producer<f32>>, meter: Meter, hz: f32) {
    hear(stop, ring, meter, None, Sine::new(hz));
}

fn hear(
    stop: &Stop,
    ring: Loan<Producer<f32>>,
    meter: Meter,
    time: Option<Duration>,
    mut sound: impl Iterator<Item = f32>,
) {
    let Some(mut capture) = Capture::lent(ring, 1, RATE, meter) else { return };
    pace(stop, time, |due| {
        let samples: Vec<f32> = sound.by_ref().take(due).collect();
        capture.hear(&samples);
    });
}

/// A microphone that hears a file once, then silence.
pub(super) fn hear_file(stop: &Stop, ring: Loan<Producer<f32>>, meter: Meter, recording: Option<wav::Recording>) {
    let Some(wav::Recording { rate, channels, samples }) = recording else {
        return hear_nothing(stop, ring, meter, None);
    };
    let Some(mut capture) = Capture::lent(ring, channels, rate, meter) else { return };
    let mut frames = samples.chunks_exact(usize::from(channels));
    let silence = vec![0; usize::from(channels)];
    let mut part = 0;
    pace(stop, None, |due| {
        let all = due as u64 * u64::from(rate) + part;
        part = all % u64::from(RATE);
        for _ in 0..all / u64::from(RATE) {
            capture.hear(frames.next().unwrap_or(&silence));
        }
    });
}

/// A loudspeaker that nobody hears.
pub(super) fn speak_to_nobody(stop: &Stop, ring: Loan<Consumer<f32>>, meter: Meter, time: Option<Duration>) {
    speak(stop, ring, meter, time, |_| {});
}

/// A loudspeaker that is a WAV file. The meter tells when it cannot be written.
pub(super) fn speak_to_file(stop: &Stop, ring: Loan<Consumer<f32>>, meter: Meter, mut file: Option<wav::Writer>) {
    let told = meter.clone();
    speak(stop, ring, meter, None, |samples| {
        if let Some(Err(error)) = file.as_mut().map(|file| file.write(samples)) {
            tracing::warn!(kind = ?error.kind(), "the loudspeaker's file cannot be written");
            told.set_missing(true);
            file = None;
        }
    });
}

fn speak(stop: &Stop, ring: Loan<Consumer<f32>>, meter: Meter, time: Option<Duration>, mut take: impl FnMut(&[i16])) {
    let Some(mut playback) = Playback::lent(ring, 1, RATE, meter) else { return };
    let mut samples = Vec::with_capacity(10 * FRAME);
    pace(stop, time, |due| {
        samples.resize(due, 0_i16);
        playback.speak(&mut samples);
        take(&samples);
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::audio::{self, DeviceChoice, Faults};

    #[test]
    fn files_are_heard_once_and_written() {
        let dir = tempfile::tempdir().unwrap();
        let (said, heard) = (dir.path().join("said.wav"), dir.path().join("heard.wav"));
        wav::Writer::create(&said).unwrap().write(&[8192; 4800]).unwrap();
        let id = |path: &std::path::Path| Some(format!("file:{}", path.display()));
        let choice = DeviceChoice { input: id(&said), output: id(&heard), ..DeviceChoice::default() };
        let mut stream = audio::open(&choice);
        assert_eq!(stream.faults(), Faults::default());
        let end = Instant::now() + Duration::from_secs(30);
        let (mut loud, mut silent) = (0, 0);
        while silent < 960 {
            assert!(Instant::now() < end, "{loud} {silent}");
            while let Ok(sample) = stream.capture.pop() {
                if sample > 0.2 {
                    loud += 1
                } else {
                    silent += 1
                }
                stream.playback.push(sample).ok();
            }
            std::thread::sleep(TICK);
        }
        assert_eq!(loud, 4800);
        let written = || wav::read(&heard).unwrap().samples.iter().filter(|s| **s > 8000).count();
        while written() < 4800 {
            assert!(Instant::now() < end, "{}", written());
            std::thread::sleep(TICK);
        }
    }

    #[test]
    fn a_file_that_is_none_is_a_fault_and_silence() {
        let missing = Some("file:/nonexistent/a.wav".to_owned());
        let mut stream =
            audio::open(&DeviceChoice { input: missing.clone(), output: missing, ..DeviceChoice::default() });
        assert_eq!(stream.faults(), Faults { no_microphone: true, no_loudspeaker: true, ..Faults::default() });
        let end = Instant::now() + Duration::from_secs(30);
        while stream.capture.slots() < 480 {
            assert!(Instant::now() < end);
            std::thread::sleep(TICK);
        }
        assert_eq!(stream.capture.pop(), Ok(0.0));
    }

    #[test]
    fn ids() {
        for (id, target) in [
            (None, Target::Card(None)),
            (Some("default"), Target::Card(None)),
            (Some("null"), Target::Null),
            (Some("tone:660"), Target::Tone(660.0)),
            (Some("tone:x"), Target::Card(Some("tone:x".to_owned()))),
            (Some("tone:NaN"), Target::Card(Some("tone:NaN".to_owned()))),
            (Some("file:/tmp/a.wav"), Target::File("/tmp/a.wav".into())),
            (Some("alsa:default"), Target::Card(Some("alsa:default".to_owned()))),
        ] {
            assert_eq!(Target::of(id), target);
        }
    }
}
