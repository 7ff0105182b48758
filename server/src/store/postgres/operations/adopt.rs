//! Making rows of other sources operations of the queue.

use super::work::{Stop, Work};
use crate::store::changed::Changed;
use crate::store::operations::Plan;
use crate::store::postgres::queue::entry::{self, Status, small};
use crate::store::steps::{Entry, is_adoptable};
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use std::collections::{HashMap, HashSet};
use tokio_postgres::Error;
use uuid::Uuid;
use vigia_app::model::EventId;
use vigia_app::reports::PASSWORD_OPERATION;

pub(super) struct Adopting<'a>(pub &'a [(EventId, Plan)]);

#[async_trait]
impl Work for Adopting<'_> {
    type Out = Vec<EventId>;
    const NAMES: [&'static str; 2] = ["adopt.before", "adopt.after"];

    async fn run(&self, transaction: &Transaction<'_>, changed: &mut Changed) -> Result<Vec<EventId>, Stop> {
        let plans: HashMap<i64, &Plan> = self.0.iter().rev().map(|(id, plan)| (id.get(), plan)).collect();
        let ids: Vec<i64> = plans.keys().copied().collect();
        let table = PASSWORD_OPERATION.table;
        // A row that is here stays until the operation is, too.
        let sql = format!(
            "SELECT e.id, e.status, e.device, d.key,
                 (SELECT coalesce(max(a.number), 0) FROM {table}_attempt a WHERE a.event = e.id AND a.event = ANY($1))
             FROM {table} e JOIN {table}_detail d ON d.id = e.id AND d.id = ANY($1) WHERE e.id = ANY($1) ORDER BY e.id FOR KEY SHARE OF e"
        );
        let rows = transaction.query(&transaction.prepare_cached(&sql).await?, &[&ids]).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let id: i64 = row.try_get(0)?;
            // Another word is that of another system.
            let Ok(Status(status)) = row.try_get(1) else { continue };
            if let (true, Some(plan), Some(event)) = (is_adoptable(status), plans.get(&id), EventId::from_i64(id)) {
                let entry = Entry::adopted(id, status, (*plan).clone(), row.try_get(2)?, event.time());
                entries.push((row.try_get::<_, Uuid>(3)?, Entry { attempt: small(row.try_get(4)?), ..entry }));
            }
        }
        changed.events(&PASSWORD_OPERATION, entries.iter().map(|(_, entry)| entry.id));
        entry::insert(transaction, &entries.iter().map(|(key, entry)| (*key, entry, &[][..])).collect::<Vec<_>>()).await?;
        let there = there(transaction, &ids).await?;
        Ok(self.0.iter().map(|(id, _)| *id).filter(|id| there.contains(&id.get())).collect())
    }
}

async fn there(transaction: &Transaction<'_>, ids: &[i64]) -> Result<HashSet<i64>, Error> {
    let find = transaction.prepare_cached("SELECT id FROM operation WHERE id = ANY($1)").await?;
    transaction.query(&find, &[&ids]).await?.iter().map(|row| row.try_get(0)).collect()
}
