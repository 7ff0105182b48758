//! Storing events.

use super::connection::failed;
use super::values::{self, Seen};
use crate::event::Event;
use crate::store::value::{MISSING, Value};
use crate::store::whole::{self, Whole};
use crate::store::{Appended, StoreError};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use std::collections::HashMap;
use vigia_app::model::{Attempt, EventId, Report, Timestamp};

/// Stores the events that are not there yet, inside the caller's transaction.
pub(super) fn append(connection: &Connection, events: &[Event], received: Timestamp) -> Result<Appended, StoreError> {
    let mut statements: HashMap<&str, Statements> = HashMap::new();
    let mut seen = Seen::default();
    let mut appended = Appended::default();
    for event in events {
        let statements = statements.entry(event.report.key).or_insert_with(|| Statements::new(event.report));
        if let Some(stored) = statements.insert(connection, event, received).map_err(failed)? {
            values::add(connection, event.report, &stored, &mut seen).map_err(failed)?;
            appended.stored += 1;
        } else {
            appended.duplicate += 1;
        }
    }
    Ok(appended)
}

/// The SQL for the events of one report.
pub(super) struct Statements {
    known: String,
    last: String,
    row: String,
    detail: String,
}

impl Statements {
    pub(super) fn new(report: &'static Report) -> Self {
        let table = report.table;
        let columns: Vec<String> = report.stored().map(|column| format!("\"{}\"", column.key)).collect();
        let marks = vec!["?"; columns.len() + 2].join(", ");
        Self {
            known: format!("SELECT 1 FROM {table} WHERE key = ?"),
            last: format!("SELECT max(id) FROM {table} WHERE id >= ? AND id < ?"),
            row: format!("INSERT INTO {table} (id, key, {}) VALUES ({marks})", columns.join(", ")),
            detail: format!("INSERT INTO {table}_detail (id, source_id, received, extra, original) VALUES (?, ?, ?, ?, ?)"),
        }
    }

    /// What was stored; `None` when the event is there already.
    fn insert(&self, connection: &Connection, event: &Event, received: Timestamp) -> rusqlite::Result<Option<Whole>> {
        let key = whole::key(event);
        let known = connection.prepare_cached(&self.known)?.query_row([&key[..]], |_| Ok(())).optional()?;
        if known.is_some() {
            return Ok(None);
        }
        let whole = Whole::new(event, key, self.next_id(connection, event.time)?, received);
        self.put(connection, &whole)?;
        Ok(Some(whole))
    }

    /// Stores an event that is not there.
    pub(super) fn put(&self, connection: &Connection, event: &Whole) -> rusqlite::Result<()> {
        let row = [Value::Number(event.id), Value::Bytes(event.key.to_vec())];
        connection.prepare_cached(&self.row)?.execute(params_from_iter(row.iter().chain(&event.cells)))?;
        let detail = params![event.id, event.source_id, event.received, event.extra, event.original];
        connection.prepare_cached(&self.detail)?.execute(detail)?;
        event.attempts.iter().try_for_each(|attempt| insert_attempt(connection, event.id, attempt))
    }

    /// The next free id of the millisecond; of a later one where it is full.
    fn next_id(&self, connection: &Connection, time: Timestamp) -> rusqlite::Result<i64> {
        let mut millis = time.millis();
        loop {
            let first = EventId::first(Timestamp::saturating(millis)).get();
            let end = first.saturating_add(EventId::PER_MILLISECOND);
            let last: Option<i64> = connection.prepare_cached(&self.last)?.query_row([first, end], |row| row.get(0))?;
            match last.map_or(first, |last| last + 1) {
                id if id < end => return Ok(id),
                _ => millis += 1,
            }
        }
    }
}

fn insert_attempt(connection: &Connection, operation: i64, attempt: &Attempt) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO attempt (operation, number, start, \"end\", executor, result, error_class, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        operation,
        attempt.number,
        attempt.start.millis(),
        attempt.end.map_or(MISSING, Timestamp::millis),
        attempt.executor,
        attempt.result,
        attempt.error_class,
        attempt.message,
    ])?;
    Ok(())
}
