//! What a device's callback does with each buffer: mix to mono, convert the rate, meter, move through a lock-free ring.
//! Nothing here locks, waits, allocates or frees; `tests/audio_callback.rs` counts that.
use super::{
    RATE,
    convert::{FromDevice, ToDevice},
    level::Meter,
    loan::Loan,
};
use rtrb::{Consumer, Producer};

/// A sample format of a device.
pub trait Pcm: Copy {
    /// As a number in -1.0..=1.0.
    fn to_f32(self) -> f32;
    /// From a number, limited to the format's range.
    fn from_f32(value: f32) -> Self;
}

impl Pcm for f32 {
    fn to_f32(self) -> f32 {
        self
    }
    fn from_f32(value: f32) -> Self {
        value.clamp(-1.0, 1.0)
    }
}

impl Pcm for i16 {
    fn to_f32(self) -> f32 {
        f32::from(self) / 32_768.0
    }
    fn from_f32(value: f32) -> Self {
        (value * 32_767.0) as Self // saturates
    }
}

impl Pcm for i32 {
    fn to_f32(self) -> f32 {
        (f64::from(self) / 2_147_483_648.0) as f32
    }
    fn from_f32(value: f32) -> Self {
        (f64::from(value) * 2_147_483_647.0) as Self // saturates
    }
}

/// A microphone's callback.
#[derive(Debug)]
pub struct Capture {
    ring: Loan<Producer<f32>>,
    channels: usize,
    convert: Option<FromDevice>,
    meter: Meter,
}

impl Capture {
    /// For a device of so many channels and Hz; `None` for a rate that cannot be converted.
    pub fn new(ring: Producer<f32>, channels: u16, rate: u32, meter: Meter) -> Option<Self> {
        Self::lent(Loan::given(ring), channels, rate, meter)
    }
    pub(super) fn lent(ring: Loan<Producer<f32>>, channels: u16, rate: u32, meter: Meter) -> Option<Self> {
        let convert = if rate == RATE { None } else { Some(FromDevice::new(rate)?) };
        Some(Self { ring, channels: usize::from(channels.max(1)), convert, meter })
    }
    /// Takes what the device heard: interleaved channels. What the ring has no room for is lost: nobody listens.
    pub fn hear<T: Pcm>(&mut self, data: &[T]) {
        let Some(ring) = self.ring.get() else { return };
        let share = 1.0 / self.channels as f32;
        let mut peak = 0.0_f32;
        for frame in data.chunks_exact(self.channels) {
            let sample = frame.iter().map(|s| s.to_f32()).sum::<f32>() * share;
            peak = peak.max(sample.abs());
            let mut keep = |sample| {
                let _ = ring.push(sample);
            };
            match &mut self.convert {
                None => keep(sample),
                Some(convert) => convert.put(sample, keep),
            }
        }
        self.meter.note(peak);
    }
}

/// A loudspeaker's callback.
#[derive(Debug)]
pub struct Playback {
    ring: Loan<Consumer<f32>>,
    channels: usize,
    convert: Option<ToDevice>,
    meter: Meter,
}

impl Playback {
    /// For a device of so many channels and Hz; `None` for a rate that cannot be converted.
    pub fn new(ring: Consumer<f32>, channels: u16, rate: u32, meter: Meter) -> Option<Self> {
        Self::lent(Loan::given(ring), channels, rate, meter)
    }
    pub(super) fn lent(ring: Loan<Consumer<f32>>, channels: u16, rate: u32, meter: Meter) -> Option<Self> {
        let convert = if rate == RATE { None } else { Some(ToDevice::new(rate)?) };
        Some(Self { ring, channels: usize::from(channels.max(1)), convert, meter })
    }
    /// Samples that lie ready.
    pub(super) fn held(&mut self) -> usize {
        self.ring.get().map_or(0, |ring| ring.slots())
    }
    /// Fills the device's buffer, every channel alike; silence where the ring has nothing.
    pub fn speak<T: Pcm>(&mut self, data: &mut [T]) {
        let Some(ring) = self.ring.get() else { return data.fill(T::from_f32(0.0)) };
        let mut peak = 0.0_f32;
        for frame in data.chunks_mut(self.channels) {
            let sample = match &mut self.convert {
                None => ring.pop().unwrap_or(0.0),
                Some(convert) => convert.take(|| ring.pop().unwrap_or(0.0)),
            };
            peak = peak.max(sample.abs());
            frame.fill(T::from_f32(sample));
        }
        self.meter.note(peak);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use rtrb::RingBuffer;

    #[test]
    fn stereo_becomes_mono_and_back() {
        let (ring, mut heard) = RingBuffer::new(8);
        let mut capture = Capture::new(ring, 2, RATE, Meter::default()).unwrap();
        capture.hear(&[0.5_f32, 0.0, -1.0, -0.5]);
        assert_eq!((heard.pop(), heard.pop(), heard.pop().is_err()), (Ok(0.25), Ok(-0.75), true));

        let (mut said, ring) = RingBuffer::new(8);
        said.push(0.5).unwrap();
        let mut playback = Playback::new(ring, 2, RATE, Meter::default()).unwrap();
        let mut data = [7_i16; 4];
        playback.speak(&mut data);
        assert_eq!(data, [16_383, 16_383, 0, 0], "silence where nothing is left");
    }

    #[test]
    fn a_full_ring_loses_what_is_new_and_goes_on() {
        let (ring, mut heard) = RingBuffer::new(2);
        let mut capture = Capture::new(ring, 1, RATE, Meter::default()).unwrap();
        capture.hear(&[0.1_f32, 0.2, 0.3]);
        assert_eq!((heard.pop(), heard.pop(), heard.pop().is_err()), (Ok(0.1), Ok(0.2), true));
        capture.hear(&[0.4_f32]);
        assert_eq!(heard.pop(), Ok(0.4));
    }

    #[test]
    fn formats_saturate() {
        assert_eq!(i16::from_f32(2.0), i16::MAX);
        assert_eq!(i32::from_f32(-2.0), i32::MIN);
        assert_eq!(f32::from_f32(2.0).to_bits(), 1.0_f32.to_bits());
        assert!((i16::MIN.to_f32() + 1.0).abs() < 1e-6 && (i32::MIN.to_f32() + 1.0).abs() < 1e-6);
    }
}
