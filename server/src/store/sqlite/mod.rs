//! The store in a SQLite file: one writer thread that commits in groups, and a pool of readers.

mod amend;
mod append;
mod connection;
mod events;
mod identities;
mod inbox;
mod journal;
mod kept;
mod migrate;
mod older;
mod operations;
mod quarantine;
mod queue;
mod readers;
mod rebuilt;
mod record;
mod remove;
mod replace;
mod reviews;
mod rows;
mod scores;
mod standings;
mod still;
mod tokens;
mod traffic;
mod transfer;
mod value;
mod whole;
mod writer;

use super::{
    Journal, Kept, Older, Operations, Quarantine, Rebuilt, Replacement, Reviews, Rows, Scores, Standings, Store, StoreError, Tokens,
    Transfer, cursor::Signer, journal::Bell, live::Teller,
};
use connection::{DatabaseFile, failed};
use inbox::Inbox;
use readers::Readers;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use traffic::Traffic;
use writer::Writer;

/// Memory of the writer for pages, in KiB: storing in bulk is as fast as what it changes stays in there.
const CACHE: u32 = 36 << 10;

/// A SQLite database. Cheap to share behind an `Arc`; the last one to go closes the file.
pub struct SqliteStore {
    file: DatabaseFile,
    readers: Readers,
    writer: Arc<Writer>,
    inbox: Inbox,
    traffic: Traffic,
    teller: Teller,
    bell: Bell,
    signer: Signer,
}

impl SqliteStore {
    /// Opens the database file, making it and its folder where they are missing, and brings it to this version.
    ///
    /// `limit` is how long one question may take. Fails with a sentence for a file that is not a database of Vigia's, was written by a
    /// newer version, or cannot be written.
    pub fn open(path: &Path, limit: Duration) -> Result<Self, StoreError> {
        let file = DatabaseFile::new(path)?;
        let number = file.number()?;
        let mut connection = file.writer(CACHE, "")?;
        if migrate::older(&connection)?.is_some() {
            // What only that version understands would be lost to both.
            inbox::check(&file)?;
        }
        migrate::migrate(&mut connection, path)?;
        let key: Vec<u8> = connection.query_row("SELECT value FROM secret WHERE name = 'cursor'", [], |row| row.get(0)).map_err(failed)?;
        let (teller, bell) = (Teller::default(), Bell::default());
        if file.number()? != number {
            // From here on nobody can put one in its place.
            return Err(StoreError::Unusable(format!("Another file has taken the place of {} just now. Start again.", path.display())));
        }
        let writer = Arc::new(Writer::start(connection, bell.clone())?);
        Ok(Self {
            readers: Readers::new(file.clone(), limit),
            inbox: Inbox::open(&file, writer.clone(), teller.clone())?,
            traffic: Traffic::default(),
            teller,
            bell,
            writer,
            signer: Signer::new(&key)?,
            file,
        })
    }
}

/// The database file, if it is one of an earlier version.
pub(super) fn older(path: &Path) -> Result<Option<Box<dyn Older>>, StoreError> {
    Ok(older::OlderFile::open(path)?.map(|file| Box::new(file) as Box<dyn Older>))
}

/// Begins a database file that is to be as one was that had gone through so many migrations.
pub(super) fn rebuilt(path: &Path, schema: u32) -> Result<Box<dyn Rebuilt>, StoreError> {
    Ok(Box::new(rebuilt::RebuiltFile::begin(path, schema)?))
}

/// Begins a database file that is to take the place of one that has something in it; nothing where it has not.
pub(super) async fn replacement(path: &Path) -> Result<Option<Box<dyn Replacement>>, StoreError> {
    Ok(replace::ReplacementFile::begin(path).await?.map(|file| Box::new(file) as Box<dyn Replacement>))
}

/// Whether a database file that nobody uses is sound: its pages, and what one table says of another.
///
/// # Errors
/// With what is wrong with it.
pub fn check(path: &Path) -> Result<(), StoreError> {
    let connection = DatabaseFile::new(path)?.reader(CACHE)?;
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if said == "ok" { Ok(()) } else { Err(StoreError::Unusable(format!("The database is not sound: {said}."))) }
}

impl SqliteStore {
    /// Asks on a connection that only reads.
    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(move |connection| ask(connection).map_err(failed)).await
    }

    /// Works in a transaction; what it returns is told once that is durable.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(move |connection| work(connection).map_err(failed)).await
    }
}

impl Store for SqliteStore {
    fn describe(&self) -> String {
        format!("SQLite, {}", self.file.path().display())
    }

    fn tokens(&self) -> &dyn Tokens {
        self
    }

    fn quarantine(&self) -> &dyn Quarantine {
        self
    }

    fn kept(&self) -> &dyn Kept {
        self
    }

    fn transfer(&self) -> &dyn Transfer {
        self
    }

    fn rows(&self) -> &dyn Rows {
        self
    }

    fn scores(&self) -> &dyn Scores {
        self
    }

    fn standings(&self) -> &dyn Standings {
        self
    }

    fn reviews(&self) -> &dyn Reviews {
        self
    }

    fn signer(&self) -> &Signer {
        &self.signer
    }

    fn operations(&self) -> &dyn Operations {
        self
    }

    fn journal(&self) -> &dyn Journal {
        self
    }
}
