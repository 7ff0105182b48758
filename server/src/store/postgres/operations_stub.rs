//! Stands in until the queue is here.

use crate::store::StoreError;
use crate::store::operations::{
    Change, Claim, Claimed, Ended, Enqueued, Finish, Finished, Hold, NewOperation, Operations, Plan, QueueCounts, Queued, Swept,
};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::broadcast;
use vigia_app::model::{Attempt, EventId, Live, OperationStatus, Timestamp};

pub(super) struct Stub;

#[async_trait]
impl Operations for Stub {
    async fn clock(&self) -> Result<Timestamp, StoreError> {
        not_yet()
    }
    async fn enqueue(&self, _new: Vec<NewOperation>, _now: Timestamp) -> Result<Vec<Enqueued>, StoreError> {
        not_yet()
    }
    async fn adopt(&self, _plans: Vec<(EventId, Plan)>) -> Result<Vec<EventId>, StoreError> {
        not_yet()
    }
    async fn claim(&self, _claim: Claim, _now: Timestamp) -> Result<Claimed, StoreError> {
        not_yet()
    }
    async fn ticket(&self, _hold: Hold, _hash: [u8; 32]) -> Result<bool, StoreError> {
        not_yet()
    }
    async fn by_ticket(&self, _hash: [u8; 32]) -> Result<Option<(Hold, u32)>, StoreError> {
        not_yet()
    }
    async fn heartbeat(&self, _holds: Vec<Hold>, _lease: Timestamp) -> Result<Vec<Hold>, StoreError> {
        not_yet()
    }
    async fn finish(&self, _ends: Vec<Finish>) -> Result<Vec<Finished>, StoreError> {
        not_yet()
    }
    async fn change(&self, _change: Change) -> Result<Vec<Option<Result<OperationStatus, String>>>, StoreError> {
        not_yet()
    }
    async fn sweep(&self, _now: Timestamp, _retry: Timestamp) -> Result<Swept, StoreError> {
        not_yet()
    }
    async fn operation(&self, _id: EventId) -> Result<Option<Queued>, StoreError> {
        not_yet()
    }
    async fn next_due(&self, _connectors: Vec<String>) -> Result<Option<Timestamp>, StoreError> {
        not_yet()
    }
    async fn counts(&self, _now: Timestamp) -> Result<QueueCounts, StoreError> {
        not_yet()
    }
    async fn last_attempts(&self, _ids: Vec<EventId>) -> Result<Vec<(EventId, Attempt)>, StoreError> {
        not_yet()
    }
    async fn failed_after(&self, _after: (Timestamp, Option<EventId>), _until: Timestamp, _limit: u32) -> Result<Vec<Ended>, StoreError> {
        not_yet()
    }
    fn live(&self) -> broadcast::Receiver<Arc<Live>> {
        broadcast::channel(1).1
    }
}

fn not_yet<T>() -> Result<T, StoreError> {
    Err(StoreError::Unusable("not there yet".to_owned()))
}
