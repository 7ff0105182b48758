//! Codes of a column that a condition is met by, in one segment.

use super::cost;
use crate::index::segment::Segment;
use crate::index::segment::column::Codes;
use crate::index::segment::postings::{gaps, is_sorted};
use roaring::RoaringBitmap;
use std::ops::Range;

/// Codes of a column.
pub struct Wanted {
    pub column: usize,
    /// In order, apart from each other.
    pub ranges: Vec<Range<u32>>,
    /// How many rows have one of them, dead ones included.
    pub rows: u32,
    /// What it costs to find the rows.
    pub cost: u64,
    /// They are found by what stands with each value, not by a look at each row.
    is_listed: bool,
}

impl Wanted {
    /// Codes in any order.
    pub fn new(segment: &Segment, column: usize, ranges: Vec<Range<u32>>) -> Self {
        let ranges = joined(ranges);
        let before = segment.before(column);
        before.expect(&ranges);
        let rows: u32 = ranges.iter().map(|range| before.rows(range)).sum();
        let (all, codes) = (u64::from(segment.rows()), ranges.iter().map(|range| u64::from(range.end - range.start)).sum::<u64>());
        let (places, these) = (ranges.len() as u64, u64::from(rows));
        let listed = if before.are_bitmaps() {
            // Of most codes those of the others are taken away.
            let others = u64::from(before.values).saturating_sub(codes);
            if codes <= others { cost::bitmaps(codes, these, all) } else { cost::bitmaps(others + 1, all - these, all) }
        } else if is_sorted(rows, segment.rows()) {
            cost::sorted(places, these)
        } else {
            cost::marked(places, these, all)
        };
        let looked = all * cost::LOOK + cost::run(segment.bytes_of_codes(column));
        Self { column, ranges, rows, cost: listed.min(looked), is_listed: listed < looked }
    }

    /// Only those of its codes that are among the other's, too, of the same column.
    pub fn and(&self, other: &Self, segment: &Segment) -> Self {
        let both = |a: &Range<u32>, b: &Range<u32>| a.start.max(b.start)..a.end.min(b.end);
        let ranges = self.ranges.iter().flat_map(|a| other.ranges.iter().map(move |b| both(a, b))).collect();
        Self::new(segment, self.column, ranges)
    }

    /// All codes but these.
    pub fn complement(self, segment: &Segment) -> Self {
        Self::new(segment, self.column, gaps(&self.ranges, segment.values(self.column)).collect())
    }

    /// The rows that have one of them.
    pub fn rows(&self, segment: &Segment) -> RoaringBitmap {
        let all = segment.rows();
        if self.is_listed {
            return segment.postings(self.column).union(&self.ranges);
        }
        let member = self.member(segment, all.into());
        let mut bits = vec![0u8; (all as usize).div_ceil(8)];
        member.codes.0.each(0..all, |row, code| {
            if let Some(byte) = bits.get_mut(row as usize / 8) {
                *byte |= u8::from(member.has(code)) << (row % 8);
            }
        });
        RoaringBitmap::from_lsb0_bytes(0, &bits)
    }

    /// What tells of one row whether it has one of them; `apart`: how many rows it is asked of that stand far from each other.
    pub fn member(&self, segment: &Segment, apart: u64) -> Member {
        let codes = segment.codes(self.column).expecting(apart);
        let set = match &self.ranges[..] {
            [] => Set::Range(0..0),
            [range] => Set::Range(range.clone()),
            ranges => {
                let mut bits = vec![0u64; ranges.last().map_or(0, |range| range.end as usize / 64 + 1)];
                for code in ranges.iter().cloned().flatten() {
                    bits[code as usize / 64] |= 1 << (code % 64);
                }
                Set::Bits(bits)
            }
        };
        Member { codes, set }
    }
}

/// Tells rows apart.
pub struct Member {
    codes: Codes,
    set: Set,
}

enum Set {
    Range(Range<u32>),
    Bits(Vec<u64>),
}

impl Member {
    #[inline]
    fn has(&self, code: u32) -> bool {
        match &self.set {
            Set::Range(range) => range.contains(&code),
            Set::Bits(bits) => bits.get(code as usize / 64).is_some_and(|bits| bits & 1 << (code % 64) != 0),
        }
    }

    #[inline]
    pub fn test(&self, row: u32) -> bool {
        self.has(self.codes.code(row))
    }
}

/// The ranges in order, and those that touch as one.
fn joined(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
