//! Removing events that have been kept as long as the settings say.

use crate::clock::Clock;
use crate::config::{KeepFor, Retention};
use crate::identity::{Actor, Identity, Trail};
use crate::store::{ResolvedQuery, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;
use vigia_app::model::{ApiError, Count, Filter, Moment, Query, Test, TimeRange, Timestamp};

/// Events removed in one transaction: others write between two.
pub const BATCH: u32 = 10_000;
/// Between two batches.
const PAUSE: Duration = Duration::from_millis(20);
/// Between two rounds.
const ROUND: Duration = Duration::from_secs(60 * 60);

/// Rounds of all servers together are this far apart, in milliseconds; a little less than [`ROUND`], for clocks differ.
const MOST_OFTEN: i64 = 55 * 60 * 1000;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Goes round once an hour, for ever. A round that fails is said in the log, and tried again in the next.
pub async fn keep(store: Arc<dyn Store>, clock: Clock, retention: Retention) {
    if retention.0.is_empty() {
        return;
    }
    let identity = Identity::new(store.clone(), clock.clone());
    let mut round = tokio::time::interval(ROUND);
    loop {
        round.tick().await;
        match turn(&*store, clock()).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                tracing::error!(cause = format!("{:#}", anyhow::Error::from(error)), "cannot tell whose turn it is to remove old events");
                continue;
            }
        }
        for rule in &retention.0 {
            match apply(&*store, &identity, rule, clock()).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(rule = %rule, removed, "removed events that were kept long enough"),
                Err(error) => tracing::error!(rule = %rule, %error, "events that were kept long enough could not be removed"),
            }
        }
    }
}

/// Of several servers on one database, one goes round in an hour: whether it is this one.
pub async fn turn(store: &dyn Store, now: Timestamp) -> Result<bool, StoreError> {
    const KEY: (&str, &str) = ("turns", "retention");
    let was = store.kept().get(KEY.0, KEY.1).await?;
    let last: Option<i64> = was.as_deref().and_then(|was| was.parse().ok());
    // A clock that was set back does not keep the events for ever.
    let recent = |last: i64| (0..MOST_OFTEN).contains(&(now.millis() - last));
    if last.is_some_and(recent) {
        return Ok(false);
    }
    store.kept().replace(KEY.0, KEY.1, was.as_deref(), &now.millis().to_string()).await
}

/// Removes the events of one rule and says how many; writes first that it does.
///
/// # Errors
/// When the trail cannot be written, and nothing is removed; or when the database fails, with what was removed until then gone.
pub async fn apply(store: &dyn Store, identity: &Identity, rule: &KeepFor, now: Timestamp) -> Result<u64, ApiError> {
    let before = Timestamp::saturating(now.millis() - i64::from(rule.days) * DAY);
    let failed = |error: StoreError| crate::reports::store_error(&error);
    let old = store.count(older(rule, before, now)?).await.map_err(failed)?;
    let found = match old {
        Count::Exactly(0) => return Ok(0),
        Count::Exactly(found) => found.to_string(),
        Count::AtLeast(found) => format!("{found} or more"),
    };
    let mut trail = Trail::new("Deletion", "Event")
        .on(rule.report.title)
        .changing()
        .note("Rule", rule.to_string())
        .note("Events before", before.rfc3339())
        .note("Found", found);
    if let Some(source) = &rule.source {
        trail = trail.note("Source of the events", source);
    }
    identity.record(trail, &Actor::vigia()).await?;
    let mut removed = 0;
    loop {
        let batch = store.remove_before(rule.report, rule.source.as_deref(), before, BATCH).await.map_err(failed)?;
        removed += batch;
        metrics::counter!("vigia_events_removed_total", "report" => rule.report.key).increment(batch);
        if batch == 0 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    store.tidy(rule.report).await.map_err(failed)?;
    Ok(removed)
}

/// Asks for the events a rule is about.
fn older(rule: &KeepFor, before: Timestamp, now: Timestamp) -> Result<ResolvedQuery, ApiError> {
    let mut query = Query::all(rule.report);
    if let (Some(source), Some(column)) = (&rule.source, rule.report.columns.last()) {
        query.filters.push(Filter { column, test: Test::Is(vec![source.clone()]) });
    }
    query.range = TimeRange::Between { from: None, to: Some(Moment { clock: before.utc().naive_utc(), utc: true }) };
    Ok(ResolvedQuery::new(query, now)?)
}
