//! The queue, as the trait wants it.

mod adopt;
mod change;
mod claim;
mod enqueue;
mod finish;
mod hold;
mod moves;
mod read;
mod release;
mod sweep;

use super::connection::failed;
use super::{SqliteStore, journal};
use crate::clock;
use crate::crash;
use crate::store::StoreError;
use crate::store::enqueue::prepare;
use crate::store::operations::{Carrier, Change, Claim, Claimed, Ended, Enqueued, Finish, Finished, Hold, NewOperation, Plan};
use crate::store::operations::{Operations, QueueCounts, Queued, Swept};
use crate::store::whole::key_of;
use async_trait::async_trait;
use moves::Moves;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::broadcast;
use vigia_app::model::{Attempt, EventId, Live, OperationStatus, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;
use vigia_app::words::Sentence;

impl SqliteStore {
    /// Takes a step in a transaction. `names` are those of the places before and after its commit.
    async fn step<T: Send + 'static>(
        &self,
        names: [&'static str; 2],
        work: impl FnOnce(&mut Moves<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let [before, after] = names;
        let done = self
            .writer
            .run(move |connection| {
                let done = journal::noting(connection, |changed| work(&mut Moves { connection, changed })).map_err(failed)?;
                crash::point(before);
                Ok(done)
            })
            .await?;
        crash::point(after);
        Ok(done)
    }
}

#[async_trait]
impl Operations for SqliteStore {
    async fn clock(&self) -> Result<Timestamp, StoreError> {
        Ok(clock::system()())
    }

    async fn enqueue(&self, mut new: Vec<NewOperation>, now: Timestamp) -> Result<Vec<Enqueued>, StoreError> {
        prepare(&mut new)?;
        let enqueued = self.step(["enqueue.before", "enqueue.after"], move |moves| enqueue::enqueue(moves, &new, now)).await?;
        let ids: Vec<EventId> = enqueued
            .iter()
            .filter_map(|one| match one {
                Enqueued::New(id) => Some(*id),
                Enqueued::Known(_) => None,
            })
            .collect();
        metrics::counter!("vigia_events_stored_total").increment(ids.len() as u64);
        if !ids.is_empty() {
            self.teller.stored(&[&PASSWORD_OPERATION]);
            self.teller.moved(ids);
        }
        Ok(enqueued)
    }

    async fn enqueued(&self, source: &str, source_id: &str) -> Result<Option<EventId>, StoreError> {
        let key = key_of(source, source_id);
        self.read(move |connection| read::enqueued(connection, key)).await
    }

    async fn adopt(&self, plans: Vec<(EventId, Plan)>) -> Result<Vec<EventId>, StoreError> {
        self.step(["adopt.before", "adopt.after"], move |moves| adopt::adopt(moves, plans)).await
    }

    async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Claimed, StoreError> {
        let claimed = self.step(["claim.before", "claim.after"], move |moves| claim::claim(moves, &claim, now)).await?;
        self.teller.moved(claimed.jobs.iter().map(|job| job.id).collect());
        Ok(claimed)
    }

    async fn ticket(&self, hold: Hold, hash: [u8; 32]) -> Result<bool, StoreError> {
        self.write(move |connection| hold::ticket(connection, hold, &hash)).await
    }

    async fn by_ticket(&self, hash: [u8; 32]) -> Result<Option<(Hold, u32)>, StoreError> {
        self.read(move |connection| hold::by_ticket(connection, &hash)).await
    }

    async fn heartbeat(&self, holds: Vec<Hold>, lease: Timestamp) -> Result<Vec<Hold>, StoreError> {
        self.write(move |connection| hold::heartbeat(connection, holds, lease)).await
    }

    async fn finish(&self, ends: Vec<Finish>) -> Result<Vec<Finished>, StoreError> {
        let ids: Vec<EventId> = ends.iter().map(|end| end.hold.id).collect();
        let finished = self.step(["finish.before", "finish.after"], move |moves| finish::finish(moves, &ends)).await?;
        self.teller.moved(ids);
        Ok(finished)
    }

    async fn change(&self, change: Change) -> Result<Vec<Option<Result<OperationStatus, Sentence>>>, StoreError> {
        let (results, moved) = self.step(["change.before", "change.after"], move |moves| change::change(moves, &change)).await?;
        self.teller.moved(moved);
        Ok(results)
    }

    async fn sweep(&self, now: Timestamp, retry: Timestamp) -> Result<Swept, StoreError> {
        // To look through what is parked takes a while with many devices: not while others wait to write.
        let forgotten = self.read(release::forgotten).await?;
        let swept = self.step(["sweep.before", "sweep.after"], move |moves| sweep::sweep(moves, now, retry, &forgotten)).await?;
        self.teller.moved(swept.lost.iter().chain(&swept.expired).copied().collect());
        Ok(swept)
    }

    async fn operation(&self, id: EventId) -> Result<Option<Queued>, StoreError> {
        self.read(move |connection| read::operation(connection, id)).await
    }

    async fn carriers_of(&self, ids: Vec<EventId>) -> Result<HashMap<EventId, Carrier>, StoreError> {
        self.read(move |connection| read::carriers_of(connection, &ids)).await
    }

    async fn next_due(&self, connectors: Vec<String>) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |connection| read::next_due(connection, &connectors)).await
    }

    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, StoreError> {
        self.read(move |connection| read::counts(connection, now)).await
    }

    async fn last_attempts(&self, ids: Vec<EventId>) -> Result<Vec<(EventId, Attempt)>, StoreError> {
        self.read(move |connection| read::last_attempts(connection, &ids)).await
    }

    async fn failed_after(&self, after: (Timestamp, Option<EventId>), until: Timestamp, limit: u32) -> Result<Vec<Ended>, StoreError> {
        self.read(move |connection| read::failed_after(connection, after, until, limit)).await
    }

    fn live(&self) -> broadcast::Receiver<Arc<Live>> {
        self.teller.listen()
    }
}
