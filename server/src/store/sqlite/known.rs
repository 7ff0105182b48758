//! The texts that are in the database for sure, so that storing an event need not ask.

use crate::store::value::Value;
use rusqlite::Connection;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vigia_app::model::Report;

/// Bytes of texts that are remembered.
const BYTES: usize = 12 << 20;
/// About what an entry takes beside its text.
const ENTRY: usize = 64;

/// Values by report and column. Forgets everything as soon as it might be wrong: when another process has written,
/// when a transaction was rolled back, and when values were removed.
#[derive(Default)]
pub(super) struct Known {
    /// SQLite's `data_version`: changes when another connection commits.
    version: i64,
    rolled_back: Arc<AtomicBool>,
    /// By the place of the report among all, then by that of the column among those that are stored.
    values: Vec<Vec<HashSet<Value>>>,
    bytes: usize,
}

impl Known {
    /// For this connection, which must be the only one the texts are stored through.
    pub(super) fn of(connection: &mut Connection) -> rusqlite::Result<Self> {
        let known = Self::default();
        let rolled_back = known.rolled_back.clone();
        connection.rollback_hook(Some(move || rolled_back.store(true, Ordering::Relaxed)))?;
        Ok(known)
    }

    /// To be called inside each transaction before anything else.
    pub(super) fn begin(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.rolled_back.swap(false, Ordering::Relaxed) || version != self.version || self.bytes > BYTES {
            self.forget();
        }
        self.version = version;
        Ok(())
    }

    pub(super) fn forget(&mut self) {
        self.values.clear();
        self.bytes = 0;
    }

    /// Whether the value is new in the column of this number; from now on it is known.
    pub(super) fn is_new(&mut self, report: &'static Report, column: usize, value: &Value) -> bool {
        let place = vigia_app::reports::ALL.iter().position(|known| known.key == report.key).unwrap_or_default();
        let of_column = grown(grown(&mut self.values, place), column);
        if of_column.contains(value) {
            return false;
        }
        self.bytes += ENTRY
            + match value {
                Value::Text(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                Value::Number(_) => 0,
            };
        of_column.insert(value.clone())
    }
}

/// The entry at this place, made where it is missing.
fn grown<T: Default>(all: &mut Vec<T>, place: usize) -> &mut T {
    if all.len() <= place {
        all.resize_with(place + 1, T::default);
    }
    &mut all[place]
}
