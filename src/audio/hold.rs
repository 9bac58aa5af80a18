//! What somebody hears who waits on hold: silence, a calm tune, or a file of the person's own; never the microphone. It is a
//! stream like that of devices, so that a call on hold opens none.
use super::{
    AudioStream, RATE,
    worker::{Clock, TICK, Worker},
};
use serde::{Deserialize, Serialize};
use std::{f32::consts::TAU, path::PathBuf};

/// What is heard on hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldSound {
    /// Nothing.
    #[default]
    Silence,
    /// A calm tune that comes with the program.
    Tune,
    /// This file: WAV or Ogg Opus.
    File(PathBuf),
}

/// A stream that says what `load` gives, again and again, and hears nothing; silence until it is there, and where it is
/// empty. `load` may take its time: it runs on a thread of its own.
pub fn hold(load: impl FnOnce() -> Vec<f32> + Send + 'static) -> AudioStream {
    let (mut stream, mut spoken, mut heard) = AudioStream::loose();
    let worker = Worker::start("hold", move |stop| {
        let sound = load();
        let mut sound = sound.iter().copied().cycle().chain(std::iter::repeat(0.0));
        let mut clock = Clock::new(std::time::Instant::now());
        while stop.pause(TICK) && !spoken.is_abandoned() {
            let due = clock.due(std::time::Instant::now());
            for sample in sound.by_ref().take(due) {
                if spoken.push(sample).is_err() {
                    break; // the call does not speak now
                }
            }
            for _ in 0..due.min(heard.slots()) {
                let _ = heard.pop();
            }
        }
    });
    stream.workers.extend(worker);
    stream
}

/// Beats in a minute, and notes of the tune: semitones above the A of 220 Hz, one a beat, each with its chord's lowest.
const BEATS: usize = 66;
const NOTES: [(i32, i32); 16] = [
    (12, 0),
    (16, 0),
    (19, 0),
    (16, 0),
    (14, -5),
    (17, -5),
    (21, -5),
    (17, -5),
    (16, -3),
    (19, -3),
    (24, -3),
    (19, -3),
    (14, -7),
    (19, -7),
    (16, -7),
    (11, -5),
];
/// How loud its notes are: well below a voice.
const LOUD: f32 = 0.06;

/// The calm tune, once: soft notes that ring on into each other, and over the end into the beginning.
pub fn tune() -> Vec<f32> {
    let beat = RATE as usize * 60 / BEATS;
    let mut sound = vec![0.0; beat * NOTES.len()];
    let length = sound.len();
    let mut play = |at: usize, semitone: i32, loud: f32, seconds: f32| {
        let hz = 220.0 * 2_f32.powf(semitone as f32 / 12.0);
        for n in 0..(seconds * RATE as f32 * 4.0) as usize {
            let time = n as f32 / RATE as f32;
            // struck within 15 ms, fading like a string; the overtone fades sooner
            let (rise, fade) = ((time / 0.015).min(1.0), (-time / seconds).exp());
            let phase = (time * hz).fract() * TAU;
            let sample = phase.sin() * fade + (2.0 * phase).sin() * 0.25 * fade * fade;
            if let Some(to) = sound.get_mut((at + n) % length) {
                *to += sample * rise * loud;
            }
        }
    };
    for (n, (note, low)) in NOTES.into_iter().enumerate() {
        play(n * beat, note, LOUD, 0.7);
        if n % 4 == 0 {
            play(n * beat, low, LOUD, 1.4);
        }
    }
    sound
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn the_tune_is_calm_and_has_no_seam() {
        let tune = tune();
        let seconds = tune.len() / RATE as usize;
        assert!((10..30).contains(&seconds), "{seconds}");
        let peak = tune.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        assert!((0.05..0.3).contains(&peak), "{peak}");
        let jump = tune.iter().zip(tune.iter().skip(1).chain(tune.first())).map(|(a, b)| (a - b).abs());
        assert!(jump.fold(0.0, f32::max) < 0.02);
        let second = |n: usize| tune.iter().skip(n * RATE as usize).take(RATE as usize);
        for n in 0..seconds {
            let power = second(n).map(|s| s * s).sum::<f32>() / RATE as f32;
            assert!(power.sqrt() > 0.01, "second {n} is silent");
        }
    }

    /// The first samples that are not silent, or as many as there are in so long.
    fn said(stream: &mut AudioStream, wanted: usize) -> Vec<f32> {
        let end = Instant::now() + Duration::from_secs(30);
        let mut said = Vec::new();
        while said.len() < wanted {
            assert!(Instant::now() < end, "{} samples", said.len());
            let _ = stream.play(&[0.3; 120]);
            while let Ok(sample) = stream.capture.pop() {
                said.push(sample);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        said
    }

    #[test]
    fn it_goes_round_and_what_is_played_into_it_is_gone() {
        let mut stream = hold(|| (1..=1000).map(|n| n as f32 / 1000.0).collect());
        let said = said(&mut stream, 3500);
        for (n, sample) in said.iter().take(3500).enumerate() {
            assert!((sample - (n % 1000 + 1) as f32 / 1000.0).abs() < 1e-6, "{n}: {sample}");
        }
        assert_eq!(stream.faults(), crate::audio::Faults::default());
    }

    #[test]
    fn nothing_to_play_is_silence() {
        assert!(said(&mut hold(Vec::new), 2000).iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn what_is_written_is_short() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Kept {
            hold: HoldSound,
        }
        for (hold, text) in [
            (HoldSound::Silence, "hold = \"silence\"\n"),
            (HoldSound::Tune, "hold = \"tune\"\n"),
            (HoldSound::File("/a.wav".into()), "[hold]\nfile = \"/a.wav\"\n"),
        ] {
            let kept = Kept { hold };
            assert_eq!(toml::to_string(&kept).unwrap(), text);
            assert_eq!(toml::from_str::<Kept>(text).unwrap(), kept);
        }
    }
}
