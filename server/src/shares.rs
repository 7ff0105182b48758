//! So many of something for each person, or address, that they have at a time; whoever has all of theirs waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Beyond so many persons and addresses, those that have nothing are forgotten.
const REMEMBERED: usize = 1_000;

/// So many of something for each person, or address.
pub struct Shares {
    /// How many each of them has.
    pub each: usize,
    patience: Duration,
    of: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Share(#[expect(dead_code, reason = "it is kept until it is dropped")] OwnedSemaphorePermit);

impl Shares {
    /// Whoever finds none waits so long for one.
    pub fn new(each: usize, patience: Duration) -> Self {
        Self { each, patience, of: Mutex::default() }
    }

    /// A share of this person: first come, first served.
    pub async fn of(&self, person: &str) -> Option<Share> {
        let shares = {
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            if of.len() >= REMEMBERED {
                // What is had or waited for has its own hold on it.
                of.retain(|_, shares| Arc::strong_count(shares) > 1);
            }
            of.entry(person.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.each))).clone()
        };
        timeout(self.patience, shares.acquire_owned()).await.ok()?.ok().map(Share)
    }
}
