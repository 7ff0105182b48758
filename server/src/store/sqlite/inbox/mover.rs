//! The thread that moves events from the inbox into the tables.

use super::{Shared, batch, lock};
use crate::causes;
use crate::store::StoreError;
use crate::store::live::Teller;
use crate::store::sqlite::append;
use crate::store::sqlite::writer::Writer;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Events moved in one transaction: enough to be fast, few enough that others who write wait only a fraction of a second.
const GROUP: usize = 10_000;
/// How long to wait after a failure.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Mover {
    thread: Option<JoinHandle<()>>,
    closing: Arc<AtomicBool>,
}

/// What the thread works with.
struct Work {
    /// Reads the inbox.
    reader: Connection,
    /// Writes the inbox.
    inbox: Arc<Writer>,
    /// Writes the tables.
    tables: Arc<Writer>,
    teller: Teller,
    shared: Arc<Shared>,
}

impl Mover {
    /// Moves everything that is there, then starts the thread that goes on with it.
    pub(super) fn start(
        reader: Connection,
        inbox: Arc<Writer>,
        tables: Arc<Writer>,
        teller: Teller,
        shared: &Arc<Shared>,
    ) -> Result<Self, StoreError> {
        let closing = Arc::new(AtomicBool::new(false));
        let work = Work { reader, inbox, tables, teller, shared: shared.clone() };
        while work.step()? {}
        let close = closing.clone();
        let thread = std::thread::Builder::new()
            .name("sqlite-mover".to_owned())
            .spawn(move || work.run(&close))
            .map_err(|error| StoreError::Failed(error.into()))?;
        lock(&shared.pending).moved_by(thread.thread().clone());
        Ok(Self { thread: Some(thread), closing })
    }
}

/// Moves what is left, unless that fails: then the next process does.
impl Drop for Mover {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Work {
    fn run(&self, closing: &AtomicBool) {
        loop {
            let closes = closing.load(Ordering::Relaxed);
            match self.step() {
                Ok(true) => {}
                Ok(false) if closes => return,
                // A wake-up that came since the step found nothing makes this return at once.
                Ok(false) => std::thread::park(),
                Err(error) => {
                    tracing::error!(cause = causes::chain(&error), "events wait in the inbox");
                    if closes {
                        return;
                    }
                    std::thread::park_timeout(AGAIN);
                }
            }
        }
    }

    /// Moves one group, or, when there is none, gives room back; false when there was nothing to do.
    fn step(&self) -> Result<bool, StoreError> {
        let (batches, last) = batch::oldest(&self.reader, GROUP)?;
        if batches.is_empty() {
            // Another process may have moved what this one waits for.
            let shared = self.shared.clone();
            return self.inbox.run_here(move |connection| {
                if !batch::oldest(connection, 1)?.0.is_empty() {
                    return Ok(true);
                }
                lock(&shared.pending).clear();
                batch::shrink(connection)
            });
        }
        let (_, changed) = self.tables.run_here(move |connection| append::append(connection, batches))?;
        self.teller.stored(&changed);
        let shared = self.shared.clone();
        self.inbox.run_here(move |connection| {
            let removed = batch::remove(connection, last)?;
            let mut pending = lock(&shared.pending);
            pending.begin(connection)?;
            // They are in the tables by now, where whoever asks finds them.
            removed.iter().for_each(|name| pending.remove(name));
            pending.measure();
            Ok(())
        })?;
        Ok(true)
    }
}
