//! A segment: up to a million rows of a report, in the order of their ids, and never changed. A row's place in it is its *row number*.
//!
//! Of each column it has ([`Part`]): a dictionary of the values, sorted; how many rows have each; the code of each row; and the
//! rows of each value. So a filter is a range of codes, a sort goes by codes without knowing values, and a count is a subtraction. A new
//! segment is in memory; what is kept is the same bytes in a file, of which parts are read when they are asked for.

mod build;
pub mod column;
pub mod dictionary;
mod file;
pub mod grams;
mod merge;
pub mod postings;

use super::block::Block;
use super::cache::{Cache, Name};
pub use build::Builder;
pub use dictionary::Dictionary;
use dictionary::partition;
use file::{Parts, Writer};
pub use merge::{merge, merge_into};
use roaring::RoaringBitmap;
use std::path::Path;
use std::sync::Arc;
use vigia_app::model::Report;

/// Rows a segment has at most.
pub const MOST: u32 = 1 << 20;
/// Ids in one part.
const IDS: u32 = 8192;

/// What of a segment cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Damaged {
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    #[error("{0} does not have what its checksums say")]
    Checksum(String),
    #[error("{0} is not a segment this version reads")]
    Foreign(String),
}

/// The parts a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Where each value's folded form starts.
    Starts,
    /// The folded forms.
    Folded,
    /// The texts that are not what their folded forms say.
    Originals,
    /// Which pairs and triples of bytes the values have.
    Grams,
    /// For each code, how many rows have one before it.
    Before,
    /// The code of each row, in as few bytes as the last code takes.
    Codes,
    /// The rows of each value.
    Postings,
    /// Of long texts, the codes at which another beginning starts; empty where each has its own.
    Heads,
}

const KINDS: usize = 8;

/// What is known of a segment without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    rows: u32,
    columns: usize,
    /// The first id of each part of [`IDS`] ids.
    fences: Vec<i64>,
    last: i64,
}

/// A segment that can be asked.
pub struct Segment {
    pub report: &'static Report,
    head: Head,
    parts: Parts,
}

impl Segment {
    /// One in memory. `parts`: [`KINDS`] for each of the report's stored columns, then the ids.
    fn in_memory(report: &'static Report, head: Head, parts: Vec<Vec<u8>>) -> Self {
        Self { report, head, parts: Parts::memory(parts) }
    }

    /// Writes it into a file, synced; on return it is whole on the disk, under this name in its folder.
    pub fn write(&self, path: &Path) -> Result<(), Damaged> {
        let mut writer = Writer::new(path)?;
        for number in 0..self.parts.count() {
            writer.put(self.parts.get(number)?.bytes())?;
        }
        writer.finish(self.report, &self.head)
    }

    /// The same segment, read past the cache: what is read once from end to end is not to push out what questions need.
    fn aside(&self) -> Self {
        Self { report: self.report, head: self.head.clone(), parts: self.parts.aside() }
    }

    /// The ids of all rows, in order.
    fn all_ids(&self) -> Result<Vec<i64>, Damaged> {
        let mut ids = Vec::with_capacity(self.head.rows as usize);
        for part in 0..self.head.fences.len() {
            let block = self.ids(part)?;
            ids.extend((0..block.len() / 8).map(|at| block.i64(at)));
        }
        Ok(ids)
    }

    /// Opens a file; what it has is read when it is asked for, through the cache.
    pub fn open(path: &Path, report: &'static Report, cache: &Arc<Cache>) -> Result<Self, Damaged> {
        let (head, parts) = file::open(path, report, cache)?;
        Ok(Self { report, head, parts })
    }

    pub fn rows(&self) -> u32 {
        self.head.rows
    }

    pub fn first(&self) -> i64 {
        self.head.fences.first().copied().unwrap_or(i64::MAX)
    }

    pub fn last(&self) -> i64 {
        self.head.last
    }

    /// Bytes it takes, in memory or in its file.
    pub fn bytes(&self) -> u64 {
        self.parts.bytes()
    }

    fn part(&self, column: usize, part: Part) -> Result<Block, Damaged> {
        self.parts.get(column * KINDS + part as usize)
    }

    fn ids(&self, part: usize) -> Result<Block, Damaged> {
        self.parts.get(self.head.columns * KINDS + part)
    }

    /// The number of its file, if it is in one, and through which cache that is read.
    pub fn file(&self) -> Option<(&Cache, u32)> {
        self.parts.cache()
    }

    /// The rows that meet a condition, dead ones included, if they were found before and the segment is in a file.
    pub fn known(&self, condition: Name) -> Option<Arc<RoaringBitmap>> {
        self.file().and_then(|(cache, number)| cache.rows(number, condition))
    }

    /// Has them known.
    pub fn remember(&self, condition: Name, rows: &Arc<RoaringBitmap>) {
        if let Some((cache, number)) = self.file() {
            cache.remember(number, condition, rows.clone());
        }
    }

    /// The id of a row.
    pub fn id(&self, row: u32) -> Result<i64, Damaged> {
        Ok(self.ids((row / IDS) as usize)?.i64((row % IDS) as usize))
    }

    /// The first row whose id is not before this one.
    pub fn row_from(&self, id: i64) -> Result<u32, Damaged> {
        if id > self.head.last {
            return Ok(self.head.rows);
        }
        let part = self.head.fences.partition_point(|fence| *fence <= id);
        if part == 0 {
            return Ok(0);
        }
        let from = (part as u32 - 1) * IDS;
        let ids = self.ids(part - 1)?;
        let len = (self.head.rows - from).min(IDS);
        Ok(from + partition(len, |at| ids.i64(at as usize) < id))
    }

    /// The row of this id.
    pub fn row(&self, id: i64) -> Result<Option<u32>, Damaged> {
        if id < self.first() || id > self.last() {
            return Ok(None);
        }
        let row = self.row_from(id)?;
        Ok((row < self.rows() && self.id(row)? == id).then_some(row))
    }
}
