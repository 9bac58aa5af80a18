//! Between PCM (48 kHz, mono) and payloads of every codec. Losses are concealed here, since only a codec knows how.
use super::{
    MediaError,
    g711::{to_alaw, to_ulaw},
    g722, libopus, opus,
    rate::Down,
    waveform,
};
use crate::domain::session::Codec;
use std::time::Instant;

fn opus_fault(error: libopus::Fault) -> MediaError {
    tracing::error!(%error, "Opus");
    MediaError::Codec
}

/// Sound to payloads.
#[derive(Debug)]
pub(super) enum Encoder {
    Opus(Box<opus::Encoder>),
    G722 { down: Box<Down>, encoder: Box<g722::Encoder> },
    G711 { down: Box<Down>, law: fn(i16) -> u8 },
}

fn sample(value: &f32) -> i16 {
    (value * 32_767.0).round() as i16
}

impl Encoder {
    /// `parameters`: what the other side's decoder wishes (`a=fmtp`); `copies`: packets may carry those before them.
    pub(super) fn new(codec: Codec, parameters: &str, copies: bool) -> Result<Self, MediaError> {
        let down = |ratio| Box::new(Down::new(ratio));
        Ok(match codec {
            Codec::Opus => Self::Opus(Box::new(opus::Encoder::new(parameters, copies).map_err(opus_fault)?)),
            Codec::G722 => Self::G722 { down: down(3), encoder: Box::new(g722::Encoder::new()) },
            Codec::Pcmu => Self::G711 { down: down(6), law: to_ulaw },
            Codec::Pcma => Self::G711 { down: down(6), law: to_alaw },
        })
    }

    /// Encodes one packet's sound in place of what `out` held; tells whether there is something to send.
    pub(super) fn encode(&mut self, sound: &[f32], out: &mut Vec<u8>) -> bool {
        out.clear();
        match self {
            Self::Opus(encoder) => {
                if let Err(error) = encoder.encode(sound, out) {
                    tracing::warn!(%error, "a frame is not encoded");
                }
            }
            Self::G722 { down, encoder } => {
                let samples: Vec<i16> = down.run(sound).iter().map(sample).collect();
                out.extend(samples.as_chunks().0.iter().map(|pair| encoder.encode(*pair)));
            }
            Self::G711 { down, law } => out.extend(down.run(sound).iter().map(|s| law(sample(s)))),
        }
        !out.is_empty()
    }

    /// How many packets should be sent once more with each.
    pub(super) fn copies(&self) -> usize {
        if let Self::Opus(encoder) = self { encoder.copies() } else { 0 }
    }

    /// The other side reports a loss, of 256 (RFC 3550 section 6.4.1).
    pub(super) fn reported(&mut self, fraction: u8, now: Instant) {
        if let Self::Opus(encoder) = self
            && let Err(error) = encoder.reported(fraction, now)
        {
            tracing::warn!(%error, "the encoder does not take the loss");
        }
    }
}

/// How long a payload sounds, in timestamp units; `None`: it is not of this codec.
pub(super) fn duration(codec: Codec, payload: &[u8]) -> Option<u32> {
    let units = match codec {
        Codec::Opus => opus::samples(payload)?,
        // G.722's clock counts octets, too
        Codec::G722 | Codec::Pcmu | Codec::Pcma => payload.len(),
    };
    // at most 120 ms
    u32::try_from(units).ok().filter(|units| *units > 0 && *units <= codec.clock() / 25 * 3)
}

/// Payloads to sound.
#[derive(Debug)]
pub(super) enum Decoder {
    Opus(Box<opus::Decoder>),
    Waveform(Box<waveform::Decoder>),
}

impl Decoder {
    pub(super) fn new(codec: Codec) -> Result<Self, MediaError> {
        match waveform::Decoder::new(codec) {
            Some(decoder) => Ok(Self::Waveform(Box::new(decoder))),
            None => opus::Decoder::new().map(|decoder| Self::Opus(Box::new(decoder))).map_err(opus_fault),
        }
    }

    /// Sound of a payload, in place of what `out` held; tells whether it was one.
    pub(super) fn decode(&mut self, payload: &[u8], out: &mut Vec<f32>) -> bool {
        out.clear();
        match self {
            Self::Opus(decoder) => decoder.decode(payload, out),
            Self::Waveform(decoder) => {
                decoder.decode(payload, out);
                true
            }
        }
    }

    /// So many samples at 48 kHz in place of lost ones; `ahead`: the next payload that is there, and how many samples after
    /// the lost ones' beginning its own sound begins.
    pub(super) fn conceal(&mut self, samples: usize, ahead: Option<(usize, &[u8])>, out: &mut Vec<f32>) {
        out.clear();
        match self {
            Self::Opus(decoder) => decoder.conceal(samples, ahead, out),
            Self::Waveform(decoder) => {
                let behind = ahead.filter(|(before, _)| *before == samples).map(|(_, payload)| payload);
                decoder.conceal(samples, behind, out);
            }
        }
    }

    /// A packet of comfort noise: the sender pauses. Tells whether it was one that this codec knows.
    pub(super) fn pause(&mut self, payload: &[u8]) -> bool {
        if let Self::Waveform(decoder) = self { decoder.pause(payload) } else { false }
    }

    /// So many samples at 48 kHz of the pause, in place of what `out` held; tells whether there is one.
    pub(super) fn noise(&mut self, samples: usize, out: &mut Vec<f32>) -> bool {
        out.clear();
        if let Self::Waveform(decoder) = self { decoder.noise(samples, out) } else { false }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f32::consts::TAU;

    const CODECS: [Codec; 4] = [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];

    /// Frames of a 300 Hz voice.
    fn frames(count: usize) -> Vec<Vec<f32>> {
        let sample = |n: usize| (n as f32 * 300.0 * TAU / 48_000.0).sin() * 0.3;
        (0..count).map(|f| (f * 960..(f + 1) * 960).map(sample).collect()).collect()
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn sound_survives_each_codec_and_a_single_loss() {
        for codec in CODECS {
            let mut encoder = Encoder::new(codec, "useinbandfec=1", false).unwrap();
            encoder.reported(51, Instant::now());
            let packets: Vec<Vec<u8>> = frames(40)
                .iter()
                .map(|frame| {
                    let mut out = Vec::new();
                    assert!(encoder.encode(frame, &mut out));
                    out
                })
                .collect();
            assert_eq!(duration(codec, &packets[0]), Some(codec.clock() / 50), "{codec:?}");
            let mut decoder = Decoder::new(codec).unwrap();
            let mut sound = Vec::new();
            for (n, packet) in packets.iter().enumerate() {
                if n == 30 {
                    decoder.conceal(960, packets.get(31).map(|p| (960, p.as_slice())), &mut sound);
                } else {
                    assert!(decoder.decode(packet, &mut sound));
                }
                assert_eq!(sound.len(), 960, "{codec:?}");
                if n > 10 {
                    let loud = rms(&sound);
                    assert!((0.08..0.30).contains(&loud), "{codec:?} packet {n}: {loud}");
                }
            }
        }
    }

    #[test]
    fn a_word_that_was_lost_is_in_the_packet_behind_it() {
        // harmonics of 150 Hz: a voice, which begins after silence in the very packet that is lost
        let voice = |n: usize| {
            let harmonic = |k: usize| (n as f32 * 150.0 * k as f32 * TAU / 48_000.0).sin() / k as f32;
            (1..20).map(harmonic).sum::<f32>() * 0.2
        };
        let mut encoder = Encoder::new(Codec::Opus, "minptime=10; useinbandfec=1", false).unwrap();
        encoder.reported(64, Instant::now());
        let mut decoders = [Decoder::new(Codec::Opus).unwrap(), Decoder::new(Codec::Opus).unwrap()];
        let (mut packet, mut sound) = (Vec::new(), Vec::new());
        for frame in 0..=52 {
            let speaks = frame / 10 % 2 == 1;
            let samples: Vec<f32> =
                (frame * 960..(frame + 1) * 960).map(|n| if speaks { voice(n) } else { 0.0 }).collect();
            encoder.encode(&samples, &mut packet);
            match frame {
                52 => {
                    let [with, without] = &mut decoders;
                    with.conceal(960, Some((960, &packet)), &mut sound);
                    let recovered = rms(&sound);
                    without.conceal(960, None, &mut sound);
                    assert!(recovered > 2.0 * rms(&sound), "{recovered} with, {} without", rms(&sound));
                }
                50 | 51 => {} // lost: nothing of the word has come
                _ => decoders.iter_mut().for_each(|d| assert!(d.decode(&packet, &mut sound))),
            }
        }
    }

    #[test]
    fn long_losses_end_in_silence() {
        for codec in CODECS {
            let mut encoder = Encoder::new(codec, "", false).unwrap();
            let mut decoder = Decoder::new(codec).unwrap();
            let (mut packet, mut sound) = (Vec::new(), Vec::new());
            for frame in frames(10) {
                encoder.encode(&frame, &mut packet);
                decoder.decode(&packet, &mut sound);
            }
            for _ in 0..25 {
                decoder.conceal(960, None, &mut sound);
            }
            assert!(rms(&sound) < 0.02, "{codec:?}: {}", rms(&sound));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn any_payload_is_no_panic(payload in proptest::collection::vec(any::<u8>(), 0..300), length in 0_usize..9000) {
            for codec in CODECS {
                let _ = duration(codec, &payload);
                let mut decoder = Decoder::new(codec).unwrap();
                let mut out = Vec::new();
                decoder.decode(&payload, &mut out);
                decoder.conceal(length, Some((length, &payload)), &mut out);
                decoder.conceal(length, Some((2 * length, &payload)), &mut out);
                decoder.pause(&payload);
                decoder.noise(length, &mut out);
                decoder.conceal(length, None, &mut out);
            }
        }
    }
}
