//! Which events wait in the inbox.

use super::batch::{self, Name};
use crate::store::StoreError;
use crate::store::sqlite::connection::failed;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;
use vigia_app::model::Report;

pub(super) fn name(report: &Report, key: [u8; 16]) -> Name {
    let mut name = [0; 17];
    name[0] = letter(report);
    name[1..].copy_from_slice(&key);
    name
}

/// Follows from the report's key alone.
fn letter(report: &Report) -> u8 {
    Sha256::digest(report.key)[0]
}

pub(super) struct Pending {
    names: HashSet<Name>,
    /// Set by the database when a transaction is undone: the names of its events are then wrong.
    rolled_back: Arc<AtomicBool>,
    mover: Option<Thread>,
}

impl Pending {
    /// What waits in the inbox that this connection writes to.
    pub(super) fn watching(connection: &mut Connection) -> Result<Self, StoreError> {
        let rolled_back = Arc::new(AtomicBool::new(false));
        let flag = rolled_back.clone();
        connection.rollback_hook(Some(move || flag.store(true, Ordering::Relaxed))).map_err(failed)?;
        Ok(Self { names: batch::names(connection)?, rolled_back, mover: None })
    }

    /// To be called inside each transaction before anything else.
    pub(super) fn begin(&mut self, connection: &Connection) -> Result<(), StoreError> {
        if self.rolled_back.swap(false, Ordering::Relaxed) {
            self.names = batch::names(connection)?;
        }
        Ok(())
    }

    pub(super) fn contains(&self, name: &Name) -> bool {
        self.names.contains(name)
    }

    pub(super) fn add(&mut self, name: Name) {
        self.names.insert(name);
    }

    pub(super) fn remove(&mut self, name: &Name) {
        self.names.remove(name);
    }

    pub(super) fn clear(&mut self) {
        self.names = HashSet::new();
    }

    /// Says in the metrics how many there are.
    pub(super) fn measure(&self) {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred thousand")]
        metrics::gauge!("vigia_inbox_events").set(self.names.len() as f64);
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whom to wake when something waits.
    pub(super) fn moved_by(&mut self, mover: Thread) {
        self.mover = Some(mover);
    }

    pub(super) fn wake(&self) {
        if let Some(mover) = &self.mover {
            mover.unpark();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_report_has_a_letter_of_its_own() {
        let letters: HashSet<u8> = vigia_app::reports::ALL.into_iter().map(letter).collect();
        assert_eq!(letters.len(), vigia_app::reports::ALL.len());
    }
}
