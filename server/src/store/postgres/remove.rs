//! Removing events.

use super::{journal, leave, lock};
use crate::store::changed::Changed;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;
use uuid::Uuid;
use vigia_app::model::{EventId, Report, Timestamp};

/// Removes `limit` of the oldest events before a time, or what there is, with all that belongs to them; more where whole partitions
/// can be dropped.
pub(super) async fn before(
    client: &mut ClientWrapper,
    report: &'static Report,
    source: Option<&str>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, Error> {
    // The last millisecond there is has no end to name.
    let before = if before == Timestamp::MAX { i64::MAX } else { EventId::first(before).get() };
    let mut dropped = 0;
    if source.is_none() {
        while dropped < u64::from(limit)
            && let Some(rows) = leave::drop_before(client, report, before).await?
        {
            dropped += rows;
        }
        leave::forget(client, report).await?;
    }
    match u32::try_from(u64::from(limit).saturating_sub(dropped)) {
        Ok(0) | Err(_) => Ok(dropped),
        Ok(rest) => Ok(dropped + rows(client, report, source, before, rest).await?),
    }
}

async fn rows(client: &mut ClientWrapper, report: &'static Report, source: Option<&str>, before: i64, limit: u32) -> Result<u64, Error> {
    let table = report.table;
    let transaction = client.transaction().await?;
    transaction.batch_execute(lock::PATIENT).await?;
    let (sql, parameters): (String, Vec<Box<dyn ToSql + Sync + Send>>) = match source {
        Some(source) => (
            format!("SELECT id FROM {table} WHERE lower(source) = $1 AND id < $2 ORDER BY id LIMIT $3"),
            vec![Box::new(source.to_ascii_lowercase()), Box::new(before), Box::new(i64::from(limit))],
        ),
        None => (format!("SELECT id FROM {table} WHERE id < $1 ORDER BY id LIMIT $2"), vec![Box::new(before), Box::new(i64::from(limit))]),
    };
    let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|parameter| &**parameter as &(dyn ToSql + Sync)).collect();
    let found = transaction.query(&sql, &parameters).await?;
    let ids: Vec<i64> = found.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(0) };
    let between = "= ANY($1) AND $2 <=";
    let of = |table: &str, id: &str| format!("DELETE FROM {table} WHERE {id} {between} {id} AND {id} <= $3");
    let keep = |table: &str| format!("SELECT 1 FROM {table} WHERE id {between} id AND id <= $3 ORDER BY id FOR UPDATE");
    if report.actions.is_some() {
        // Whoever moves operations keeps them before their rows.
        transaction.query(&keep("operation"), &[&ids, first, last]).await?;
    }
    transaction.query(&keep(table), &[&ids, first, last]).await?;
    if report.attempts {
        transaction.execute(&of(&format!("{table}_attempt"), "event"), &[&ids, first, last]).await?;
    }
    if report.actions.is_some() {
        for (table, id) in [("operation", "id"), ("operation_history", "operation")] {
            transaction.execute(&of(table, id), &[&ids, first, last]).await?;
        }
    }
    if report.is_reviewed() {
        let sql = "DELETE FROM review WHERE report = $4 AND event = ANY($1) AND $2 <= event AND event <= $3";
        transaction.execute(sql, &[&ids, first, last, &report.key]).await?;
    }
    let gone = transaction.query(&format!("{} RETURNING key", of(&format!("{table}_detail"), "id")), &[&ids, first, last]).await?;
    let mut keys: Vec<Uuid> = gone.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    keys.sort_unstable();
    let removed = transaction.execute(&of(table, "id"), &[&ids, first, last]).await?;
    transaction.execute(&format!("DELETE FROM {table}_key WHERE key = ANY($1)"), &[&keys]).await?;
    let mut changed = Changed::default();
    match source {
        Some(_) => changed.events(report, ids.iter().copied()),
        None => changed.below(report, last.saturating_add(1)),
    }
    journal::commit(transaction, changed).await?;
    Ok(removed)
}
