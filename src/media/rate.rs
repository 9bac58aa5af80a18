//! Between our 48 kHz and the 8 kHz of G.711 or the 16 kHz of G.722: a low-pass filter of 144 taps, run only where samples
//! are kept.
use std::{collections::VecDeque, f32::consts::PI};

/// Filter length at 48 kHz: 3 ms, half of it delay.
const TAPS: usize = 144;
/// Share of the lower rate that passes: 3650 Hz of 8 kHz.
const PASSED: f32 = 0.456;

/// A windowed sinc with a gain of 1 at 0 Hz, for a lower rate of 48 kHz by `ratio`.
fn filter(ratio: usize) -> [f32; TAPS] {
    let mut taps = [0.0; TAPS];
    let middle = (TAPS - 1) as f32 / 2.0;
    for (n, tap) in taps.iter_mut().enumerate() {
        let x = (n as f32 - middle) * 2.0 * PASSED / ratio as f32;
        let sinc = if x.abs() < 1e-6 { 1.0 } else { (PI * x).sin() / (PI * x) };
        let turn = 2.0 * PI * n as f32 / (TAPS - 1) as f32;
        *tap = sinc * (0.54 - 0.46 * turn.cos()); // Hamming
    }
    let sum: f32 = taps.iter().sum();
    taps.map(|tap| tap / sum)
}

/// 48 kHz to less.
#[derive(Debug)]
pub(super) struct Down {
    ratio: usize,
    taps: [f32; TAPS],
    last: VecDeque<f32>,
    phase: usize,
}

impl Down {
    /// To a rate of 48 kHz by `ratio`, which is 6 or 3.
    pub(super) fn new(ratio: usize) -> Self {
        Self { ratio, taps: filter(ratio), last: VecDeque::from(vec![0.0; TAPS]), phase: 0 }
    }
    pub(super) fn run(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(samples.len() / self.ratio + 1);
        for sample in samples {
            self.last.pop_front();
            self.last.push_back(*sample);
            self.phase = (self.phase + 1) % self.ratio;
            if self.phase == 0 {
                out.push(self.last.iter().zip(&self.taps).map(|(s, t)| s * t).sum());
            }
        }
        out
    }
}

/// Less to 48 kHz.
#[derive(Debug)]
pub(super) struct Up {
    ratio: usize,
    taps: [f32; TAPS],
    last: VecDeque<f32>,
}

impl Up {
    /// From a rate of 48 kHz by `ratio`, which is 6 or 3.
    pub(super) fn new(ratio: usize) -> Self {
        Self { ratio, taps: filter(ratio), last: VecDeque::from(vec![0.0; TAPS / ratio]) }
    }
    pub(super) fn run(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        for sample in samples {
            self.last.pop_back();
            self.last.push_front(*sample);
            for phase in 0..self.ratio {
                // between two samples there are zeros: only every `ratio`th tap meets one
                let taps = self.taps.iter().skip(phase).step_by(self.ratio);
                out.push(self.last.iter().zip(taps).map(|(s, t)| s * t).sum::<f32>() * self.ratio as f32);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn sine(hz: f32, rate: f32, n: usize) -> Vec<f32> {
        (0..n).map(|n| (2.0 * PI * hz * n as f32 / rate).sin()).collect()
    }

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn the_band_passes_both_ways_and_what_would_fold_does_not() {
        for (ratio, pass, stop) in [
            (6, [100.0, 660.0, 3000.0], [4_500.0, 6_000.0, 12_000.0]),
            (3, [100.0, 5_000.0, 6_800.0], [8_600.0, 9_500.0, 15_000.0]),
        ] {
            let rate = 48_000 / ratio;
            for hz in pass {
                let low = Down::new(ratio).run(&sine(hz, 48_000.0, 48_000));
                assert_eq!(low.len(), rate);
                assert!((rms(&low[100..]) - 0.707).abs() < 0.02, "{hz} down: {}", rms(&low[100..]));
                let mut high = Vec::new();
                Up::new(ratio).run(&sine(hz, rate as f32, rate), &mut high);
                assert_eq!(high.len(), 48_000);
                assert!((rms(&high[200..]) - 0.707).abs() < 0.02, "{hz} up: {}", rms(&high[200..]));
                let smooth = high[200..].windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
                assert!(smooth < 2.0 * PI * hz / 48_000.0 * 1.1, "{hz}: no image of it sounds");
            }
            for hz in stop {
                let low = Down::new(ratio).run(&sine(hz, 48_000.0, 48_000));
                assert!(rms(&low[100..]) < 0.06, "{hz}: {}", rms(&low[100..]));
            }
        }
    }
}
