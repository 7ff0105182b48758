//! Scores beside their rows.

use super::{SqliteStore, journal};
use crate::store::StoreError;
use crate::store::scores::{KeptScore, Scores, first_unscored, last_scored};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, params_from_iter};
use vigia_app::model::Report;

#[async_trait]
impl Scores for SqliteStore {
    async fn first_unscored(&self, report: &'static Report, below: i64) -> Result<Option<i64>, StoreError> {
        let sql = first_unscored(report, "?");
        self.read(move |connection| connection.prepare_cached(&sql)?.query_row([below], |row| row.get(0))).await
    }

    async fn last_scored(&self, report: &'static Report, below: i64) -> Result<Option<i64>, StoreError> {
        let sql = last_scored(report, "?");
        self.read(move |connection| connection.prepare_cached(&sql)?.query_row([below], |row| row.get(0)).optional()).await
    }

    async fn keep_scores(&self, report: &'static Report, scores: Vec<KeptScore>) -> Result<(), StoreError> {
        let set: Vec<String> = report.derived().map(|column| format!("\"{}\" = ?", column.key)).collect();
        let row = format!("UPDATE {} SET {} WHERE id = ?", report.table, set.join(", "));
        let detail = format!("UPDATE {}_detail SET score = ? WHERE id = ?", report.table);
        self.write(move |connection| {
            journal::noting(connection, |changed| {
                let (mut row, mut detail) = (connection.prepare_cached(&row)?, connection.prepare_cached(&detail)?);
                for KeptScore { id, values, parts } in &scores {
                    if row.execute(params_from_iter(values.iter().chain([id])))? == 1 {
                        detail.execute((parts, id))?;
                        changed.events(report, [*id]);
                    }
                }
                Ok(())
            })
        })
        .await
    }

    async fn score_parts(&self, report: &'static Report, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = format!("SELECT score FROM {}_detail WHERE id = ? AND score <> x''", report.table);
        self.read(move |connection| connection.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()).await
    }
}
