//! The store in a SQLite file: one writer thread that commits in groups, and a pool of readers.

mod append;
mod connection;
mod events;
mod find;
mod identities;
mod inbox;
mod journal;
mod kept;
mod known;
mod migrate;
mod operations;
mod predicate;
mod quarantine;
mod queue;
mod readers;
mod record;
mod remove;
mod rows;
mod sql;
mod tokens;
mod traffic;
mod transfer;
mod value;
mod values;
mod writer;

use super::{
    Journal, Kept, Operations, Quarantine, Rows, Store, StoreError, Tokens, Transfer, cursor::Signer, journal::Bell, live::Teller,
};
use connection::{DatabaseFile, failed};
use inbox::Inbox;
use known::Known;
use readers::Readers;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// Locked by the writer thread alone.
    known: Arc<Mutex<Known>>,
    teller: Teller,
    bell: Bell,
    signer: Signer,
    limit: Duration,
}

impl SqliteStore {
    /// Opens the database file, making it and its folder where they are missing, and brings it to this version.
    ///
    /// `limit` is how long one question may take. Fails with a sentence for a file that is not a database of Vigia's, was written by a
    /// newer version, or cannot be written.
    pub fn open(path: &Path, limit: Duration) -> Result<Self, StoreError> {
        let file = DatabaseFile::new(path)?;
        let mut connection = file.writer(CACHE, "")?;
        migrate::migrate(&mut connection, path)?;
        let key: Vec<u8> = connection.query_row("SELECT value FROM secret WHERE name = 'cursor'", [], |row| row.get(0)).map_err(failed)?;
        let known = Arc::new(Mutex::new(Known::of(&mut connection).map_err(failed)?));
        let (teller, bell) = (Teller::default(), Bell::default());
        let writer = Arc::new(Writer::start(connection, bell.clone())?);
        Ok(Self {
            readers: Readers::new(file.clone(), limit),
            inbox: Inbox::open(&file, writer.clone(), known.clone(), teller.clone())?,
            traffic: Traffic::default(),
            teller,
            bell,
            known,
            writer,
            signer: Signer::new(&key)?,
            file,
            limit,
        })
    }
}

impl SqliteStore {
    /// Asks on a connection that only reads.
    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(move |reader| ask(reader.connection()).map_err(failed)).await
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

/// A writer that panicked has left nothing in the database, but perhaps in here.
fn lock_known(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(|poisoned| {
        known.clear_poison();
        let mut known = PoisonError::into_inner(poisoned);
        known.forget();
        known
    })
}
