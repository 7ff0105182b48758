//! Putting operations into the queue, in the transaction that stores their rows.

use crate::store::operations::NewOperation;
use crate::store::steps::{Entry, Step};
use crate::store::value::kept;
use crate::store::whole::Queued;
use deadpool_postgres::Transaction;
use std::collections::HashMap;
use tokio_postgres::Error;
use uuid::Uuid;
use vigia_app::model::{Cell, HistoryEntry, OperationStatus, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// The row of a new operation says how it stands.
pub(in crate::store::postgres) fn prepare(new: &mut NewOperation) {
    let status = if new.approve_by.is_some() { OperationStatus::AwaitingApproval } else { OperationStatus::Scheduled };
    new.event.set("status", status.name()).set("attempts", 0u32);
    new.event.attempts.clear();
}

/// What the queue keeps of a new operation under the id of its row.
pub(in crate::store::postgres) fn queued(id: i64, new: &NewOperation, asked: Timestamp) -> Queued {
    let entry = Entry::new(id, new, device(new));
    let Step { at, who, note, .. } = entry.submitted(&new.who, asked);
    let submitted = HistoryEntry { at, status: entry.status, who, note };
    Queued { entry, history: vec![(submitted, String::new())] }
}

/// As the row keeps it.
fn device(new: &NewOperation) -> String {
    match (PASSWORD_OPERATION.column("device"), new.event.get("device")) {
        (Some(column), Cell::Text(device)) => kept(column, device).into_owned(),
        _ => String::new(),
    }
}

/// The ids of rows that are there, by the keys of their events.
pub(in crate::store::postgres) async fn known(transaction: &Transaction<'_>, keys: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
    let mut known = HashMap::with_capacity(keys.len());
    // Rows that are not of the queue have no index by their keys: that the same was stored by somebody else is rare.
    for table in ["operation".to_owned(), format!("{}_detail", PASSWORD_OPERATION.table)] {
        let missing: Vec<Uuid> = keys.iter().filter(|key| !known.contains_key(*key)).copied().collect();
        if missing.is_empty() {
            break;
        }
        let find = transaction.prepare_cached(&format!("SELECT key, id FROM {table} WHERE key = ANY($1)")).await?;
        for row in transaction.query(&find, &[&missing]).await? {
            known.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(known)
}
