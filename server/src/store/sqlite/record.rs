//! One event, whole.

use super::connection::failed;
use crate::store::StoreError;
use crate::store::value::{cell, lines};
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::HashMap;
use vigia_app::model::{Attempt, Cell, EventId, Record, Report, Timestamp};

pub(super) fn record(connection: &Connection, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
    let table = report.table;
    let columns: Vec<_> = report.stored().collect();
    let names: Vec<String> = columns.iter().map(|column| format!("e.\"{}\"", column.key)).collect();
    let sql = format!(
        "SELECT d.source_id, d.received, d.extra, d.original, {} FROM {table} e JOIN {table}_detail d USING (id) WHERE e.id = ?",
        names.join(", ")
    );
    let found = connection
        .prepare_cached(&sql)
        .and_then(|mut statement| {
            statement
                .query_row([id.get()], |row| {
                    let mut stored = columns.iter().enumerate().map(|(at, column)| row.get(at + 4).map(|value| cell(column, value)));
                    let mut cells = Vec::with_capacity(report.columns.len());
                    for column in report.columns {
                        cells.push(match column.kind {
                            vigia_app::model::Kind::Id => Cell::Text(id.to_string()),
                            _ if report.is_time(column) => Cell::Time(id.time()),
                            _ => stored.next().transpose()?.unwrap_or_default(),
                        });
                    }
                    Ok((cells, row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
                })
                .optional()
        })
        .map_err(failed)?;
    let Some((cells, source_id, received, extra, original)) = found else { return Ok(None) };
    let extra = serde_json::from_str(&extra).map_err(|error| StoreError::Failed(error.into()))?;
    let attempts = if report.attempts { attempts(connection, report, id).map_err(failed)? } else { Vec::new() };
    Ok(Some(Record {
        id,
        cells,
        extra: Some(extra),
        source_id,
        received: Timestamp::saturating(received),
        attempts,
        original: Some(original),
    }))
}

/// What [`attempt`] reads.
pub(super) const ATTEMPT: &str = "number, start, \"end\", executor, result, error_class, message, connector, template, version, log";

pub(super) fn attempt(row: &Row<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        number: row.get(0)?,
        start: Timestamp::saturating(row.get(1)?),
        end: Timestamp::from_millis(row.get(2)?),
        executor: row.get(3)?,
        result: row.get(4)?,
        error_class: row.get(5)?,
        message: row.get(6)?,
        connector: row.get(7)?,
        template: row.get(8)?,
        version: row.get(9)?,
        log: lines(row.get_ref(10)?.as_str()?),
    })
}

/// Of an event of a report that has attempts.
fn attempts(connection: &Connection, report: &Report, event: EventId) -> rusqlite::Result<Vec<Attempt>> {
    connection
        .prepare_cached(&format!("SELECT {ATTEMPT} FROM {}_attempt WHERE event = ? ORDER BY number", report.table))?
        .query_map([event.get()], attempt)?
        .collect()
}

/// Of the events between two ids, by event.
pub(super) fn attempts_between(
    connection: &Connection,
    report: &Report,
    first: i64,
    last: i64,
) -> rusqlite::Result<HashMap<i64, Vec<Attempt>>> {
    let sql = format!("SELECT {ATTEMPT}, event FROM {}_attempt WHERE event >= ? AND event <= ? ORDER BY event, number", report.table);
    let mut find = connection.prepare_cached(&sql)?;
    let mut rows = find.query([first, last])?;
    let mut attempts: HashMap<i64, Vec<Attempt>> = HashMap::new();
    while let Some(row) = rows.next()? {
        attempts.entry(row.get("event")?).or_default().push(attempt(row)?);
    }
    Ok(attempts)
}
