//! A pool of connections that only read.

use super::connection::{DatabaseFile, failed};
use crate::store::StoreError;
use rusqlite::{Connection, ErrorCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How many questions are answered at once; more would only fight for the processors.
const READERS: usize = 4;
/// Memory of each for pages, in KiB.
const CACHE: u32 = 8 << 10;
/// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 2_000;

#[derive(Clone)]
pub(super) struct Readers {
    file: DatabaseFile,
    free: Arc<Mutex<Vec<ReadConnection>>>,
    permits: Arc<Semaphore>,
    limit: Duration,
}

/// A connection whose statements end at a deadline.
struct ReadConnection {
    connection: Connection,
    deadline: Deadline,
}

impl Readers {
    pub(super) fn new(file: DatabaseFile, limit: Duration) -> Self {
        Self { file, free: Arc::default(), permits: Arc::new(Semaphore::new(READERS)), limit }
    }

    /// Runs a question on a connection of its own, off the async threads.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|error| StoreError::Failed(error.into()))?;
        let readers = self.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let reader = match readers.lock().pop() {
                Some(reader) => reader,
                None => ReadConnection::open(&readers.file)?,
            };
            reader.deadline.set(readers.limit);
            let answer = ask(&reader.connection).map_err(|error| reader.explain(error, readers.limit));
            readers.lock().push(reader);
            answer
        });
        answer.await.map_err(|error| StoreError::Failed(error.into()))?
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<ReadConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadConnection {
    fn open(file: &DatabaseFile) -> Result<Self, StoreError> {
        let mut connection = file.reader(CACHE)?;
        let deadline = Deadline::default();
        let watched = deadline.clone();
        connection.progress_handler(STEPS, Some(move || watched.passed())).map_err(failed)?;
        Ok(Self { connection, deadline })
    }

    fn explain(&self, error: StoreError, limit: Duration) -> StoreError {
        match error {
            StoreError::Failed(cause) if is_interrupted(&cause) => StoreError::TooSlow(limit.as_secs()),
            other => other,
        }
    }
}

/// Whether a failure is a deadline that passed.
pub(super) fn is_interrupted(cause: &anyhow::Error) -> bool {
    cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code) == Some(ErrorCode::OperationInterrupted)
}

/// An instant shared with SQLite's progress handler, in milliseconds since the deadline was made; 0 for none.
#[derive(Clone)]
struct Deadline {
    start: Instant,
    at: Arc<AtomicU64>,
}

impl Default for Deadline {
    fn default() -> Self {
        Self { start: Instant::now(), at: Arc::default() }
    }
}

impl Deadline {
    fn set(&self, limit: Duration) {
        let at = self.start.elapsed() + limit;
        self.at.store(u64::try_from(at.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn passed(&self) -> bool {
        let at = self.at.load(Ordering::Relaxed);
        at != 0 && self.start.elapsed().as_millis() > u128::from(at)
    }
}
