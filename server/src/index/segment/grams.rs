//! Which pairs and triples of bytes occur in a dictionary, so that a search passes over what cannot hold its needle. One filter for each
//! 4,096 values: a set of 65,536 bits into which pairs and triples fall by a hash. What is not in it is not in the values.

use super::block::Block;
use std::ops::Range;

/// Values that share a filter.
pub const CHUNK: u32 = 4096;
/// Bytes of a filter.
const BYTES: usize = 8192;
/// Fewer values are looked through as fast as a filter.
const FEW: u32 = 64;

/// Reads the filters.
pub struct Grams(pub Block);

impl Grams {
    /// The chunks of codes, of `len`, that may hold the needle.
    pub fn chunks(&self, needle: &str, len: u32) -> impl Iterator<Item = Range<u32>> {
        let wanted: Vec<u16> = if self.0.is_empty() { Vec::new() } else { grams(needle.as_bytes()).collect() };
        let chunks = len.div_ceil(CHUNK);
        if chunks > 1 && !wanted.is_empty() {
            self.0.load();
        }
        (0..chunks)
            .filter(move |chunk| {
                let filter = *chunk as usize * BYTES;
                wanted.iter().all(|gram| self.0.u8(filter + usize::from(*gram / 8)) & 1 << (gram % 8) != 0)
            })
            .map(move |chunk| chunk * CHUNK..((chunk + 1) * CHUNK).min(len))
    }
}

/// The filters of values in the order of their codes; none where they are few.
pub fn encode(values: impl ExactSizeIterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let len = values.len() as u32;
    if len <= FEW {
        return Vec::new();
    }
    let mut filters = vec![0; len.div_ceil(CHUNK) as usize * BYTES];
    for (code, value) in (0..len).zip(values) {
        let filter = &mut filters[(code / CHUNK) as usize * BYTES..][..BYTES];
        for gram in grams(value.as_ref()) {
            filter[usize::from(gram / 8)] |= 1 << (gram % 8);
        }
    }
    filters
}

/// The bits of the pairs and triples of a text.
fn grams(text: &[u8]) -> impl Iterator<Item = u16> {
    let hash = |gram: &[u8]| {
        let number = gram.iter().fold(gram.len() as u32, |hash, byte| hash << 8 | u32::from(*byte));
        (number.wrapping_mul(0x9E37_79B1) >> 16) as u16
    };
    text.windows(2).map(hash).chain(text.windows(3).map(hash))
}
