//! Dropping partitions whose events are all too old.

use super::partitions::tables;
use super::{journal, lock};
use crate::store::changed::Changed;
use crate::store::limits::REMOVED;
use deadpool_postgres::ClientWrapper;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use uuid::Uuid;
use vigia_app::model::Report;

/// Drops the oldest partition that has only ids below `before`, and says how many events it had; `None` where there is no such
/// partition, others are too busy with the report to let it go, or somebody reads everything as it was while it was there.
pub(super) async fn drop_before(client: &mut ClientWrapper, report: &'static Report, before: i64) -> Result<Option<u64>, Error> {
    let name = match detach(client, report, before).await {
        Ok(Some(name)) => name,
        Ok(None) => return Ok(None),
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => return Ok(None),
        Err(error) => return Err(error),
    };
    // Out of everybody's sight and way: counting may take its time.
    let sql = format!("SELECT count(*) FROM {}_{name}", report.table);
    let transaction = client.transaction().await?;
    transaction.batch_execute(lock::PATIENT).await?;
    let rows: i64 = transaction.query_one(&sql, &[]).await?.try_get(0)?;
    Ok(Some(rows.unsigned_abs()))
}

/// Takes a partition out of its tables, and says what it is called from then on.
async fn detach(client: &mut ClientWrapper, report: &'static Report, before: i64) -> Result<Option<String>, Error> {
    let transaction = client.transaction().await?;
    // Readers and writers queue behind one who waits for this lock.
    transaction.batch_execute("SET LOCAL lock_timeout = '500ms'").await?;
    transaction.batch_execute(lock::PARTITIONS).await?;
    // Who reads everything as it was would lose the month.
    if !transaction.query_one(lock::NOBODY_STILL, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let sql = "SELECT name, pg_current_xact_id()::text, first, last FROM event_partition
               WHERE report = $1 AND last < $2 AND NOT leaving ORDER BY first LIMIT 1";
    let Some(row) = transaction.query_opt(sql, &[&report.key, &before]).await? else { return Ok(None) };
    let (name, number): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
    let (first, last): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
    let gone = format!("gone_{number}");
    // Each in a call of its own, as when months are made.
    if report.actions.is_some() {
        // Nobody must take an operation whose row is out of sight.
        for (table, id) in [("operation", "id"), ("operation_history", "operation")] {
            transaction.execute(&format!("DELETE FROM {table} WHERE {id} >= $1 AND {id} <= $2"), &[&first, &last]).await?;
        }
    }
    if report.is_reviewed() {
        let sql = "DELETE FROM review WHERE report = $1 AND event >= $2 AND event <= $3";
        transaction.execute(sql, &[&report.key, &first, &last]).await?;
    }
    for table in tables(report) {
        transaction.batch_execute(&format!("ALTER TABLE {table} DETACH PARTITION {table}_{name}")).await?;
        transaction.batch_execute(&format!("ALTER TABLE {table}_{name} RENAME TO {table}_{gone}")).await?;
    }
    let sql = "UPDATE event_partition SET leaving = true, name = $3 WHERE report = $1 AND name = $2";
    transaction.execute(sql, &[&report.key, &name, &gone]).await?;
    let mut changed = Changed::default();
    changed.below(report, last.saturating_add(1));
    journal::commit(transaction, changed).await?;
    Ok(Some(gone))
}

/// Forgets the keys of detached partitions in small steps, so that their events may come back, and then the partitions. What a
/// process that was ended has left is finished by the next one.
pub(super) async fn forget(client: &mut ClientWrapper, report: &'static Report) -> Result<(), Error> {
    let sql = "SELECT name FROM event_partition WHERE report = $1 AND leaving";
    for row in client.query(sql, &[&report.key]).await? {
        let name: &str = row.try_get(0)?;
        while forget_some(client, report, name).await? {}
    }
    Ok(())
}

/// One step; false once nothing is left of the partition.
async fn forget_some(client: &mut ClientWrapper, report: &'static Report, name: &str) -> Result<bool, Error> {
    let table = report.table;
    let transaction = client.transaction().await?;
    // Two processes that forget the same partition do it one after the other.
    let sql = "SELECT 1 FROM event_partition WHERE report = $1 AND name = $2 AND leaving FOR UPDATE";
    if transaction.query_opt(sql, &[&report.key, &name]).await?.is_none() {
        return Ok(false);
    }
    transaction.batch_execute(lock::PATIENT).await?;
    let detail = format!("{table}_detail_{name}");
    let sql = format!("DELETE FROM {detail} WHERE id IN (SELECT id FROM {detail} ORDER BY id LIMIT {REMOVED}) RETURNING key");
    let mut keys: Vec<Uuid> = transaction.query(&sql, &[]).await?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    if keys.is_empty() {
        for table in tables(report) {
            transaction.batch_execute(&format!("DROP TABLE {table}_{name}")).await?;
        }
        transaction.execute("DELETE FROM event_partition WHERE report = $1 AND name = $2", &[&report.key, &name]).await?;
    } else {
        keys.sort_unstable();
        transaction.execute(&format!("DELETE FROM {table}_key WHERE key = ANY($1)"), &[&keys]).await?;
    }
    transaction.commit().await?;
    Ok(!keys.is_empty())
}
