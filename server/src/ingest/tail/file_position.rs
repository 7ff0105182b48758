//! A place in a file, told so that the file is recognised after it was renamed, and not after it was replaced.

use crate::digest::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileExt, MetadataExt};

/// The space of the store that places are kept in.
pub(super) const SPACE: &str = "tail";
/// So many of its first bytes tell a file, once it has them.
const HEAD: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FilePosition {
    device: u64,
    inode: u64,
    /// Behind the last line that was read whole, in bytes.
    pub offset: u64,
    /// When the file had last been written to as it was read here, in nanoseconds since 1970.
    #[serde(default)]
    written: i64,
    /// The bytes the file begins with, [`HEAD`] at most, as far as they were read; those before `offset` are kept as their hash.
    #[serde(skip)]
    head: Vec<u8>,
    head_length: usize,
    head_hash: String,
    /// Bytes behind `offset` that were read and are no whole line yet.
    #[serde(skip)]
    pub pending: u64,
}

impl FilePosition {
    pub(super) fn beginning(file: &File) -> io::Result<Self> {
        let now = file.metadata()?;
        let (head, head_hash) = (Vec::new(), hash(&[]));
        Ok(Self { device: now.dev(), inode: now.ino(), offset: 0, written: 0, head, head_length: 0, head_hash, pending: 0 })
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn is_of(&self, file: &Metadata) -> bool {
        (self.device, self.inode) == (file.dev(), file.ino())
    }

    /// Whether this is the file, and still has what was read of it.
    pub(super) fn fits(&self, file: &File) -> io::Result<bool> {
        Ok(self.is_of(&file.metadata()?) && !self.was_truncated(file)?)
    }

    /// Whether the file has become shorter than what was read of it, or begins otherwise.
    pub(super) fn was_truncated(&self, file: &File) -> io::Result<bool> {
        if file.metadata()?.len() < self.offset + self.pending {
            return Ok(true);
        }
        let mut head = vec![0; self.head_length];
        match file.read_exact_at(&mut head, 0) {
            Ok(()) => Ok(hash(&head) != self.head_hash),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Whether what was read here may have been written before this file was written to last.
    pub(super) fn is_before(&self, file: &Metadata) -> bool {
        self.written > 0 && self.written <= written(file)
    }

    /// The same place in another file that has what was read of this one.
    pub(super) fn in_copy(self, copy: &Metadata) -> Self {
        Self { device: copy.dev(), inode: copy.ino(), pending: 0, ..self }
    }

    /// Takes note of the file as it is, before it is read.
    pub(super) fn sees(&mut self, file: &Metadata) {
        self.written = written(file);
    }

    /// Whether this begins as the file that was read, and is as long as what was read of it: a copy of it. Nobody knows that of a file of which
    /// nothing was read.
    pub(super) fn begins(&self, mut reader: impl Read) -> io::Result<bool> {
        let mut head = vec![0; self.head_length];
        match reader.read_exact(&mut head) {
            Ok(()) if self.head_length > 0 && hash(&head) == self.head_hash => {
                let rest = self.offset.saturating_sub(head.len() as u64);
                Ok(io::copy(&mut reader.take(rest), &mut io::sink())? == rest)
            }
            Ok(()) => Ok(false),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes note of bytes that were read.
    pub(super) fn read_on(&mut self, bytes: &[u8]) {
        // A head that was read in an earlier life is known by its hash alone, and stays as it is.
        if self.head.len() < HEAD && self.head.len() as u64 == self.offset + self.pending {
            let room = HEAD - self.head.len();
            self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        self.pending += bytes.len() as u64;
    }

    /// Goes on behind the bytes that are pending: they are whole lines.
    pub(super) fn advance(&mut self) {
        self.offset += self.pending;
        self.pending = 0;
        if self.head_length < self.head.len() {
            (self.head_length, self.head_hash) = (self.head.len(), hash(&self.head));
        }
    }
}

fn written(file: &Metadata) -> i64 {
    file.mtime().saturating_mul(1_000_000_000).saturating_add(file.mtime_nsec())
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
