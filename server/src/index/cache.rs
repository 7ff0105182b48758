//! What was lately read of segments, and found in them, within a budget.

use super::ordinals::Ordinals;
use quick_cache::sync::Cache as Quick;
use quick_cache::{OptionsBuilder, Weighter};
use roaring::RoaringBitmap;
use std::sync::Arc;

/// What is read of a file at once.
pub type Leaf = bytes::Bytes;

/// A leaf of a segment in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub segment: u32,
    pub leaf: u32,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Leaf> for Bytes {
    fn weight(&self, _: &Key, leaf: &Leaf) -> u64 {
        // What it takes to keep it counts too.
        leaf.len() as u64 + 64
    }
}

/// Names a condition, whatever the segment: the first bytes of a digest of what it says.
pub type Name = [u8; 16];

/// The rows of a segment in a file that meet a condition, dead ones included: as the file, they never change.
#[derive(Clone)]
struct Rows;

impl Weighter<(u32, Name), Arc<RoaringBitmap>> for Rows {
    fn weight(&self, _: &(u32, Name), rows: &Arc<RoaringBitmap>) -> u64 {
        rows.serialized_size() as u64 + 128
    }
}

/// Names the ordinals of a column: its place, and the numbers of the segments' files in order.
pub type OfColumn = (usize, Box<[u32]>);

#[derive(Clone)]
struct OfOrdinals;

impl Weighter<OfColumn, Arc<Ordinals>> for OfOrdinals {
    fn weight(&self, key: &OfColumn, ordinals: &Arc<Ordinals>) -> u64 {
        ordinals.bytes() + key.1.len() as u64 * 4 + 128
    }
}

/// What a segment in a file said to a question, as numbers.
pub type Answer = Arc<[u64]>;

#[derive(Clone)]
struct Answers;

impl Weighter<(u32, Name), Answer> for Answers {
    fn weight(&self, _: &(u32, Name), answer: &Answer) -> u64 {
        answer.len() as u64 * 8 + 128
    }
}

/// The share of the budget that is for rows that were found, as much for ordinals, and as much for answers: one of so many parts.
const SHARE: u64 = 8;

/// Keeps leaves, rows, ordinals and answers until the budget is used up; then those go that were not asked for again.
pub struct Cache {
    leaves: Quick<Key, Leaf, Bytes>,
    rows: Quick<(u32, Name), Arc<RoaringBitmap>, Rows>,
    ordinals: Quick<OfColumn, Arc<Ordinals>, OfOrdinals>,
    answers: Quick<(u32, Name), Answer, Answers>,
    room_for_ordinals: u64,
}

impl Cache {
    /// `budget` in bytes. What a question needs it has, even where that is more.
    pub fn new(budget: u64) -> Self {
        // Rows, ordinals and answers have few shards, for a shard keeps nothing that is larger than itself.
        let options = |budget, shards| {
            // What is new has half of it before it must have been asked for again: some questions go through much at once, and come back.
            let options =
                OptionsBuilder::new().estimated_items_capacity(10_000).weight_capacity(budget).shards(shards).hot_allocation(0.5).build();
            options.unwrap_or_else(|error| unreachable!("all is given: {error}"))
        };
        Self {
            leaves: Quick::with_options(options(budget - 3 * (budget / SHARE), 16), Bytes, Default::default(), Default::default()),
            rows: Quick::with_options(options(budget / SHARE, 2), Rows, Default::default(), Default::default()),
            ordinals: Quick::with_options(options(budget / SHARE, 1), OfOrdinals, Default::default(), Default::default()),
            answers: Quick::with_options(options(budget / SHARE, 1), Answers, Default::default(), Default::default()),
            room_for_ordinals: budget / SHARE,
        }
    }

    /// The leaf, read where it is not there.
    pub fn get<E>(&self, key: Key, read: impl FnOnce() -> Result<Leaf, E>) -> Result<Leaf, E> {
        self.leaves.get_or_insert_with(&key, read)
    }

    /// The leaf, if it is there.
    pub fn peek(&self, key: Key) -> Option<Leaf> {
        self.leaves.get(&key)
    }

    /// The rows of a segment that meet a condition, if they were found before.
    pub fn rows(&self, segment: u32, condition: Name) -> Option<Arc<RoaringBitmap>> {
        self.rows.get(&(segment, condition))
    }

    pub fn remember(&self, segment: u32, condition: Name, rows: Arc<RoaringBitmap>) {
        self.rows.insert((segment, condition), rows);
    }

    pub fn ordinals(&self, of: &OfColumn) -> Option<Arc<Ordinals>> {
        self.ordinals.get(of)
    }

    /// How many bytes ordinals may have to be kept.
    pub const fn room_for_ordinals(&self) -> u64 {
        self.room_for_ordinals
    }

    pub fn keep_ordinals(&self, of: OfColumn, ordinals: Arc<Ordinals>) {
        self.ordinals.insert(of, ordinals);
    }

    /// What a segment said, if it was asked before; the name is of the question and of what else decides.
    pub fn answer(&self, segment: u32, question: Name) -> Option<Answer> {
        self.answers.get(&(segment, question))
    }

    pub fn keep_answer(&self, segment: u32, question: Name, answer: Answer) {
        self.answers.insert((segment, question), answer);
    }

    pub fn forget(&self, key: Key) {
        self.leaves.remove(&key);
    }

    /// Bytes of what is kept.
    pub fn bytes(&self) -> u64 {
        self.leaves.weight() + self.rows.weight() + self.ordinals.weight() + self.answers.weight()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_is_there() {
        let cache = Cache::new(128 << 20);
        let rows: Arc<RoaringBitmap> = Arc::new((0..1_000_000).step_by(2).collect());
        for segment in 0..8 {
            cache.remember(segment, [7; 16], rows.clone());
        }
        let known = (0..8).filter(|segment| cache.rows(*segment, [7; 16]).is_some()).count();
        assert_eq!(known, 8, "eight of {} bytes", rows.serialized_size());
        assert!(cache.rows(0, [8; 16]).is_none(), "another condition");
        let large: Answer = vec![0; 900_000].into();
        cache.keep_answer(1, [7; 16], large.clone());
        (2..2_000).for_each(|segment| cache.keep_answer(segment, [7; 16], vec![0; 500].into()));
        assert!(cache.answer(1, [7; 16]).is_some(), "an answer of {} bytes beside small ones", large.len() * 8);
        for segment in 8..200 {
            cache.remember(segment, [7; 16], rows.clone());
        }
        assert!(cache.bytes() <= 128 << 20, "{} bytes", cache.bytes());
    }
}
