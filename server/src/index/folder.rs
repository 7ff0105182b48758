//! The folder of an index: segments in files, and a manifest that says which of them count. A file that the manifest does not name was
//! being written when the process ended, or is of no use any more, and is removed.

use super::cache::Cache;
use super::segment::{Damaged, Segment};
use super::snapshot::{Held, Snapshot};
use crate::crash;
use crate::store::journal::Position;
use anyhow::Context as _;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use vigia_app::model::Report;

/// At the start of a manifest; its last byte is the version of what follows.
const MAGIC: [u8; 8] = *b"VigiaMf\x01";
const MANIFEST: &str = "manifest";
/// Processes on one machine that may have an index in folders of one name.
const MOST: u32 = 32;

/// A folder that no other process uses.
pub struct Folder {
    path: PathBuf,
    cache: Arc<Cache>,
    /// The number of the next file.
    next: AtomicU64,
    /// Locked for as long as the process lives, however it ends.
    _lock: File,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Under which name the journal is kept for it.
    pub follower: String,
    /// All that the journal says up to here is in the segments.
    pub at: Position,
    /// By report.
    pub reports: Vec<(String, Vec<Kept>)>,
}

/// A segment in a file, and its dead rows as a bitmap is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub file: u64,
    pub dead: Vec<u8>,
}

impl Folder {
    /// Takes the folder, or where another process has it one of the same name with a number behind it.
    pub fn take(path: &Path, cache: Arc<Cache>) -> anyhow::Result<Self> {
        for number in 1..=MOST {
            let mut path = path.to_owned();
            if number > 1 {
                path.as_mut_os_string().push(format!("-{number}"));
            }
            fs::create_dir_all(&path).with_context(|| format!("the folder of the index, {}, cannot be made", path.display()))?;
            let lock = File::create(path.join("lock")).with_context(|| format!("{} cannot be written", path.display()))?;
            match lock.try_lock() {
                Ok(()) => {
                    let next = AtomicU64::new(numbers(&path).last().map_or(1, |last| last + 1));
                    return Ok(Self { path, cache, next, _lock: lock });
                }
                Err(fs::TryLockError::WouldBlock) => {}
                Err(fs::TryLockError::Error(error)) => return Err(error).with_context(|| format!("{} cannot be locked", path.display())),
            }
        }
        anyhow::bail!("{MOST} processes have an index in {} already", path.display())
    }

    /// Whether a process has the folder.
    pub fn is_taken(path: &Path) -> anyhow::Result<bool> {
        match File::open(path.join("lock")) {
            Ok(lock) => Ok(matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self, number: u64) -> PathBuf {
        file(&self.path, number)
    }

    /// Has a segment written into a file of its own, and opens it; `None` where `write` says that there is none.
    pub fn keep(
        &self,
        report: &'static Report,
        write: impl FnOnce(&Path) -> Result<bool, Damaged>,
    ) -> Result<Option<(u64, Segment)>, Damaged> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.file(number);
        if !write(&path)? {
            return Ok(None);
        }
        crash::point("index.segment");
        Ok(Some((number, Segment::open(&path, report, &self.cache)?)))
    }

    /// The manifest, where there is one that can be read.
    pub fn manifest(&self) -> Option<Manifest> {
        Self::manifest_in(&self.path)
    }

    /// The manifest in a folder that may be another process's.
    pub fn manifest_in(path: &Path) -> Option<Manifest> {
        let bytes = fs::read(path.join(MANIFEST)).ok()?;
        let (magic, rest) = bytes.split_at_checked(MAGIC.len())?;
        let (checksum, rest) = rest.split_first_chunk::<4>()?;
        (magic == MAGIC && u32::from_le_bytes(*checksum) == crc32fast::hash(rest)).then(|| postcard::from_bytes(rest).ok())?
    }

    /// Puts a manifest in the place of the one that is there; on return it is the one that counts, whatever happens then. The files it
    /// does not name stay for now where one is being written.
    pub fn commit(&self, manifest: &Manifest, writing: bool) -> anyhow::Result<()> {
        let rest = postcard::to_allocvec(manifest)?;
        let written = self.path.join("manifest.new");
        let mut file = File::create(&written)?;
        file.write_all(&MAGIC)?;
        file.write_all(&crc32fast::hash(&rest).to_le_bytes())?;
        file.write_all(&rest)?;
        file.sync_all()?;
        // The names of the segments have to be there before the one that counts on them.
        self.sync()?;
        crash::point("index.manifest");
        fs::rename(&written, self.path.join(MANIFEST))?;
        crash::point("index.renamed");
        self.sync()?;
        if !writing {
            self.sweep(manifest);
        }
        Ok(())
    }

    /// Makes names durable.
    fn sync(&self) -> std::io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Removes the segments that a manifest does not name.
    fn sweep(&self, manifest: &Manifest) {
        let named: BTreeSet<u64> = manifest.reports.iter().flat_map(|(_, kept)| kept).map(|kept| kept.file).collect();
        for number in numbers(&self.path).difference(&named) {
            // What cannot be removed now is tried again with the next manifest.
            let _ = fs::remove_file(self.file(*number));
        }
    }

    /// Forgets everything: the index is to be built anew.
    pub fn clear(&self) -> anyhow::Result<()> {
        match fs::remove_file(self.path.join(MANIFEST)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        self.sync()?;
        for number in numbers(&self.path) {
            let _ = fs::remove_file(self.file(number));
        }
        Ok(())
    }

    /// The segments of a report that a manifest names, each with the number of its file.
    pub fn open(&self, report: &'static Report, kept: &[Kept]) -> Result<(Snapshot, Vec<u64>), Damaged> {
        Self::open_in(&self.path, &self.cache, report, kept)
    }

    /// The same of a folder that may be another process's.
    pub fn open_in(path: &Path, cache: &Arc<Cache>, report: &'static Report, kept: &[Kept]) -> Result<(Snapshot, Vec<u64>), Damaged> {
        let mut snapshot = Snapshot::default();
        for kept in kept {
            let path = file(path, kept.file);
            let segment = Segment::open(&path, report, cache)?;
            let dead = RoaringBitmap::deserialize_from(&*kept.dead)
                .map_err(|error| Damaged::Unreadable(path.display().to_string(), error.into()))?;
            snapshot.held.push(Held { segment: Arc::new(segment), dead: Arc::new(dead) });
        }
        Ok((snapshot, kept.iter().map(|kept| kept.file).collect()))
    }
}

fn file(path: &Path, number: u64) -> PathBuf {
    path.join(format!("{number:08}.segment"))
}

/// The numbers of all files with segments in a folder.
fn numbers(path: &Path) -> BTreeSet<u64> {
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    files.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".segment")?.parse().ok()).collect()
}
