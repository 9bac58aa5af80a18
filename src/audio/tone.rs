//! Sounds that are not a call's, generated sample by sample: European cadences at 425 Hz, and a warble that rings.
//! Pure: no device, no clock but the samples themselves.
use super::RATE;
use std::f32::consts::TAU;

/// Sounds that are not a call's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Somebody calls.
    Ring,
    /// Somebody calls during a call.
    Waiting,
    /// It rings at the other side.
    RingBack,
    /// A short tone to try the loudspeaker.
    Test,
}

/// What sounds at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Note {
    Hz(f32),
    Silence,
    End,
}

impl Tone {
    /// The note at a time since the start.
    const fn note(self, ms: u64) -> Note {
        match self {
            Self::Ring if ms % 3000 < 1200 => Note::Hz(if (ms / 50).is_multiple_of(2) { 760.0 } else { 960.0 }),
            Self::Waiting if matches!(ms % 4000, 0..200 | 400..600) => Note::Hz(425.0),
            Self::RingBack if ms % 5000 < 1000 => Note::Hz(425.0),
            Self::Test if ms < 1000 => Note::Hz(440.0),
            Self::Test => Note::End,
            Self::Ring | Self::Waiting | Self::RingBack => Note::Silence,
        }
    }
}

/// A tone's samples at 48 kHz; only [`Tone::Test`] ends.
#[derive(Debug)]
pub(super) struct Samples {
    tone: Tone,
    at: u64,
    phase: f32,
    gain: f32,
}

impl Samples {
    pub(super) const fn new(tone: Tone) -> Self {
        Self { tone, at: 0, phase: 0.0, gain: 0.0 }
    }
}

impl Iterator for Samples {
    type Item = f32;
    fn next(&mut self) -> Option<f32> {
        /// A quarter of full scale, reached and left within about 5 ms: no click.
        const LOUD: f32 = 0.25;
        const SMOOTH: f32 = 0.01;
        let note = self.tone.note(self.at * 1000 / u64::from(RATE));
        self.at += 1;
        let (step, loud) = match note {
            Note::Hz(hz) => (hz / RATE as f32, LOUD),
            Note::Silence => (0.0, 0.0),
            Note::End if self.gain < 0.0005 => return None,
            Note::End => (440.0 / RATE as f32, 0.0),
        };
        self.gain += (loud - self.gain) * SMOOTH;
        self.phase = (self.phase + step).fract();
        Some((self.phase * TAU).sin() * self.gain)
    }
}

/// A steady sine, as a microphone of tests and of machines without one.
#[derive(Debug)]
pub(super) struct Sine {
    step: f32,
    phase: f32,
}

impl Sine {
    pub(super) fn new(hz: f32) -> Self {
        Self { step: hz / RATE as f32, phase: 0.0 }
    }
}

impl Iterator for Sine {
    type Item = f32;
    fn next(&mut self) -> Option<f32> {
        self.phase = (self.phase + self.step).fract();
        Some((self.phase * TAU).sin() * 0.3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Root mean square of the milliseconds from..to.
    fn loudness(tone: Tone, from: usize, to: usize) -> f32 {
        let samples: Vec<f32> = Samples::new(tone).skip(from * 48).take((to - from) * 48).collect();
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn cadences() {
        for (tone, loud, silent) in [
            (Tone::Ring, [(50, 1150), (3050, 4150)], [(1300, 2950), (4300, 5900)]),
            (Tone::Waiting, [(20, 190), (420, 590)], [(250, 390), (650, 3990)]),
            (Tone::RingBack, [(20, 990), (5020, 5990)], [(1050, 4990), (6050, 9900)]),
        ] {
            for (from, to) in loud {
                assert!(loudness(tone, from, to) > 0.15, "{tone:?} {from}..{to}");
            }
            for (from, to) in silent {
                assert!(loudness(tone, from, to) < 0.01, "{tone:?} {from}..{to}");
            }
        }
    }

    #[test]
    fn the_test_tone_ends_by_itself_and_without_a_click() {
        let samples: Vec<f32> = Samples::new(Tone::Test).collect();
        assert!((48_000..52_800).contains(&samples.len()), "{}", samples.len());
        assert!(samples.last().is_some_and(|s| s.abs() < 0.001));
        assert!(samples.iter().all(|s| s.abs() <= 0.25));
    }
}
