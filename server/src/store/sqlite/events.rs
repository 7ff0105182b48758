//! Events, as the trait wants them.

use super::{SqliteStore, amend, append, append::Batch, connection::failed, record, remove};
use crate::causes;
use crate::clock;
use crate::event::Event;
use crate::store::{Appended, Events, StoreError, future};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use std::time::Duration;
use vigia_app::model::{EventId, Record, Report, Timestamp};

/// How long to wait before looking again into an inbox that could not be looked at.
const AGAIN: Duration = Duration::from_secs(1);

#[async_trait]
impl Events for SqliteStore {
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError> {
        let received = clock::system()();
        let passage = self.traffic.enter(events.len());
        let appended = if (passage.crowded || passage.small && !self.inbox.is_empty()) && !self.inbox.is_full() {
            self.inbox.append(events, received).await?
        } else {
            let batch = vec![Batch { received, events }];
            let (appended, changed) = self.writer.run(move |connection| append::append(connection, batch)).await?;
            self.teller.stored(&changed);
            appended
        };
        metrics::counter!("vigia_events_stored_total").increment(appended.stored);
        Ok(appended)
    }

    async fn amend(&self, event: Event) -> Result<bool, StoreError> {
        self.inbox.settle().await?;
        let report = event.report;
        let amended = self.writer.run(move |connection| amend::amend(connection, event)).await?;
        if amended {
            self.teller.stored(&[report]);
        }
        Ok(amended)
    }

    async fn newest(&self, report: &'static Report, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.readers
            .run(move |connection| {
                let newest = |sql: String, bound: i64| {
                    let id: Option<i64> = connection.prepare_cached(&sql)?.query_row([bound], |row| row.get(0))?;
                    Ok::<_, rusqlite::Error>(id.and_then(EventId::from_i64).map(EventId::time))
                };
                let end = future(now);
                match newest(format!("SELECT max(id) FROM {} WHERE id < ?", report.table), end).map_err(failed)? {
                    Some(time) => Ok(Some(time)),
                    None => newest(format!("SELECT min(id) FROM {} WHERE id >= ?", report.table), end).map_err(failed),
                }
            })
            .await
    }

    async fn record(&self, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError> {
        self.readers.run(move |connection| record::record(connection, report, id)).await
    }

    async fn settle(&self) {
        while let Err(error) = self.inbox.settle().await {
            tracing::warn!(cause = causes::chain(&error), "the inbox could not be looked at");
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn remove_source(&self, source: &str) -> Result<u64, StoreError> {
        self.inbox.settle().await?;
        let source = source.to_owned();
        self.writer.run(move |connection| remove::source(connection, &source)).await
    }

    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let source = source.map(str::to_owned);
        self.writer.run(move |connection| remove::before(connection, report, source.as_deref(), before, limit)).await
    }

    async fn count_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, most: u32) -> Result<u32, StoreError> {
        let source = source.map(str::to_owned);
        let before = EventId::first(before).get();
        let table = report.table;
        self.read(move |connection| match source {
            Some(source) => connection
                .prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE source = ? AND id < ? LIMIT ?)"))?
                .query_row(params![source, before, most], |row| row.get(0)),
            None => connection
                .prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 FROM {table} NOT INDEXED WHERE id < ? LIMIT ?)"))?
                .query_row(params![before, most], |row| row.get(0)),
        })
        .await
    }

    async fn sources(&self, report: &'static Report) -> Result<Vec<String>, StoreError> {
        // From one to the next along the index: as many steps as there are sources.
        let sql = format!("SELECT source FROM {0} INDEXED BY {0}_source WHERE source > ? ORDER BY source LIMIT 1", report.table);
        self.read(move |connection| {
            let mut next = connection.prepare_cached(&sql)?;
            let mut sources: Vec<String> = Vec::new();
            while let Some(source) = next.query_row([sources.last().map_or("", |last| last)], |row| row.get(0)).optional()? {
                sources.push(source);
            }
            Ok(sources)
        })
        .await
    }

    async fn has_source(&self, source: &str) -> Result<bool, StoreError> {
        let source = source.to_owned();
        self.readers
            .run(move |connection| {
                for report in vigia_app::reports::ALL {
                    let sql = format!("SELECT 1 FROM {} WHERE source = ? LIMIT 1", report.table);
                    let mut statement = connection.prepare_cached(&sql).map_err(failed)?;
                    if statement.query_row([&source], |_| Ok(())).optional().map_err(failed)?.is_some() {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
            .await
    }
}
