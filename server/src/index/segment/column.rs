//! A column of a segment, as a question reads it.

use super::grams::Grams;
use super::postings::{Before, Postings};
use super::{Damaged, Dictionary, Part, Segment};
use crate::index::block::{Block, u32s};
use std::ops::Range;

/// The code of each row.
pub struct Codes {
    block: Block,
    width: usize,
}

impl Codes {
    pub fn new(block: Block, rows: u32) -> Self {
        let width = block.len() / (rows as usize).max(1);
        Self { block, width }
    }

    #[inline]
    pub fn code(&self, row: u32) -> u32 {
        let (bytes, at) = (self.block.bytes(), row as usize);
        match self.width {
            1 => bytes.get(at).map_or(0, |byte| u32::from(*byte)),
            2 => bytes
                .get(at * 2..at * 2 + 2)
                .and_then(|bytes| bytes.try_into().ok())
                .map_or(0, |bytes| u32::from(u16::from_le_bytes(bytes))),
            _ => self.block.u32(at),
        }
    }

    /// Hands out the codes of rows that follow each other.
    #[inline]
    pub fn each(&self, rows: Range<u32>, mut take: impl FnMut(u32, u32)) {
        let bytes = self.block.bytes().get(rows.start as usize * self.width..rows.end as usize * self.width).unwrap_or_default();
        match self.width {
            1 => rows.zip(bytes).for_each(|(row, byte)| take(row, u32::from(*byte))),
            2 => rows.zip(bytes.as_chunks::<2>().0).for_each(|(row, bytes)| take(row, u32::from(u16::from_le_bytes(*bytes)))),
            _ => rows.zip(bytes.as_chunks::<4>().0).for_each(|(row, bytes)| take(row, u32::from_le_bytes(*bytes))),
        }
    }
}

/// Codes as their block has them; `last` is the highest there can be.
pub fn encode_codes(codes: &[u32], last: u32) -> Vec<u8> {
    match last {
        0..=0xFF => codes.iter().map(|code| *code as u8).collect(),
        0x100..=0xFFFF => codes.iter().flat_map(|code| (*code as u16).to_le_bytes()).collect(),
        _ => u32s(codes.iter().copied()),
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
        if self.heads.is_empty() { code } else { self.from(code + 1) - 1 }
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
    pub fn dictionary(&self, column: usize) -> Result<Dictionary, Damaged> {
        Ok(Dictionary {
            starts: self.part(column, Part::Starts)?,
            folded: self.part(column, Part::Folded)?,
            originals: self.part(column, Part::Originals)?,
        })
    }

    pub fn grams(&self, column: usize) -> Result<Grams, Damaged> {
        Ok(Grams(self.part(column, Part::Grams)?))
    }

    pub fn before(&self, column: usize) -> Result<Before, Damaged> {
        Ok(Before(self.part(column, Part::Before)?))
    }

    pub fn codes(&self, column: usize) -> Result<Codes, Damaged> {
        Ok(Codes::new(self.part(column, Part::Codes)?, self.rows()))
    }

    pub fn ranks(&self, column: usize) -> Result<Ranks, Damaged> {
        let values = (self.part(column, Part::Before)?.len() / 4).saturating_sub(1) as u32;
        Ok(Ranks { heads: self.part(column, Part::Heads)?, values })
    }

    pub fn postings(&self, column: usize) -> Result<Postings, Damaged> {
        Ok(Postings::new(self.part(column, Part::Postings)?, self.before(column)?))
    }
}
