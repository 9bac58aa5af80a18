//! G.722 against another implementation, and what a person hears of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::f32::consts::TAU;

/// Noise that grows, then a square wave that grows, with noise: loud enough for every level of the quantizers.
fn stimulus() -> Vec<i16> {
    let mut state = 1_u32;
    (0..3200_i32)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 16) as i32 - 32_768;
            let loud = n % 1600 * 20;
            let square = if n / 7 % 2 == 1 { loud } else { -loud };
            let sample =
                if n < 1600 { (noise * loud).div_euclid(32_768) } else { square.div_euclid(2) + noise.div_euclid(64) };
            sample.clamp(-32_768, 32_767) as i16
        })
        .collect()
}

/// FNV-1a.
fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn encode(sound: &[i16]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    sound.as_chunks::<2>().0.iter().map(|pair| encoder.encode(*pair)).collect()
}

fn decode(octets: &[u8]) -> Vec<i16> {
    let mut decoder = Decoder::new();
    octets.iter().flat_map(|octet| decoder.decode(*octet)).collect()
}

fn sine(hz: f32, n: usize) -> Vec<i16> {
    (0..n).map(|n| ((n as f32 * hz * TAU / 16_000.0).sin() * 9_000.0) as i16).collect()
}

/// Signal to noise in dB, at the delay of both filters.
fn snr(sound: &[i16], heard: &[i16]) -> f32 {
    let (mut signal, mut noise) = (0.0, 0.0);
    for (x, y) in sound[400..].iter().zip(&heard[400 + DELAY..]) {
        signal += f32::from(*x).powi(2);
        noise += (f32::from(*x) - f32::from(*y)).powi(2);
    }
    10.0 * (signal / noise.max(1.0)).log10()
}

#[test]
fn it_is_bit_for_bit_what_another_implementation_makes() {
    // the stimulus above as a file of 16-bit samples, through FFmpeg 5.1:
    // ffmpeg -f s16le -ar 16000 -ac 1 -i vec.raw -c:a g722 -f g722 vec.g722; ffmpeg -f g722 -i vec.g722 -f s16le back.raw
    let octets = encode(&stimulus());
    assert_eq!(octets[..8], [0x5e, 0xfa, 0x74, 0xf2, 0xf2, 0x99, 0x28, 0x8b]);
    assert_eq!(octets[800..808], [0x96, 0x85, 0xa9, 0x98, 0x11, 0xa2, 0x4f, 0xf6]);
    assert_eq!(hash(octets.iter().copied()), 0xccbb_2ada_d3eb_031c);
    assert_eq!(hash(decode(&octets).iter().flat_map(|s| s.to_le_bytes())), 0xf30b_4676_7791_16c2);
}

#[test]
fn both_bands_pass_and_the_telephone_band_passes_cleanest() {
    for (hz, least) in [(300.0, 33.0), (1_000.0, 33.0), (3_000.0, 25.0), (5_000.0, 12.0), (6_500.0, 12.0)] {
        let sound = sine(hz, 8_000);
        let got = snr(&sound, &decode(&encode(&sound)));
        assert!(got > least, "{hz} Hz: {got} dB");
    }
}

#[test]
fn after_a_loss_the_state_is_where_it_would_have_been() {
    let sound: Vec<i16> = stimulus().iter().map(|s| s / 8).chain(sine(440.0, 4_800)).collect();
    let octets = encode(&sound);
    let (mut kept, mut stale, mut followed) = (Decoder::new(), Decoder::new(), Decoder::new());
    let whole: Vec<i16> = octets.iter().flat_map(|o| kept.decode(*o)).collect();
    for decoder in [&mut stale, &mut followed] {
        for octet in &octets[..2_600] {
            decoder.decode(*octet);
        }
    }
    // 20 ms lost, and concealed perfectly
    followed.follow(&whole[5_200 - DELAY..5_520 + DELAY]);
    let error = |decoder: &mut Decoder| {
        let heard: Vec<i16> = octets[2_760..2_920].iter().flat_map(|o| decoder.decode(*o)).collect();
        let pairs = heard.iter().zip(&whole[5_520..]);
        (pairs.map(|(a, b)| (f32::from(*a) - f32::from(*b)).powi(2)).sum::<f32>() / 320.0).sqrt()
    };
    let (stale, followed) = (error(&mut stale), error(&mut followed));
    assert!(followed < 300.0 && followed < stale / 2.0, "{followed} with, {stale} without");
}

#[test]
fn silence_stays_silent() {
    assert!(decode(&encode(&[0; 3_200])).iter().all(|s| s.abs() < 8));
}
