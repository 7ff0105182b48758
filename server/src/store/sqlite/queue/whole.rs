//! What is kept of an operation beside its row, for a copy of the database.

use super::entry;
use super::history::{STEP, step};
use crate::store::whole::Queued;
use rusqlite::{Connection, params};

pub(in crate::store::sqlite) fn read(connection: &Connection, id: i64) -> rusqlite::Result<Option<Queued>> {
    let Some(entry) = entry::load(connection, id)? else { return Ok(None) };
    let history = connection
        .prepare_cached(&format!("SELECT {STEP}, request FROM operation_history WHERE operation = ? ORDER BY number"))?
        .query_map([id], |row| Ok((step(row)?, row.get(4)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let ticket = connection.prepare_cached("SELECT ticket FROM operation WHERE id = ?")?.query_row([id], |row| row.get(0))?;
    Ok(Some(Queued { entry, ticket, history }))
}

/// Puts down one that is not there.
pub(in crate::store::sqlite) fn put(connection: &Connection, queued: &Queued) -> rusqlite::Result<()> {
    entry::insert(connection, &queued.entry, &queued.ticket)?;
    let mut insert = connection
        .prepare_cached("INSERT INTO operation_history (operation, number, at, status, who, note, request) VALUES (?, ?, ?, ?, ?, ?, ?)")?;
    for (number, (step, request)) in (1..).zip(&queued.history) {
        insert.execute(params![queued.entry.id, number, step.at.millis(), step.status.name(), step.who, step.note, request])?;
    }
    Ok(())
}
