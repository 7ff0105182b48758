//! Closing what its holder lost, expiring what nobody approved, and letting go what waits for nothing.

use super::attempts;
use super::moves::Moves;
use super::release::Free;
use super::work::{Stop, Work};
use crate::store::changed::Changed;
use crate::store::operations::Swept;
use crate::store::postgres::lock;
use crate::store::postgres::queue::entry::{ENTRY, entry};
use crate::store::steps::{Entry, SWEPT};
use async_trait::async_trait;
use deadpool_postgres::Transaction;
use tokio_postgres::Error;
use vigia_app::model::{EventId, Timestamp};

pub(super) struct Sweeping {
    pub now: Timestamp,
    pub retry: Timestamp,
}

#[async_trait]
impl Work for Sweeping {
    type Out = Swept;
    const NAMES: [&'static str; 2] = ["sweep.before", "sweep.after"];

    async fn run(&self, transaction: &Transaction<'_>, changed: &mut Changed) -> Result<Swept, Stop> {
        transaction.batch_execute(lock::TAKING).await?;
        let mut lost = self.overdue(transaction, "o.status = 'Running' AND o.lease < $1 ORDER BY o.lease").await?;
        let mut lapsed = self.overdue(transaction, "o.status = 'Awaiting approval' AND o.approve_by < $1 ORDER BY o.approve_by").await?;
        let started = attempts::started(transaction, &lost).await?;
        let (mut moves, mut closed) = (Moves::default(), Vec::new());
        for entry in &mut lost {
            let (step, attempt) = entry.lose(self.now, self.retry, started.get(&entry.id).copied().unwrap_or(Timestamp::MIN))?;
            closed.push((entry.id, attempt));
            moves.moved(entry, step);
        }
        for entry in &mut lapsed {
            let step = entry.expire(self.now)?;
            moves.moved(entry, step);
        }
        attempts::close(transaction, &closed).await?;
        moves.save(transaction, changed, "").await?;
        Free::of(lost.iter()).release(transaction).await?;
        Free::forgotten(transaction).await?.release(transaction).await?;
        let ids = |entries: Vec<Entry>| entries.into_iter().filter_map(|entry| EventId::from_i64(entry.id)).collect();
        Ok(Swept { lost: ids(lost), expired: ids(lapsed) })
    }
}

impl Sweeping {
    /// Up to [`SWEPT`] operations whose time is over; one that somebody else is at just now is not among them.
    async fn overdue(&self, transaction: &Transaction<'_>, when: &str) -> Result<Vec<Entry>, Error> {
        let sql = format!("SELECT {ENTRY} FROM operation o WHERE {when} LIMIT {SWEPT} FOR UPDATE SKIP LOCKED");
        let rows = transaction.query(&transaction.prepare_cached(&sql).await?, &[&self.now.millis()]).await?;
        rows.iter().map(entry).collect()
    }
}
