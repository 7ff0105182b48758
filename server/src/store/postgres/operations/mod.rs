//! The queue, as the trait wants it: whole batches in a transaction each.
//!
//! Nothing here waits in a circle. Whoever keeps operations from others does so in the order of their ids, or passes over those that
//! somebody else keeps; report rows come after their operations. Claims of all servers go one after the other.

mod adopt;
mod attempts;
mod change;
mod claim;
mod finish;
mod hold;
mod moves;
mod read;
mod release;
mod sweep;
mod work;

use super::append::Append;
use super::{PostgresStore, TRIES};
use crate::store::StoreError;
use crate::store::enqueue::prepare;
use crate::store::operations::{Carrier, Change, Claim, Claimed, Ended, Enqueued, Finish, Finished, Hold, NewOperation, Plan};
use crate::store::operations::{Operations, QueueCounts, Queued, Swept};
use crate::store::whole::key_of;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::broadcast;
use vigia_app::model::{Attempt, EventId, Live, OperationStatus, Timestamp};
use vigia_app::words::Sentence;

#[async_trait]
impl Operations for PostgresStore {
    async fn clock(&self) -> Result<Timestamp, StoreError> {
        self.server_clock().await
    }

    async fn enqueue(&self, mut new: Vec<NewOperation>, now: Timestamp) -> Result<Vec<Enqueued>, StoreError> {
        prepare(&mut new)?;
        let mut enqueued = vec![None; new.len()];
        for _ in 0..TRIES {
            // All of them at first. After that those whose rows others removed between the question for their keys and the one for their ids.
            let missing: Vec<usize> = (0..new.len()).filter(|place| enqueued[*place].is_none()).collect();
            if missing.is_empty() {
                break;
            }
            let operations = missing.iter().map(|place| new[*place].clone()).collect();
            let stored = self.writer.append(Append { events: Vec::new(), operations, received: now }).await?;
            metrics::counter!("vigia_events_stored_total").increment(stored.appended.stored);
            for (place, found) in missing.into_iter().zip(stored.enqueued) {
                enqueued[place] = found;
            }
        }
        let removed =
            || StoreError::Failed(anyhow::anyhow!("the row of an operation that was asked for before is removed again and again"));
        enqueued.into_iter().map(|enqueued| enqueued.ok_or_else(removed)).collect()
    }

    async fn enqueued(&self, source: &str, source_id: &str) -> Result<Option<EventId>, StoreError> {
        self.find_enqueued(key_of(source, source_id)).await
    }

    async fn adopt(&self, plans: Vec<(EventId, Plan)>) -> Result<Vec<EventId>, StoreError> {
        self.work(&adopt::Adopting(&plans)).await
    }

    async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Claimed, StoreError> {
        self.work(&claim::Claiming { claim: &claim, now }).await
    }

    async fn ticket(&self, hold: Hold, hash: [u8; 32]) -> Result<bool, StoreError> {
        self.take_ticket(hold, hash).await
    }

    async fn by_ticket(&self, hash: [u8; 32]) -> Result<Option<(Hold, u32)>, StoreError> {
        self.find_ticket(hash).await
    }

    async fn heartbeat(&self, holds: Vec<Hold>, lease: Timestamp) -> Result<Vec<Hold>, StoreError> {
        self.work(&hold::Beating { holds: &holds, lease }).await
    }

    async fn finish(&self, ends: Vec<Finish>) -> Result<Vec<Finished>, StoreError> {
        self.work(&finish::Finishing(&ends)).await
    }

    async fn change(&self, change: Change) -> Result<Vec<Option<Result<OperationStatus, Sentence>>>, StoreError> {
        self.work(&change::Changing(&change)).await
    }

    async fn sweep(&self, now: Timestamp, retry: Timestamp) -> Result<Swept, StoreError> {
        self.work(&sweep::Sweeping { now, retry }).await
    }

    async fn operation(&self, id: EventId) -> Result<Option<Queued>, StoreError> {
        self.queued(id).await
    }

    async fn carriers_of(&self, ids: Vec<EventId>) -> Result<HashMap<EventId, Carrier>, StoreError> {
        self.find_carriers(&ids).await
    }

    async fn next_due(&self, connectors: Vec<String>) -> Result<Option<Timestamp>, StoreError> {
        self.first_due(&connectors).await
    }

    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, StoreError> {
        self.count_queue(now).await
    }

    async fn last_attempts(&self, ids: Vec<EventId>) -> Result<Vec<(EventId, Attempt)>, StoreError> {
        self.find_last_attempts(&ids).await
    }

    async fn failed_after(&self, after: (Timestamp, Option<EventId>), until: Timestamp, limit: u32) -> Result<Vec<Ended>, StoreError> {
        self.find_failed(after, until, limit).await
    }

    fn live(&self) -> broadcast::Receiver<Arc<Live>> {
        self.listener.live()
    }
}
