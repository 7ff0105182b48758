//! Letting go what waited for a credential or a device.

use super::moves::Moves;
use crate::store::steps::{Entry, SWEPT};
use rusqlite::Connection;
use vigia_app::model::Priority;

/// What an operation no longer holds, or was let go for, the next one may have.
pub(super) fn next(moves: &Moves<'_>, entry: &Entry) -> rusqlite::Result<()> {
    credential(moves, &entry.plan.credential)?;
    device(moves, &entry.device).map(drop)
}

pub(super) fn credential(moves: &Moves<'_>, credential: &str) -> rusqlite::Result<bool> {
    first(
        moves,
        "SELECT id FROM operation INDEXED BY operation_waiting_credential
         WHERE status = 'Scheduled' AND parked = 1 AND credential = ? AND priority = ? ORDER BY due, id LIMIT 1",
        credential,
    )
}

pub(super) fn device(moves: &Moves<'_>, device: &str) -> rusqlite::Result<bool> {
    first(
        moves,
        "SELECT id FROM operation INDEXED BY operation_waiting_device
         WHERE status = 'Scheduled' AND parked = 2 AND device = ? AND priority = ? ORDER BY due, id LIMIT 1",
        device,
    )
}

/// Lets go the first of those that wait for something; false when none does.
fn first(moves: &Moves<'_>, sql: &str, of: &str) -> rusqlite::Result<bool> {
    for priority in Priority::ALL {
        if let Some(id) = moves.first::<i64>(sql, &[&of, &priority.number()])? {
            moves.connection.prepare_cached("UPDATE operation SET parked = 0 WHERE id = ?")?.execute([id])?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one more may be in flight on the device; where none is named, there is no limit.
pub(super) fn has_room(moves: &Moves<'_>, device: &str, limit: u32) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM operation INDEXED BY operation_device_in_flight WHERE status = 'Running' AND device = ?";
    Ok(device.is_empty() || moves.first::<i64>(sql, &[&device])?.unwrap_or_default() < i64::from(limit))
}

/// Credentials and devices that something waits for though nothing holds them.
pub(super) struct Forgotten {
    pub credentials: Vec<String>,
    pub devices: Vec<String>,
}

/// Up to [`SWEPT`] of each. Goes from one to the next, however many operations wait for it.
pub(super) fn forgotten(connection: &Connection) -> rusqlite::Result<Forgotten> {
    let find = |name: &str, index: &str, parked: i64, in_flight: &str| {
        let waiting = format!("SELECT min({name}) FROM operation INDEXED BY {index} WHERE status = 'Scheduled' AND parked = {parked}");
        let sql = format!(
            "WITH RECURSIVE waiting (name) AS (
                 {waiting} UNION ALL SELECT ({waiting} AND {name} > waiting.name) FROM waiting WHERE waiting.name IS NOT NULL)
             SELECT name FROM waiting WHERE name IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM operation INDEXED BY {in_flight} WHERE status = 'Running' AND {name} = waiting.name) LIMIT {SWEPT}"
        );
        connection.prepare_cached(&sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
    };
    Ok(Forgotten {
        credentials: find("credential", "operation_waiting_credential", 1, "operation_in_flight")?,
        devices: find("device", "operation_waiting_device", 2, "operation_device_in_flight")?,
    })
}
