//! Events, as the trait wants them.

use super::append::Append;
use super::error::failed;
use super::{PostgresStore, amend, record, remove};
use crate::clock;
use crate::event::Event;
use crate::store::limits::REMOVED;
use crate::store::{Appended, Events, StoreError, future};
use async_trait::async_trait;
use vigia_app::model::{EventId, Record, Report, Timestamp};

#[async_trait]
impl Events for PostgresStore {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        let appended = self.writer.append(Append { events, operations: Vec::new(), received: clock::system()() }).await?.appended;
        metrics::counter!("vigia_events_stored_total").increment(appended.stored);
        Ok(appended)
    }

    async fn amend(&self, event: Event) -> Result<bool, StoreError> {
        let mut client = self.changing().await?;
        let amended = amend::amend(&mut client, event).await.map_err(failed);
        client.ended(amended)
    }

    async fn newest(&self, report: &'static Report, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let end = future(now);
        self.read(|client| async move {
            for sql in ["SELECT max(id) FROM {} WHERE id < $1", "SELECT min(id) FROM {} WHERE id >= $1"] {
                let find = client.prepare_cached(&sql.replace("{}", report.table)).await.map_err(failed)?;
                let id: Option<i64> = client.query_one(&find, &[&end]).await.and_then(|row| row.try_get(0)).map_err(failed)?;
                if let Some(id) = id.and_then(EventId::from_i64) {
                    return Ok(Some(id.time()));
                }
            }
            Ok(None)
        })
        .await
    }

    async fn record(&self, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
        self.read(|client| async move { record::record(&client, report, id).await }).await
    }

    async fn remove_source(&self, source: &str) -> Result<u64, StoreError> {
        let mut removed = 0;
        for report in vigia_app::reports::ALL {
            loop {
                let step = self.remove_before(report, Some(source), Timestamp::MAX, REMOVED).await?;
                removed += step;
                if step < u64::from(REMOVED) {
                    break;
                }
            }
        }
        Ok(removed)
    }

    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut client = self.changing().await?;
        client.patient();
        let removed = remove::before(&mut client, report, source, before, limit).await.map_err(failed);
        client.ended(removed)
    }

    async fn count_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, most: u32) -> Result<u32, StoreError> {
        let (before, most, table) = (EventId::first(before).get(), i64::from(most), report.table);
        let rows = match source.map(str::to_ascii_lowercase) {
            Some(source) => {
                let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE lower(source) = $1 AND id < $2 LIMIT $3) AS old");
                self.rows(&sql, &[&source, &before, &most]).await?
            }
            None => {
                self.rows(&format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE id < $1 LIMIT $2) AS old"), &[&before, &most]).await?
            }
        };
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0)).map_err(failed)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn sources(&self, report: &'static Report) -> Result<Vec<String>, StoreError> {
        // From one to the next along the index: as many steps as there are sources.
        let sql = format!("SELECT lower(source) FROM {} WHERE lower(source) > $1 ORDER BY lower(source) LIMIT 1", report.table);
        let mut sources: Vec<String> = Vec::new();
        loop {
            let last = sources.last().map_or("", |last| last).to_owned();
            let rows = self.rows(&sql, &[&last]).await?;
            let Some(row) = rows.first() else { return Ok(sources) };
            sources.push(row.try_get(0).map_err(failed)?);
        }
    }

    async fn has_source(&self, source: &str) -> Result<bool, StoreError> {
        let source = source.to_ascii_lowercase();
        let source = &source;
        self.read(|client| async move {
            for report in vigia_app::reports::ALL {
                let sql = format!("SELECT 1 FROM {} WHERE lower(source) = $1 LIMIT 1", report.table);
                let find = client.prepare_cached(&sql).await.map_err(failed)?;
                if client.query_opt(&find, &[source]).await.map_err(failed)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }
}
