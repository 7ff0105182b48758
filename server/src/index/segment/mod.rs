//! A segment: up to a million rows of a report, in the order of their ids, and never changed. A row's place in it is its *row number*.
//!
//! Of each column it has ([`Part`]): a dictionary of the values, sorted; how many rows have each; the code of each row; and the
//! rows of each value. So a filter is a range of codes, a sort goes by codes without knowing values, and a count is a subtraction. A new
//! segment is in memory; what is kept is the same bytes in a file, of which those leaves are read that are asked for.

mod block;
mod build;
pub mod column;
pub mod dictionary;
mod file;
pub mod grams;
pub mod leaves;
mod merge;
mod packed;
pub mod postings;

use super::cache::{Cache, Leaf, Name};
use block::Block;
pub use build::Builder;
pub use dictionary::Dictionary;
use dictionary::partition;
use file::{Out, Writer};
use leaves::Leaves;
pub use merge::{merge, merge_into};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use vigia_app::model::Report;

/// Rows a segment has at most.
pub const MOST: u32 = 1 << 20;
/// Of so many ids the first is known without reading.
const IDS: u32 = 1024;

/// What of a segment cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Damaged {
    #[error("{0}: {1}")]
    Unreadable(String, Arc<std::io::Error>),
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
    /// The code of each row.
    Codes,
    /// The rows of each value.
    Postings,
    /// Of long texts, the codes at which another beginning starts; empty where each has its own.
    Heads,
}

const KINDS: usize = 8;

/// What is known of a segment without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    rows: u32,
    /// How long each part is: [`KINDS`] for each of the report's stored columns, then the ids.
    lens: Vec<u32>,
    /// How many values each column has.
    values: Vec<u32>,
    /// The first of each [`IDS`] ids.
    fences: Vec<i64>,
    last: i64,
}

/// A segment that can be asked.
pub struct Segment {
    pub report: &'static Report,
    head: Head,
    /// Where each part begins.
    places: Vec<u64>,
    leaves: Arc<Leaves>,
}

impl Segment {
    fn new(report: &'static Report, head: Head, leaves: Leaves) -> Self {
        Self { report, places: file::places(&head.lens), head, leaves: Arc::new(leaves) }
    }

    fn in_memory(report: &'static Report, head: Head, leaves: Vec<Leaf>) -> Self {
        Self::new(report, head, Leaves::memory(leaves))
    }

    /// Writes it into a file, synced; on return it is whole on the disk, under this name in its folder.
    pub fn write(&self, path: &Path) -> Result<(), Damaged> {
        let mut writer = Writer::new(path)?;
        for number in 0..self.leaves.count() {
            writer.take(&self.leaves.get(number))?;
        }
        self.sound()?;
        writer.finish(self.report, self.head.clone())
    }

    /// The same segment, read past the cache: what is read once from end to end is not to push out what questions need.
    fn aside(&self) -> Self {
        Self::new(self.report, self.head.clone(), self.leaves.aside())
    }

    /// The ids of all rows, in order.
    fn all_ids(&self) -> Result<Vec<i64>, Damaged> {
        let ids = self.ids(0..self.rows());
        let ids = (0..self.rows() as usize).map(|row| ids.i64(row)).collect();
        self.sound()?;
        Ok(ids)
    }

    /// Opens a file; what it has is read when it is asked for, through the cache.
    pub fn open(path: &Path, report: &'static Report, cache: &Arc<Cache>) -> Result<Self, Damaged> {
        let (head, leaves) = file::open(path, report, cache)?;
        Ok(Self::new(report, head, leaves))
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
        self.leaves.bytes()
    }

    /// An error where something of it could not be read, ever: then what was read of it, here or by [`column`], is not to be believed.
    pub fn sound(&self) -> Result<(), Damaged> {
        self.leaves.sound()
    }

    fn part(&self, column: usize, part: Part) -> Block {
        let number = column * KINDS + part as usize;
        Block::new(&self.leaves, self.places.get(number).copied().unwrap_or(0), self.len(column, part))
    }

    /// How many bytes a part has.
    fn len(&self, column: usize, part: Part) -> usize {
        self.head.lens.get(column * KINDS + part as usize).map_or(0, |len| *len as usize)
    }

    /// The ids of these rows.
    fn ids(&self, rows: Range<u32>) -> Block {
        let at = self.places.last().copied().unwrap_or(0) + u64::from(rows.start) * 8;
        Block::new(&self.leaves, at, rows.len() * 8)
    }

    /// The number of its file, if it is in one, and through which cache that is read.
    pub fn file(&self) -> Option<(&Cache, u32)> {
        self.leaves.cache()
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
        let id = self.ids(row..row + 1).i64(0);
        self.sound()?;
        Ok(id)
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
        let len = (self.head.rows - from).min(IDS);
        let ids = self.ids(from..from + len);
        let row = from + partition(len, |at| ids.i64(at as usize) < id);
        self.sound()?;
        Ok(row)
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
