//! One band of G.722 (ITU-T G.722 section 3, blocks 3L to 4H): the adaptive quantizer's scale and the predictor of two poles
//! and six zeros. Encoder and decoder run the same one, so that both know the same past. Integers as the standard has them.

/// Output levels of the low band's 6-bit quantizer (table 15/G.722).
const LOW6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
    -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
    -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
/// Output levels of its upper 4 bits, which alone steer the adaptation.
const LOW4: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/// Output levels of the high band's 2-bit quantizer.
const HIGH2: [i32; 4] = [-7408, -1616, 7408, 1616];
/// Decision levels of the low band's quantizer (table 14/G.722).
const DECISIONS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339,
    1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// The one decision level of the high band.
const DECISION: i32 = 564;
/// Logarithmic steps of the scale, by the 4 bits of the low band and by the 2 of the high one.
const LOW_STEPS: [i32; 16] = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
const HIGH_STEPS: [i32; 4] = [798, -214, 798, -214];
/// 2048 * 2^(n/32).
const POWERS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
    3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// A value of a table; what indexes it is masked to its length.
fn of<const N: usize>(table: &[i32; N], index: u8) -> i32 {
    table.get(usize::from(index) % N).copied().unwrap_or(0)
}

fn saturated(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}

/// Which of the two bands, and with it its quantizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Low,
    High,
}

/// The state of a band.
#[derive(Debug, Clone)]
pub(super) struct Band {
    kind: Kind,
    /// Logarithm of the scale, and the scale.
    log: i32,
    scale: i32,
    /// What comes next as predicted, and the zeros' share in it.
    predicted: i32,
    zeros: i32,
    pole: [i32; 2],
    zero: [i32; 6],
    /// Newest first: reconstructed signal, partly reconstructed signal, quantized differences.
    signal: [i32; 2],
    partial: [i32; 2],
    differences: [i32; 6],
}

impl Band {
    const fn new(kind: Kind, scale: i32) -> Self {
        Self {
            kind,
            log: 0,
            scale,
            predicted: 0,
            zeros: 0,
            pole: [0; 2],
            zero: [0; 6],
            signal: [0; 2],
            partial: [0; 2],
            differences: [0; 6],
        }
    }

    /// 0 to 4 kHz, 6 bits.
    pub(super) const fn low() -> Self {
        Self::new(Kind::Low, 32)
    }

    /// 4 to 8 kHz, 2 bits.
    pub(super) const fn high() -> Self {
        Self::new(Kind::High, 8)
    }

    /// The code of a sample; the state goes on as the decoder's will.
    pub(super) fn encode(&mut self, sample: i32) -> u8 {
        let error = saturated(sample - self.predicted);
        let size = if error < 0 { -(error + 1) } else { error };
        let code = match self.kind {
            Kind::Low => {
                let step = DECISIONS.iter().take_while(|level| size >= (**level * self.scale) >> 12).count() as u8;
                match (error < 0, step) {
                    (true, 0) => 63,
                    (true, 1) => 62,
                    (true, step) => 33 - step,
                    (false, step) => 61 - step,
                }
            }
            Kind::High => match (error < 0, size >= (DECISION * self.scale) >> 12) {
                (true, false) => 1,
                (true, true) => 0,
                (false, false) => 3,
                (false, true) => 2,
            },
        };
        self.adapt(code);
        code
    }

    /// The sample of a code.
    pub(super) fn decode(&mut self, code: u8) -> i32 {
        let level = match self.kind {
            Kind::Low => of(&LOW6, code),
            Kind::High => of(&HIGH2, code),
        };
        let sample = (self.predicted + ((self.scale * level) >> 15)).clamp(-16_384, 16_383);
        self.adapt(code);
        sample
    }

    fn adapt(&mut self, code: u8) {
        let (level, step, most, shift) = match self.kind {
            Kind::Low => (of(&LOW4, code >> 2), of(&LOW_STEPS, code >> 2), 18_432, 8),
            Kind::High => (of(&HIGH2, code), of(&HIGH_STEPS, code), 22_528, 10),
        };
        let difference = (self.scale * level) >> 15;
        self.log = (((self.log * 127) >> 7) + step).clamp(0, most);
        let power = of(&POWERS, ((self.log >> 6) & 31) as u8);
        let by = shift - (self.log >> 11);
        self.scale = (if by < 0 { power << -by } else { power >> by }) << 2;
        self.predict(difference);
    }

    /// Block 4: the predictor learns from the quantized difference and predicts the next sample.
    fn predict(&mut self, difference: i32) {
        let signal = saturated(self.predicted + difference);
        let partial = saturated(self.zeros + difference);
        let [last, before] = self.partial;
        let alike = |other: i32| (other < 0) == (partial < 0);
        let [first, second] = self.pole;

        let turn = saturated(first << 2);
        let turn = if alike(last) { (-turn).min(32_767) } else { turn };
        let push = if alike(before) { 128 } else { -128 };
        let second = ((turn >> 7) + push + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let bound = saturated(15_360 - second);
        let push = if alike(last) { 192 } else { -192 };
        let first = saturated(push + ((first * 32_640) >> 15)).clamp(-bound, bound);
        self.pole = [first, second];

        for (zero, old) in self.zero.iter_mut().zip(&self.differences) {
            let push = if difference == 0 {
                0
            } else if (*old < 0) == (difference < 0) {
                128
            } else {
                -128
            };
            *zero = saturated(push + ((*zero * 32_640) >> 15));
        }
        self.differences.rotate_right(1);
        if let Some(newest) = self.differences.first_mut() {
            *newest = difference;
        }
        let [newest, _] = self.signal;
        (self.signal, self.partial) = ([signal, newest], [partial, last]);

        let weigh = |coefficient: i32, value: i32| (coefficient * saturated(2 * value)) >> 15;
        let poles = saturated(weigh(first, signal) + weigh(second, newest));
        self.zeros = saturated(self.zero.iter().zip(&self.differences).map(|(c, d)| weigh(*c, *d)).sum());
        self.predicted = saturated(poles + self.zeros);
    }
}
