//! Everything as it is kept, as the trait wants it.

use super::append::put;
use super::partitions::Partitions;
use super::still::Moment;
use super::{PostgresStore, error::failed, journal, whole};
use crate::clock;
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::quarantine::Quarantined;
use crate::store::still::Still;
use crate::store::transfer::Transfer;
use crate::store::whole::Whole;
use async_trait::async_trait;
use uuid::Uuid;
use vigia_app::model::{EventId, Report};

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
        self.read(|client| async move { whole::events(&client, report, after, i64::MAX, limit).await }).await
    }

    async fn put_events(&self, report: &'static Report, events: Vec<Whole>) -> Result<(), StoreError> {
        let mut client = self.changing().await?;
        client.patient();
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
        let done = work.await.map_err(failed);
        client.ended(done)
    }

    async fn quarantined_after(&self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        self.read(|client| async move { whole::quarantined(&client, after, limit).await }).await
    }

    async fn put_quarantined(&self, lines: Vec<Quarantined>) -> Result<(), StoreError> {
        let mut client = self.changing().await?;
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
        let done = work.await.map_err(failed);
        client.ended(done)
    }

    async fn all_kept(&self) -> Result<Vec<(String, String, String)>, StoreError> {
        self.read(|client| async move { whole::all_kept(&client).await }).await
    }

    async fn secrets(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.read(|client| async move { whole::secrets(&client).await }).await
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

    async fn still(&self) -> Result<Box<dyn Still>, StoreError> {
        let moment = match Moment::begin(&self.pool).await {
            // A connection of the pool may be gone without anybody having noticed.
            Err(StoreError::Unreachable(_)) => Moment::begin(&self.pool).await,
            moment => moment,
        };
        Ok(Box::new(moment?))
    }
}
