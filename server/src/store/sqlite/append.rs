//! Storing events.

use super::connection::failed;
use super::record::ATTEMPT;
use super::{journal, queue, reviews};
use crate::event::Event;
use crate::store::changed::Changed;
use crate::store::value::{MISSING, Value};
use crate::store::whole::{self, Whole};
use crate::store::{Appended, StoreError};
use rusqlite::{CachedStatement, Connection, params, params_from_iter};
use std::collections::HashMap;
use vigia_app::model::{EventId, Report, Timestamp};

/// Events that came together.
pub(super) struct Batch {
    pub received: Timestamp,
    pub events: Vec<Event>,
}

/// Stores the events that are not there yet, inside the caller's transaction.
/// Says also which reports have new ones.
pub(super) fn append(connection: &Connection, batches: Vec<Batch>) -> Result<(Appended, Vec<&'static Report>), StoreError> {
    journal::noting(connection, |changed| append_all(connection, changed, batches)).map_err(failed)
}

/// What became of an event, and the id of its row.
pub(super) enum Put {
    New(i64),
    Known(i64),
}

/// Stores the events of a report that are not there yet, inside the caller's transaction; says what became of each.
pub(super) fn each(
    connection: &Connection,
    changed: &mut Changed,
    report: &'static Report,
    events: Vec<Event>,
    received: Timestamp,
) -> rusqlite::Result<Vec<Put>> {
    let mut rows = Rows::new(connection, report)?;
    let mut find = connection.prepare_cached(&format!("SELECT id FROM {} WHERE key = ?", report.table))?;
    let (mut put, mut new) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for event in events {
        let (key, time) = (whole::key(&event), event.time);
        let mut whole = Whole::new(event, key, 0, received);
        if rows.append(&mut whole, time)? {
            put.push(Put::New(whole.id));
            new.push(whole);
        } else {
            put.push(Put::Known(find.query_row([&whole.key[..]], |row| row.get(0))?));
        }
    }
    put_rest(connection, changed, report, &new)?;
    Ok(put)
}

/// Stores events under the ids they have, inside the caller's transaction; none of them may be there.
pub(super) fn put(connection: &Connection, report: &'static Report, events: &[Whole]) -> Result<(), StoreError> {
    let all = |changed: &mut Changed| {
        let mut rows = Rows::new(connection, report)?;
        for event in events {
            match rows.put(event)? {
                1 => {}
                rows => return Err(rusqlite::Error::StatementChangedRows(rows)),
            }
        }
        put_rest(connection, changed, report, events)
    };
    journal::noting(connection, all).map_err(failed)
}

fn append_all(connection: &Connection, changed: &mut Changed, batches: Vec<Batch>) -> rusqlite::Result<(Appended, Vec<&'static Report>)> {
    let mut events: Vec<(Event, Timestamp)> = Vec::with_capacity(batches.iter().map(|batch| batch.events.len()).sum());
    events.extend(batches.into_iter().flat_map(|batch| batch.events.into_iter().map(move |event| (event, batch.received))));
    // Report by report and in the order of time, the pages that a row changes are mostly those of the row before.
    events.sort_by_key(|(event, _)| (event.report.key, event.time));
    let all = events.len();
    let (mut stored, mut with_new) = (0, Vec::new());
    let mut events = events.into_iter().peekable();
    while let Some(report) = events.peek().map(|(event, _)| event.report) {
        let mut rows = Rows::new(connection, report)?;
        let mut new = Vec::new();
        while let Some((event, received)) = events.next_if(|(event, _)| event.report.key == report.key) {
            let (key, time) = (whole::key(&event), event.time);
            let mut whole = Whole::new(event, key, 0, received);
            if rows.append(&mut whole, time)? {
                new.push(whole);
            }
        }
        put_rest(connection, changed, report, &new)?;
        stored += new.len();
        if !new.is_empty() {
            with_new.push(report);
        }
    }
    Ok((Appended { stored: stored as u64, duplicate: (all - stored) as u64 }, with_new))
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

    /// How many rows were inserted: none where one of this key is there.
    fn put(&mut self, event: &Whole) -> rusqlite::Result<usize> {
        let head = [Value::Number(event.id), Value::Bytes(event.key.to_vec())];
        self.row.execute(params_from_iter(head.iter().chain(&event.cells)))
    }

    /// Gives the event an id and inserts its row; false when it is there already.
    fn append(&mut self, event: &mut Whole, time: Timestamp) -> rusqlite::Result<bool> {
        let mut millis = time.millis();
        event.id = match self.given.get(&millis) {
            Some(last) => last + 1,
            // Mostly nothing else happened in the same millisecond: to try is cheaper than to look.
            None => EventId::first(time).get(),
        };
        loop {
            let (first, end) = span(millis);
            if event.id < end {
                match self.put(event) {
                    Ok(0) => return Ok(false),
                    Ok(_) => {
                        self.given.insert(millis, event.id);
                        return Ok(true);
                    }
                    Err(error) if is_taken(&error) => {}
                    Err(error) => return Err(error),
                }
            }
            let last: Option<i64> = self.last.query_row([first, end], |row| row.get(0))?;
            event.id = last.map_or(first, |last| last + 1);
            if event.id >= end {
                // The millisecond is full: the event goes into the next one.
                millis += 1;
                event.id = span(millis).0;
            }
        }
    }
}

/// Whether there is a row of this id. Any other constraint would be broken by every id, and has to be told.
fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

/// The ids of a millisecond, half open.
fn span(millis: i64) -> (i64, i64) {
    let first = EventId::first(Timestamp::saturating(millis)).get();
    (first, first.saturating_add(EventId::PER_MILLISECOND))
}

/// Inserts what belongs to rows beside themselves.
fn put_rest(connection: &Connection, changed: &mut Changed, report: &'static Report, events: &[Whole]) -> rusqlite::Result<()> {
    changed.events(report, events.iter().map(|event| event.id));
    let sql = format!("INSERT INTO {}_detail (id, source_id, received, extra, original) VALUES (?, ?, ?, ?, ?)", report.table);
    let mut detail = connection.prepare_cached(&sql)?;
    for event in events {
        detail.execute(params![event.id, event.source_id, event.received, event.extra, event.original])?;
    }
    if report.attempts {
        put_attempts(connection, report, events)?;
    }
    for event in events.iter().filter(|event| !event.reviews.is_empty()) {
        reviews::put(connection, report, event.id, &event.reviews)?;
    }
    for queued in events.iter().filter_map(|event| event.queued.as_ref()) {
        queue::whole::put(connection, queued)?;
    }
    Ok(())
}

/// Inserts the attempts of events, of a report that has them.
fn put_attempts(connection: &Connection, report: &Report, events: &[Whole]) -> rusqlite::Result<()> {
    let sql = format!("INSERT INTO {}_attempt (event, {ATTEMPT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", report.table);
    let mut insert = connection.prepare_cached(&sql)?;
    for (event, attempt) in events.iter().flat_map(|event| event.attempts.iter().map(move |attempt| (event.id, attempt))) {
        insert.execute(params![
            event,
            attempt.number,
            attempt.start.millis(),
            attempt.end.map_or(MISSING, Timestamp::millis),
            attempt.executor,
            attempt.result,
            attempt.error_class,
            attempt.message,
            attempt.connector,
            attempt.template,
            attempt.version,
            attempt.log.join("\n"),
        ])?;
    }
    Ok(())
}
