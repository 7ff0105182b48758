//! The quarantine, as the trait wants it.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::quarantine::{Quarantine, QuarantineCount, QuarantineFilter, Quarantined, Refused};
use crate::store::value::{Value, clean};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};
use vigia_app::model::Timestamp;

pub(super) const LINE: &str = "id, received, source, format, reason, detail, original";

pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<Quarantined> {
    Ok(Quarantined {
        id: row.get("id")?,
        received: row.get("received").map(Timestamp::saturating)?,
        line: Refused {
            source: row.get::<_, String>("source")?.into(),
            format: row.get("format")?,
            reason: row.get("reason")?,
            detail: row.get("detail")?,
            original: row.get("original")?,
        },
    })
}

#[async_trait]
impl Quarantine for SqliteStore {
    async fn add(&self, lines: Vec<Refused>, received: Timestamp) -> Result<u64, StoreError> {
        self.write(move |connection| {
            let mut insert = connection.prepare_cached(
                "INSERT INTO quarantine (hash, received, source, format, reason, detail, original) VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO NOTHING",
            )?;
            let mut added = 0;
            for line in lines {
                let hash = line.hash();
                added += insert.execute(params![
                    &hash[..],
                    received.millis(),
                    clean(&line.source),
                    clean(&line.format),
                    clean(&line.reason),
                    clean(&line.detail),
                    clean(&line.original),
                ])? as u64;
            }
            Ok(added)
        })
        .await
    }

    async fn list(&self, filter: &QuarantineFilter, before: Option<i64>, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        let mut sql = format!("SELECT {LINE} FROM quarantine WHERE id < ?");
        let mut values = vec![Value::Number(before.unwrap_or(i64::MAX))];
        for (column, value) in [("source", &filter.source), ("format", &filter.format), ("reason", &filter.reason)] {
            if let Some(value) = value {
                sql.push_str(&format!(" AND {column} = ?"));
                values.push(Value::Text(value.clone()));
            }
        }
        sql.push_str(&format!(" ORDER BY id DESC LIMIT {limit}"));
        self.read(move |connection| connection.prepare_cached(&sql)?.query_map(params_from_iter(values), line)?.collect()).await
    }

    async fn get(&self, id: i64) -> Result<Option<Quarantined>, StoreError> {
        self.read(move |connection| {
            connection.prepare_cached(&format!("SELECT {LINE} FROM quarantine WHERE id = ?"))?.query_row([id], line).optional()
        })
        .await
    }

    async fn counts(&self) -> Result<Vec<QuarantineCount>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT source, format, reason, count(*) AS lines FROM quarantine GROUP BY source, format, reason
                     ORDER BY lines DESC, source, format, reason",
                )?
                .query_map([], |row| {
                    Ok(QuarantineCount {
                        source: row.get("source")?,
                        format: row.get("format")?,
                        reason: row.get("reason")?,
                        lines: row.get::<_, i64>("lines")?.unsigned_abs(),
                    })
                })?
                .collect()
        })
        .await
    }

    async fn remove(&self, ids: &[i64]) -> Result<u64, StoreError> {
        let ids = ids.to_vec();
        self.write(move |connection| {
            let mut remove = connection.prepare_cached("DELETE FROM quarantine WHERE id = ?")?;
            let mut removed = 0;
            for id in ids {
                removed += remove.execute([id])? as u64;
            }
            Ok(removed)
        })
        .await
    }
}
