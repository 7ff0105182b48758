//! Rows by their ids.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::rows::{KeptRow, Rows, columns, order};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::ops::Range;
use vigia_app::model::{Direction, Report};

fn kept(row: &Row<'_>, columns: usize) -> rusqlite::Result<KeptRow> {
    Ok((row.get(0)?, (1..=columns).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?))
}

/// See [`Rows::count_within`].
pub(super) fn count(connection: &Connection, report: &'static Report, ids: Range<i64>) -> rusqlite::Result<u64> {
    let sql = format!("SELECT count(*) FROM {} NOT INDEXED WHERE id >= ? AND id < ?", report.table);
    connection.prepare_cached(&sql)?.query_row([ids.start, ids.end], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

#[async_trait]
impl Rows for SqliteStore {
    async fn rows_of(&self, report: &'static Report, ids: Vec<i64>) -> Result<Vec<KeptRow>, StoreError> {
        let sql = format!("SELECT id, {} FROM {} WHERE id = ?", columns(report), report.table);
        let count = report.stored().count();
        self.read(move |connection| {
            let mut find = connection.prepare_cached(&sql)?;
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                rows.extend(find.query_row([id], |row| kept(row, count)).optional()?);
            }
            Ok(rows)
        })
        .await
    }

    async fn rows_within(
        &self,
        report: &'static Report,
        ids: Range<i64>,
        direction: Direction,
        limit: u32,
    ) -> Result<Vec<KeptRow>, StoreError> {
        let (columns, table, order) = (columns(report), report.table, order(direction));
        let sql = format!("SELECT id, {columns} FROM {table} NOT INDEXED WHERE id >= ? AND id < ? ORDER BY id {order} LIMIT ?");
        let count = report.stored().count();
        self.read(move |connection| {
            connection.prepare_cached(&sql)?.query_map(params![ids.start, ids.end, limit], |row| kept(row, count))?.collect()
        })
        .await
    }

    async fn count_within(&self, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError> {
        self.read(move |connection| count(connection, report, ids)).await
    }

    async fn ids_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<i64>, StoreError> {
        let sql = format!("SELECT id FROM {} WHERE id > ? ORDER BY id LIMIT ?", report.table);
        self.read(move |connection| connection.prepare_cached(&sql)?.query_map(params![after, limit], |row| row.get(0))?.collect()).await
    }
}
