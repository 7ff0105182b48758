//! A database file that takes the place of another one.

use super::SqliteStore;
use super::connection::{DatabaseFile, failed};
use super::inbox;
use super::migrate::{APPLICATION, older};
use crate::crash;
use crate::store::replace::{BEFORE, NEXT, Replacement, left, used};
use crate::store::{Events as _, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long whoever is about to leave a file may take for it.
const LEAVING: Duration = Duration::from_millis(500);
/// Memory for pages, in KiB: next to nothing is read.
const CACHE: u32 = 2 << 10;
/// How long a question may take that nobody asks.
const LIMIT: Duration = Duration::from_secs(600);

/// A file that has something in it, and the name of one beside it.
#[derive(Clone)]
pub(super) struct ReplacementFile {
    path: PathBuf,
    next: PathBuf,
    url: String,
}

impl ReplacementFile {
    /// The file, if there is something in it; then nobody uses it, and nothing waits in its inbox.
    pub(super) async fn begin(path: &Path) -> Result<Option<Self>, StoreError> {
        if path.metadata().map_or(0, |found| found.len()) == 0 {
            return Ok(None);
        }
        let next = path.with_added_extension(NEXT);
        if next.exists() {
            return Err(left(&format!("a file {}", next.display())));
        }
        let file = DatabaseFile::new(path)?;
        let is_older = {
            let connection = file.reader(CACHE)?;
            let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(failed)?;
            let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
            if application != APPLICATION && tables > 0 {
                let wrong = format!("{} is the database of another program, which is not replaced. Name another file.", path.display());
                return Err(StoreError::Unusable(wrong));
            }
            older(&connection)?.is_some()
        };
        drop(alone(&file)?);
        if is_older {
            inbox::check_empty(&file)?;
        } else if inbox::check_empty(&file).is_err() {
            // What waits belongs to what is kept of it.
            let path = path.to_owned();
            let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&path, LIMIT)).await;
            opened.map_err(|error| StoreError::Failed(error.into()))??.settle().await;
        }
        let url = format!("sqlite://{}", next.display());
        Ok(Some(Self { path: path.to_owned(), next, url }))
    }

    fn take(&self) -> Result<PathBuf, StoreError> {
        // As one file each, without what waits beside it.
        drop(alone(&DatabaseFile::new(&self.next)?)?);
        let file = DatabaseFile::new(&self.path)?;
        let held = alone(&file)?;
        inbox::check_empty(&file)?;
        let stamp = chrono::Utc::now().format("%Y%m%dT%H%M%S%.3fZ");
        let before = self.path.with_added_extension(format!("{BEFORE}-{stamp}"));
        let wrong = |error: io::Error| {
            StoreError::NotWritable(format!("{} cannot take the place of {} ({error})", self.next.display(), self.path.display()))
        };
        let was = self.path.metadata().map_err(wrong)?;
        self.swap(&was, &before).map_err(wrong)?;
        drop(held);
        for file in beside(&self.next) {
            remove(&file).map_err(wrong)?;
        }
        Ok(before)
    }

    fn swap(&self, was: &Metadata, before: &Path) -> io::Result<()> {
        // Whoever could use the one can use the other.
        chown(&self.next, Some(was.uid()), Some(was.gid()))?;
        std::fs::set_permissions(&self.next, was.permissions())?;
        File::open(&self.next)?.sync_all()?;
        let folder = File::open(self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        std::fs::hard_link(&self.path, before)?;
        folder.sync_all()?;
        crash::point("replace.kept");
        std::fs::rename(&self.next, &self.path)?;
        folder.sync_all()?;
        crash::point("replace.taken");
        Ok(())
    }
}

#[async_trait]
impl Replacement for ReplacementFile {
    fn url(&self) -> &str {
        &self.url
    }

    async fn finish(&self) -> Result<String, StoreError> {
        let this = self.clone();
        let taken = tokio::task::spawn_blocking(move || this.take()).await;
        taken.map_err(|error| StoreError::Failed(error.into()))?.map(|before| before.display().to_string())
    }

    async fn abandon(&self) -> Result<(), StoreError> {
        for file in beside(&self.next).iter().chain([&self.next]) {
            remove(file).map_err(|error| StoreError::NotWritable(format!("{}: {error}", file.display())))?;
        }
        Ok(())
    }
}

/// A connection that nobody has another one beside while it is there; then all of the database is in its file.
fn alone(file: &DatabaseFile) -> Result<Connection, StoreError> {
    let connection = file.writer(CACHE, "")?;
    connection.busy_timeout(LEAVING).map_err(failed)?;
    // Leaving this mode takes that there is no other connection at all, reading ones among them.
    let alone = connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
    match alone.map_err(|error| (error.sqlite_error_code(), error)) {
        Ok(()) => Ok(connection),
        Err((Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _)) => Err(used(&file.path().display().to_string())),
        Err((_, error)) => Err(failed(error)),
    }
}

/// What SQLite, or the inbox, may have left beside a file.
fn beside(path: &Path) -> Vec<PathBuf> {
    let named = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    ["-wal", "-shm", "-journal", "-inbox", "-inbox-wal", "-inbox-shm"].into_iter().map(named).collect()
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
