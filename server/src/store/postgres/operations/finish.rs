//! Ending attempts.

use super::attempts;
use super::moves::Moves;
use super::release::Free;
use super::work::{Stop, Work};
use crate::store::changed::Changed;
use crate::store::operations::{Finish, Finished};
use crate::store::postgres::lock;
use crate::store::postgres::queue::entry;
use crate::store::steps::Entry;
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use vigia_app::model::Timestamp;

pub(super) struct Finishing<'a>(pub &'a [Finish]);

#[async_trait]
impl Work for Finishing<'_> {
    type Out = Vec<Finished>;
    const NAMES: [&'static str; 2] = ["finish.before", "finish.after"];

    async fn run(&self, transaction: &Transaction<'_>, changed: &mut Changed) -> Result<Vec<Finished>, Stop> {
        transaction.batch_execute(lock::LETTING_GO).await?;
        let ids: Vec<i64> = self.0.iter().map(|end| end.hold.id.get()).collect();
        let mut entries = entry::keep(transaction, &ids).await?;
        let held = self.0.iter().filter_map(|end| entries.get(&end.hold.id.get()).filter(|entry| entry.is_held(end.hold.fence)));
        let started = attempts::started(transaction, &held.cloned().collect::<Vec<Entry>>()).await?;
        let (mut moves, mut closed, mut ended) = (Moves::default(), Vec::new(), Vec::new());
        let mut finished = Vec::with_capacity(self.0.len());
        for end in self.0 {
            let Some(entry) = entries.get_mut(&end.hold.id.get()) else {
                finished.push(Finished::Late);
                continue;
            };
            if !entry.is_held(end.hold.fence) {
                moves.noted(entry, entry.late(end));
                finished.push(Finished::Late);
                continue;
            }
            let (step, attempt) = entry.finish(end, started.get(&entry.id).copied().unwrap_or(Timestamp::MIN))?;
            closed.push((entry.id, attempt));
            ended.push(entry.clone());
            moves.moved(entry, step);
            finished.push(Finished::Done(entry.status));
        }
        attempts::close(transaction, &closed).await?;
        moves.save(transaction, changed, "").await?;
        Free::of(ended.iter()).release(transaction).await?;
        Ok(finished)
    }
}
