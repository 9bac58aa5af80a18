//! Payloads of G.711 and G.722 to sound at 48 kHz, with what both need besides: concealment of what is lost, at the codec's
//! own rate, and noise in the sender's pauses.
use super::{comfort::Comfort, conceal::Concealer, g711, g722, rate::Up};
use crate::domain::session::Codec;

/// What turns octets into samples.
#[derive(Debug, Clone)]
enum Coding {
    G711(fn(u8) -> i16),
    G722(Box<g722::Decoder>),
}

impl Coding {
    fn decode(&mut self, payload: &[u8]) -> Vec<f32> {
        let sound = |sample: i16| f32::from(sample) / 32_768.0;
        match self {
            Self::G711(law) => payload.iter().map(|octet| sound(law(*octet))).collect(),
            Self::G722(decoder) => payload.iter().flat_map(|octet| decoder.decode(*octet)).map(sound).collect(),
        }
    }
}

/// One stream's decoder.
#[derive(Debug)]
pub(super) struct Decoder {
    coding: Coding,
    ratio: usize,
    up: Up,
    concealer: Concealer,
    noise: Option<Comfort>,
}

impl Decoder {
    /// `None`: it is another kind of codec.
    pub(super) fn new(codec: Codec) -> Option<Self> {
        let (coding, ratio) = match codec {
            Codec::Opus => return None,
            Codec::G722 => (Coding::G722(Box::new(g722::Decoder::new())), 3),
            Codec::Pcmu => (Coding::G711(g711::from_ulaw), 6),
            Codec::Pcma => (Coding::G711(g711::from_alaw), 6),
        };
        let concealer = Concealer::new(48_000 / ratio as u32);
        Some(Self { coding, ratio, up: Up::new(ratio), concealer, noise: None })
    }

    /// Adds the sound of a payload to `out`.
    pub(super) fn decode(&mut self, payload: &[u8], out: &mut Vec<f32>) {
        let mut samples = self.coding.decode(payload);
        self.noise = None;
        self.concealer.heard(&mut samples);
        self.up.run(&samples, out);
    }

    /// The sender pauses, and says what noise is around it; tells whether it does.
    pub(super) fn pause(&mut self, payload: &[u8]) -> bool {
        let Some(told) = Comfort::read(payload) else { return false };
        match &mut self.noise {
            Some(noise) => noise.update(&told),
            None => self.noise = Some(told),
        }
        true
    }

    /// Adds so many samples (at 48 kHz) of the sender's pause to `out`; tells whether there is one.
    pub(super) fn noise(&mut self, samples: usize, out: &mut Vec<f32>) -> bool {
        let Some(noise) = &mut self.noise else { return false };
        let mut sound = noise.play(samples / self.ratio);
        self.concealer.heard(&mut sound);
        self.up.run(&sound, out);
        true
    }

    /// Adds so many samples (at 48 kHz) in place of lost ones to `out`; `behind`: the payload right after them.
    pub(super) fn conceal(&mut self, samples: usize, behind: Option<&[u8]>, out: &mut Vec<f32>) {
        let count = samples / self.ratio;
        let made = match &mut self.coding {
            Coding::G711(_) => {
                let next = behind.map(|payload| self.coding.decode(payload));
                self.concealer.conceal(count, next.as_deref())
            }
            Coding::G722(decoder) => conceal_g722(decoder, &mut self.concealer, count, behind),
        };
        self.up.run(&made, out);
    }
}

/// G.722 decodes by what came before. So a first guess of the gap brings a copy of the decoder to what is behind it; with
/// that the gap is filled from both sides, and the decoder itself is led through what was made up.
fn conceal_g722(
    decoder: &mut g722::Decoder,
    concealer: &mut Concealer,
    count: usize,
    behind: Option<&[u8]>,
) -> Vec<f32> {
    let before = concealer.newest(g722::DELAY);
    let follow = |decoder: &mut g722::Decoder, sound: &[f32], after: &[f32]| {
        let whole = before.iter().chain(sound).chain(after);
        let whole: Vec<i16> = whole.map(|s| (s * 32_767.0).round() as i16).collect();
        decoder.follow(&whole);
    };
    let guess = concealer.clone().conceal(count + g722::DELAY, None);
    let (guess, after) = guess.split_at_checked(count).unwrap_or_default();
    let next = behind.map(|payload| {
        let mut copy = Coding::G722(Box::new(decoder.clone()));
        if let Coding::G722(copy) = &mut copy {
            follow(copy, guess, after);
        }
        copy.decode(payload)
    });
    let made = concealer.conceal(count, next.as_deref());
    let after = next.as_deref().and_then(|next| next.get(..g722::DELAY)).unwrap_or(after);
    follow(decoder, &made, after);
    made
}
