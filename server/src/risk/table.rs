//! The table of counts: how many views each key has, and how many different ones it holds of something smaller.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What is counted of a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Views.
    pub views: u32,
    /// Different ones: a device's credentials, a credential's users. What is counted is said where the key is made.
    pub kinds: u32,
}

/// Keys are hashes already.
#[derive(Debug, Clone, Default)]
pub(super) struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = super::key::of_bytes(bytes);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// A map whose keys are hashes.
pub(super) type Keyed<T> = HashMap<u64, T, BuildHasherDefault<Already>>;

/// Whether a view comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Add,
    Remove,
}

impl Change {
    /// One more or one less. A count that would become less than nothing stays: somebody removed what was never added.
    pub fn apply(self, count: &mut u32) {
        *count = match self {
            Self::Add => count.saturating_add(1),
            Self::Remove => count.saturating_sub(1),
        };
    }
}

/// The counts of all keys. Keys without views are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table(Keyed<Count>);

impl Table {
    /// The count of a key.
    #[inline]
    pub fn get(&self, key: u64) -> Count {
        self.0.get(&key).copied().unwrap_or_default()
    }

    /// Adds or removes a view of a key. True if the key became known by it, or unknown.
    pub fn change(&mut self, key: u64, change: Change) -> bool {
        match change {
            Change::Add => {
                let count = self.0.entry(key).or_default();
                change.apply(&mut count.views);
                count.views == 1
            }
            Change::Remove => {
                let Some(count) = self.0.get_mut(&key) else { return false };
                change.apply(&mut count.views);
                let gone = count.views == 0;
                if gone {
                    self.0.remove(&key);
                }
                gone
            }
        }
    }

    /// Adds or removes one of the kinds of a key that has views. A key that lost its last view has lost its kinds with it.
    pub fn change_kinds(&mut self, key: u64, change: Change) {
        if let Some(count) = self.0.get_mut(&key) {
            change.apply(&mut count.kinds);
        }
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Bytes of memory, about.
    pub fn bytes(&self) -> usize {
        // The map keeps a byte beside each place, and has at least 8 places for 7 entries.
        self.0.capacity() * 8 / 7 * (size_of::<(u64, Count)>() + 1)
    }
}
