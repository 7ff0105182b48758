//! Lists of numbers in as few bits as the highest of them takes: in each word of eight bytes as many as fit, so that one lies in one word.

use super::block::Block;
use std::ops::Range;

/// Reads a list.
pub struct Packed {
    block: Block,
    bits: usize,
    /// Numbers in a word, as what to multiply by instead of dividing by them: that is exact for up to 2^26 numbers.
    inverse: u64,
    each: usize,
}

/// Bits of a number, where this is the highest.
const fn bits(most: u32) -> usize {
    (u32::BITS - most.leading_zeros()) as usize
}

impl Packed {
    /// `most`: the highest number there can be, as it was when the list was [packed](pack).
    pub const fn new(block: Block, most: u32) -> Self {
        let bits = bits(most);
        let each = 64 / if bits == 0 { 64 } else { bits };
        Self { block, bits, inverse: (1u64 << 32).div_ceil(each as u64), each }
    }

    #[inline]
    pub fn get(&self, at: usize) -> u32 {
        let word = ((at as u64 * self.inverse) >> 32) as usize;
        (self.block.u64(word) >> ((at - word * self.each) * self.bits) & self.mask()) as u32
    }

    const fn mask(&self) -> u64 {
        (1 << self.bits) - 1
    }

    /// Makes ready for so many looks here and there.
    pub fn expect(&self, looks: u64) {
        if looks > self.block.leaves() as u64 / 2 {
            self.block.load();
        }
    }

    /// Takes the numbers at these places, with the places.
    #[inline]
    pub fn each(&self, places: Range<u32>, mut take: impl FnMut(u32, u32)) {
        if self.bits == 0 {
            return places.for_each(|at| take(at, 0));
        }
        let each = self.each as u32;
        let words = places.start / each..places.end.div_ceil(each);
        let mut at = words.start * each;
        for run in self.block.runs(words.start as usize * 8..words.end as usize * 8) {
            for word in run.as_chunks().0 {
                let mut word = u64::from_le_bytes(*word);
                for at in at..(at + each).min(places.end) {
                    if at >= places.start {
                        take(at, (word & self.mask()) as u32);
                    }
                    word >>= self.bits;
                }
                at += each;
            }
        }
    }
}

/// A list as its block has it; `most`: the highest number there can be.
pub fn pack(numbers: &[u32], most: u32) -> Vec<u8> {
    match bits(most) {
        0 => Vec::new(),
        bits => {
            let word = |numbers: &[u32]| numbers.iter().rev().fold(0, |word, number| word << bits | u64::from(*number)).to_le_bytes();
            numbers.chunks(64 / bits).flat_map(word).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::leaves::Leaves;
    use super::*;
    use std::sync::Arc;

    #[test]
    fn each_number_is_what_was_packed() {
        for bits in 0..=32 {
            let most = (1u64 << bits).wrapping_sub(1) as u32;
            let numbers: Vec<u32> = (0..5_000u32).map(|at| at.wrapping_mul(0x9E37_79B1) & most).collect();
            let bytes = pack(&numbers, most);
            let leaves = Arc::new(Leaves::memory(bytes.chunks(super::super::leaves::LEAF).map(|leaf| leaf.to_vec().into()).collect()));
            let packed = Packed::new(Block::new(&leaves, 0, bytes.len()), most);
            let (read, mut taken): (Vec<u32>, _) = ((0..5_000).map(|at| packed.get(at)).collect(), Vec::new());
            packed.each(1_234..5_000, |at, number| taken.push((at, number)));
            assert_eq!(read, numbers, "{bits} bits");
            assert_eq!(taken, (0..).zip(numbers).skip(1_234).collect::<Vec<_>>(), "{bits} bits");
        }
        let places = (1..=64u64).flat_map(|each| (0..1 << 21).step_by(997).map(move |at| (each, at)));
        for (each, at) in places {
            assert_eq!((at * (1u64 << 32).div_ceil(each)) >> 32, at / each, "{at} by {each}");
        }
    }
}
