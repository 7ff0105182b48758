//! The order of arrival, with any number of processes that write: entries are handed out in the order of their transactions' numbers,
//! and only those that are older than every transaction still running. A later number does not mean a later commit; what is older
//! than all that run is complete.

use super::PostgresStore;
use super::error::failed;
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::journal::{
    AHEAD, Committed, Journal, JournalEntry, JournalError, KEPT, Position, Row, SILENT, TRIMMED, Wakes, behind, entry,
};
use async_trait::async_trait;
use deadpool_postgres::{ClientWrapper, Transaction};
use tokio_postgres::{Client, Error};
use vigia_app::model::Timestamp;

/// What is said on it wakes those who follow.
pub(super) const CHANNEL: &str = "vigia_journal";

/// Tells the entries that none can come before any more: every transaction up to theirs has ended.
const SETTLED: &str = "transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
/// Finds the last of them.
const LAST: &str = "SELECT transaction, number, mark FROM journal
    WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY transaction DESC, number DESC LIMIT 1";

/// Tells those that are committed and not settled.
const UNSETTLED: &str = "transaction >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

/// Says in the journal which events the transaction has changed, and commits it.
pub(super) async fn commit(transaction: Transaction<'_>, changed: Changed) -> Result<(), Error> {
    let (reports, events): (Vec<&str>, Vec<Vec<u8>>) = changed.entries().into_iter().unzip();
    if !reports.is_empty() {
        let sql = format!(
            "INSERT INTO journal (transaction, report, events)
             SELECT pg_current_xact_id()::text::bigint, report, events FROM unnest($1::text[], $2::bytea[]) AS n(report, events)
             RETURNING pg_notify('{CHANNEL}', '')"
        );
        transaction.query(&transaction.prepare_cached(&sql).await?, &[&reports, &events]).await?;
    }
    transaction.commit().await
}

/// Begins the journal anew where this is not the server that has counted the transactions so far: one that a dump was restored on
/// counts its own, and one that took over may lack some.
pub(super) async fn check_origin(client: &mut ClientWrapper) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    let sql = "SELECT o.server = n.server, n.server FROM journal_origin o, (
                   SELECT s.system_identifier || '/' || c.timeline_id AS server FROM pg_control_system() s, pg_control_checkpoint() c) n
               FOR UPDATE OF o";
    let row = transaction.query_one(sql, &[]).await?;
    if row.try_get(0)? {
        return Ok(());
    }
    transaction
        .batch_execute(
            "DELETE FROM journal; DELETE FROM journal_follower; INSERT INTO journal (transaction, report, events) VALUES (0, '', '')",
        )
        .await?;
    transaction.execute("UPDATE journal_origin SET server = $1", &[&row.try_get::<_, &str>(1)?]).await?;
    transaction.commit().await
}

/// See [`Journal::trim`].
pub(super) async fn trim(client: &Client, now: Timestamp) -> Result<u64, Error> {
    let sql = format!(
        "SELECT transaction, number FROM journal WHERE {SETTLED} ORDER BY transaction DESC, number DESC OFFSET {} LIMIT 1",
        KEPT - 1
    );
    let Some(kept) = client.query_opt(&sql, &[]).await? else { return Ok(0) };
    let mut needed: (i64, i64) = (kept.try_get(0)?, kept.try_get(1)?);
    let sql = "SELECT transaction, number FROM journal_follower WHERE seen >= $1 ORDER BY transaction, number LIMIT 1";
    if let Some(slowest) = client.query_opt(sql, &[&(now.millis() - SILENT)]).await? {
        needed = needed.min((slowest.try_get(0)?, slowest.try_get(1)?));
    }
    // Another process may be at the same.
    let sql = format!(
        "DELETE FROM journal WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM journal WHERE (transaction, number) < ($1, $2)
             ORDER BY transaction, number LIMIT {TRIMMED} FOR UPDATE SKIP LOCKED))"
    );
    client.execute(&sql, &[&needed.0, &needed.1]).await
}

/// Transaction, number and mark in the columns from `at` on.
fn position(row: &tokio_postgres::Row, at: usize) -> Result<Position, Error> {
    Ok(Position { transaction: row.try_get(at)?, number: row.try_get(at + 1)?, mark: row.try_get(at + 2)? })
}

/// The entries from a position on, this one included if it is there, and the first of all.
async fn rows(client: &Client, from: Position, limit: u32) -> Result<(Vec<Row>, Position), Error> {
    let sql = format!(
        "SELECT transaction, number, mark, report, events FROM journal WHERE (transaction, number) >= ($1, $2) AND {SETTLED}
         ORDER BY transaction, number LIMIT $3"
    );
    let found = client.query(&sql, &[&from.transaction, &from.number, &(i64::from(limit) + 1)]).await?;
    let rows = found.iter().map(|row| Ok((position(row, 0)?, row.try_get(3)?, row.try_get(4)?))).collect::<Result<_, Error>>()?;
    let sql = "SELECT transaction, number, mark FROM journal ORDER BY transaction, number LIMIT 1";
    Ok((rows, position(&client.query_one(sql, &[]).await?, 0)?))
}

#[async_trait]
impl Journal for PostgresStore {
    async fn position(&self) -> Result<Position, StoreError> {
        self.read(|client| async move {
            let row = client.query_one(LAST, &[]).await.map_err(failed)?;
            position(&row, 0).map_err(failed)
        })
        .await
    }

    async fn committed(&self) -> Result<Committed, StoreError> {
        // In one statement, which sees one moment.
        let sql = format!(
            "SELECT * FROM ((SELECT transaction, number, mark, true AS ahead FROM journal WHERE {UNSETTLED} ORDER BY transaction, number LIMIT {AHEAD})
             UNION ALL SELECT l.*, false FROM ({LAST}) l) entries ORDER BY ahead DESC, transaction, number"
        );
        let rows = self.rows(&sql, &[]).await?;
        let mut ahead = rows.iter().map(|row| position(row, 0)).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let settled = ahead.pop().ok_or_else(|| StoreError::Failed(anyhow::anyhow!("the journal is empty")))?;
        Ok(Committed { settled, ahead })
    }

    async fn ahead(&self) -> Result<Vec<JournalEntry>, StoreError> {
        let sql = format!(
            "SELECT transaction, number, mark, report, events FROM journal WHERE {UNSETTLED} ORDER BY transaction, number LIMIT {AHEAD}"
        );
        let row = |row: &tokio_postgres::Row| Ok((position(row, 0)?, row.try_get(3)?, row.try_get(4)?));
        let rows = self.rows(&sql, &[]).await?.iter().map(row).collect::<Result<Vec<_>, Error>>().map_err(failed)?;
        rows.into_iter().map(entry).collect()
    }

    async fn read(&self, after: Position, limit: u32) -> Result<Vec<JournalEntry>, JournalError> {
        let (rows, oldest) = PostgresStore::read(self, |client| async move { rows(&client, after, limit).await.map_err(failed) }).await?;
        behind(after, rows, oldest)
    }

    async fn register(&self, follower: &str, now: Timestamp) -> Result<Position, StoreError> {
        let sql = format!(
            "INSERT INTO journal_follower (transaction, number, mark, name, seen) SELECT l.*, $1, $2 FROM ({LAST}) l
             ON CONFLICT (name) DO UPDATE SET
                 transaction = excluded.transaction, number = excluded.number, mark = excluded.mark, seen = excluded.seen
             RETURNING transaction, number, mark"
        );
        let rows = self.changed(&sql, &[&follower, &now.millis()]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Failed(anyhow::anyhow!("the journal is empty")))?;
        position(row, 0).map_err(failed)
    }

    async fn registered(&self, follower: &str) -> Result<Option<Position>, StoreError> {
        let rows = self.rows("SELECT transaction, number, mark FROM journal_follower WHERE name = $1", &[&follower]).await?;
        rows.first().map(|row| position(row, 0)).transpose().map_err(failed)
    }

    async fn advance(&self, follower: &str, to: Position, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE journal_follower SET transaction = $2, number = $3, mark = $4, seen = $5 WHERE name = $1";
        self.execute(sql, &[&follower, &to.transaction, &to.number, &to.mark, &now.millis()]).await.map(|advanced| advanced == 1)
    }

    async fn forget(&self, follower: &str) -> Result<bool, StoreError> {
        self.execute("DELETE FROM journal_follower WHERE name = $1", &[&follower]).await.map(|forgotten| forgotten == 1)
    }

    async fn trim(&self, now: Timestamp) -> Result<u64, StoreError> {
        let client = self.changing().await?;
        let trimmed = trim(&client, now).await.map_err(failed);
        client.ended(trimmed)
    }

    fn wakes(&self) -> Wakes {
        self.listener.wakes()
    }
}
