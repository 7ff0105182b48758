//! Removing events that have been kept as long as the settings say.

use crate::clock::Clock;
use crate::config::{KeepFor, Retention};
use crate::identity::{Actor, Identity, Trail};
use crate::jobs::{Job, On};
use crate::source_name::OWN;
use crate::store::Store;
use std::sync::Arc;
use std::time::Duration;
use vigia_app::model::{ApiError, Timestamp};
use vigia_app::reports::AUDIT_TRACKING;
use vigia_app::sentence;

/// Events removed in one transaction: others write between two.
pub const BATCH: u32 = 10_000;
/// The trail counts what a rule finds no further.
const COUNTED: u32 = 10_000;
/// Between two batches.
const PAUSE: Duration = Duration::from_millis(20);
/// Between two rounds.
const ROUND: Duration = Duration::from_secs(60 * 60);

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Removes what has been kept long enough.
pub fn job(store: Arc<dyn Store>, clock: Clock, retention: Retention) -> Job {
    let identity = Identity::new(store.clone(), clock.clone());
    let parts = Arc::new((store, identity, clock, retention));
    let purpose = sentence!("job.purpose.retention");
    Job::every("retention", purpose, ROUND, On::One, move || {
        let parts = parts.clone();
        async move { round(&*parts.0, &parts.1, &parts.3, (parts.2)()).await }
    })
    .acting()
}

/// Applies every rule, whatever becomes of the others.
async fn round(store: &dyn Store, identity: &Identity, retention: &Retention, now: Timestamp) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for rule in &retention.0 {
        match apply(store, identity, rule, now).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(rule = %rule, removed, "removed events that were kept long enough"),
            Err(error) => wrong.push(format!("{rule}: {}", error.message)),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(anyhow::Error::msg(wrong.join(" "))) }
}

/// Removes the events of one rule and says how many; writes first that it does.
///
/// # Errors
/// When the trail cannot be written, and nothing is removed; or when the database fails, with what was removed until then gone.
pub async fn apply(store: &dyn Store, identity: &Identity, rule: &KeepFor, now: Timestamp) -> Result<u64, ApiError> {
    let before = Timestamp::saturating(now.millis() - i64::from(rule.days) * DAY);
    let sources = sources(store, rule).await?;
    let mut found = 0;
    for source in &sources {
        found += store.count_before(rule.report, source.as_deref(), before, COUNTED - found).await?;
    }
    let found = match found {
        0 => return Ok(0),
        COUNTED => format!("{COUNTED} or more"),
        found => found.to_string(),
    };
    let mut trail = Trail::new("Deletion", "Event")
        .on(rule.report.words.title.english())
        .changing()
        .note("Rule", rule.to_string())
        .note("Events before", before.rfc3339())
        .note("Found", found);
    if let Some(source) = &rule.source {
        trail = trail.note("Source of the events", source);
    }
    identity.record(trail, &Actor::vigia()).await?;
    let mut removed = 0;
    for source in sources {
        loop {
            let batch = store.remove_before(rule.report, source.as_deref(), before, BATCH).await?;
            removed += batch;
            metrics::counter!("vigia_events_removed_total", "report" => rule.report.key).increment(batch);
            if batch == 0 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(removed)
}

/// Whose events a rule is about; `None` for everybody's. What Vigia itself writes into Audit tracking goes by a rule of its own alone: it says what
/// became of the others, and must outlast them.
async fn sources(store: &dyn Store, rule: &KeepFor) -> Result<Vec<Option<String>>, ApiError> {
    if rule.source.is_some() || rule.report.key != AUDIT_TRACKING.key {
        return Ok(vec![rule.source.clone()]);
    }
    let all = store.sources(rule.report).await?;
    Ok(all.into_iter().filter(|source| !source.eq_ignore_ascii_case(OWN)).map(Some).collect())
}
