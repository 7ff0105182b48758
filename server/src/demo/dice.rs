//! Chance that comes out the same on every machine and with every release of the random number crate.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// A stream of random numbers. The generator is one of the crate's portable ones, and numbers are drawn from its bits
/// here: the crate's own sampling may change between releases, and stored demo events must not.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream of this seed, purpose and number: every event has its own, so events do not depend on each other.
    pub(super) fn new(seed: u64, purpose: u64, number: u64) -> Self {
        let mixed = seed ^ purpose.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03).rotate_left(17);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// `0 <= result < limit`; 0 for a limit of 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// `low <= result <= high`, for bounds that are in order and far from the ends of the type.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// `0 <= result < 1`.
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of the list, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of the list, by weight; the list must not be empty.
    pub(super) fn weighted<'a, T>(&mut self, list: &'a [(usize, T)]) -> &'a T {
        let total: usize = list.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, value) in list {
            if left < *weight {
                return value;
            }
            left -= weight;
        }
        &list[list.len() - 1].1
    }

    /// A place in running sums, by the weight each adds; the list must not be empty.
    pub(super) fn among(&mut self, sums: &[f32]) -> usize {
        let total = sums.last().copied().unwrap_or_default();
        let point = (self.unit() as f32) * total;
        sums.partition_point(|sum| *sum <= point).min(sums.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        let mut dice = Dice::new(7, 1, 42);
        let drawn: Vec<_> = (0..4).map(|_| dice.below(1000)).collect();
        assert_eq!(drawn, [793, 82, 665, 400], "events that were stored before would be stored again in another form");
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut dice = Dice::new(1, 2, 3);
        for _ in 0..1000 {
            assert!(dice.below(3) < 3);
            assert!((-2..=2).contains(&dice.between(-2, 2)));
            assert!((0.0..1.0).contains(&dice.unit()));
            assert!([1, 3].contains(dice.weighted(&[(1, 1), (0, 2), (5, 3)])), "a weight of 0 is never drawn");
            assert_ne!(dice.among(&[1.0, 1.0, 2.0]), 1, "a place that adds nothing is never drawn");
        }
    }
}
