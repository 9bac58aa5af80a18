//! Comfort noise (RFC 3389): what fills the pauses of a sender that is silent in them, G.711's and G.722's. A packet tells
//! how loud the noise is and, by reflection coefficients, what it sounds like. We play it and never ask for it.

/// The static payload type (RFC 3551).
pub(super) const NUMBER: u8 = 13;
/// Its clock is that of the narrow-band codecs.
pub(super) const CLOCK: u32 = 8_000;
/// How long one packet's noise is before the next one or a pause is looked for: 20 ms.
pub(super) const UNITS: u32 = 160;
/// Most coefficients used; a decoder may use fewer than are sent (section 3.2).
const ORDER: usize = 12;
/// Loudest noise played, below full scale in dB: more is no background.
const LOUDEST: u8 = 20;

/// A noise.
#[derive(Debug, Clone)]
pub(super) struct Comfort {
    coefficients: [f32; ORDER],
    /// The lattice's memory.
    backward: [f32; ORDER + 1],
    /// Strength of what excites the filter.
    strength: f32,
    seed: u32,
}

impl Comfort {
    /// What a packet describes; `None`: it is none.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (level, shape) = payload.split_first()?;
        let mut coefficients = [0.0_f32; ORDER];
        for (to, octet) in coefficients.iter_mut().zip(shape) {
            // quantized evenly around 127; the extremes would not be stable
            *to = ((f32::from(*octet) - 127.0) * 258.0 / 32_768.0).clamp(-0.98, 0.98);
        }
        // dB below the overload of the system, whose square wave has a strength of 1
        let loud = 10.0_f32.powf(-f32::from((level & 0x7F).max(LOUDEST)) / 20.0);
        let gain: f32 = coefficients.iter().map(|k| 1.0 - k * k).product();
        Some(Self { coefficients, backward: [0.0; ORDER + 1], strength: loud * gain.sqrt(), seed: 1 })
    }

    /// Another packet of the same silence: the noise goes on without a seam.
    pub(super) const fn update(&mut self, newer: &Self) {
        self.coefficients = newer.coefficients;
        self.strength = newer.strength;
    }

    /// The next samples of it.
    pub(super) fn play(&mut self, samples: usize) -> Vec<f32> {
        (0..samples).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> f32 {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // even between -1 and 1 has a strength of 1/sqrt(3)
        let mut forward = ((self.seed >> 8) as f32 / 8_388_608.0 - 1.0) * 3.0_f32.sqrt() * self.strength;
        let mut raised = [0.0; ORDER + 1];
        let stages = self.coefficients.iter().zip(&self.backward).zip(raised.iter_mut().skip(1)).rev();
        for ((k, delayed), up) in stages {
            forward -= k * delayed;
            *up = delayed + k * forward;
        }
        if let Some(first) = raised.first_mut() {
            *first = forward;
        }
        self.backward = raised;
        forward.clamp(-1.0, 1.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rms(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    /// Correlation of neighbours: above 0 the noise is dull, below it is sharp.
    fn dullness(samples: &[f32]) -> f32 {
        samples.windows(2).map(|w| w.iter().product::<f32>()).sum::<f32>() / samples.iter().map(|s| s * s).sum::<f32>()
    }

    #[test]
    fn it_is_as_loud_as_told_whatever_its_colour() {
        for (payload, colour) in
            [(&[40_u8][..], 0.0), (&[40, 64], 0.5), (&[40, 190], -0.5), (&[40, 30, 160, 120, 140], 0.6)]
        {
            let sound = Comfort::read(payload).unwrap().play(16_000);
            let db = 20.0 * rms(&sound).log10();
            assert!((db + 40.0).abs() < 1.5, "{payload:?}: {db} dB");
            assert!((dullness(&sound) - colour).abs() < 0.25, "{payload:?}: {}", dullness(&sound));
        }
    }

    #[test]
    fn nothing_is_no_noise_and_a_loud_one_is_held_down() {
        assert!(Comfort::read(&[]).is_none());
        assert!(rms(&Comfort::read(&[0]).unwrap().play(8_000)) < 0.12);
        assert!(rms(&Comfort::read(&[127]).unwrap().play(8_000)) < 1e-5);
    }

    proptest! {
        #[test]
        fn any_payload_is_bounded_noise(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(mut noise) = Comfort::read(&payload) {
                prop_assert!(noise.play(2_000).iter().all(|s| s.is_finite() && s.abs() <= 1.0));
            }
        }
    }
}
