//! The rows of each value: of a column of few values a bitmap for each, of one of many a list of row numbers.

use crate::index::block::{Block, u32s};
use roaring::RoaringBitmap;
use std::ops::Range;

/// How many rows have a code before each.
pub struct Before(pub Block);

impl Before {
    /// Rows with one of these codes.
    pub fn rows(&self, codes: &Range<u32>) -> u32 {
        self.0.u32(codes.end as usize).saturating_sub(self.0.u32(codes.start as usize))
    }

    /// How many values there are.
    pub fn values(&self) -> u32 {
        (self.0.len() / 4).saturating_sub(1) as u32
    }

    /// Whether each value has a bitmap, which makes their union cheap.
    pub fn are_bitmaps(&self) -> bool {
        self.values() <= BITMAPS
    }
}

/// Up to so many values have bitmaps.
const BITMAPS: u32 = 1024;

/// Reads the rows of values.
pub struct Postings {
    block: Block,
    before: Before,
}

impl Postings {
    pub fn new(block: Block, before: Before) -> Self {
        Self { block, before }
    }

    /// See [`Before::are_bitmaps`].
    pub fn are_bitmaps(&self) -> bool {
        self.before.are_bitmaps()
    }

    /// The rows of one value.
    pub fn bitmap(&self, code: u32) -> RoaringBitmap {
        if !self.are_bitmaps() {
            return self.union(&(code..code + 1));
        }
        let (from, to) = (self.block.u32(code as usize), self.block.u32(code as usize + 1));
        RoaringBitmap::deserialize_from(self.block.slice(from, to)).unwrap_or_default()
    }

    /// The rows of these codes.
    pub fn union(&self, codes: &Range<u32>) -> RoaringBitmap {
        if self.are_bitmaps() {
            return codes.clone().fold(RoaringBitmap::new(), |all, code| all | self.bitmap(code));
        }
        let mut rows: Vec<u32> = self.listed(codes).collect();
        rows.sort_unstable();
        RoaringBitmap::from_sorted_iter(rows).unwrap_or_default()
    }

    /// The rows of these codes, code by code; only where they are lists.
    pub fn listed(&self, codes: &Range<u32>) -> impl DoubleEndedIterator<Item = u32> {
        let place = |code: u32| self.before.0.u32(code as usize);
        (place(codes.start)..place(codes.end)).map(|at| self.block.u32(at as usize))
    }
}

/// The rows of each of `values` codes, of the code of each row.
pub fn encode(codes: &[u32], before: &[u32], values: u32) -> Vec<u8> {
    if values > BITMAPS {
        let mut next: Vec<u32> = before.to_vec();
        let mut rows = vec![0; codes.len()];
        for (row, code) in (0..).zip(codes) {
            let place = &mut next[*code as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        return u32s(rows);
    }
    let mut bitmaps = vec![RoaringBitmap::new(); values as usize];
    for (row, code) in (0..).zip(codes) {
        // Rows come in order.
        let _ = bitmaps[*code as usize].try_push(row);
    }
    let mut bytes = Vec::new();
    let mut starts = vec![4 * (values + 1)];
    for mut bitmap in bitmaps {
        bitmap.optimize();
        // Writing into memory does not fail.
        let _ = bitmap.serialize_into(&mut bytes);
        starts.push(4 * (values + 1) + bytes.len() as u32);
    }
    [u32s(starts), bytes].concat()
}
