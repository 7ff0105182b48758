//! Chance that comes out the same everywhere: SplitMix64.

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, but not, a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// From one number to another, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Whether something of this chance, in thousandths, happens.
    pub fn chance(&mut self, thousandths: usize) -> bool {
        self.below(1000) < thousandths
    }

    /// About a bell around 0, from -3 to 3, with a standard deviation of 1.
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.below(1_000_000) as f64 / 1e6 - 0.5).sum::<f64>() * 0.5
    }

    /// One of so many, where the first ones come up more often.
    pub fn early(&mut self, limit: usize) -> usize {
        let one = self.below(limit);
        let two = self.below(limit);
        one.min(two).min(self.below(limit))
    }
}
