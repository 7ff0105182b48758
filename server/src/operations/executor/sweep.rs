//! Finding what others have left, and telling how the queue stands.

use super::backoff::retry_at;
use crate::jobs::{Job, On};
use crate::operations::setup::Pace;
use crate::store::{Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use vigia_app::sentence;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(3);

/// Every server goes round, whatever connectors it has: the sooner something is found, the better, and each tells how its own stand.
pub fn job(store: Arc<dyn Store>, connectors: Vec<String>, pace: Pace) -> Job {
    let parts = Arc::new((store, connectors));
    let purpose = sentence!("job.purpose.lost");
    Job::every("lost-operations", purpose, ROUND, On::Each, move || {
        let parts = parts.clone();
        async move { Ok(round(&*parts.0, &parts.1, &pace).await?) }
    })
    .acting()
}

async fn round(store: &dyn Store, connectors: &[String], pace: &Pace) -> Result<(), StoreError> {
    let operations = store.operations();
    let now = operations.clock().await?;
    let swept = operations.sweep(now, retry_at(pace, 1, now)).await?;
    if !swept.lost.is_empty() {
        tracing::warn!(operations = swept.lost.len(), "operations whose executor did not come back are due again, or have failed");
        metrics::counter!("vigia_operations_lost_total").increment(swept.lost.len() as u64);
    }
    if !swept.expired.is_empty() {
        tracing::info!(operations = swept.expired.len(), "operations that nobody approved in time have expired");
    }
    let counts = operations.counts(now).await?;
    metrics::gauge!("vigia_operations_due").set(counts.due as f64);
    let due = operations.next_due(connectors.to_vec()).await?;
    let overdue = due.map_or(0, |due| (now.millis() - due.millis()).max(0));
    metrics::gauge!("vigia_operations_overdue_seconds").set(overdue as f64 / 1000.0);
    Ok(())
}
