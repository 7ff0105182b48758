//! The database's clock without asking it each time: several servers agree on it, whatever their own clocks say.

use super::{AGAIN, Shared};
use crate::causes;
use crate::store::{Store, StoreError};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use vigia_app::model::Timestamp;

/// How often it is asked.
const MEASURE: Duration = Duration::from_secs(30);
/// An answer that took longer says too little of when it was given.
const QUICK: Duration = Duration::from_secs(1);

/// What the database said, and when that was. Time passes between as the machine counts it, which nobody can set.
pub struct DatabaseClock(RwLock<(Timestamp, Instant)>);

impl DatabaseClock {
    pub async fn start(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self(RwLock::new(measure(store).await?)))
    }

    pub fn now(&self) -> Timestamp {
        let (said, at) = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        later(said, at.elapsed())
    }
}

/// A time some while after another.
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::saturating(at.millis().saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}

async fn measure(store: &dyn Store) -> Result<(Timestamp, Instant), StoreError> {
    loop {
        let asked = Instant::now();
        let said = store.operations().clock().await?;
        let took = asked.elapsed();
        if took <= QUICK {
            // It looked somewhere between the question and the answer.
            return Ok((said, asked + took / 2));
        }
    }
}

/// Asks again and again.
pub(super) async fn keep(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(MEASURE).await;
        match measure(&*shared.store).await {
            Ok(measured) => *shared.clock.0.write().unwrap_or_else(PoisonError::into_inner) = measured,
            Err(error) => {
                if !error.is_told() {
                    tracing::warn!(cause = causes::chain(&error), "the database's clock could not be read");
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
