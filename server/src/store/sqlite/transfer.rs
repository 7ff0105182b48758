//! Everything as it is kept, as the trait wants it.

use super::still::Moment;
use super::{SqliteStore, append, whole};
use crate::store::StoreError;
use crate::store::quarantine::Quarantined;
use crate::store::still::Still;
use crate::store::transfer::Transfer;
use crate::store::whole::Whole;
use async_trait::async_trait;
use rusqlite::params;
use vigia_app::model::Report;

#[async_trait]
impl Transfer for SqliteStore {
    async fn events(&self, report: &'static Report) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM {}", report.table);
        self.read(move |connection| connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)).await
    }

    async fn last(&self, report: &'static Report) -> Result<Option<i64>, StoreError> {
        let sql = format!("SELECT max(id) FROM {}", report.table);
        self.read(move |connection| connection.query_row(&sql, [], |row| row.get(0))).await
    }

    async fn events_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<Whole>, StoreError> {
        self.read(move |connection| {
            let moment = connection.unchecked_transaction()?;
            whole::events(&moment, report, after, i64::MAX, limit)
        })
        .await
    }

    async fn put_events(&self, report: &'static Report, events: Vec<Whole>) -> Result<(), StoreError> {
        self.writer.run(move |connection| append::put(connection, report, &events)).await
    }

    async fn quarantined_after(&self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        self.read(move |connection| whole::quarantined(connection, after, limit)).await
    }

    async fn put_quarantined(&self, lines: Vec<Quarantined>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut put = connection.prepare_cached(
                "INSERT INTO quarantine (id, hash, received, source, format, reason, detail, original) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )?;
            for Quarantined { id, received, line } in lines {
                put.execute(params![
                    id,
                    &line.hash()[..],
                    received.millis(),
                    &*line.source,
                    line.format,
                    line.reason,
                    line.detail,
                    line.original
                ])?;
            }
            Ok(())
        })
        .await
    }

    async fn all_kept(&self) -> Result<Vec<(String, String, String)>, StoreError> {
        self.read(whole::kept).await
    }

    async fn secrets(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.read(whole::secrets).await
    }

    async fn put_secrets(&self, secrets: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut put = connection.prepare_cached("INSERT OR REPLACE INTO secret (name, value) VALUES (?, ?)")?;
            secrets.iter().try_for_each(|(name, value)| put.execute(params![name, value]).map(drop))
        })
        .await
    }

    async fn still(&self) -> Result<Box<dyn Still>, StoreError> {
        self.inbox.settle().await?;
        Ok(Box::new(Moment::begin(self.file.clone()).await?))
    }
}
