//! What is made up continues the voice, begins and ends without a step, and does not go on for ever.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::f32::consts::TAU;

const RATES: [u32; 2] = [8_000, 16_000];

/// A voice of four harmonics.
fn voice(hz: f32, rate: u32, n: usize) -> Vec<f32> {
    let harmonic = |n: usize, k: u8| (n as f32 * hz * f32::from(k) * TAU / rate as f32).sin() / f32::from(k);
    (0..n).map(|n| (1..5).map(|k| harmonic(n, k)).sum::<f32>() * 0.2).collect()
}

/// The largest step between neighbours: a click would stand out.
fn roughness(samples: &[f32]) -> f32 {
    samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
}

fn snr(real: &[f32], made: &[f32]) -> f32 {
    let noise: f32 = real.iter().zip(made).map(|(a, b)| (a - b).powi(2)).sum();
    10.0 * (power(real) / noise.max(1e-9)).log10()
}

/// Hears 100 ms, loses 20 ms; gives what was there, what was made up, and all that was played, 20 ms behind it included.
fn lose(rate: u32, hz: f32, two_sided: bool) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let frame = rate as usize / 50;
    let sound = voice(hz, rate, 7 * frame);
    let mut concealer = Concealer::new(rate);
    for heard in sound[..5 * frame].chunks(frame) {
        concealer.heard(&mut heard.to_vec());
    }
    let behind = &sound[6 * frame..];
    let made = concealer.conceal(frame, two_sided.then_some(behind));
    let mut after = behind.to_vec();
    concealer.heard(&mut after);
    let played = [&sound[..5 * frame], &made, &after].concat();
    (sound[5 * frame..6 * frame].to_vec(), made, played)
}

#[test]
fn a_voice_goes_on_without_a_step() {
    for rate in RATES {
        for hz in [110.0, 205.0, 330.0] {
            let (real, made, played) = lose(rate, hz, false);
            let half = made.len() / 2;
            assert!(snr(&real[..half], &made[..half]) > 6.0, "{rate} {hz}: {}", snr(&real[..half], &made[..half]));
            let smooth = roughness(&voice(hz, rate, 4_000));
            assert!(roughness(&played) < 1.6 * smooth, "{rate} {hz}: {} against {smooth}", roughness(&played));
        }
    }
}

#[test]
fn with_what_is_behind_it_a_gap_is_filled_better() {
    let mut better = 0.0;
    for rate in RATES {
        for hz in [110.0, 150.0, 205.0, 270.0, 330.0] {
            let (real, one, _) = lose(rate, hz, false);
            let (_, two, _) = lose(rate, hz, true);
            better += snr(&real, &two) - snr(&real, &one);
        }
    }
    assert!(better / 10.0 > 1.0, "{} dB in the mean", better / 10.0);
}

#[test]
fn a_long_loss_fades_into_silence_and_what_comes_then_is_untouched() {
    for rate in RATES {
        let ms = rate as usize / 1000;
        let mut concealer = Concealer::new(rate);
        concealer.heard(&mut voice(200.0, rate, 100 * ms));
        let first = concealer.conceal(20 * ms, None);
        let second = concealer.conceal(40 * ms, None);
        let third = concealer.conceal(40 * ms, None);
        assert!(power(&first[10 * ms..]) > power(&second[..10 * ms]) && power(&second[..10 * ms]) > 0.0);
        assert!(third.iter().all(|s| s.abs() < 1e-9), "silent after 60 ms");
        let sound = voice(200.0, rate, 20 * ms);
        let mut next = sound.clone();
        concealer.heard(&mut next);
        assert_eq!(next[LONGEST_JOIN * ms..], sound[LONGEST_JOIN * ms..]);
    }
}

#[test]
fn nothing_heard_yet_is_silence_and_noise_stays_noise() {
    let mut concealer = Concealer::new(8_000);
    assert!(concealer.conceal(160, None).iter().all(|s| s.abs() < 1e-9));
    let mut state = 7_u32;
    let mut noise: Vec<f32> = (0..1600)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * 0.1
        })
        .collect();
    let strength = (power(&noise) / 1600.0).sqrt();
    let mut concealer = Concealer::new(8_000);
    concealer.heard(&mut noise);
    let made = concealer.conceal(80, None);
    let ratio = (power(&made) / 80.0).sqrt() / strength;
    assert!((0.6..1.5).contains(&ratio), "as loud as it was: {ratio}");
    let (_, alike) = period(&made, 20, 40).unwrap();
    assert!(alike < 0.8, "a hiss does not become a tone: {alike}");
}
