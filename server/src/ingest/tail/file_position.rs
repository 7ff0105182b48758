//! A place in a file, told so that the file is recognised after it was renamed, and not after it was replaced.

use crate::digest::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

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
    /// The bytes before `offset`, [`HEAD`] at most; kept as their hash.
    #[serde(skip)]
    head: Vec<u8>,
    head_length: usize,
    head_hash: String,
    /// Bytes behind `offset` that were read and are no whole line yet.
    #[serde(skip)]
    pub pending: u64,
}

impl FilePosition {
    pub(super) fn beginning(file: &File) -> std::io::Result<Self> {
        let now = file.metadata()?;
        let (head, head_hash) = (Vec::new(), hash(&[]));
        Ok(Self { device: now.dev(), inode: now.ino(), offset: 0, head, head_length: 0, head_hash, pending: 0 })
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
    pub(super) fn fits(&self, file: &File) -> std::io::Result<bool> {
        Ok(self.is_of(&file.metadata()?) && !self.was_truncated(file)?)
    }

    /// Whether the file has become shorter than what was read of it, or begins otherwise.
    pub(super) fn was_truncated(&self, file: &File) -> std::io::Result<bool> {
        if file.metadata()?.len() < self.offset + self.pending {
            return Ok(true);
        }
        let mut head = vec![0; self.head_length];
        match file.read_exact_at(&mut head, 0) {
            Ok(()) => Ok(hash(&head) != self.head_hash),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The file in the folder of `path`, under whatever name it has now.
    pub(super) fn find_beside(&self, path: &Path) -> Option<File> {
        let entries = std::fs::read_dir(path.parent()?).ok()?;
        entries.filter_map(Result::ok).filter(|entry| entry.metadata().is_ok_and(|found| self.is_of(&found))).find_map(|entry| {
            let file = File::open(entry.path()).ok()?;
            self.fits(&file).is_ok_and(|fits| fits).then_some(file)
        })
    }

    /// Goes on behind the bytes that are pending; `line` is what of them is known.
    pub(super) fn advance(&mut self, line: &[u8]) {
        // A head that was read in an earlier life is known by its hash alone, and stays as it is.
        if self.head_length < HEAD && self.head.len() as u64 == self.offset && line.len() as u64 == self.pending {
            let room = HEAD - self.head.len();
            self.head.extend_from_slice(&line[..line.len().min(room)]);
            (self.head_length, self.head_hash) = (self.head.len(), hash(&self.head));
        }
        self.offset += self.pending;
        self.pending = 0;
    }
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
