//! How operations came to stand as they do.

use super::entry::Status;
use deadpool_postgres::Transaction;
use std::collections::HashMap;
use tokio_postgres::{Error, Row};
use vigia_app::model::{HistoryEntry, Timestamp};

/// What [`step`] reads, in its order.
pub(in crate::store::postgres) const STEP: &str = "at, status, who, note";

pub(in crate::store::postgres) fn step(row: &Row) -> Result<HistoryEntry, Error> {
    Ok(HistoryEntry {
        at: Timestamp::saturating(row.try_get(0)?),
        status: row.try_get::<_, Status>(1)?.0,
        who: row.try_get(2)?,
        note: row.try_get(3)?,
    })
}

/// Adds steps behind those that are there, each with its operation and the key of whoever asked. Nobody else must add any to the same
/// operations.
pub(in crate::store::postgres) async fn add(transaction: &Transaction<'_>, steps: &[(i64, &HistoryEntry, &str)]) -> Result<(), Error> {
    if steps.is_empty() {
        return Ok(());
    }
    let mut count: HashMap<i64, i64> = HashMap::new();
    let mut nth = Vec::with_capacity(steps.len());
    for (operation, ..) in steps {
        nth.push(*count.entry(*operation).and_modify(|nth| *nth += 1).or_insert(1));
    }
    let operations: Vec<i64> = steps.iter().map(|(operation, ..)| *operation).collect();
    let ats: Vec<i64> = steps.iter().map(|(_, step, _)| step.at.millis()).collect();
    let statuses: Vec<&str> = steps.iter().map(|(_, step, _)| step.status.name()).collect();
    let whos: Vec<&str> = steps.iter().map(|(_, step, _)| &*step.who).collect();
    let notes: Vec<&str> = steps.iter().map(|(_, step, _)| &*step.note).collect();
    let requests: Vec<&str> = steps.iter().map(|(.., request)| *request).collect();
    let sql = "INSERT INTO operation_history (operation, number, at, status, who, note, request)
               SELECT n.operation, n.nth + coalesce((SELECT max(h.number) FROM operation_history h WHERE h.operation = n.operation), 0),
                   n.at, n.status, n.who, n.note, n.request
               FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
                   AS n(operation, nth, at, status, who, note, request)";
    let insert = transaction.prepare_cached(sql).await?;
    transaction.execute(&insert, &[&operations, &nth, &ats, &statuses, &whos, &notes, &requests]).await.map(drop)
}
