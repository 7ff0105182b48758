//! One round of telling: each rule that is due tells what has happened since it told last.

use super::message::{self, MOST, Message};
use super::progress::{self, KeptRule, Progress};
use super::sightings;
use super::{Delivery, absence};
use crate::digest::hashed;
use crate::fold::folded;
use crate::index::Index;
use crate::jobs::{Job, On};
use crate::store::alarms::{self, Alarm};
use crate::store::operations::Ended;
use crate::store::{Store, StoreError};
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Duration;
use vigia_app::model::{NotificationRule, Occasion, Timestamp};
use vigia_app::sentence;

/// How often to look for something to tell.
const EVERY: Duration = Duration::from_secs(5);
/// How long a message on its way may take when the server stops: dropped, it is sent once more.
const GRACE: Duration = Duration::from_secs(5);
/// What happened less than this many milliseconds ago waits: others that happened before it may still be on their way into the
/// database, and failures that are alike are told together.
pub const SETTLED: i64 = 3_000;
/// The wait after a try that did not work, in milliseconds; it doubles with each one, up to `LONGEST_WAIT`.
const FIRST_WAIT: i64 = 10_000;
const LONGEST_WAIT: i64 = 60 * 60 * 1000;

/// Tells people what they want to be told of.
pub fn job(store: Arc<dyn Store>, delivery: Delivery, index: Index) -> Job {
    let parts = Arc::new((store, delivery, index));
    let purpose = sentence!("job.purpose.notifications");
    let work = move || {
        let parts = parts.clone();
        async move { Ok(round(&*parts.0, &parts.1, &parts.2).await?) }
    };
    Job::every("notifications", purpose, EVERY, On::One, work).with_grace(GRACE).acting()
}

/// Has every rule tell what it has to tell. It may be interrupted at any point; what two servers tell at once may arrive twice.
///
/// # Errors
/// When the database fails; what could not be delivered is not an error, and is kept with the rule.
pub async fn round(store: &dyn Store, delivery: &Delivery, index: &Index) -> Result<(), StoreError> {
    let now = store.operations().clock().await?;
    let rules: Vec<KeptRule> = progress::rules(store).await?.into_iter().map(|(_, rule)| rule).collect();
    sightings::follow(store, &rules, now).await?;
    for rule in rules {
        if rule.rule.enabled {
            while tell((store, index), delivery, &rule, now).await? {}
        }
    }
    Ok(())
}

/// Tells up to [`MOST`]; true where there may be more.
async fn tell((store, index): (&dyn Store, &Index), delivery: &Delivery, rule: &KeptRule, now: Timestamp) -> Result<bool, StoreError> {
    let name = &rule.rule.name;
    let Some((was, progress)) = progress::of(store, name).await? else {
        // Kept by a server that died before it could say from when on to tell.
        progress::keep(store, name, None, &Progress::new(now)).await?;
        return Ok(false);
    };
    if progress.retry.is_some_and(|retry| retry > now) {
        return Ok(false);
    }
    let Some(news) = news((store, index), rule, &progress, now, &delivery.base).await? else { return Ok(false) };
    let told = Progress { failures: 0, problem: None, retry: None, ..news.told };
    let Some(message) = news.message else {
        return Ok(progress::keep(store, name, Some(&was), &told).await? && news.more);
    };
    let sent = delivery.send(rule, &message).await;
    crate::crash::point("notification.sent");
    metrics::counter!("vigia_notifications_total", "result" => if sent.is_ok() { "success" } else { "failure" }).increment(1);
    let next = match &sent {
        Ok(()) => Progress { sent: Some(now), ..told },
        Err(problem) => {
            tracing::warn!(rule = name, problem = %problem.sentence(), "a notification could not be delivered");
            let failures = progress.failures.saturating_add(1);
            let retry = Some(Timestamp::saturating(now.millis() + wait(failures)));
            Progress { failures, problem: Some(problem.clone()), retry, ..progress }
        }
    };
    Ok(progress::keep(store, name, Some(&was), &next).await? && news.more && sent.is_ok())
}

/// What has happened since a rule told last.
struct News {
    /// How far the rule is when it has told of it.
    told: Progress,
    /// Nothing where none of it is for this rule.
    message: Option<Message>,
    /// Whether there may be more of it.
    more: bool,
}

async fn news(
    (store, index): (&dyn Store, &Index),
    rule: &KeptRule,
    was: &Progress,
    now: Timestamp,
    base: &str,
) -> Result<Option<News>, StoreError> {
    let alone = |news: Option<(Progress, Option<Message>)>| news.map(|(told, message)| News { told, message, more: false });
    match rule.rule.occasion {
        Occasion::OperationFailed => failures(store, rule, was, now, base).await,
        Occasion::BackupTrouble => troubles(store, rule, was, now, base).await,
        Occasion::ReportedFailure | Occasion::WatchedView | Occasion::RiskyView | Occasion::EmergencyAccess | Occasion::FirstAccess => {
            let news = sightings::news(store, rule, was, now, base, |last| id(rule, &["row", last])).await?;
            // What is left when it has told waits a while.
            Ok(news.map(|(told, message)| News { told, more: message.is_none(), message }))
        }
        // Before that nothing can be missing for long enough.
        Occasion::SourceSilent | Occasion::NobodyReviewed if was.look.is_some_and(|look| look > now) => Ok(None),
        Occasion::SourceSilent => Ok(alone(absence::silent((store, index), rule, was, now, base, |parts| id(rule, parts)).await?)),
        Occasion::NobodyReviewed => Ok(alone(Some(absence::unreviewed(store, rule, was, now, base, |parts| id(rule, parts)).await?))),
    }
}

async fn failures(store: &dyn Store, rule: &KeptRule, was: &Progress, now: Timestamp, base: &str) -> Result<Option<News>, StoreError> {
    let until = Timestamp::saturating(now.millis() - SETTLED);
    let happened = store.operations().failed_after((was.at, was.id), until, MOST).await?;
    let Some((at, last)) = happened.last().map(|last| (last.at, last.id)) else { return Ok(None) };
    let more = happened.len() >= MOST as usize;
    let to_tell: Vec<Ended> = happened.into_iter().filter(|ended| suits(&rule.rule, ended)).collect();
    let id = id(rule, &[&at.millis().to_string(), &last.to_string()]);
    let message = (!to_tell.is_empty()).then(|| message::failures(id, now, Occasion::OperationFailed, &to_tell, 0, base));
    Ok(Some(News { told: Progress { at, id: Some(last), ..was.clone() }, message, more }))
}

async fn troubles(store: &dyn Store, rule: &KeptRule, was: &Progress, now: Timestamp, base: &str) -> Result<Option<News>, StoreError> {
    let mut noted = alarms::after(store, was.alarm).await?;
    let more = noted.len() > MOST as usize;
    noted.truncate(MOST as usize);
    let Some(last) = noted.last().map(|(number, _)| *number) else { return Ok(None) };
    // What was noted before the rule was there is not for it.
    let to_tell: Vec<Alarm> = noted.into_iter().map(|(_, alarm)| alarm).filter(|alarm| alarm.at >= was.at).collect();
    let message = (!to_tell.is_empty()).then(|| message::troubles(id(rule, &["alarm", &last.to_string()]), now, &to_tell, base));
    Ok(Some(News { told: Progress { alarm: last, ..was.clone() }, message, more }))
}

/// The same for the same message, whoever sends it, however often.
fn id(rule: &KeptRule, last: &[&str]) -> String {
    let key = progress::key(&rule.rule.name);
    let parts: Vec<&str> = std::iter::once(key.as_str()).chain(last.iter().copied()).collect();
    format!("msg_{}", hashed(&parts))
}

fn suits(rule: &NotificationRule, ended: &Ended) -> bool {
    let class = |class: &String| class.eq_ignore_ascii_case(&ended.error_class);
    folded(&ended.device).contains(&*folded(&rule.device)) && (rule.error_classes.is_empty() || rule.error_classes.iter().any(class))
}

/// Half to the whole of a wait that doubles.
fn wait(failures: u32) -> i64 {
    let most = FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(LONGEST_WAIT);
    rand::rng().random_range(most / 2..=most)
}
