//! Rows by their ids.

use super::{PostgresStore, error::failed, query};
use crate::store::StoreError;
use crate::store::rows::{KeptRow, Rows, columns, order};
use crate::store::value::Value;
use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use std::ops::Range;
use tokio_postgres::types::Type;
use tokio_postgres::{Error, Row};
use vigia_app::model::{Direction, Report};

pub(super) fn kept(row: &Row) -> Result<KeptRow, Error> {
    Ok((row.try_get(0)?, (1..row.len()).map(|at| value(row, at)).collect::<Result<_, _>>()?))
}

/// A value of whatever type the column has.
pub(super) fn value(row: &Row, at: usize) -> Result<Value, Error> {
    match *row.columns()[at].type_() {
        Type::BYTEA => row.try_get(at).map(Value::Bytes),
        Type::INT8 => row.try_get(at).map(Value::Number),
        _ => row.try_get(at).map(Value::Text),
    }
}

/// See [`Rows::count_within`].
pub(super) async fn count(client: &ClientWrapper, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM {} WHERE id >= $1 AND id < $2", report.table);
    let rows = query(client, &sql, &[&ids.start, &ids.end]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0).map(i64::unsigned_abs).map_err(failed))
}

#[async_trait]
impl Rows for PostgresStore {
    async fn rows_of(&self, report: &'static Report, ids: Vec<i64>) -> Result<Vec<KeptRow>, StoreError> {
        // The bounds spare the partitions that hold none of them.
        let (Some(first), Some(last)) = (ids.iter().min().copied(), ids.iter().max().copied()) else { return Ok(Vec::new()) };
        let sql = format!("SELECT id, {} FROM {} WHERE id = ANY($1) AND id >= $2 AND id <= $3", columns(report), report.table);
        self.rows(&sql, &[&ids, &first, &last]).await?.iter().map(kept).collect::<Result<_, _>>().map_err(failed)
    }

    async fn rows_within(
        &self,
        report: &'static Report,
        ids: Range<i64>,
        direction: Direction,
        limit: u32,
    ) -> Result<Vec<KeptRow>, StoreError> {
        let (columns, table, order) = (columns(report), report.table, order(direction));
        let sql = format!("SELECT id, {columns} FROM {table} WHERE id >= $1 AND id < $2 ORDER BY id {order} LIMIT $3");
        let rows = self.rows(&sql, &[&ids.start, &ids.end, &i64::from(limit)]).await?;
        rows.iter().map(kept).collect::<Result<_, _>>().map_err(failed)
    }

    async fn count_within(&self, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError> {
        self.read(|client| {
            let ids = ids.clone();
            async move { count(&client, report, ids).await }
        })
        .await
    }

    async fn ids_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<i64>, StoreError> {
        let sql = format!("SELECT id FROM {} WHERE id > $1 ORDER BY id LIMIT $2", report.table);
        self.rows(&sql, &[&after, &i64::from(limit)]).await?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed)
    }
}
