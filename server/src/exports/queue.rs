//! How many exports run at a time: of one person, and of all. Further ones wait their turn, first come, first served.

use crate::shares::{Share, Shares};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many exports there may be on one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportLimits {
    /// Of all persons. A token is a person of its own.
    pub at_once: usize,
    /// Of one person.
    pub each: usize,
    /// How long further ones wait before they are refused.
    pub patience: Duration,
}

impl Default for ExportLimits {
    fn default() -> Self {
        Self { at_once: 4, each: 2, patience: Duration::from_secs(30) }
    }
}

pub(super) struct Queue {
    pub limits: ExportLimits,
    all: Arc<Semaphore>,
    of: Shares,
}

/// A turn, until it is dropped.
pub(super) struct Turn(#[expect(dead_code, reason = "they are kept until they are dropped")] (Share, OwnedSemaphorePermit));

impl Queue {
    pub(super) fn new(limits: ExportLimits) -> Self {
        Self { limits, all: Arc::new(Semaphore::new(limits.at_once)), of: Shares::new(limits.each, limits.patience) }
    }

    /// The turn of this person; `None` when it does not come in time.
    pub(super) async fn turn(&self, person: &str) -> Option<Turn> {
        // Their own first: who asks for much does not stand in the way of others.
        let both = async { Some(Turn((self.of.of(person).await?, self.all.clone().acquire_owned().await.ok()?))) };
        timeout(self.limits.patience, both).await.ok()?
    }
}
