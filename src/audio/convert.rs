//! Sample-rate conversion for devices that do not run at 48 kHz, sample by sample, in chunks of 10 ms.
//! All memory is taken when the device is opened: it runs inside the callback.
use super::RATE;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction,
    audioadapter_buffers::direct::InterleavedSlice,
};

fn sinc(ratio: f64, chunk: usize, fixed: FixedAsync) -> Option<Async<f32>> {
    let parameters = SincInterpolationParameters {
        interpolation: SincInterpolationType::Quadratic,
        ..SincInterpolationParameters::new(64, WindowFunction::BlackmanHarris2)
    };
    Async::new_sinc(ratio, 1.0, &parameters, chunk, 1, fixed).ok()
}

fn run(resampler: &mut Async<f32>, input: &[f32], output: &mut [f32]) -> usize {
    let (read, room) = (input.len(), output.len());
    let (Ok(from), Ok(mut to)) = (InterleavedSlice::new(input, 1, read), InterleavedSlice::new_mut(output, 1, room))
    else {
        return 0;
    };
    resampler.process_into_buffer(&from, &mut to, None).map_or(0, |(_, written)| written)
}

/// From a device's rate to 48 kHz.
pub(super) struct FromDevice {
    resampler: Async<f32>,
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
}

impl FromDevice {
    pub(super) fn new(rate: u32) -> Option<Self> {
        let chunk = (rate / 100) as usize;
        let resampler = sinc(f64::from(RATE) / f64::from(rate), chunk, FixedAsync::Input)?;
        let output = vec![0.0; resampler.output_frames_max()];
        Some(Self { resampler, input: vec![0.0; chunk], filled: 0, output })
    }
    /// Takes one sample, gives what it completes.
    pub(super) fn put(&mut self, sample: f32, mut give: impl FnMut(f32)) {
        if let Some(slot) = self.input.get_mut(self.filled) {
            *slot = sample;
            self.filled += 1;
        }
        if self.filled == self.input.len() {
            self.filled = 0;
            let written = run(&mut self.resampler, &self.input, &mut self.output);
            self.output.iter().take(written).for_each(|s| give(*s));
        }
    }
}

/// A whole recording at 48 kHz; empty where its rate cannot be converted.
pub(crate) fn resample(samples: &[f32], rate: u32) -> Vec<f32> {
    let Some(mut from) = FromDevice::new(rate) else { return Vec::new() };
    let mut converted = Vec::with_capacity(samples.len() * RATE as usize / rate.max(1) as usize);
    // one chunk of silence brings the end out
    let silence = std::iter::repeat_n(0.0, from.input.len());
    samples.iter().copied().chain(silence).for_each(|sample| from.put(sample, |s| converted.push(s)));
    converted
}

/// From 48 kHz to a device's rate.
pub(super) struct ToDevice {
    resampler: Async<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
    given: usize,
    ready: usize,
}

impl ToDevice {
    pub(super) fn new(rate: u32) -> Option<Self> {
        let chunk = (rate / 100) as usize;
        let resampler = sinc(f64::from(rate) / f64::from(RATE), chunk, FixedAsync::Output)?;
        let (input, output) = (vec![0.0; resampler.input_frames_max()], vec![0.0; chunk]);
        Some(Self { resampler, input, output, given: 0, ready: 0 })
    }
    /// Gives one sample, taking what it needs.
    pub(super) fn take(&mut self, mut need: impl FnMut() -> f32) -> f32 {
        if self.given == self.ready {
            let wanted = self.resampler.input_frames_next();
            let Some(input) = self.input.get_mut(..wanted) else { return 0.0 };
            input.fill_with(&mut need);
            self.given = 0;
            self.ready = run(&mut self.resampler, input, &mut self.output);
        }
        let sample = self.output.get(self.given).copied().unwrap_or(0.0);
        self.given = (self.given + 1).min(self.ready);
        sample
    }
}

impl std::fmt::Debug for FromDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FromDevice")
    }
}

impl std::fmt::Debug for ToDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToDevice")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    /// Upward zero crossings per second.
    fn pitch(samples: &[f32], rate: u32) -> f32 {
        let ups = samples.windows(2).filter(|w| matches!(w, [a, b] if *a < 0.0 && *b >= 0.0)).count();
        ups as f32 * rate as f32 / samples.len() as f32
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_strength_both_ways() {
        for rate in [8_000, 16_000, 44_100, 96_000] {
            let sine = |n: u32, rate: u32| (n as f32 * TAU * 660.0 / rate as f32).sin() * 0.5;
            let mut up = FromDevice::new(rate).unwrap();
            let mut heard = Vec::new();
            (0..rate).for_each(|n| up.put(sine(n, rate), |s| heard.push(s)));
            let mut down = ToDevice::new(rate).unwrap();
            let mut n = 0;
            let said: Vec<f32> = (0..rate)
                .map(|_| {
                    down.take(|| {
                        n += 1;
                        sine(n, RATE)
                    })
                })
                .collect();
            for (samples, rate) in [(&heard, RATE), (&said, rate)] {
                let tail = &samples[samples.len() / 2..];
                assert!((pitch(tail, rate) - 660.0).abs() < 4.0, "{rate}: {}", pitch(tail, rate));
                let peak = tail.iter().fold(0.0_f32, |p, s| p.max(s.abs()));
                assert!((peak - 0.5).abs() < 0.03, "{rate}: {peak}");
            }
            assert!(heard.len().abs_diff(RATE as usize) < 1000, "{rate}: {}", heard.len());
        }
    }
}
