//! Removing events.

use super::connection::failed;
use super::{journal, queue, reviews};
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::value::Value;
use rusqlite::{Connection, Rows, params_from_iter};
use vigia_app::model::{EventId, Report, Timestamp};

/// Removes every event of a source.
pub(super) fn source(connection: &Connection, source: &str) -> Result<u64, StoreError> {
    let mut removed = 0;
    for report in vigia_app::reports::ALL {
        let of_source = format!("SELECT id FROM {} INDEXED BY {0}_source WHERE source = ?1", report.table);
        removed += events(connection, report, &of_source, &[Value::Text(source.to_owned())], each)?;
    }
    Ok(removed)
}

/// Removes up to `limit` of the oldest events before a time.
pub(super) fn before(
    connection: &Connection,
    report: &'static Report,
    source: Option<&str>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let table = report.table;
    let (before, limit) = (Value::Number(EventId::first(before).get()), Value::Number(limit.into()));
    match source {
        Some(source) => {
            let old = format!("SELECT id FROM {table} INDEXED BY {table}_source WHERE source = ?1 AND id < ?2 ORDER BY id LIMIT ?3");
            events(connection, report, &old, &[Value::Text(source.to_owned()), before, limit], each)
        }
        None => {
            let old = format!("SELECT id FROM {table} NOT INDEXED WHERE id < ?1 ORDER BY id LIMIT ?2");
            events(connection, report, &old, &[before, limit], below)
        }
    }
}

/// Removes the events whose ids a query finds, with all that belongs to them; `note` says in the journal which.
fn events(connection: &Connection, report: &'static Report, ids: &str, values: &[Value], note: Note) -> Result<u64, StoreError> {
    let table = report.table;
    let remove = |sql: String| connection.execute(&sql, params_from_iter(values));
    let all = |changed: &mut Changed| {
        note(&mut connection.prepare_cached(ids)?.query(params_from_iter(values))?, report, changed)?;
        if report.attempts {
            remove(format!("DELETE FROM {table}_attempt WHERE event IN ({ids})"))?;
        }
        if report.is_reviewed() {
            remove(reviews::remove(report, ids))?;
        }
        if report.actions.is_some() {
            queue::entry::remove(ids).into_iter().try_for_each(|sql| remove(sql).map(drop))?;
        }
        remove(format!("DELETE FROM {table}_detail WHERE id IN ({ids})"))?;
        remove(format!("DELETE FROM {table} WHERE id IN ({ids})"))
    };
    journal::noting(connection, all).map(|removed| removed as u64).map_err(failed)
}

/// Notes which events are about to go, of rows with their ids.
type Note = fn(&mut Rows<'_>, &'static Report, &mut Changed) -> rusqlite::Result<()>;

fn each(ids: &mut Rows<'_>, report: &'static Report, changed: &mut Changed) -> rusqlite::Result<()> {
    while let Some(row) = ids.next()? {
        changed.events(report, [row.get(0)?]);
    }
    Ok(())
}

/// They are the first, in their order.
fn below(ids: &mut Rows<'_>, report: &'static Report, changed: &mut Changed) -> rusqlite::Result<()> {
    let mut last = None;
    while let Some(row) = ids.next()? {
        last = Some(row.get::<_, i64>(0)?);
    }
    if let Some(last) = last {
        changed.below(report, last.saturating_add(1));
    }
    Ok(())
}
