//! Connections to the file, and what their errors mean.

use crate::store::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where the database is.
#[derive(Clone)]
pub(super) struct DatabaseFile(Arc<PathBuf>);

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

impl DatabaseFile {
    /// Makes the folder and the file where they are missing; the file, which holds hashes of passwords, for its owner alone.
    pub(super) fn new(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::NotWritable(format!("the folder {} cannot be made ({error})", folder.display())))?;
        }
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(StoreError::NotWritable(format!("{} cannot be made ({error})", path.display()))),
        }
        Ok(Self(Arc::new(path.to_owned())))
    }

    /// That of another file in the same folder, named like this one with something behind.
    pub(super) fn beside(&self, suffix: &str) -> Result<Self, StoreError> {
        let mut name = self.path().as_os_str().to_owned();
        name.push(suffix);
        Self::new(Path::new(&name))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The number of the file that has this name now, as the file system counts them.
    pub(super) fn number(&self) -> Result<u64, StoreError> {
        let found = self.path().metadata();
        found.map(|found| found.ino()).map_err(|error| StoreError::NotWritable(format!("{}: {error}", self.path().display())))
    }

    /// A connection that writes, with so many KiB of memory for pages. `first` is what is run before all else.
    pub(super) fn writer(&self, cache: u32, first: &str) -> Result<Connection, StoreError> {
        let connection = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // FULL: a commit that was acknowledged survives power loss, not only a crash.
        // No statistics are kept: every query names its index, so the planner has nothing to choose.
        connection
            .execute_batch(&format!(
                "{first} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -{cache};
                 PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864;"
            ))
            .map_err(|error| self.explain(error))?;
        Ok(connection)
    }

    /// A connection that only reads, with so many KiB of memory for pages.
    pub(super) fn reader(&self, cache: u32) -> Result<Connection, StoreError> {
        let connection = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection
            .execute_batch(&format!("PRAGMA query_only = ON; PRAGMA cache_size = -{cache}; PRAGMA temp_store = MEMORY;"))
            .map_err(|error| self.explain(error))?;
        Ok(connection)
    }

    fn open(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        let connection =
            Connection::open_with_flags(self.path(), flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|error| self.explain(error))?;
        connection.busy_timeout(BUSY).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(connection)
    }

    /// [`failed`], with the name of the file where it says what to do.
    fn explain(&self, error: rusqlite::Error) -> StoreError {
        match failed(error) {
            StoreError::NotWritable(cause) => StoreError::NotWritable(format!("{}: {cause}", self.path().display())),
            StoreError::Unusable(cause) => StoreError::Unusable(format!("{}: {cause}", self.path().display())),
            other => other,
        }
    }
}

/// What a failure of the database means for the one who asked.
pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked,
        Some(ErrorCode::DiskFull) => StoreError::NotWritable("the disk is full".to_owned()),
        Some(ErrorCode::ReadOnly) => StoreError::NotWritable("the file is read-only".to_owned()),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::NotWritable("the file cannot be opened".to_owned()),
        Some(ErrorCode::SystemIoFailure) => StoreError::NotWritable(format!("the disk failed ({error})")),
        Some(ErrorCode::NotADatabase) => {
            StoreError::Unusable("this file is not a SQLite database. Name another file, or move this one away.".to_owned())
        }
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Unusable(
            "this database is damaged. Restore the last backup; `sqlite3 FILE .recover` may save newer rows.".to_owned(),
        ),
        _ => StoreError::Failed(error.into()),
    }
}
