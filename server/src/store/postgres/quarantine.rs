//! The quarantine, as the trait wants it.

use super::PostgresStore;
use super::error::failed;
use crate::store::StoreError;
use crate::store::quarantine::{Quarantine, QuarantineCount, QuarantineFilter, Quarantined, Refused};
use crate::store::value::clean;
use async_trait::async_trait;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use uuid::Uuid;
use vigia_app::model::Timestamp;

pub(super) const LINE: &str = "id, received, source, format, reason, detail, original";

pub(super) fn line(row: &Row) -> Result<Quarantined, Error> {
    Ok(Quarantined {
        id: row.try_get(0)?,
        received: row.try_get(1).map(Timestamp::saturating)?,
        line: Refused {
            source: row.try_get::<_, String>(2)?.into(),
            format: row.try_get(3)?,
            reason: row.try_get(4)?,
            detail: row.try_get(5)?,
            original: row.try_get(6)?,
        },
    })
}

#[async_trait]
impl Quarantine for PostgresStore {
    async fn add(&self, lines: Vec<Refused>, received: Timestamp) -> Result<u64, StoreError> {
        let hashes: Vec<Uuid> = lines.iter().map(|line| Uuid::from_bytes(line.hash())).collect();
        let texts = |text: fn(&Refused) -> &str| lines.iter().map(|line| clean(text(line))).collect::<Vec<_>>();
        let (source, format, reason) = (texts(|line| &line.source), texts(|line| &line.format), texts(|line| &line.reason));
        let (detail, original) = (texts(|line| &line.detail), texts(|line| &line.original));
        self.execute(
            "INSERT INTO quarantine (hash, received, source, format, reason, detail, original)
             SELECT hash, $1, source, format, reason, detail, original
             FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
                  AS line(hash, source, format, reason, detail, original)
             ON CONFLICT DO NOTHING",
            &[&received.millis(), &hashes, &source, &format, &reason, &detail, &original],
        )
        .await
    }

    async fn list(&self, filter: &QuarantineFilter, before: Option<i64>, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
        let mut sql = format!("SELECT {LINE} FROM quarantine WHERE id < $1");
        let before = before.unwrap_or(i64::MAX);
        let source = filter.source.as_ref().map(|source| source.to_ascii_lowercase());
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&before];
        for (column, value) in [("lower(source)", &source), ("format", &filter.format), ("reason", &filter.reason)] {
            if let Some(value) = value {
                values.push(value);
                sql.push_str(&format!(" AND {column} = ${}", values.len()));
            }
        }
        sql.push_str(&format!(" ORDER BY id DESC LIMIT {limit}"));
        self.rows(&sql, &values).await?.iter().map(line).collect::<Result<_, _>>().map_err(failed)
    }

    async fn get(&self, id: i64) -> Result<Option<Quarantined>, StoreError> {
        let rows = self.rows(&format!("SELECT {LINE} FROM quarantine WHERE id = $1"), &[&id]).await?;
        rows.first().map(line).transpose().map_err(failed)
    }

    async fn counts(&self) -> Result<Vec<QuarantineCount>, StoreError> {
        let rows = self
            .rows(
                "SELECT min(source), format, reason, count(*) FROM quarantine GROUP BY lower(source), format, reason
             ORDER BY count(*) DESC, lower(source), format, reason",
                &[],
            )
            .await?;
        let count = |row: &Row| {
            Ok(QuarantineCount {
                source: row.try_get(0)?,
                format: row.try_get(1)?,
                reason: row.try_get(2)?,
                lines: row.try_get::<_, i64>(3)?.unsigned_abs(),
            })
        };
        rows.iter().map(count).collect::<Result<_, _>>().map_err(failed)
    }

    async fn remove(&self, ids: &[i64]) -> Result<u64, StoreError> {
        self.execute("DELETE FROM quarantine WHERE id = ANY($1)", &[&ids]).await
    }
}
