//! Peak meters and faults of one stream: written by realtime callbacks, read by whoever looks; no lock.
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

/// What of a stream could not be opened, or is gone; silence takes its place until it is back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// The other side hears silence.
    pub no_microphone: bool,
    /// Nothing is heard here.
    pub no_loudspeaker: bool,
    /// The chosen microphone is not there; the default one takes its place until it is back.
    pub other_microphone: bool,
    /// The chosen loudspeaker is not there; the default one takes its place until it is back.
    pub other_loudspeaker: bool,
}

/// Peak meters and faults of a stream; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    pub(super) input: Meter,
    pub(super) output: Meter,
}

impl Levels {
    /// Microphone and loudspeaker peaks in 0.0..=1.0 since the last call.
    pub fn take_peaks(&self) -> (f32, f32) {
        (self.input.take(), self.output.take())
    }
    /// What is missing now.
    pub fn faults(&self) -> Faults {
        Faults {
            no_microphone: self.input.is_missing(),
            no_loudspeaker: self.output.is_missing(),
            other_microphone: self.input.is_replaced(),
            other_loudspeaker: self.output.is_replaced(),
        }
    }
}

/// One direction's meter.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Side>);

#[derive(Debug, Default)]
struct Side {
    /// Bits of a non-negative `f32`: they order as the numbers do.
    peak: AtomicU32,
    missing: AtomicBool,
    replaced: AtomicBool,
}

impl Meter {
    /// Takes a peak in.
    pub(super) fn note(&self, peak: f32) {
        let peak = if peak.is_nan() { 0.0 } else { peak.clamp(0.0, 1.0) };
        self.0.peak.fetch_max(peak.to_bits(), Ordering::Relaxed);
    }
    fn take(&self) -> f32 {
        f32::from_bits(self.0.peak.swap(0, Ordering::Relaxed))
    }
    pub(super) fn set_missing(&self, missing: bool) {
        self.0.missing.store(missing, Ordering::Relaxed);
    }
    pub(super) fn set_replaced(&self, replaced: bool) {
        self.0.replaced.store(replaced, Ordering::Relaxed);
    }
    fn is_replaced(&self) -> bool {
        self.0.replaced.load(Ordering::Relaxed)
    }
    fn is_missing(&self) -> bool {
        self.0.missing.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_peak_is_told_once() {
        let levels = Levels::default();
        for peak in [0.25, 0.75, 0.5, f32::NAN] {
            levels.input.note(peak);
        }
        levels.output.note(3.0);
        assert_eq!(levels.take_peaks(), (0.75, 1.0));
        assert_eq!(levels.take_peaks(), (0.0, 0.0));
    }
}
