//! Bytes of a segment, and numbers in them. Nothing is taken on trust: what lies outside is 0, so a damaged file gives a wrong answer
//! at worst, which the row itself then refutes, never a panic. (What is damaged is found by its checksum before it comes here.)

use bytes::Bytes;

/// A part of a segment, in memory. A clone is the same bytes.
#[derive(Debug, Clone, Default)]
pub struct Block(Bytes);

impl From<Vec<u8>> for Block {
    fn from(mut bytes: Vec<u8>) -> Self {
        bytes.shrink_to_fit();
        Self(bytes.into())
    }
}

impl Block {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number at this place of a list of numbers of four bytes.
    #[inline]
    pub fn u32(&self, at: usize) -> u32 {
        self.0.get(at * 4..at * 4 + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    }

    /// The number at this place of a list of numbers of eight bytes.
    #[inline]
    pub fn i64(&self, at: usize) -> i64 {
        self.0.get(at * 8..at * 8 + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_le_bytes)
    }

    /// The bytes between two places.
    #[inline]
    pub fn slice(&self, from: u32, to: u32) -> &[u8] {
        self.0.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// A list of numbers of four bytes, as a block has them.
pub fn u32s(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// A list of numbers of eight bytes, as a block has them.
pub fn i64s(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    numbers.into_iter().flat_map(i64::to_le_bytes).collect()
}
