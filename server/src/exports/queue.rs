//! How many exports run at a time: of one person, and of all. Further ones wait their turn, first come, first served.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Beyond so many persons, those that have nothing are forgotten.
const REMEMBERED: usize = 1_000;

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
    of: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A turn, until it is dropped.
pub(super) struct Turn(#[expect(dead_code, reason = "they are kept until they are dropped")] [OwnedSemaphorePermit; 2]);

impl Queue {
    pub(super) fn new(limits: ExportLimits) -> Self {
        Self { limits, all: Arc::new(Semaphore::new(limits.at_once)), of: Mutex::default() }
    }

    /// The turn of this person; `None` when it does not come in time.
    pub(super) async fn turn(&self, person: &str) -> Option<Turn> {
        let own = {
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            if of.len() >= REMEMBERED {
                // What is had or waited for has its own hold on it.
                of.retain(|_, own| Arc::strong_count(own) > 1);
            }
            of.entry(person.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.limits.each))).clone()
        };
        // Their own first: who asks for much does not stand in the way of others.
        let both = async { Some(Turn([own.acquire_owned().await.ok()?, self.all.clone().acquire_owned().await.ok()?])) };
        timeout(self.limits.patience, both).await.ok()?
    }
}
