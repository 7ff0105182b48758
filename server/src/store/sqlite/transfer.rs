//! Everything as it is kept, as the trait wants it.

use super::quarantine::line;
use super::record::attempts;
use super::{SqliteStore, append, queue};
use crate::store::StoreError;
use crate::store::quarantine::Quarantined;
use crate::store::whole::{Transfer, Whole};
use async_trait::async_trait;
use rusqlite::params;
use vigia_app::model::{EventId, Report};

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
        let columns: Vec<String> = report.stored().map(|column| format!("e.\"{}\"", column.key)).collect();
        let sql = format!(
            "SELECT e.id, e.key, d.source_id, d.received, d.extra, d.original, {} FROM {table} e NOT INDEXED JOIN {table}_detail d USING (id)
             WHERE e.id > ? ORDER BY e.id LIMIT ?",
            columns.join(", "),
            table = report.table
        );
        self.read(move |connection| {
            let mut find = connection.prepare_cached(&sql)?;
            let events = find.query_map(params![after, limit], |row| {
                let id = row.get(0)?;
                let attempts = match EventId::from_i64(id) {
                    Some(event) if report.attempts => attempts(connection, report, event)?,
                    _ => Vec::new(),
                };
                let queued = if report.actions.is_some() { queue::whole::read(connection, id)? } else { None };
                Ok(Whole {
                    id,
                    key: row.get(1)?,
                    cells: (0..columns.len()).map(|at| row.get(at + 6)).collect::<rusqlite::Result<_>>()?,
                    source_id: row.get(2)?,
                    received: row.get(3)?,
                    extra: row.get(4)?,
                    original: row.get(5)?,
                    attempts,
                    queued,
                })
            })?;
            events.collect()
        })
        .await
    }

    async fn put_events(&self, report: &'static Report, events: Vec<Whole>) -> Result<(), StoreError> {
        self.writer.run(move |connection| append::put(connection, report, &events)).await
    }

    async fn quarantined_after(&self, after: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        let sql = format!("SELECT {} FROM quarantine WHERE id > ? ORDER BY id LIMIT ?", super::quarantine::LINE);
        self.read(move |connection| connection.prepare_cached(&sql)?.query_map(params![after, limit], line)?.collect()).await
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
        self.read(|connection| {
            let mut find = connection.prepare_cached("SELECT space, key, value FROM kept ORDER BY space, key")?;
            find.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })
        .await
    }

    async fn secrets(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT name, value FROM secret ORDER BY name")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .await
    }

    async fn put_secrets(&self, secrets: Vec<(String, Vec<u8>)>) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut put = connection.prepare_cached("INSERT OR REPLACE INTO secret (name, value) VALUES (?, ?)")?;
            secrets.iter().try_for_each(|(name, value)| put.execute(params![name, value]).map(drop))
        })
        .await
    }
}
