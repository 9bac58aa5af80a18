//! Between PCM (48 kHz, mono) and payloads: Opus through its library, G.711 by hand. Losses are concealed here, since only
//! a codec knows how.
use super::{
    MediaError,
    g711::{from_alaw, from_ulaw, to_alaw, to_ulaw},
    pitch::Concealer,
    rate::{Down, Up},
};
use crate::domain::session::Codec;

/// Longest sound of one Opus packet: 120 ms at 48 kHz.
const OPUS_LONGEST: usize = 5760;
/// Speech at full bandwidth, in bits per second.
const OPUS_BITRATE: i32 = 32_000;
/// Old PCs have two slow cores; above this the ear gains little.
const OPUS_COMPLEXITY: i32 = 7;
/// Loss that in-band FEC is laid out for while none is reported.
const OPUS_LOSS: u8 = 5;

fn opus_fault(error: opus::Error) -> MediaError {
    tracing::error!(%error, "Opus");
    MediaError::Codec
}

/// Sound to payloads.
#[derive(Debug)]
pub(super) enum Encoder {
    Opus(opus::Encoder),
    G711 { down: Box<Down>, law: fn(i16) -> u8 },
}

impl Encoder {
    /// `parameters`: what the other side's decoder wishes (`a=fmtp`).
    pub(super) fn new(codec: Codec, parameters: &str) -> Result<Self, MediaError> {
        let law = match codec {
            Codec::Opus => return Self::opus(parameters).map_err(opus_fault),
            Codec::Pcmu => to_ulaw,
            Codec::Pcma => to_alaw,
        };
        Ok(Self::G711 { down: Box::new(Down::new()), law })
    }

    fn opus(parameters: &str) -> opus::Result<Self> {
        let wish = |name: &str| {
            let named = parameters.split(';').filter_map(|p| p.split_once('='));
            named.filter(|(n, _)| n.trim() == name).find_map(|(_, v)| v.trim().parse::<i32>().ok())
        };
        let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip)?;
        let most = wish("maxaveragebitrate").unwrap_or(OPUS_BITRATE);
        encoder.set_bitrate(opus::Bitrate::Bits(most.clamp(6_000, OPUS_BITRATE)))?;
        encoder.set_complexity(OPUS_COMPLEXITY)?;
        encoder.set_signal(opus::Signal::Voice)?;
        encoder.set_inband_fec(wish("useinbandfec") == Some(1))?;
        encoder.set_packet_loss_perc(OPUS_LOSS.into())?;
        Ok(Self::Opus(encoder))
    }

    /// Encodes one packet's sound in place of what `out` held; tells whether there is something to send.
    pub(super) fn encode(&mut self, sound: &[f32], out: &mut Vec<u8>) -> bool {
        out.clear();
        match self {
            Self::Opus(encoder) => {
                out.resize(1275, 0);
                let length = encoder.encode_float(sound, out);
                out.truncate(*length.as_ref().unwrap_or(&0));
                if let Err(error) = length {
                    tracing::warn!(%error, "a frame is not encoded");
                }
            }
            Self::G711 { down, law } => out.extend(down.run(sound).iter().map(|s| law((s * 32_767.0) as i16))),
        }
        !out.is_empty()
    }

    /// The other side loses so many percent.
    pub(super) fn set_loss(&mut self, percent: u8) {
        if let Self::Opus(encoder) = self
            && let Err(error) = encoder.set_packet_loss_perc(percent.clamp(OPUS_LOSS, 30).into())
        {
            tracing::warn!(%error, "the encoder does not take the loss");
        }
    }
}

/// How long a payload sounds, in timestamp units; `None`: it is not of this codec.
pub(super) fn duration(codec: Codec, payload: &[u8]) -> Option<u32> {
    let units = match codec {
        Codec::Opus if payload.is_empty() => return None,
        Codec::Opus => opus::packet::get_nb_samples(payload, 48_000).ok()?,
        Codec::Pcmu | Codec::Pcma => payload.len(),
    };
    // at most 120 ms
    u32::try_from(units).ok().filter(|units| *units > 0 && *units <= codec.clock() / 25 * 3)
}

/// Payloads to sound.
#[derive(Debug)]
pub(super) enum Decoder {
    Opus(opus::Decoder),
    G711 { up: Box<Up>, law: fn(u8) -> i16, concealer: Concealer },
}

impl Decoder {
    pub(super) fn new(codec: Codec) -> Result<Self, MediaError> {
        let law = match codec {
            Codec::Opus => {
                return opus::Decoder::new(48_000, opus::Channels::Mono).map(Self::Opus).map_err(opus_fault);
            }
            Codec::Pcmu => from_ulaw,
            Codec::Pcma => from_alaw,
        };
        Ok(Self::G711 { up: Box::new(Up::new()), law, concealer: Concealer::default() })
    }

    /// Sound of a payload, in place of what `out` held; tells whether it was one.
    pub(super) fn decode(&mut self, payload: &[u8], out: &mut Vec<f32>) -> bool {
        out.clear();
        match self {
            Self::Opus(decoder) => run_opus(decoder, payload, OPUS_LONGEST, false, out),
            Self::G711 { up, law, concealer } => {
                let samples: Vec<f32> = payload.iter().map(|octet| f32::from(law(*octet)) / 32_768.0).collect();
                up.run(&samples, out);
                concealer.heard(out);
                true
            }
        }
    }

    /// So many samples at 48 kHz in place of a lost packet; `behind`: the payload that followed it, if it is there.
    pub(super) fn conceal(&mut self, samples: usize, behind: Option<&[u8]>, out: &mut Vec<f32>) {
        out.clear();
        match self {
            Self::Opus(decoder) => {
                let samples = (samples / 120 * 120).clamp(120, OPUS_LONGEST); // steps of 2.5 ms
                if !behind.is_some_and(|behind| run_opus(decoder, behind, samples, true, out)) {
                    run_opus(decoder, &[], samples, false, out);
                }
            }
            Self::G711 { concealer, .. } => concealer.conceal(samples, out),
        }
    }
}

fn run_opus(decoder: &mut opus::Decoder, payload: &[u8], room: usize, fec: bool, out: &mut Vec<f32>) -> bool {
    out.resize(room, 0.0);
    let samples = decoder.decode_float(payload, out, fec);
    out.truncate(*samples.as_ref().unwrap_or(&0));
    samples.is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f32::consts::TAU;

    const CODECS: [Codec; 3] = [Codec::Opus, Codec::Pcmu, Codec::Pcma];

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
            let mut encoder = Encoder::new(codec, "useinbandfec=1").unwrap();
            encoder.set_loss(20);
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
                    decoder.conceal(960, packets.get(31).map(Vec::as_slice), &mut sound);
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
        let mut encoder = Encoder::new(Codec::Opus, "minptime=10; useinbandfec=1").unwrap();
        encoder.set_loss(25);
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
                    with.conceal(960, Some(&packet), &mut sound);
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
            let mut encoder = Encoder::new(codec, "").unwrap();
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
                decoder.conceal(length, Some(&payload), &mut out);
                decoder.conceal(length, None, &mut out);
            }
        }
    }
}
