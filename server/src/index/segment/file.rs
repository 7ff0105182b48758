//! A segment in a file: its parts one behind the other, then a table of where they are with their checksums.

use super::{Damaged, Head};
use crate::index::block::Block;
use crate::index::cache::{Cache, Key};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use vigia_app::model::{Kind, Report};

/// At the start and at the end of a file; its last byte is the version of what is between.
const MAGIC: [u8; 8] = *b"VigiaIx\x01";
/// Bytes behind the table: its length, its checksum, and [`MAGIC`].
const TAIL: u64 = 16;

/// Where the parts of a segment are.
pub enum Parts {
    Memory(Vec<Block>),
    File(InFile),
}

/// The parts in a file.
pub struct InFile {
    name: String,
    file: Arc<File>,
    /// Tells it from all others this process has open.
    number: u32,
    places: Vec<Place>,
    /// Nothing where it is read past the cache.
    cache: Option<Arc<Cache>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Place {
    at: u64,
    len: u32,
    checksum: u32,
}

/// The table at the end of a file.
#[derive(Serialize, Deserialize)]
struct Table {
    report: String,
    /// See [`columns`]: another declaration reads other files.
    columns: Vec<String>,
    rows: u32,
    fences: Vec<i64>,
    last: i64,
    places: Vec<Place>,
}

impl Parts {
    pub fn memory(parts: Vec<Vec<u8>>) -> Self {
        Self::Memory(parts.into_iter().map(Block::from).collect())
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Self::Memory(parts) => parts.iter().map(|part| part.len() as u64).sum(),
            Self::File(file) => file.places.iter().map(|place| u64::from(place.len)).sum(),
        }
    }

    /// The part of this number; empty where there is none.
    pub fn get(&self, number: usize) -> Result<Block, Damaged> {
        match self {
            Self::Memory(parts) => Ok(parts.get(number).cloned().unwrap_or_default()),
            Self::File(file) => file.get(number),
        }
    }

    /// The cache, and the number of the segment in it, of one that is in a file.
    pub fn cache(&self) -> Option<(&Cache, u32)> {
        match self {
            Self::Memory(_) => None,
            Self::File(file) => Some((file.cache.as_deref()?, file.number)),
        }
    }

    pub fn count(&self) -> usize {
        match self {
            Self::Memory(parts) => parts.len(),
            Self::File(file) => file.places.len(),
        }
    }

    /// The same, read past the cache.
    pub fn aside(&self) -> Self {
        match self {
            Self::Memory(parts) => Self::Memory(parts.clone()),
            Self::File(file) => Self::File(InFile {
                name: file.name.clone(),
                file: file.file.clone(),
                number: file.number,
                places: file.places.clone(),
                cache: None,
            }),
        }
    }
}

impl InFile {
    fn get(&self, number: usize) -> Result<Block, Damaged> {
        let Some(place) = self.places.get(number).filter(|place| place.len > 0) else { return Ok(Block::default()) };
        let read = || {
            let mut bytes = vec![0; place.len as usize];
            self.file.read_exact_at(&mut bytes, place.at).map_err(|error| Damaged::Unreadable(self.name.clone(), error))?;
            if crc32fast::hash(&bytes) == place.checksum { Ok(bytes.into()) } else { Err(Damaged::Checksum(self.name.clone())) }
        };
        match &self.cache {
            Some(cache) => cache.get(Key { segment: self.number, part: number as u32 }, read),
            None => read(),
        }
    }
}

impl Drop for InFile {
    fn drop(&mut self) {
        let Some(cache) = &self.cache else { return };
        for part in 0..self.places.len() as u32 {
            cache.forget(Key { segment: self.number, part });
        }
    }
}

/// A word for each column: its key, and how its values are kept.
fn columns(report: &'static Report) -> Vec<String> {
    let kept = |kind| match kind {
        Kind::Text | Kind::Choice { .. } => "text",
        Kind::LongText => "long",
        Kind::Ip => "address",
        Kind::Id | Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Flag => "number",
    };
    report.stored().map(|column| format!("{} {}", column.key, kept(column.kind))).collect()
}

/// Where the parts of a segment go as they are made, one after the other.
pub trait Out {
    fn take(&mut self, part: Vec<u8>) -> Result<(), Damaged>;
}

/// Into memory.
impl Out for Vec<Vec<u8>> {
    fn take(&mut self, part: Vec<u8>) -> Result<(), Damaged> {
        self.push(part);
        Ok(())
    }
}

/// Into a file.
pub struct Writer {
    name: String,
    out: BufWriter<File>,
    at: u64,
    places: Vec<Place>,
}

impl Out for Writer {
    fn take(&mut self, part: Vec<u8>) -> Result<(), Damaged> {
        self.put(&part)
    }
}

impl Writer {
    pub fn new(path: &Path) -> Result<Self, Damaged> {
        let name = path.display().to_string();
        match File::create(path) {
            Ok(file) => {
                let mut writer = Self { name, out: BufWriter::new(file), at: 0, places: Vec::new() };
                writer.write(&MAGIC)?;
                Ok(writer)
            }
            Err(error) => Err(Damaged::Unreadable(name, error)),
        }
    }

    pub fn put(&mut self, part: &[u8]) -> Result<(), Damaged> {
        self.places.push(Place { at: self.at, len: part.len() as u32, checksum: crc32fast::hash(part) });
        self.write(part)
    }

    /// The table comes last; on return the file is whole on the disk.
    pub fn finish(mut self, report: &'static Report, head: &Head) -> Result<(), Damaged> {
        let table = Table {
            report: report.key.to_owned(),
            columns: columns(report),
            rows: head.rows,
            fences: head.fences.clone(),
            last: head.last,
            places: std::mem::take(&mut self.places),
        };
        let table = postcard::to_allocvec(&table).map_err(|error| Damaged::Unreadable(self.name.clone(), std::io::Error::other(error)))?;
        self.write(&table)?;
        self.write(&(table.len() as u32).to_le_bytes())?;
        self.write(&crc32fast::hash(&table).to_le_bytes())?;
        self.write(&MAGIC)?;
        let synced = self.out.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        synced.map_err(|error| Damaged::Unreadable(self.name, error))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|error| Damaged::Unreadable(self.name.clone(), error))
    }
}

pub fn open(path: &Path, report: &'static Report, cache: &Arc<Cache>) -> Result<(Head, Parts), Damaged> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = path.display().to_string();
    let unreadable = |error| Damaged::Unreadable(name.clone(), error);
    let file = File::open(path).map_err(unreadable)?;
    let len = file.metadata().map_err(unreadable)?.len();
    let foreign = || Damaged::Foreign(name.clone());
    let end = len.checked_sub(TAIL).ok_or_else(foreign)?;
    let mut tail = [0; TAIL as usize];
    file.read_exact_at(&mut tail, end).map_err(unreadable)?;
    let (numbers, magic) = tail.split_at(8);
    if magic != MAGIC {
        return Err(foreign());
    }
    let number = |at: usize| numbers.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let start = end.checked_sub(u64::from(number(0))).ok_or_else(foreign)?;
    let mut table = vec![0; number(0) as usize];
    file.read_exact_at(&mut table, start).map_err(unreadable)?;
    if crc32fast::hash(&table) != number(4) {
        return Err(Damaged::Checksum(name));
    }
    let table: Table = postcard::from_bytes(&table).map_err(|_| foreign())?;
    if table.report != report.key || table.columns != columns(report) {
        return Err(foreign());
    }
    let head = Head { rows: table.rows, columns: table.columns.len(), fences: table.fences, last: table.last };
    let (file, number, cache) = (Arc::new(file), NUMBER.fetch_add(1, Ordering::Relaxed), Some(cache.clone()));
    Ok((head, Parts::File(InFile { name, file, number, places: table.places, cache })))
}
