//! A column of a segment, as a question reads it.

use super::block::Block;
use super::grams::Grams;
use super::packed::Packed;
use super::postings::{Before, Postings};
use super::{Dictionary, Part, Segment};
use std::ops::Range;

/// The code of each row.
pub struct Codes(pub Packed);

impl Codes {
    #[inline]
    pub fn code(&self, row: u32) -> u32 {
        self.0.get(row as usize)
    }

    /// See [`Packed::expect`].
    pub fn expecting(self, looks: u64) -> Self {
        self.0.expect(looks);
        self
    }
}

/// What a sort goes by: places in the order of the column. Those of long texts are of their beginnings, which several texts may share.
pub struct Ranks {
    heads: Block,
    values: u32,
}

impl Ranks {
    pub fn len(&self) -> u32 {
        if self.heads.is_empty() { self.values } else { (self.heads.len() / 4) as u32 }
    }

    #[inline]
    pub fn of(&self, code: u32) -> u32 {
        if self.heads.is_empty() { code } else { self.from(code + 1).saturating_sub(1) }
    }

    /// Whether each has one code, which is its number.
    pub const fn are_codes(&self) -> bool {
        self.heads.is_empty()
    }

    /// The first rank that has no code before this one.
    pub fn from(&self, code: u32) -> u32 {
        if self.heads.is_empty() { code } else { super::partition(self.len(), |rank| self.heads.u32(rank as usize) < code) }
    }

    /// The codes of these ranks.
    pub fn codes(&self, ranks: Range<u32>) -> Range<u32> {
        if self.heads.is_empty() {
            return ranks;
        }
        let start = |rank: u32| if rank < self.len() { self.heads.u32(rank as usize) } else { self.values };
        start(ranks.start)..start(ranks.end)
    }
}

impl Segment {
    /// How many values a column has.
    pub fn values(&self, column: usize) -> u32 {
        self.head.values.get(column).copied().unwrap_or(0)
    }

    /// Bytes of all codes of a column.
    pub fn bytes_of_codes(&self, column: usize) -> u64 {
        self.len(column, Part::Codes) as u64
    }

    pub fn dictionary(&self, column: usize) -> Dictionary {
        let (starts, folded) = (self.part(column, Part::Starts), self.part(column, Part::Folded));
        Dictionary {
            values: self.values(column),
            starts: Packed::new(starts, folded.len() as u32),
            folded,
            originals: self.part(column, Part::Originals),
        }
    }

    pub fn grams(&self, column: usize) -> Grams {
        Grams(self.part(column, Part::Grams))
    }

    pub fn before(&self, column: usize) -> Before {
        Before { values: self.values(column), sums: Packed::new(self.part(column, Part::Before), self.rows()) }
    }

    pub fn codes(&self, column: usize) -> Codes {
        Codes(Packed::new(self.part(column, Part::Codes), self.values(column).saturating_sub(1)))
    }

    pub fn ranks(&self, column: usize) -> Ranks {
        Ranks { heads: self.part(column, Part::Heads), values: self.values(column) }
    }

    pub fn postings(&self, column: usize) -> Postings {
        Postings::new(self.part(column, Part::Postings), self.before(column), self.rows())
    }
}
