//! Finding what others have left, and telling how the queue stands.

use super::backoff::retry_at;
use super::{Shared, cause};
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(3);

/// Goes round for ever. Every server does, whatever connectors it has: what nobody approved in time expires, too.
pub(super) async fn keep(shared: Arc<Shared>) {
    let mut round = tokio::time::interval(ROUND);
    round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        round.tick().await;
        if let Err(error) = sweep(&shared).await {
            tracing::warn!(cause = %cause(error), "operations that were left could not be looked for");
        }
    }
}

async fn sweep(shared: &Shared) -> Result<(), StoreError> {
    let now = shared.clock.now();
    let operations = shared.store.operations();
    let swept = operations.sweep(now, retry_at(&shared.pace, 1, now)).await?;
    if !swept.lost.is_empty() {
        tracing::warn!(operations = swept.lost.len(), "operations whose executor did not come back are due again, or have failed");
        metrics::counter!("vigia_operations_lost_total").increment(swept.lost.len() as u64);
    }
    if !swept.expired.is_empty() {
        tracing::info!(operations = swept.expired.len(), "operations that nobody approved in time have expired");
    }
    let counts = operations.counts(now).await?;
    metrics::gauge!("vigia_operations_due").set(counts.due as f64);
    let due = operations.next_due(shared.connectors.keys().cloned().collect()).await?;
    let overdue = due.map_or(0, |due| (now.millis() - due.millis()).max(0));
    metrics::gauge!("vigia_operations_overdue_seconds").set(overdue as f64 / 1000.0);
    Ok(())
}
