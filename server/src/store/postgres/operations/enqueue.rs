//! Putting operations into the queue, in the transaction that stores their rows.

use super::entry;
use super::moves::Moves;
use crate::store::operations::NewOperation;
use crate::store::postgres::listen;
use crate::store::steps::Entry;
use crate::store::value::kept;
use deadpool_postgres::Transaction;
use std::collections::HashMap;
use tokio_postgres::Error;
use uuid::Uuid;
use vigia_app::model::{Cell, EventId, OperationStatus, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// The row of a new operation says how it stands.
pub(in crate::store::postgres) fn prepare(new: &mut NewOperation) {
    let status = if new.approve_by.is_some() { OperationStatus::AwaitingApproval } else { OperationStatus::Scheduled };
    new.event.set("status", status.name()).set("attempts", 0u32);
    new.event.attempts.clear();
}

/// An operation whose row was stored just now, and when it was asked for.
pub(in crate::store::postgres) struct Stored<'a> {
    pub id: i64,
    pub key: Uuid,
    pub new: &'a NewOperation,
    pub asked: Timestamp,
}

pub(in crate::store::postgres) async fn put(transaction: &Transaction<'_>, stored: &[Stored<'_>]) -> Result<(), Error> {
    let mut moves = Moves::default();
    let entries = stored.iter().map(|Stored { id, key, new, asked }| {
        let entry = Entry::new(*id, new, device(new));
        moves.noted(&entry, entry.submitted(&new.who, *asked));
        (*key, entry)
    });
    let entries: Vec<(Uuid, Entry)> = entries.collect();
    entry::insert(transaction, &entries).await?;
    moves.save(transaction, "").await?;
    listen::tell_moved(transaction, stored.iter().filter_map(|stored| EventId::from_i64(stored.id)).collect()).await
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
