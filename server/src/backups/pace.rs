//! Who reads everything lets those go first who store.

use crate::store::journal::Committed;
use crate::store::{Store, StoreError};
use std::time::{Duration, Instant};

/// How long is read before it is looked whether others store.
const SLICE: Duration = Duration::from_millis(50);
/// How often it rests that long then: a backup takes three times as long at most.
const RESTS: u32 = 2;

/// Has a reader rest while others store, on whichever server.
pub(super) struct Pace<'a> {
    store: &'a dyn Store,
    committed: Committed,
    since: Instant,
}

impl<'a> Pace<'a> {
    pub(super) async fn new(store: &'a dyn Store) -> Result<Self, StoreError> {
        Ok(Self { store, committed: store.journal().committed().await?, since: Instant::now() })
    }

    /// To be called often: rests when it is time for it.
    pub(super) async fn keep(&mut self) -> Result<(), StoreError> {
        let worked = self.since.elapsed();
        if worked < SLICE {
            return Ok(());
        }
        let committed = self.store.journal().committed().await?;
        if committed != self.committed {
            tokio::time::sleep(worked * RESTS).await;
        }
        // What came during the rest counts: whoever stores all the time does so now.
        *self = Self { committed, since: Instant::now(), ..*self };
        Ok(())
    }
}
