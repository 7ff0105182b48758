//! What administrators do with operations.

use super::moves::Moves;
use super::release::Free;
use super::work::{Stop, Work};
use crate::store::changed::Changed;
use crate::store::operations::Change;
use crate::store::postgres::lock;
use crate::store::postgres::queue::entry;
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use std::collections::HashSet;
use tokio_postgres::Error;
use vigia_app::model::OperationStatus;
use vigia_app::words::Sentence;

pub(super) struct Changing<'a>(pub &'a Change);

#[async_trait]
impl Work for Changing<'_> {
    type Out = Vec<Option<Result<OperationStatus, Sentence>>>;
    const NAMES: [&'static str; 2] = ["change.before", "change.after"];

    async fn run(&self, transaction: &Transaction<'_>, changed: &mut Changed) -> Result<Self::Out, Stop> {
        let change = self.0;
        transaction.batch_execute(lock::LETTING_GO).await?;
        let ids: Vec<i64> = change.ids.iter().map(|id| id.get()).collect();
        let mut entries = entry::keep(transaction, &ids).await?;
        let mut done = if change.request.is_empty() { HashSet::new() } else { requested(transaction, &ids, &change.request).await? };
        let (mut moves, mut canceled) = (Moves::default(), Vec::new());
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(entry) = entries.get_mut(&id) else {
                results.push(None);
                continue;
            };
            if done.contains(&id) {
                results.push(Some(Ok(entry.status)));
                continue;
            }
            results.push(Some(match entry.change(change) {
                Err(reason) => Err(reason),
                Ok(step) => {
                    moves.moved(entry, step);
                    if !change.request.is_empty() {
                        done.insert(id);
                    }
                    if entry.status == OperationStatus::Canceled {
                        canceled.push(entry.clone());
                    }
                    Ok(entry.status)
                }
            }));
        }
        moves.save(transaction, changed, &change.request).await?;
        // One may have been let go in the place of others, which would wait for it.
        Free::of(canceled.iter()).release(transaction).await?;
        Ok(results)
    }
}

/// Those of the operations whose history has this request.
async fn requested(transaction: &Transaction<'_>, ids: &[i64], request: &str) -> Result<HashSet<i64>, Error> {
    let sql = "SELECT operation FROM operation_history WHERE operation = ANY($1) AND request = $2";
    let rows = transaction.query(&transaction.prepare_cached(sql).await?, &[&ids, &request]).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
