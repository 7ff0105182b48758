//! A segment in a file: its parts one behind the other, then a table of how long they are, with the checksum of each leaf.

use super::leaves::{InFile, LEAF, Leaves};
use super::{Damaged, Head, KINDS};
use crate::index::cache::{Cache, Leaf};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use vigia_app::model::{Kind, Report};

/// At the end of a file; its last byte is the version of what is before.
const MAGIC: [u8; 8] = *b"VigiaIx\x03";
/// Bytes behind the table: its length, its checksum, and [`MAGIC`].
const TAIL: u64 = 16;
/// A part begins at a multiple of so many bytes.
const ALIGNED: usize = 8;

/// The table at the end of a file.
#[derive(Serialize, Deserialize)]
struct Table {
    report: String,
    /// See [`columns`]: another declaration reads other files.
    columns: Vec<String>,
    head: Head,
    /// Of each leaf.
    checksums: Vec<u32>,
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

/// Where parts begin that are this long.
pub fn places(lens: &[u32]) -> Vec<u64> {
    let mut at = 0;
    let mut begin = |len: &u32| {
        at += len.next_multiple_of(ALIGNED as u32) as u64;
        at - u64::from(len.next_multiple_of(ALIGNED as u32))
    };
    lens.iter().map(&mut begin).collect()
}

/// Where leaves go, one after the other.
pub trait Out {
    fn take(&mut self, leaf: &[u8]) -> Result<(), Damaged>;
}

/// Into memory.
impl Out for Vec<Leaf> {
    fn take(&mut self, leaf: &[u8]) -> Result<(), Damaged> {
        self.push(leaf.to_vec().into());
        Ok(())
    }
}

/// Makes leaves of parts.
pub struct Binder<O> {
    out: O,
    /// What is not a leaf yet.
    rest: Vec<u8>,
    lens: Vec<u32>,
    values: Vec<u32>,
}

impl<O: Out> Binder<O> {
    pub const fn new(out: O) -> Self {
        Self { out, rest: Vec::new(), lens: Vec::new(), values: Vec::new() }
    }

    /// Takes the parts of the next column, in the order of [`super::Part`]; `values`: how many it has.
    pub fn put_column(&mut self, values: u32, parts: [Vec<u8>; KINDS]) -> Result<(), Damaged> {
        self.values.push(values);
        parts.into_iter().try_for_each(|part| self.put(&part))
    }

    /// Takes the next part.
    pub fn put(&mut self, part: &[u8]) -> Result<(), Damaged> {
        self.lens.push(part.len() as u32);
        self.rest.extend_from_slice(part);
        self.rest.resize(self.rest.len().next_multiple_of(ALIGNED), 0);
        let whole = self.rest.len() / LEAF * LEAF;
        for leaf in self.rest[..whole].chunks(LEAF) {
            self.out.take(leaf)?;
        }
        self.rest.drain(..whole);
        Ok(())
    }

    /// What took the leaves, how long each part is, and how many values each column has.
    pub fn finish(mut self) -> Result<(O, Vec<u32>, Vec<u32>), Damaged> {
        if !self.rest.is_empty() {
            self.out.take(&self.rest)?;
        }
        Ok((self.out, self.lens, self.values))
    }
}

/// Writes leaves into a file.
pub struct Writer {
    name: String,
    out: BufWriter<File>,
    checksums: Vec<u32>,
}

impl Out for Writer {
    fn take(&mut self, leaf: &[u8]) -> Result<(), Damaged> {
        self.checksums.push(crc32fast::hash(leaf));
        self.write(leaf)
    }
}

impl Writer {
    pub fn new(path: &Path) -> Result<Self, Damaged> {
        let name = path.display().to_string();
        match File::create(path) {
            Ok(file) => Ok(Self { name, out: BufWriter::new(file), checksums: Vec::new() }),
            Err(error) => Err(Damaged::Unreadable(name, error.into())),
        }
    }

    /// The table comes last; on return the file is whole on the disk.
    pub fn finish(mut self, report: &'static Report, head: Head) -> Result<(), Damaged> {
        let checksums = std::mem::take(&mut self.checksums);
        let table = Table { report: report.key.to_owned(), columns: columns(report), head, checksums };
        let table = postcard::to_allocvec(&table).map_err(|error| self.unwritten(std::io::Error::other(error)))?;
        self.write(&table)?;
        self.write(&(table.len() as u32).to_le_bytes())?;
        self.write(&crc32fast::hash(&table).to_le_bytes())?;
        self.write(&MAGIC)?;
        let synced = self.out.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        synced.map_err(|error| Damaged::Unreadable(self.name, error.into()))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        self.out.write_all(bytes).map_err(|error| self.unwritten(error))
    }

    fn unwritten(&self, error: std::io::Error) -> Damaged {
        Damaged::Unreadable(self.name.clone(), error.into())
    }
}

pub fn open(path: &Path, report: &'static Report, cache: &Arc<Cache>) -> Result<(Head, Leaves), Damaged> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| Damaged::Unreadable(name.clone(), error.into());
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
    let len = end.checked_sub(u64::from(number(0))).ok_or_else(foreign)?;
    let mut table = vec![0; number(0) as usize];
    file.read_exact_at(&mut table, len).map_err(unreadable)?;
    if crc32fast::hash(&table) != number(4) {
        return Err(Damaged::Checksum(name));
    }
    let table: Table = postcard::from_bytes(&table).map_err(|_| foreign())?;
    if table.report != report.key || table.columns != columns(report) || table.checksums.len() as u64 != len.div_ceil(LEAF as u64) {
        return Err(foreign());
    }
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let (name, file, checksums) = (name.into(), Arc::new(file), table.checksums.into());
    Ok((table.head, Leaves::file(InFile { name, file, number, len, checksums, cache: Some(cache.clone()) })))
}
