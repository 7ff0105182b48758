//! The bytes of a segment, cut into *leaves*: what is read at once, and tested by a checksum of its own. A question that needs a few rows
//! reads the leaves they stand in.

use super::Damaged;
use crate::index::cache::{Cache, Key, Leaf};
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, OnceLock};

/// Bytes of a leaf; the last one may have fewer. Numbers stand at places that are a multiple of their size, so none lies in two leaves.
pub const LEAF: usize = 8 << 10;

/// So many leaves are worth to be kept in the cache.
const FEW: usize = 4;

/// All leaves of a segment.
pub struct Leaves {
    from: From,
    /// Why a leaf could not be read. It counts as empty then, whose numbers are 0; so whoever asked must not believe what came of it.
    failed: OnceLock<Damaged>,
}

enum From {
    Memory(Vec<Leaf>),
    File(InFile),
}

/// The leaves in a file. Cheap to clone.
#[derive(Clone)]
pub struct InFile {
    pub name: Arc<str>,
    pub file: Arc<File>,
    /// Tells it from all others this process has open.
    pub number: u32,
    /// Bytes of all leaves.
    pub len: u64,
    /// One for each leaf.
    pub checksums: Arc<[u32]>,
    /// Nothing where it is read past the cache.
    pub cache: Option<Arc<Cache>>,
}

impl Leaves {
    pub fn memory(leaves: Vec<Leaf>) -> Self {
        Self { from: From::Memory(leaves), failed: OnceLock::new() }
    }

    pub fn file(file: InFile) -> Self {
        Self { from: From::File(file), failed: OnceLock::new() }
    }

    pub fn bytes(&self) -> u64 {
        match &self.from {
            From::Memory(leaves) => leaves.iter().map(|leaf| leaf.len() as u64).sum(),
            From::File(file) => file.len,
        }
    }

    pub fn count(&self) -> usize {
        match &self.from {
            From::Memory(leaves) => leaves.len(),
            From::File(file) => file.checksums.len(),
        }
    }

    /// The leaf of this number; empty where there is none, and where it cannot be read ([`Self::sound`]).
    pub fn get(&self, number: usize) -> Leaf {
        match &self.from {
            From::Memory(leaves) => leaves.get(number).cloned().unwrap_or_default(),
            From::File(file) => file.get(number).unwrap_or_else(|damage| {
                let _ = self.failed.set(damage);
                Leaf::default()
            }),
        }
    }

    /// The bytes of these leaves, read at once and past the cache: it is not to be filled with what is read from end to end. A few
    /// are read through it.
    pub fn run(&self, leaves: Range<usize>) -> Leaf {
        match &self.from {
            _ if leaves.len() == 1 => self.get(leaves.start),
            From::File(_) if leaves.len() <= FEW => leaves.map(|leaf| self.get(leaf)).collect::<Vec<_>>().concat().into(),
            From::Memory(all) => all.get(leaves).unwrap_or_default().concat().into(),
            From::File(file) => file.read(leaves).unwrap_or_else(|damage| {
                let _ = self.failed.set(damage);
                Leaf::default()
            }),
        }
    }

    /// The leaf of this number, if it need not be read.
    pub fn peek(&self, number: usize) -> Option<Leaf> {
        match &self.from {
            From::Memory(_) => Some(self.get(number)),
            From::File(file) => file.cache.as_ref()?.peek(Key { segment: file.number, leaf: number as u32 }),
        }
    }

    /// An error where a leaf could not be read, ever.
    pub fn sound(&self) -> Result<(), Damaged> {
        self.failed.get().cloned().map_or(Ok(()), Err)
    }

    /// The cache, and the number of the segment in it, of one that is in a file.
    pub fn cache(&self) -> Option<(&Cache, u32)> {
        match &self.from {
            From::Memory(_) => None,
            From::File(file) => Some((file.cache.as_deref()?, file.number)),
        }
    }

    /// The same, read past the cache.
    pub fn aside(&self) -> Self {
        match &self.from {
            From::Memory(leaves) => Self::memory(leaves.clone()),
            From::File(file) => Self::file(InFile { cache: None, ..file.clone() }),
        }
    }
}

impl InFile {
    fn get(&self, number: usize) -> Result<Leaf, Damaged> {
        let read = || self.read(number..number + 1);
        match &self.cache {
            Some(cache) => cache.get(Key { segment: self.number, leaf: number as u32 }, read),
            None => read(),
        }
    }

    /// Reads leaves that follow each other.
    fn read(&self, leaves: Range<usize>) -> Result<Leaf, Damaged> {
        let (from, checksums) = (leaves.start as u64 * LEAF as u64, self.checksums.get(leaves.clone()).unwrap_or_default());
        let mut bytes = vec![0; self.len.saturating_sub(from).min((checksums.len() * LEAF) as u64) as usize];
        self.file.read_exact_at(&mut bytes, from).map_err(|error| Damaged::Unreadable(self.name.to_string(), error.into()))?;
        let is_whole = bytes.chunks(LEAF).zip(checksums).all(|(leaf, checksum)| crc32fast::hash(leaf) == *checksum);
        if is_whole { Ok(bytes.into()) } else { Err(Damaged::Checksum(self.name.to_string())) }
    }
}

impl Drop for Leaves {
    fn drop(&mut self) {
        if let Some((cache, segment)) = self.cache() {
            (0..self.count() as u32).for_each(|leaf| cache.forget(Key { segment, leaf }));
        }
    }
}
