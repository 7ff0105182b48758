//! The rows of each value: of a column of few values a bitmap for each, of one of many a list of row numbers.

use super::block::{Block, u32s};
use super::packed::{Packed, pack};
use roaring::{MultiOps, RoaringBitmap};
use std::ops::Range;

/// How many rows have a code before each.
pub struct Before {
    /// How many values there are.
    pub values: u32,
    pub sums: Packed,
}

impl Before {
    /// Rows with one of these codes.
    pub fn rows(&self, codes: &Range<u32>) -> u32 {
        self.place(codes.end).saturating_sub(self.place(codes.start))
    }

    /// Rows with a code before this one.
    fn place(&self, code: u32) -> u32 {
        self.sums.get(code as usize)
    }

    /// Makes ready for these codes.
    pub fn expect(&self, codes: &[Range<u32>]) {
        self.sums.expect(codes.len() as u64);
    }

    /// Whether each value has a bitmap, which makes their union cheap.
    pub const fn are_bitmaps(&self) -> bool {
        self.values <= BITMAPS
    }
}

/// Up to so many values have bitmaps.
const BITMAPS: u32 = 1024;

/// Whether so many rows of lists are better sorted than marked among all rows.
pub const fn is_sorted(rows: u32, all: u32) -> bool {
    rows < all / 512
}

/// The codes up to `end` that are not among these, which are in order.
pub fn gaps(codes: &[Range<u32>], end: u32) -> impl Iterator<Item = Range<u32>> {
    let starts = std::iter::once(0).chain(codes.iter().map(|codes| codes.end));
    let ends = codes.iter().map(|codes| codes.start).chain([end]);
    starts.zip(ends).map(|(start, end)| start..end)
}

/// Reads the rows of values.
pub struct Postings {
    rows: Rows,
    before: Before,
    all: u32,
}

enum Rows {
    /// Where each begins and the last one ends, then their bytes.
    Bitmaps(Block),
    /// By value.
    Listed(Packed),
}

impl Postings {
    /// `all`: rows of the segment.
    pub fn new(block: Block, before: Before, all: u32) -> Self {
        let rows = if before.are_bitmaps() { Rows::Bitmaps(block) } else { Rows::Listed(Packed::new(block, all.saturating_sub(1))) };
        Self { rows, before, all }
    }

    /// See [`Before::are_bitmaps`].
    pub fn are_bitmaps(&self) -> bool {
        self.before.are_bitmaps()
    }

    /// The rows of one value.
    pub fn bitmap(&self, code: u32) -> RoaringBitmap {
        let Rows::Bitmaps(block) = &self.rows else { return self.union(std::slice::from_ref(&(code..code + 1))) };
        let (from, to) = (block.u32(code as usize), block.u32(code as usize + 1));
        RoaringBitmap::deserialize_from(&*block.once(from, to)).unwrap_or_default()
    }

    /// The rows of these codes, which are in order.
    pub fn union(&self, codes: &[Range<u32>]) -> RoaringBitmap {
        if self.are_bitmaps() {
            if codes.iter().map(|codes| codes.end - codes.start).sum::<u32>() <= self.before.values / 2 {
                return codes.iter().cloned().flatten().map(|code| self.bitmap(code)).union();
            }
            let mut rows = RoaringBitmap::new();
            rows.insert_range(0..self.all);
            return rows - gaps(codes, self.before.values).flatten().map(|code| self.bitmap(code)).union();
        }
        let Rows::Listed(listed) = &self.rows else { return RoaringBitmap::new() };
        listed.expect(codes.len() as u64);
        self.before.expect(codes);
        let places = || codes.iter().map(|codes| self.before.place(codes.start)..self.before.place(codes.end));
        if is_sorted(codes.iter().map(|codes| self.before.rows(codes)).sum(), self.all) {
            let mut rows: Vec<u32> = Vec::new();
            places().for_each(|places| listed.each(places, |_, row| rows.push(row)));
            rows.sort_unstable();
            return RoaringBitmap::from_sorted_iter(rows).unwrap_or_default();
        }
        let mut bits = vec![0u8; (self.all as usize).div_ceil(8)];
        for places in places() {
            listed.each(places, |_, row| {
                if let Some(byte) = bits.get_mut(row as usize / 8) {
                    *byte |= 1 << (row % 8);
                }
            });
        }
        RoaringBitmap::from_lsb0_bytes(0, &bits)
    }

    /// The rows of these codes, code by code; only where they are lists.
    pub fn listed(&self, codes: &Range<u32>) -> impl DoubleEndedIterator<Item = u32> {
        let places = self.before.place(codes.start)..self.before.place(codes.end);
        places.filter_map(|at| if let Rows::Listed(rows) = &self.rows { Some(rows.get(at as usize)) } else { None })
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
        return pack(&rows, (rows.len() as u32).saturating_sub(1));
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
