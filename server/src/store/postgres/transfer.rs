//! Everything as it is kept, as the trait wants it.

use super::append::put;
use super::partitions::Partitions;
use super::quarantine::{LINE, line};
use super::queue;
use super::rows::value;
use super::{PostgresStore, error::failed, journal};
use crate::clock;
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::quarantine::Quarantined;
use crate::store::whole::{Transfer, Whole};
use async_trait::async_trait;
use deadpool_postgres::Object;
use std::collections::HashMap;
use tokio_postgres::Error;
use uuid::Uuid;
use vigia_app::model::{Attempt, EventId, Report};

#[async_trait]
impl Transfer for PostgresStore {
    async fn events(&self, report: &'static Report) -> Result<u64, StoreError> {
        let rows = self.rows(&format!("SELECT count(*) FROM {}", report.table), &[]).await?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).unsigned_abs()))
    }

    async fn last(&self, report: &'static Report) -> Result<Option<i64>, StoreError> {
        let rows = self.rows(&format!("SELECT max(id) FROM {}", report.table), &[]).await?;
        rows.first().map_or(Ok(None), |row| row.try_get(0)).map_err(failed)
    }

    async fn events_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<Whole>, StoreError> {
        self.read(|client| async move { read(&client, report, after, limit).await.map_err(failed) }).await
    }

    async fn put_events(&self, report: &'static Report, events: Vec<Whole>) -> Result<(), StoreError> {
        let mut client = self.connection().await?;
        let times = events.iter().filter_map(|event| EventId::from_i64(event.id)).map(EventId::time);
        Partitions::default().cover(&mut client, report, times, clock::system()()).await?;
        let mut keys: Vec<Uuid> = events.iter().map(|event| Uuid::from_bytes(event.key)).collect();
        keys.sort_unstable();
        let work = async {
            let transaction = client.transaction().await?;
            transaction.batch_execute(super::lock::PATIENT).await?;
            transaction.execute(&format!("INSERT INTO {}_key (key) SELECT unnest($1::uuid[])", report.table), &[&keys]).await?;
            let mut changed = Changed::default();
            put(&transaction, &mut changed, report, events.into_iter()).await?;
            journal::commit(transaction, changed).await
        };
        work.await.map_err(failed)
    }

    async fn quarantined_after(&self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        let sql = format!("SELECT {LINE} FROM quarantine WHERE id > $1 ORDER BY id LIMIT {limit}");
        self.rows(&sql, &[&after]).await?.iter().map(line).collect::<Result<_, _>>().map_err(failed)
    }

    async fn put_quarantined(&self, lines: Vec<Quarantined>) -> Result<(), StoreError> {
        let mut client = self.connection().await?;
        let work = async {
            let transaction = client.transaction().await?;
            let put = transaction
                .prepare_cached(
                    "INSERT INTO quarantine (id, hash, received, source, format, reason, detail, original)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .await?;
            for Quarantined { id, received, line } in &lines {
                let hash = Uuid::from_bytes(line.hash());
                let values: [&(dyn tokio_postgres::types::ToSql + Sync); 8] =
                    [id, &hash, &received.millis(), &&*line.source, &line.format, &line.reason, &line.detail, &line.original];
                transaction.execute(&put, &values).await?;
            }
            // The next line gets an id behind these.
            transaction
                .batch_execute("SELECT setval(pg_get_serial_sequence('quarantine', 'id'), (SELECT max(id) FROM quarantine))")
                .await?;
            transaction.commit().await
        };
        work.await.map_err(failed)
    }

    async fn all_kept(&self) -> Result<Vec<(String, String, String)>, StoreError> {
        let rows = self.rows("SELECT space, key, value FROM kept ORDER BY space, key", &[]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect::<Result<_, _>>().map_err(failed)
    }

    async fn secrets(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = self.rows("SELECT name, value FROM secret ORDER BY name", &[]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map_err(failed)
    }

    async fn put_secrets(&self, secrets: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        let (names, values): (Vec<String>, Vec<Vec<u8>>) = secrets.into_iter().unzip();
        self.execute(
            "INSERT INTO secret (name, value) SELECT * FROM unnest($1::text[], $2::bytea[])
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[&names, &values],
        )
        .await
        .map(drop)
    }
}

async fn read(client: &Object, report: &'static Report, after: i64, limit: u32) -> Result<Vec<Whole>, Error> {
    let table = report.table;
    let columns: Vec<String> = report.stored().map(|column| format!("e.\"{}\"", column.key)).collect();
    let sql = format!(
        "SELECT e.id, d.key, d.source_id, d.received, d.extra, d.original, {} FROM {table} e JOIN {table}_detail d USING (id)
         WHERE e.id > $1 AND d.id > $1 ORDER BY e.id LIMIT {limit}",
        columns.join(", ")
    );
    let rows = client.query(&client.prepare_cached(&sql).await?, &[&after]).await?;
    let (mut all_attempts, mut all_queued) = (HashMap::new(), HashMap::new());
    if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
        let (first, last) = (first.try_get(0)?, last.try_get(0)?);
        if report.attempts {
            all_attempts = attempts(client, report, first, last).await?;
        }
        if report.actions.is_some() {
            all_queued = queue::whole::read(client, first, last).await?;
        }
    }
    rows.iter()
        .map(|row| {
            let id = row.try_get(0)?;
            Ok(Whole {
                id,
                key: row.try_get::<_, Uuid>(1)?.into_bytes(),
                cells: (0..columns.len()).map(|at| value(row, at + 6)).collect::<Result<_, _>>()?,
                source_id: row.try_get(2)?,
                received: row.try_get(3)?,
                extra: row.try_get(4)?,
                original: row.try_get(5)?,
                attempts: all_attempts.remove(&id).unwrap_or_default(),
                queued: all_queued.remove(&id),
            })
        })
        .collect()
}

/// The attempts of events between two ids, by event.
async fn attempts(client: &Object, report: &Report, first: i64, last: i64) -> Result<HashMap<i64, Vec<Attempt>>, Error> {
    let sql = format!(
        "SELECT {}, event FROM {}_attempt WHERE event >= $1 AND event <= $2 ORDER BY event, number",
        super::record::ATTEMPT,
        report.table
    );
    let mut attempts: HashMap<i64, Vec<Attempt>> = HashMap::new();
    for row in client.query(&client.prepare_cached(&sql).await?, &[&first, &last]).await? {
        attempts.entry(row.try_get("event")?).or_default().push(super::record::attempt(&row)?);
    }
    Ok(attempts)
}
