//! How operations came to stand as they do.

use super::entry;
use rusqlite::{Connection, Row, params};
use vigia_app::model::{HistoryEntry, Timestamp};

/// What [`step`] reads, in its order.
pub(in crate::store::sqlite) const STEP: &str = "at, status, who, note";

/// A step of the history: its columns from `at` to `note`.
pub(in crate::store::sqlite) fn step(row: &Row<'_>) -> rusqlite::Result<HistoryEntry> {
    Ok(HistoryEntry { at: Timestamp::saturating(row.get(0)?), status: entry::status(row, 1)?, who: row.get(2)?, note: row.get(3)? })
}

/// Adds a step behind those of an operation that are there, with the key of whoever asked.
pub(in crate::store::sqlite) fn add(connection: &Connection, operation: i64, step: &HistoryEntry, request: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO operation_history (operation, number, at, status, who, note, request)
             SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM operation_history WHERE operation = ?1",
        )?
        .execute(params![operation, step.at.millis(), step.status.name(), step.who, step.note, request])
        .map(drop)
}
