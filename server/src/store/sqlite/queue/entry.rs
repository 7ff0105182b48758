//! Operations as the queue's table keeps them.

use crate::store::operations::Plan;
use crate::store::steps::Entry;
use crate::store::value::MISSING;
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Row, params};
use vigia_app::model::{OperationStatus, Timestamp};

/// What [`read`] reads, in its order.
pub(super) const COLUMNS: &str = "id, status, connector, parameters, credential, device, priority, due, parked, attempt, tries, max_tries, runs, \
                       unsure, fence, owner, lease, approve_by, asked_by";

pub(in crate::store::sqlite) fn load(connection: &Connection, id: i64) -> rusqlite::Result<Option<Entry>> {
    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM operation WHERE id = ?"))?.query_row([id], read).optional()
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        status: status(row, 1)?,
        plan: Plan {
            connector: row.get(2)?,
            parameters: serde_json::from_str(row.get_ref(3)?.as_str()?)
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, error.into()))?,
            credential: row.get(4)?,
            max_tries: row.get(11)?,
        },
        device: row.get(5)?,
        priority: row.get(6)?,
        due: Timestamp::saturating(row.get(7)?),
        parked: row.get(8)?,
        attempt: row.get(9)?,
        tries: row.get(10)?,
        runs: row.get(12)?,
        unsure: Timestamp::from_millis(row.get(13)?),
        fence: row.get(14)?,
        owner: row.get(15)?,
        lease: Timestamp::from_millis(row.get(16)?),
        approve_by: Timestamp::from_millis(row.get(17)?),
        asked_by: row.get(18)?,
    })
}

/// The status in a column.
pub(in crate::store::sqlite) fn status(row: &Row<'_>, at: usize) -> rusqlite::Result<OperationStatus> {
    OperationStatus::parse(row.get_ref(at)?.as_str()?).ok_or_else(|| FromSqlError::InvalidType.into())
}

pub(in crate::store::sqlite) fn insert(connection: &Connection, entry: &Entry, ticket: &[u8]) -> rusqlite::Result<()> {
    let parameters =
        serde_json::to_string(&entry.plan.parameters).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let marks = ["?"; 20].join(", ");
    connection.prepare_cached(&format!("INSERT INTO operation ({COLUMNS}, ticket) VALUES ({marks})"))?.execute(params![
        entry.id,
        entry.status.name(),
        entry.plan.connector,
        parameters,
        entry.plan.credential,
        entry.device,
        entry.priority,
        entry.due.millis(),
        entry.parked,
        entry.attempt,
        entry.tries,
        entry.plan.max_tries,
        entry.runs,
        millis(entry.unsure),
        entry.fence,
        entry.owner,
        millis(entry.lease),
        millis(entry.approve_by),
        entry.asked_by,
        ticket,
    ])?;
    Ok(())
}

/// Keeps what a step has made of an operation.
pub(in crate::store::sqlite) fn save(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE operation SET status = ?, priority = ?, due = ?, parked = ?, attempt = ?, tries = ?, runs = ?, unsure = ?, fence = ?,
                 owner = ?, lease = ?, approve_by = ?, asked_by = ?, ticket = x'' WHERE id = ?",
        )?
        .execute(params![
            entry.status.name(),
            entry.priority,
            entry.due.millis(),
            entry.parked,
            entry.attempt,
            entry.tries,
            entry.runs,
            millis(entry.unsure),
            entry.fence,
            entry.owner,
            millis(entry.lease),
            millis(entry.approve_by),
            entry.asked_by,
            entry.id,
        ])?;
    Ok(())
}

/// Removes the operations whose ids a query finds, with their history.
pub(in crate::store::sqlite) fn remove(ids: &str) -> [String; 2] {
    [format!("DELETE FROM operation_history WHERE operation IN ({ids})"), format!("DELETE FROM operation WHERE id IN ({ids})")]
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(MISSING, Timestamp::millis)
}
