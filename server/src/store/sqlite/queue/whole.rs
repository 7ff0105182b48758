//! What is kept of operations beside their rows, for a copy of the database.

use super::entry;
use super::history::{STEP, step};
use crate::store::whole::Queued;
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;
use vigia_app::model::HistoryEntry;

/// Those of the queue between two ids, by id.
pub(in crate::store::sqlite) fn read(connection: &Connection, first: i64, last: i64) -> rusqlite::Result<HashMap<i64, Queued>> {
    let sql = format!(
        "SELECT {STEP}, request, operation FROM operation_history WHERE operation >= ? AND operation <= ? ORDER BY operation, number"
    );
    let mut find = connection.prepare_cached(&sql)?;
    let mut rows = find.query([first, last])?;
    let mut histories: HashMap<i64, Vec<(HistoryEntry, String)>> = HashMap::new();
    while let Some(row) = rows.next()? {
        histories.entry(row.get("operation")?).or_default().push((step(row)?, row.get("request")?));
    }
    let queued = |row: &Row<'_>| {
        let entry = entry::read(row)?;
        let (ticket, history) = (row.get("ticket")?, histories.remove(&entry.id).unwrap_or_default());
        Ok((entry.id, Queued { entry, ticket, history }))
    };
    let sql = format!("SELECT {}, ticket FROM operation NOT INDEXED WHERE id >= ? AND id <= ?", entry::COLUMNS);
    connection.prepare_cached(&sql)?.query_map([first, last], queued)?.collect()
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
