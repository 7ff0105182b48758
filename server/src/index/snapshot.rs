//! What the index knows at one moment: segments that never change, each with the rows of it that are dead.

use super::segment::{Damaged, Segment};
use roaring::RoaringBitmap;
use std::ops::Range;
use std::sync::Arc;

/// A segment, and which of its rows were changed or removed since it was made. What a changed row is now stands in a later segment.
#[derive(Clone)]
pub struct Held {
    pub segment: Arc<Segment>,
    pub dead: Arc<RoaringBitmap>,
}

impl Held {
    pub fn new(segment: Segment) -> Self {
        Self { segment: Arc::new(segment), dead: Arc::default() }
    }

    /// Rows that live.
    pub fn rows(&self) -> u64 {
        u64::from(self.segment.rows()) - self.dead.len()
    }
}

/// The segments of a report. Their ids may overlap; no id lives in two.
#[derive(Clone, Default)]
pub struct Snapshot {
    pub held: Vec<Held>,
}

impl Snapshot {
    pub fn rows(&self) -> u64 {
        self.held.iter().map(Held::rows).sum()
    }

    /// How many rows have ids in this range, dead ones included.
    pub fn within(&self, ids: &Range<i64>) -> Result<u64, Damaged> {
        let rows = |held: &Held| Ok(u64::from(held.segment.row_from(ids.end)?.saturating_sub(held.segment.row_from(ids.start)?)));
        self.held.iter().map(rows).sum()
    }

    /// See [`Segment::sound`].
    pub fn sound(&self) -> Result<(), Damaged> {
        self.held.iter().try_for_each(|held| held.segment.sound())
    }
}
