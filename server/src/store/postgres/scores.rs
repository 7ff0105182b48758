//! Scores beside their rows.

use super::error::failed;
use super::{PostgresStore, journal};
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::scores::{KeptScore, Scores, first_unscored, last_scored};
use async_trait::async_trait;
use tokio_postgres::types::ToSql;
use vigia_app::model::Report;

#[async_trait]
impl Scores for PostgresStore {
    async fn first_unscored(&self, report: &'static Report, below: i64) -> Result<Option<i64>, StoreError> {
        let rows = self.rows(&first_unscored(report, "$1"), &[&below]).await?;
        rows.first().map_or(Ok(None), |row| row.try_get(0).map_err(failed))
    }

    async fn last_scored(&self, report: &'static Report, below: i64) -> Result<Option<i64>, StoreError> {
        let rows = self.rows(&last_scored(report, "$1"), &[&below]).await?;
        rows.first().map(|row| row.try_get(0).map_err(failed)).transpose()
    }

    async fn keep_scores(&self, report: &'static Report, mut scores: Vec<KeptScore>) -> Result<(), StoreError> {
        // In the order that whoever removes rows locks them in.
        scores.sort_unstable_by_key(|score| score.id);
        let keys: Vec<&str> = report.derived().map(|column| column.key).collect();
        let ids: Vec<i64> = scores.iter().map(|score| score.id).collect();
        let lists: Vec<Vec<i64>> =
            (0..keys.len()).map(|at| scores.iter().filter_map(|score| score.values.get(at).copied()).collect()).collect();
        let parts: Vec<Vec<u8>> = scores.into_iter().map(|score| score.parts).collect();
        let set: Vec<String> = keys.iter().map(|key| format!("\"{key}\" = n.\"{key}\"")).collect();
        let names: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
        let places: Vec<String> = (0..keys.len()).map(|at| format!("${}::bigint[]", at + 2)).collect();
        let table = report.table;
        // The ids themselves tell the planner which partitions to leave out.
        let row = format!(
            "UPDATE {table} e SET {} FROM unnest($1::bigint[], {}) AS n(id, {}) WHERE e.id = n.id AND e.id = ANY($1)",
            set.join(", "),
            places.join(", "),
            names.join(", ")
        );
        let detail = format!(
            "UPDATE {table}_detail d SET score = n.score FROM unnest($1::bigint[], $2::bytea[]) AS n(id, score)
             WHERE d.id = n.id AND d.id = ANY($1)"
        );
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&ids];
        values.extend(lists.iter().map(|list| list as &(dyn ToSql + Sync)));
        let mut client = self.changing().await?;
        let kept = async {
            let transaction = client.transaction().await?;
            transaction.execute(&transaction.prepare_cached(&row).await?, &values).await?;
            transaction.execute(&transaction.prepare_cached(&detail).await?, &[&ids, &parts]).await?;
            let mut changed = Changed::default();
            changed.events(report, ids.iter().copied());
            journal::commit(transaction, changed).await
        };
        let kept = kept.await.map_err(failed);
        client.ended(kept)
    }

    async fn score_parts(&self, report: &'static Report, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = format!("SELECT score FROM {}_detail WHERE id = $1 AND score <> ''", report.table);
        self.rows(&sql, &[&id]).await?.first().map(|row| row.try_get(0).map_err(failed)).transpose()
    }
}
