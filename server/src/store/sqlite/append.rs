//! Storing events.

use super::connection::failed;
use super::inbox::Batch;
use super::known::Known;
use super::values;
use crate::event::Event;
use crate::store::value::{self, MISSING, Value, event_key, keep};
use crate::store::{Appended, StoreError};
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, params, params_from_iter};
use std::collections::HashMap;
use vigia_app::model::{Attempt, Cell, EventId, Report, Timestamp};

/// Stores the events that are not there yet, inside the caller's transaction.
pub(super) fn append(connection: &Connection, batches: &[Batch], known: &mut Known) -> Result<Appended, StoreError> {
    known.begin(connection).map_err(failed)?;
    let appended = append_all(connection, batches, known);
    if appended.is_err() {
        // What was noted as known is about to be rolled back.
        known.forget();
    }
    appended.map_err(failed)
}

fn append_all(connection: &Connection, batches: &[Batch], known: &mut Known) -> rusqlite::Result<Appended> {
    let mut ordered: Vec<(&Event, Timestamp)> =
        batches.iter().flat_map(|batch| batch.events.iter().map(|event| (event, batch.received))).collect();
    // Report by report and in the order of time, the pages that a row changes are mostly those of the row before.
    ordered.sort_by_key(|(event, _)| (event.report.key, event.time));
    let mut stored = 0;
    for of_report in ordered.chunk_by(|(a, _), (b, _)| a.report.key == b.report.key) {
        let [(first, _), ..] = of_report else { continue };
        let mut rows = Rows::new(connection, first.report)?;
        let mut new = Vec::with_capacity(of_report.len());
        for (event, received) in of_report {
            new.extend(rows.insert(event)?.map(|id| (id, *event, *received)));
        }
        insert_details(connection, first.report, &new)?;
        for (id, event, _) in &new {
            for attempt in &event.attempts {
                insert_attempt(connection, *id, attempt)?;
            }
            values::add(connection, event, known)?;
        }
        stored += new.len() as u64;
    }
    Ok(Appended { stored, duplicate: ordered.len() as u64 - stored })
}

/// Inserts the rows of one report.
struct Rows<'a> {
    last: CachedStatement<'a>,
    row: CachedStatement<'a>,
    /// The last id given in a millisecond. Nobody else gives any until the transaction ends.
    given: HashMap<i64, i64>,
}

impl<'a> Rows<'a> {
    fn new(connection: &'a Connection, report: &'static Report) -> rusqlite::Result<Self> {
        let table = report.table;
        let columns: Vec<String> = report.stored().map(|column| format!("\"{}\"", column.key)).collect();
        let marks = vec!["?"; columns.len() + 2].join(", ");
        let columns = columns.join(", ");
        Ok(Self {
            last: connection.prepare_cached(&format!("SELECT max(id) FROM {table} WHERE id >= ? AND id < ?"))?,
            row: connection
                .prepare_cached(&format!("INSERT INTO {table} (id, key, {columns}) VALUES ({marks}) ON CONFLICT (key) DO NOTHING"))?,
            given: HashMap::new(),
        })
    }

    /// The event's id; `None` when it is there already.
    fn insert(&mut self, event: &Event) -> rusqlite::Result<Option<i64>> {
        let key = Value::Bytes(event_key(event).to_vec());
        let source = Cell::text(&*event.source);
        let cells: Vec<_> =
            event.report.stored().zip(event.cells.iter().chain([&source])).map(|(column, cell)| keep(column, cell)).collect();
        let mut try_id = |id: i64| self.row.execute(params_from_iter([&Value::Number(id), &key].into_iter().chain(&cells)));
        let mut millis = event.time.millis();
        let mut id = match self.given.get(&millis) {
            Some(last) => last + 1,
            // Mostly nothing else happened in the same millisecond: to try is cheaper than to look.
            None => EventId::first(event.time).get(),
        };
        loop {
            let (first, end) = span(millis);
            if id < end {
                match try_id(id) {
                    Ok(0) => return Ok(None),
                    Ok(_) => {
                        self.given.insert(millis, id);
                        return Ok(Some(id));
                    }
                    Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
                    Err(error) => return Err(error),
                }
            }
            let last: Option<i64> = self.last.query_row([first, end], |row| row.get(0)).optional()?.flatten();
            id = last.map_or(first, |last| last + 1);
            if id >= end {
                // The millisecond is full: the event goes into the next one.
                millis += 1;
                id = span(millis).0;
            }
        }
    }
}

/// The ids of a millisecond, half open.
fn span(millis: i64) -> (i64, i64) {
    let first = EventId::first(Timestamp::saturating(millis)).get();
    (first, first.saturating_add(EventId::PER_MILLISECOND))
}

fn insert_details(connection: &Connection, report: &'static Report, events: &[(i64, &Event, Timestamp)]) -> rusqlite::Result<()> {
    let sql = format!("INSERT INTO {}_detail (id, source_id, received, extra, original) VALUES (?, ?, ?, ?, ?)", report.table);
    let mut insert = connection.prepare_cached(&sql)?;
    for (id, event, received) in events {
        let extra = if event.extra.is_empty() { "[]".to_owned() } else { serde_json::to_string(&event.extra).unwrap_or_default() };
        let source_id = value::cut(&event.source_id, Event::MAX_NAME);
        let original = value::cut(&event.original, Event::MAX_ORIGINAL);
        insert.execute(params![id, source_id, received.millis(), extra, original])?;
    }
    Ok(())
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
        value::clean(&attempt.executor),
        value::clean(&attempt.result),
        value::clean(&attempt.error_class),
        value::cut(&attempt.message, Event::MAX_TEXT),
    ])?;
    Ok(())
}
