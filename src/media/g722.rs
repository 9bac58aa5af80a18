//! G.722 (ITU-T) at 64 kbit/s: 16 kHz sound split into two bands, each coded by an adaptive quantizer; one octet for two
//! samples. Its RTP clock is written as 8000 by an old mistake (RFC 3551 section 4.5.2).
use super::g722_band::Band;

/// Half of the symmetric filter that splits the bands (table 11/G.722).
const FILTER: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
const TAPS: usize = 24;
/// Samples that pass between what goes into both filters and what comes out.
pub(super) const DELAY: usize = TAPS - 2;

/// The last [`TAPS`] values, oldest first, and the two sums over every other one.
#[derive(Debug, Clone)]
struct Window([i32; TAPS]);

impl Window {
    const fn new() -> Self {
        Self([0; TAPS])
    }

    fn push(&mut self, pair: [i32; 2]) {
        self.0.rotate_left(2);
        if let Some(newest) = self.0.last_chunk_mut() {
            *newest = pair;
        }
    }

    /// Sums over the even and the odd places.
    fn sums(&self) -> (i32, i32) {
        let even = self.0.iter().step_by(2).zip(&FILTER).map(|(x, c)| x * c).sum();
        let odd = self.0.iter().skip(1).step_by(2).zip(FILTER.iter().rev()).map(|(x, c)| x * c).sum();
        (even, odd)
    }

    /// Two samples in, one of each band out.
    fn split(&mut self, pair: [i32; 2]) -> (i32, i32) {
        self.push(pair);
        let (even, odd) = self.sums();
        ((even + odd) >> 14, (odd - even) >> 14)
    }

    /// One sample of each band in, two samples out.
    fn join(&mut self, low: i32, high: i32) -> [i16; 2] {
        self.push([low + high, low - high]);
        let (even, odd) = self.sums();
        [odd, even].map(|sum| (sum >> 11).clamp(-32_768, 32_767) as i16)
    }
}

/// Sound to octets.
#[derive(Debug, Clone)]
pub(super) struct Encoder {
    window: Window,
    low: Band,
    high: Band,
}

impl Encoder {
    pub(super) const fn new() -> Self {
        Self { window: Window::new(), low: Band::low(), high: Band::high() }
    }

    /// Two samples at 16 kHz as one octet.
    pub(super) fn encode(&mut self, pair: [i16; 2]) -> u8 {
        let (low, high) = self.window.split(pair.map(i32::from));
        self.high.encode(high) << 6 | self.low.encode(low)
    }
}

/// Octets to sound.
#[derive(Debug, Clone)]
pub(super) struct Decoder {
    window: Window,
    low: Band,
    high: Band,
}

impl Decoder {
    pub(super) const fn new() -> Self {
        Self { window: Window::new(), low: Band::low(), high: Band::high() }
    }

    /// One octet as two samples at 16 kHz.
    pub(super) fn decode(&mut self, octet: u8) -> [i16; 2] {
        let (low, high) = (self.low.decode(octet & 0x3F), self.high.decode(octet >> 6));
        self.window.join(low, high)
    }

    /// Brings the state to where it would be, had lost packets held a certain sound: [`DELAY`] samples from before the loss,
    /// what was made up, and [`DELAY`] samples more, which are still inside the filters.
    pub(super) fn follow(&mut self, sound: &[i16]) {
        let mut window = Window::new();
        for (n, pair) in sound.as_chunks::<2>().0.iter().enumerate() {
            let (low, high) = window.split(pair.map(i32::from));
            if n >= DELAY {
                // the encoder's half of a band moves its state exactly as the decoder's would
                self.low.encode(low);
                self.high.encode(high);
                self.window.push([low + high, low - high]);
            }
        }
    }
}

#[cfg(test)]
#[path = "g722_tests.rs"]
mod tests;
