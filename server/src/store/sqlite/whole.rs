//! Reading everything as it is kept.

use super::quarantine::{LINE, line};
use super::{queue, record};
use crate::store::quarantine::Quarantined;
use crate::store::whole::Whole;
use rusqlite::{Connection, params};
use vigia_app::model::Report;

/// Up to `limit` events of a report with ids above `after`, none above `last`, in their order. Asks several times: what they find
/// belongs together inside a transaction only.
pub(super) fn events(connection: &Connection, report: &'static Report, after: i64, last: i64, limit: u32) -> rusqlite::Result<Vec<Whole>> {
    let columns: Vec<String> = report.stored().map(|column| format!("e.\"{}\"", column.key)).collect();
    let sql = format!(
        "SELECT e.id, e.key, d.source_id, d.received, d.extra, d.original, {} FROM {table} e NOT INDEXED JOIN {table}_detail d USING (id)
         WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?",
        columns.join(", "),
        table = report.table
    );
    let mut find = connection.prepare_cached(&sql)?;
    let events = find.query_map(params![after, last, limit], |row| {
        Ok(Whole {
            id: row.get(0)?,
            key: row.get(1)?,
            cells: (0..columns.len()).map(|at| row.get(at + 6)).collect::<rusqlite::Result<_>>()?,
            source_id: row.get(2)?,
            received: row.get(3)?,
            extra: row.get(4)?,
            original: row.get(5)?,
            attempts: Vec::new(),
            queued: None,
        })
    })?;
    let mut events = events.collect::<rusqlite::Result<Vec<Whole>>>()?;
    let (Some(first), Some(last)) = (events.first().map(|event| event.id), events.last().map(|event| event.id)) else {
        return Ok(events);
    };
    if report.attempts {
        let mut attempts = record::attempts_between(connection, report, first, last)?;
        events.iter_mut().for_each(|event| event.attempts = attempts.remove(&event.id).unwrap_or_default());
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
