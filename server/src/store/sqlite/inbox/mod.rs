//! A small database beside the first, for events that arrive faster than the report tables take them.
//!
//! A row of a report changes a page of each of its table's indexes, and a commit writes every page that changed: a hundred events at
//! a time, that is several kilobytes an event. So while senders crowd, their batches are committed here, one blob a batch, which
//! is what makes them durable, and a thread moves them into the tables in large groups. Until then they are not in the reports;
//! [`Inbox::is_empty`] tells. Events that come in while nothing else does never pass through here.
//!
//! Killed at any point, nothing is lost or doubled: a batch leaves the inbox after the commit that brought it into the tables, where
//! the same event twice is one row, and what a killed process left behind is moved when the database is opened.

mod batch;
mod mover;
mod pending;

use super::append::Batch;
use super::connection::{DatabaseFile, failed};
use super::writer::Writer;
use crate::event::Event;
use crate::store::journal::Bell;
use crate::store::live::Teller;
use crate::store::whole;
use crate::store::{Appended, StoreError};
use mover::Mover;
use pending::Pending;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use vigia_app::model::Timestamp;

/// Memory of each connection for pages, in KiB: batches are written and read in order.
const CACHE: u32 = 1 << 10;
/// Events that may wait. With more, senders wait for the tables.
const MOST: usize = 500_000;
/// Between two looks whether what waited has been moved.
const SETTLING: Duration = Duration::from_millis(5);

/// What stands behind the name of a database in that of its inbox.
const SUFFIX: &str = "-inbox";

/// Reads the inbox beside a database, where there is one.
pub(super) fn beside(database: &DatabaseFile) -> Result<Option<Connection>, StoreError> {
    let mut path = database.path().as_os_str().to_owned();
    path.push(SUFFIX);
    if !Path::new(&path).exists() {
        return Ok(None);
    }
    let connection = database.beside(SUFFIX)?.reader(CACHE)?;
    Ok(batch::is_there(&connection)?.then_some(connection))
}

/// Whether this version understands whatever waits in the inbox of a database.
pub(super) fn check(database: &DatabaseFile) -> Result<(), StoreError> {
    beside(database)?.map_or(Ok(()), |connection| batch::check(&connection))
}

/// Refuses an inbox in which something waits.
pub(super) fn check_empty(database: &DatabaseFile) -> Result<(), StoreError> {
    let Some(connection) = beside(database)? else { return Ok(()) };
    if batch::newest(&connection)?.is_none() { Ok(()) } else { Err(batch::waiting()) }
}

/// The inbox of a database that is about to be made, and whether something waits in it.
pub(super) fn new(database: &DatabaseFile) -> Result<(Connection, bool), StoreError> {
    let connection = prepared(database)?;
    let waits = batch::newest(&connection)?.is_some();
    Ok((connection, waits))
}

fn prepared(database: &DatabaseFile) -> Result<Connection, StoreError> {
    // Of a new file this has to be said before anything else.
    let connection = database.beside(SUFFIX)?.writer(CACHE, "PRAGMA auto_vacuum = INCREMENTAL;")?;
    batch::prepare(&connection)?;
    Ok(connection)
}

pub(super) struct Inbox {
    writer: Arc<Writer>,
    shared: Arc<Shared>,
    // Ends, with everything moved, before the writers go.
    _mover: Mover,
}

/// What senders and mover share.
struct Shared {
    pending: Mutex<Pending>,
    /// Sees what is in the tables. Used by the inbox's writer thread alone.
    tables: Mutex<Connection>,
}

impl Inbox {
    /// Opens the inbox beside a database, and moves what an earlier process left in it.
    pub(super) fn open(database: &DatabaseFile, tables: Arc<Writer>, teller: Teller) -> Result<Self, StoreError> {
        let mut connection = prepared(database)?;
        let file = database.beside(SUFFIX)?;
        let shared =
            Arc::new(Shared { pending: Mutex::new(Pending::watching(&mut connection)?), tables: Mutex::new(database.reader(CACHE)?) });
        let writer = Arc::new(Writer::start(connection, Bell::default())?);
        let mover = Mover::start(file.reader(CACHE)?, writer.clone(), tables, teller, &shared)?;
        Ok(Self { writer, shared, _mover: mover })
    }

    /// Whether everything that was acknowledged is in the tables.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.shared.pending).is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        lock(&self.shared.pending).len() >= MOST
    }

    /// Returns when everything that was acknowledged until now is in the tables, whichever process acknowledged it; what comes meanwhile
    /// is not waited for.
    pub(super) async fn settle(&self) -> Result<(), StoreError> {
        let Some(newest) = self.writer.run(batch::newest).await? else { return Ok(()) };
        while self.writer.run(move |connection| batch::waits(connection, newest)).await? {
            // What another process has left nobody else moves.
            self.shared.wake();
            tokio::time::sleep(SETTLING).await;
        }
        Ok(())
    }

    /// Keeps events; on return they are durable. Those that are there already, here or in the tables, are counted and left out.
    pub(super) async fn append(&self, events: Vec<Event>, received: Timestamp) -> Result<Appended, StoreError> {
        let shared = self.shared.clone();
        let appended = self.writer.run(move |connection| shared.keep(connection, events, received)).await;
        self.shared.wake();
        appended
    }
}

impl Shared {
    fn keep(&self, connection: &Connection, mut events: Vec<Event>, received: Timestamp) -> Result<Appended, StoreError> {
        let mut pending = lock(&self.pending);
        pending.begin(connection)?;
        let tables = lock(&self.tables);
        let all = events.len();
        let mut keys = Vec::with_capacity(all);
        let mut failure = None;
        events.retain(|event| {
            let key = pending::name(event.report, whole::key(event));
            let new = !pending.contains(&key)
                && !is_stored(&tables, event).unwrap_or_else(|error| {
                    failure.get_or_insert(error);
                    true
                });
            if new {
                pending.add(key);
                keys.push(key);
            }
            new
        });
        let stored = events.len();
        let kept = match failure {
            Some(error) => Err(failed(error)),
            None if stored == 0 => Ok(()),
            None => batch::insert(connection, &Batch { received, events }, &keys),
        };
        if let Err(error) = kept {
            keys.iter().for_each(|key| pending.remove(key));
            return Err(error);
        }
        Ok(Appended { stored: stored as u64, duplicate: (all - stored) as u64 })
    }

    fn wake(&self) {
        let pending = lock(&self.pending);
        pending.measure();
        pending.wake();
    }
}

fn is_stored(tables: &Connection, event: &Event) -> rusqlite::Result<bool> {
    let sql = format!("SELECT 1 FROM {} WHERE key = ?", event.report.table);
    Ok(tables.prepare_cached(&sql)?.query_row(params![&whole::key(event)[..]], |_| Ok(())).optional()?.is_some())
}

/// What a thread that panicked held is whole: each change is one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
