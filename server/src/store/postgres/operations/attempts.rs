//! The attempts of operations: their beginning and their end, whole batches at once.

use crate::store::steps::Entry;
use crate::store::value::MISSING;
use deadpool_postgres::Transaction;
use std::collections::HashMap;
use tokio_postgres::Error;
use vigia_app::model::{Attempt, Timestamp};

/// The last attempt of each operation begins.
pub(super) async fn begin(transaction: &Transaction<'_>, entries: &[Entry], now: Timestamp) -> Result<(), Error> {
    fn list<'a, T>(entries: &'a [Entry], of: impl Fn(&'a Entry) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    let sql = "INSERT INTO password_operation_attempt (event, number, start, \"end\", executor, result, error_class, message, connector)
               SELECT event, number, $5, -1, executor, 'Running', '', '', connector
               FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS n(event, number, executor, connector)";
    let insert = transaction.prepare_cached(sql).await?;
    transaction
        .execute(
            &insert,
            &[
                &list(entries, |entry| entry.id),
                &list(entries, |entry| i64::from(entry.attempt)),
                &list(entries, |entry| &*entry.owner),
                &list(entries, |entry| &*entry.plan.connector),
                &now.millis(),
            ],
        )
        .await
        .map(drop)
}

/// When the last attempt of each operation began, by operation.
pub(super) async fn started(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<HashMap<i64, Timestamp>, Error> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.attempt.into()).collect();
    let sql = "SELECT a.event, a.start FROM unnest($1::bigint[], $2::bigint[]) AS n(event, number)
               JOIN password_operation_attempt a ON a.event = n.event AND a.number = n.number WHERE a.event = ANY($1)";
    let rows = transaction.query(&transaction.prepare_cached(sql).await?, &[&ids, &numbers]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, Timestamp::saturating(row.try_get(1)?)))).collect()
}

/// Puts down how attempts ended: each with its operation.
pub(super) async fn close(transaction: &Transaction<'_>, closed: &[(i64, Attempt)]) -> Result<(), Error> {
    if closed.is_empty() {
        return Ok(());
    }
    fn list<'a, T>(closed: &'a [(i64, Attempt)], of: impl Fn(&'a Attempt) -> T) -> Vec<T> {
        closed.iter().map(|(_, attempt)| of(attempt)).collect()
    }
    let operations: Vec<i64> = closed.iter().map(|(operation, _)| *operation).collect();
    let sql =
        "UPDATE password_operation_attempt a SET \"end\" = n.\"end\", result = n.result, error_class = n.error_class, message = n.message,
                   template = n.template, version = n.version, log = n.log
               FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
                   AS n(event, number, \"end\", result, error_class, message, template, version, log)
               WHERE a.event = n.event AND a.number = n.number AND a.event = ANY($1)";
    let update = transaction.prepare_cached(sql).await?;
    transaction
        .execute(
            &update,
            &[
                &operations,
                &list(closed, |attempt| i64::from(attempt.number)),
                &list(closed, |attempt| attempt.end.map_or(MISSING, Timestamp::millis)),
                &list(closed, |attempt| &*attempt.result),
                &list(closed, |attempt| &*attempt.error_class),
                &list(closed, |attempt| &*attempt.message),
                &list(closed, |attempt| &*attempt.template),
                &list(closed, |attempt| &*attempt.version),
                &list(closed, |attempt| attempt.log.join("\n")),
            ],
        )
        .await
        .map(drop)
}
