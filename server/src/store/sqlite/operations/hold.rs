//! Holding on to operations that run.

use crate::store::operations::Hold;
use rusqlite::{Connection, OptionalExtension, params};
use vigia_app::model::{EventId, Timestamp};

pub(super) fn ticket(connection: &Connection, hold: Hold, hash: &[u8]) -> rusqlite::Result<bool> {
    let changed = connection
        .prepare_cached("UPDATE operation SET ticket = ? WHERE id = ? AND fence = ? AND status = 'Running'")?
        .execute(params![hash, hold.id.get(), hold.fence])?;
    Ok(changed == 1)
}

pub(super) fn by_ticket(connection: &Connection, hash: &[u8]) -> rusqlite::Result<Option<(Hold, u32)>> {
    let found: Option<(i64, i64, u32)> = connection
        .prepare_cached(
            "SELECT id, fence, attempt FROM operation INDEXED BY operation_ticket WHERE ticket = ? AND ticket <> x'' AND status = 'Running'",
        )?
        .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    Ok(found.and_then(|(id, fence, attempt)| Some((Hold { id: EventId::from_i64(id)?, fence }, attempt))))
}

/// Those that are lost.
pub(super) fn heartbeat(connection: &Connection, holds: Vec<Hold>, lease: Timestamp) -> rusqlite::Result<Vec<Hold>> {
    let mut keep = connection.prepare_cached("UPDATE operation SET lease = ? WHERE id = ? AND fence = ? AND status = 'Running'")?;
    let mut lost = Vec::new();
    for hold in holds {
        if keep.execute([lease.millis(), hold.id.get(), hold.fence])? == 0 {
            lost.push(hold);
        }
    }
    Ok(lost)
}
