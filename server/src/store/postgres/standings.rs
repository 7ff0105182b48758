//! What stands with events by now, in their rows.

use super::error::failed;
use super::{PostgresStore, journal};
use crate::store::StoreError;
use crate::store::changed::Changed;
use crate::store::standings::Standings;
use async_trait::async_trait;
use vigia_app::model::{Column, Report};

#[async_trait]
impl Standings for PostgresStore {
    async fn set_standing(&self, report: &'static Report, column: &'static Column, mut values: Vec<(i64, i64)>) -> Result<(), StoreError> {
        // In the order that whoever removes rows locks them in.
        values.sort_unstable();
        let (ids, numbers): (Vec<i64>, Vec<i64>) = values.into_iter().unzip();
        // The ids themselves tell the planner which partitions to leave out.
        let row = format!(
            "UPDATE {} e SET \"{}\" = n.value FROM unnest($1::bigint[], $2::bigint[]) AS n(id, value) WHERE e.id = n.id AND e.id = ANY($1)",
            report.table, column.key
        );
        let mut client = self.changing().await?;
        let kept = async {
            let transaction = client.transaction().await?;
            transaction.execute(&transaction.prepare_cached(&row).await?, &[&ids, &numbers]).await?;
            let mut changed = Changed::default();
            changed.events(report, ids.iter().copied());
            journal::commit(transaction, changed).await
        };
        let kept = kept.await.map_err(failed);
        client.ended(kept)
    }
}
