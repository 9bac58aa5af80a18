//! Which packets of a stream were here (RFC 3711 section 3.3.2), and the index that a sequence number stands for (3.3.1).

/// How far back packets are remembered.
const WINDOW: u64 = 128;

/// One stream's memory. Indexes are whole: rollover counter and sequence number, or an SRTCP index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    highest: u64,
    /// Bit n: `highest - n` was here.
    seen: u128,
}

impl Window {
    /// After the stream's first packet.
    pub(super) const fn new(index: u64) -> Self {
        Self { highest: index, seen: 1 }
    }

    /// The index nearest to the newest one that ends in this sequence number; `None`: it would lie before the first.
    pub(super) const fn index(&self, sequence: u16) -> Option<u64> {
        let ahead = sequence.wrapping_sub(self.highest as u16) as i16;
        self.highest.checked_add_signed(ahead as i64)
    }

    /// Whether this packet was not here yet, as far as is remembered.
    pub(super) const fn is_new(&self, index: u64) -> bool {
        if index > self.highest {
            return true;
        }
        let age = self.highest - index;
        age < WINDOW && self.seen >> age & 1 == 0
    }

    /// It was here, and is authentic.
    pub(super) const fn seen(&mut self, index: u64) {
        if index > self.highest {
            let ahead = index - self.highest;
            self.seen = if ahead < WINDOW { self.seen << ahead } else { 0 } | 1;
            self.highest = index;
        } else if self.highest - index < WINDOW {
            self.seen |= 1 << (self.highest - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn the_index_follows_the_wrap_both_ways() {
        let mut window = Window::new(65_530);
        assert_eq!(window.index(3), Some(65_536 + 3));
        window.seen(65_536 + 3);
        assert_eq!(window.index(65_535), Some(65_535), "late, from before the wrap");
        assert_eq!(window.index(30_000), Some(65_536 + 30_000));
        assert_eq!(Window::new(5).index(65_535), None, "before the first packet of all");
        window.seen(65_536 + 30_000);
        window.seen(65_536 + 60_000);
        assert_eq!(window.index(1), Some(2 * 65_536 + 1));
    }

    proptest! {
        #[test]
        fn a_packet_is_new_once(steps in proptest::collection::vec(0_u64..400, 1..300)) {
            let (mut window, mut base) = (Window::new(0), 0);
            let mut seen = HashSet::from([0]);
            for step in steps {
                let index = (base + step).saturating_sub(200);
                let expected = index > base || (base - index < WINDOW && !seen.contains(&index));
                prop_assert_eq!(window.is_new(index), expected);
                if expected {
                    window.seen(index);
                    seen.insert(index);
                    base = base.max(index);
                }
            }
        }
    }
}
