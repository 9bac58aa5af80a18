//! Chance as a value: tags, branches, call ids and waits are drawn from a seed given from outside, so that a test can repeat
//! a run. It must not read the system's randomness itself.
use sha2::{Digest, Sha256};
use std::time::Duration;

/// A stream of unguessable bytes from one seed.
pub(crate) struct Chance {
    seed: [u8; 32],
    drawn: u64,
}

impl Chance {
    /// `seed` comes from the operating system, or from a test.
    pub(crate) const fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_be_bytes()).finalize().into()
    }

    /// 96 bits as lowercase hexadecimal: a tag, a branch, a nonce.
    pub(crate) fn token(&mut self) -> String {
        hex(self.draw().iter().take(12))
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u32 {
        let [a, b, c, d, ..] = self.draw();
        u32::from_be_bytes([a, b, c, d])
    }

    /// A duration between these two.
    pub(crate) fn between(&mut self, least: Duration, most: Duration) -> Duration {
        least + most.saturating_sub(least).mul_f64(f64::from(self.number()) / f64::from(u32::MAX))
    }
}

/// Lowercase hexadecimal.
pub(crate) fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_run_and_no_value_comes_twice() {
        let (mut one, mut two) = (Chance::new([7; 32]), Chance::new([7; 32]));
        let drawn: Vec<_> = (0..100).map(|_| one.token()).collect();
        assert_eq!(drawn, (0..100).map(|_| two.token()).collect::<Vec<_>>());
        assert_eq!(drawn.iter().collect::<std::collections::HashSet<_>>().len(), 100);
        let (least, most) = (Duration::from_millis(2100), Duration::from_secs(4));
        assert!((0..100).all(|_| (least..=most).contains(&one.between(least, most))));
    }
}
