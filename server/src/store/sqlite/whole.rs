//! Reading everything as it is kept.

use super::quarantine::{LINE, line};
use super::{queue, record, reviews};
use crate::store::quarantine::Quarantined;
use crate::store::whole::Whole;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;
use rusqlite::{Connection, params};
use vigia_app::model::Report;

/// Up to `limit` events of a report with ids above `after`, none above `last`, in their order. Asks several times: what they find
/// belongs together inside a transaction only.
pub(super) fn events(connection: &Connection, report: &'static Report, after: i64, last: i64, limit: u32) -> rusqlite::Result<Vec<Whole>> {
    let columns: Vec<String> = report.stored().map(|column| format!("\"{}\"", column.key)).collect();
    let range = "NOT INDEXED WHERE id > ? AND id <= ? ORDER BY id";
    let rows = format!("SELECT id, key, {} FROM {} {range} LIMIT ?", columns.join(", "), report.table);
    let details = format!("SELECT id, source_id, received, extra, original FROM {}_detail {range}", report.table);
    let (mut rows, mut details) = (connection.prepare_cached(&rows)?, connection.prepare_cached(&details)?);
    let (mut rows, mut details) = (rows.query(params![after, last, limit])?, details.query(params![after, last])?);
    let mut events = Vec::new();
    // Both in the order of the ids: nothing is looked up.
    details.advance()?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        while details.get().map(|detail| detail.get::<_, i64>(0)).transpose()?.is_some_and(|other| other < id) {
            details.advance()?;
        }
        let Some(detail) = details.get().filter(|detail| detail.get(0) == Ok(id)) else { continue };
        events.push(Whole {
            id,
            key: row.get(1)?,
            cells: (0..columns.len()).map(|at| row.get(at + 2)).collect::<rusqlite::Result<_>>()?,
            source_id: detail.get(1)?,
            received: detail.get(2)?,
            extra: detail.get(3)?,
            original: detail.get(4)?,
            attempts: Vec::new(),
            reviews: Vec::new(),
            queued: None,
        });
    }
    let (Some(first), Some(last)) = (events.first().map(|event| event.id), events.last().map(|event| event.id)) else {
        return Ok(events);
    };
    if report.attempts {
        let mut attempts = record::attempts_between(connection, report, first, last)?;
        events.iter_mut().for_each(|event| event.attempts = attempts.remove(&event.id).unwrap_or_default());
    }
    if report.is_reviewed() {
        let mut reviews = reviews::between(connection, report, first, last)?;
        events.iter_mut().for_each(|event| event.reviews = reviews.remove(&event.id).unwrap_or_default());
    }
    if report.actions.is_some() {
        let mut queued = queue::whole::read(connection, first, last)?;
        events.iter_mut().for_each(|event| event.queued = queued.remove(&event.id));
    }
    Ok(events)
}

pub(super) fn quarantined(connection: &Connection, after: i64, limit: u32) -> rusqlite::Result<Vec<Quarantined>> {
    let sql = format!("SELECT {LINE} FROM quarantine WHERE id > ? ORDER BY id LIMIT ?");
    connection.prepare_cached(&sql)?.query_map(params![after, limit], line)?.collect()
}

pub(super) fn kept(connection: &Connection) -> rusqlite::Result<Vec<(String, String, String)>> {
    let mut find = connection.prepare_cached("SELECT space, key, value FROM kept ORDER BY space, key")?;
    find.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
}

pub(super) fn secrets(connection: &Connection) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    let mut find = connection.prepare_cached("SELECT name, value FROM secret ORDER BY name")?;
    find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
