//! Stands in for the queue until it is here.

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::operations::*;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::broadcast;
use vigia_app::model::{Attempt, EventId, Live, OperationStatus, Timestamp};

fn no<T>() -> Result<T, StoreError> {
    Err(StoreError::Unusable("not there yet".to_owned()))
}

#[async_trait]
impl Operations for SqliteStore {
    async fn clock(&self) -> Result<Timestamp, StoreError> {
        no()
    }
    async fn enqueue(&self, _: Vec<NewOperation>, _: Timestamp) -> Result<Vec<Enqueued>, StoreError> {
        no()
    }
    async fn adopt(&self, _: Vec<(EventId, Plan)>) -> Result<Vec<EventId>, StoreError> {
        no()
    }
    async fn claim(&self, _: Claim, _: Timestamp) -> Result<Claimed, StoreError> {
        no()
    }
    async fn ticket(&self, _: Hold, _: [u8; 32]) -> Result<bool, StoreError> {
        no()
    }
    async fn by_ticket(&self, _: [u8; 32]) -> Result<Option<(Hold, u32)>, StoreError> {
        no()
    }
    async fn heartbeat(&self, _: Vec<Hold>, _: Timestamp) -> Result<Vec<Hold>, StoreError> {
        no()
    }
    async fn finish(&self, _: Vec<Finish>) -> Result<Vec<Finished>, StoreError> {
        no()
    }
    async fn change(&self, _: Change) -> Result<Vec<Option<Result<OperationStatus, String>>>, StoreError> {
        no()
    }
    async fn sweep(&self, _: Timestamp, _: Timestamp) -> Result<Swept, StoreError> {
        no()
    }
    async fn operation(&self, _: EventId) -> Result<Option<Queued>, StoreError> {
        no()
    }
    async fn next_due(&self, _: Vec<String>) -> Result<Option<Timestamp>, StoreError> {
        no()
    }
    async fn counts(&self, _: Timestamp) -> Result<QueueCounts, StoreError> {
        no()
    }
    async fn last_attempts(&self, _: Vec<EventId>) -> Result<Vec<(EventId, Attempt)>, StoreError> {
        no()
    }
    async fn failed_after(&self, _: (Timestamp, Option<EventId>), _: Timestamp, _: u32) -> Result<Vec<Ended>, StoreError> {
        no()
    }
    fn live(&self) -> broadcast::Receiver<Arc<Live>> {
        broadcast::Sender::new(1).subscribe()
    }
}
