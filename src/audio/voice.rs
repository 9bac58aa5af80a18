//! What the microphone hears, made fit to send: without the loudspeaker's echo, with less noise, at an even strength.
//! It runs where both directions pass, on the media's thread; never inside a callback: it takes memory and its time varies.
use super::RATE;
use serde::{Deserialize, Serialize};
use sonora::{
    AudioProcessing, Config, StreamConfig,
    config::{
        AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression, Pipeline,
    },
};
use std::time::Duration;

/// What is processed at once: 10 ms.
const PIECE: usize = RATE as usize / 100;
/// What devices hold besides our rings: about two periods on the way out, one on the way in.
const DEVICES: Duration = Duration::from_millis(30);

/// Which processors run. All off: none is made at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoiceChoice {
    /// Takes the loudspeaker's sound out of the microphone's; it finds out by itself when a headset leaves none.
    pub echo: bool,
    /// Makes steady noise weaker.
    pub noise: bool,
    /// Makes a weak voice stronger and a loud one weaker.
    pub gain: bool,
}

impl Default for VoiceChoice {
    fn default() -> Self {
        Self { echo: true, noise: true, gain: true }
    }
}

impl VoiceChoice {
    /// Everything off.
    pub const OFF: Self = Self { echo: false, noise: false, gain: false };
}

/// The processors of one stream.
pub struct Voice {
    processing: Box<AudioProcessing>,
    echo: bool,
    /// Played, but not yet a whole piece.
    far: Vec<f32>,
    input: [f32; PIECE],
    output: [f32; PIECE],
}

impl Voice {
    /// `None` when all are off.
    pub fn new(choice: VoiceChoice) -> Option<Self> {
        if choice == VoiceChoice::OFF {
            return None;
        }
        let config = Config {
            pipeline: Pipeline {
                // as the rings are: measured, a lower rate costs as much and dulls the voice
                maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
                ..Pipeline::default()
            },
            high_pass_filter: Some(HighPassFilter::default()),
            echo_canceller: choice.echo.then(EchoCanceller::default),
            noise_suppression: choice.noise.then(NoiseSuppression::default),
            gain_controller2: choice.gain.then(|| GainController2 {
                adaptive_digital: Some(AdaptiveDigital {
                    // a voice that is strong from the first word on must not be driven into the limiter
                    initial_gain_db: 6.0,
                    max_gain_db: 30.0,
                    ..AdaptiveDigital::default()
                }),
                ..GainController2::default()
            }),
            ..Config::default()
        };
        let mono = StreamConfig::new(RATE, 1);
        let processing = AudioProcessing::builder().config(config).capture_config(mono).render_config(mono).build();
        Some(Self {
            processing: Box::new(processing),
            echo: choice.echo,
            far: Vec::with_capacity(2 * PIECE),
            input: [0.0; PIECE],
            output: [0.0; PIECE],
        })
    }

    /// This is about to be played.
    pub fn far(&mut self, played: &[f32]) {
        if !self.echo {
            return;
        }
        self.far.extend(played.iter().copied().map(sane));
        let whole = self.far.len() / PIECE * PIECE;
        for piece in self.far.chunks_exact(PIECE) {
            // of the right length, so it is not refused
            let _ = self.processing.process_render_f32(&[piece], &mut [&mut self.output]);
        }
        self.far.drain(..whole);
    }

    /// This was heard, in whole pieces of 10 ms; `waiting` is the sound in the rings: played but not yet taken by the
    /// loudspeaker, and heard but not yet taken from the microphone. It tells where to look for the echo first.
    pub fn near(&mut self, heard: &mut [f32], waiting: usize) {
        let waiting = Duration::from_millis((waiting * 1000 / RATE as usize) as u64) + DEVICES;
        for piece in heard.chunks_exact_mut(PIECE) {
            self.input.iter_mut().zip(&*piece).for_each(|(to, from)| *to = sane(*from));
            // beyond half a second it is clamped, and says so
            let _ = self.processing.set_stream_delay_ms(waiting.as_millis() as i32);
            if self.processing.process_capture_f32(&[&self.input], &mut [&mut self.output]).is_ok() {
                piece.copy_from_slice(&self.output);
            }
        }
    }
}

/// One bad sample of a driver would stay in the filters for ever.
fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Voice")
    }
}

#[cfg(test)]
#[path = "voice_tests.rs"]
mod tests;
