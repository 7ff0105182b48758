//! How much memory bodies with events may take together.

use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Bytes of decompressed text that are held at a time, over all requests. What is made of them on the way into the store takes some
/// times as much.
pub(crate) const BUDGET: usize = 12 << 20;
/// A permit is for so many bytes.
const UNIT: usize = 4 << 10;
/// A request waits this long for its share; then it is told to come again.
const PATIENCE: Duration = Duration::from_millis(250);

/// See [`BUDGET`].
pub struct Budget(Semaphore);

impl Default for Budget {
    fn default() -> Self {
        Self(Semaphore::new(BUDGET / UNIT))
    }
}

impl Budget {
    /// A share of so many bytes until it is dropped; `None` when there is none to be had within a moment.
    pub(crate) async fn share(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let units = u32::try_from(bytes.min(BUDGET).div_ceil(UNIT).max(1)).ok()?;
        timeout(PATIENCE, self.0.acquire_many(units)).await.ok()?.ok()
    }
}
