//! How operations stand.

use crate::store::operations::{Carrier, Ended, QueueCounts, Queued};
use crate::store::sqlite::queue::entry;
use crate::store::sqlite::queue::history::{STEP, step};
use crate::store::sqlite::record::{ATTEMPT, attempt};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;
use vigia_app::model::{Attempt, EventId, ExecutorState, Priority, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

pub(super) fn operation(connection: &Connection, id: EventId) -> rusqlite::Result<Option<Queued>> {
    let Some(entry) = entry::load(connection, id.get())? else { return Ok(None) };
    let history = connection
        .prepare_cached(&format!("SELECT {STEP} FROM operation_history WHERE operation = ? ORDER BY number"))?
        .query_map([id.get()], step)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Queued { status: entry.status, plan: entry.plan, due: entry.due, tries: entry.tries, approve_by: entry.approve_by, history }))
}

pub(super) fn enqueued(connection: &Connection, key: [u8; 16]) -> rusqlite::Result<Option<EventId>> {
    let sql = format!("SELECT id FROM {} JOIN operation USING (id) WHERE key = ?", PASSWORD_OPERATION.table);
    let id: Option<i64> = connection.prepare_cached(&sql)?.query_row([&key[..]], |row| row.get(0)).optional()?;
    Ok(id.and_then(EventId::from_i64))
}

pub(super) fn carriers_of(connection: &Connection, ids: &[EventId]) -> rusqlite::Result<HashMap<EventId, Carrier>> {
    let mut find = connection.prepare_cached("SELECT connector, device FROM operation WHERE id = ?")?;
    let mut found = |id: &EventId| {
        let carrier = find.query_row([id.get()], |row| Ok(Carrier { connector: row.get(0)?, device: row.get(1)? }));
        carrier.optional().transpose().map(|carrier| carrier.map(|carrier| (*id, carrier)))
    };
    ids.iter().filter_map(&mut found).collect()
}

/// Of those that wait for nothing: the others are let go when somebody ends what they wait for.
pub(super) fn next_due(connection: &Connection, connectors: &[String]) -> rusqlite::Result<Option<Timestamp>> {
    let mut find = connection.prepare_cached(
        "SELECT due FROM operation INDEXED BY operation_ready
         WHERE status = 'Scheduled' AND parked = 0 AND connector = ? AND priority = ? ORDER BY due LIMIT 1",
    )?;
    let mut next: Option<i64> = None;
    for connector in connectors {
        for priority in Priority::ALL {
            let due: Option<i64> = find.query_row(params![connector, priority.number()], |row| row.get(0)).optional()?;
            next = next.into_iter().chain(due).min();
        }
    }
    Ok(next.map(Timestamp::saturating))
}

pub(super) fn counts(connection: &Connection, now: Timestamp) -> rusqlite::Result<QueueCounts> {
    let count = |index: &str, which: &str, by: Timestamp| {
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM operation INDEXED BY operation_{index} WHERE {which} <= ? LIMIT {})",
            ExecutorState::CAP
        );
        connection.prepare_cached(&sql)?.query_row([by.millis()], |row| row.get(0)).map(i64::unsigned_abs)
    };
    Ok(QueueCounts {
        scheduled: count("due", "status = 'Scheduled' AND due", Timestamp::MAX)?,
        due: count("due", "status = 'Scheduled' AND due", now)?,
        running: count("lease", "status = 'Running' AND lease", Timestamp::MAX)?,
    })
}

pub(super) fn last_attempts(connection: &Connection, ids: &[EventId]) -> rusqlite::Result<Vec<(EventId, Attempt)>> {
    let mut find = connection
        .prepare_cached(&format!("SELECT {ATTEMPT} FROM password_operation_attempt WHERE event = ? ORDER BY number DESC LIMIT 1"))?;
    let mut last = Vec::with_capacity(ids.len());
    for id in ids {
        last.extend(find.query_row([id.get()], attempt).optional()?.map(|attempt| (*id, Attempt { log: Vec::new(), ..attempt })));
    }
    Ok(last)
}

/// A late result that was refused is not a failure: nobody is named beside it.
pub(super) fn failed_after(
    connection: &Connection,
    (after, id): (Timestamp, Option<EventId>),
    until: Timestamp,
    limit: u32,
) -> rusqlite::Result<Vec<Ended>> {
    let read = |row: &Row<'_>| {
        let id = EventId::from_i64(row.get(1)?).ok_or(rusqlite::types::FromSqlError::InvalidType)?;
        let text = |at| Ok::<String, rusqlite::Error>(row.get::<_, Option<String>>(at)?.unwrap_or_default());
        Ok(Ended {
            at: Timestamp::saturating(row.get(0)?),
            id,
            device: text(2)?,
            username: text(3)?,
            operation: text(4)?,
            error_class: text(5)?,
            message: text(6)?,
        })
    };
    connection
        .prepare_cached(
            "SELECT h.at, h.operation, e.device, e.username, e.operation, a.error_class, a.message
             FROM operation_history h INDEXED BY operation_history_failed
             LEFT JOIN password_operation e ON e.id = h.operation
             LEFT JOIN password_operation_attempt a ON a.event = h.operation
                 AND a.number = (SELECT max(number) FROM password_operation_attempt WHERE event = h.operation AND start <= h.at)
             WHERE h.status = 'Error' AND h.who <> '' AND (h.at, h.operation) > (?, ?) AND h.at < ? ORDER BY h.at, h.operation LIMIT ?",
        )?
        .query_map(params![after.millis(), id.map_or(-1, EventId::get), until.millis(), limit], read)?
        .collect()
}
