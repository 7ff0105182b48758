//! The parts of segments that were read lately, within a budget.

use super::block::Block;
use quick_cache::sync::Cache as Quick;
use quick_cache::{OptionsBuilder, Weighter};

/// A part of a segment in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub segment: u32,
    pub part: u32,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Block> for Bytes {
    fn weight(&self, _: &Key, block: &Block) -> u64 {
        // What it takes to keep it counts too: many parts are small.
        block.len() as u64 + 64
    }
}

/// Keeps parts until the budget is used up; then those go that were not asked for again.
pub struct Cache(Quick<Key, Block, Bytes>);

impl Cache {
    /// `budget` in bytes. What a question needs it has, even where that is more.
    pub fn new(budget: u64) -> Self {
        // Few shards: a part of a large segment has eight megabytes and more, and a shard keeps nothing that is larger than itself.
        let options = OptionsBuilder::new().estimated_items_capacity(10_000).weight_capacity(budget).shards(2).build();
        let options = options.unwrap_or_else(|error| unreachable!("all is given: {error}"));
        Self(Quick::with_options(options, Bytes, Default::default(), Default::default()))
    }

    /// The part, read where it is not there.
    pub fn get<E>(&self, key: Key, read: impl FnOnce() -> Result<Block, E>) -> Result<Block, E> {
        self.0.get_or_insert_with(&key, read)
    }

    pub fn forget(&self, key: Key) {
        self.0.remove(&key);
    }

    /// Bytes of what is kept.
    pub fn bytes(&self) -> u64 {
        self.0.weight()
    }
}
