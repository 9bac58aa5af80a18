//! How loud one call's other side is: a number that anybody may turn while it plays, followed without a click.
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// How fast it follows, for each sample: within 10 ms or so.
const FOLLOW: f32 = 0.005;
/// This near is there.
const NEAR: f32 = 0.001;

/// The knob; cheap to clone, and all clones turn the same.
#[derive(Debug, Clone)]
pub struct Gain(Arc<AtomicU32>);

impl Default for Gain {
    /// As it comes.
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(1.0_f32.to_bits())))
    }
}

impl Gain {
    /// Turns it: 1.0 is as it comes, 2.0 twice as strong.
    pub fn set(&self, factor: f32) {
        let factor = if factor.is_finite() { factor.max(0.0) } else { 1.0 };
        self.0.store(factor.to_bits(), Ordering::Relaxed);
    }
    fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Ordering::Relaxed))
    }
}

/// What is played, as loud as the knob says.
#[derive(Debug)]
pub(super) struct Volume {
    knob: Gain,
    now: f32,
    piece: Vec<f32>,
}

impl Default for Volume {
    fn default() -> Self {
        Self::of(Gain::default())
    }
}

impl Volume {
    pub(super) fn of(knob: Gain) -> Self {
        let now = knob.get();
        Self { knob, now, piece: Vec::new() }
    }
    /// The piece as it is to be played; while the knob stands at 1.0, itself.
    pub(super) fn apply<'a>(&'a mut self, piece: &'a [f32]) -> &'a [f32] {
        let wanted = self.knob.get();
        if (self.now - 1.0).abs() < NEAR && (wanted - 1.0).abs() < NEAR {
            return piece;
        }
        self.piece.clear();
        for sample in piece {
            self.now += (wanted - self.now) * FOLLOW;
            self.piece.push((sample * self.now).clamp(-1.0, 1.0));
        }
        if (wanted - self.now).abs() < NEAR {
            self.now = wanted;
        }
        &self.piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_knob_without_a_jump() {
        let knob = Gain::default();
        let mut volume = Volume::of(knob.clone());
        assert_eq!(volume.apply(&[0.5; 4]), [0.5; 4]);
        for (factor, heard) in [(0.25, 0.125), (4.0, 1.0), (0.0, 0.0), (f32::NAN, 0.5), (1.0, 0.5)] {
            knob.set(factor);
            let mut last = None;
            for _ in 0..40 {
                let piece = volume.apply(&[0.5; 120]).to_vec();
                for sample in &piece {
                    let before: f32 = last.replace(*sample).unwrap_or(*sample);
                    assert!((before - sample).abs() < 0.02, "{before} {sample}");
                }
            }
            assert!(last.is_some_and(|last| (last - heard).abs() < 0.003), "{factor}: {last:?}");
        }
        assert!(volume.piece.capacity() > 0);
        let piece = [0.5; 8];
        assert!(std::ptr::eq(volume.apply(&piece).as_ptr(), piece.as_ptr()), "at 1.0 it costs nothing");
    }
}
