//! Doing one job, again and again.

use super::{Job, On, Rhythm, Shared, pace};
use crate::causes;
use crate::store::StoreError;
use crate::store::hold::held;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::JoinError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use vigia_app::model::{JobRun, Timestamp};

/// Where the last runs are kept of what one server does for all.
pub(super) const RUNS: &str = "job_runs";
/// Where it is kept what somebody wants done now.
pub(super) const WANTED: &str = "jobs_wanted";
/// The last run is kept at most so often, unless how it went has changed.
const KEEP: Duration = Duration::from_secs(60);

/// How a job stands on this server.
#[derive(Default)]
pub(super) struct Standing {
    now: Mutex<Now>,
    /// Somebody wants it done now.
    pub wanted: Notify,
}

#[derive(Default, Clone)]
pub(super) struct Now {
    pub running: Option<Timestamp>,
    pub last: Option<LastRun>,
    pub next: Option<Timestamp>,
    /// When the last run was kept, where runs are.
    pub kept: Option<Instant>,
}

/// How a job went, and how often in a row it has gone wrong by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastRun {
    pub run: JobRun,
    pub failures: u32,
    /// Whether the log says by itself what was wrong: see [`StoreError::is_told`].
    #[serde(skip)]
    told: bool,
}

impl Standing {
    pub fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was wrong with a run, in words.
enum Wrong {
    Failed(String),
    /// The database could not be reached.
    Outage(String),
    Panicked(String),
}

/// Does the job at this place until `stop`.
pub(super) async fn keep(shared: Arc<Shared>, at: usize, stop: CancellationToken) {
    let Some((job, standing)) = shared.jobs.get(at) else { return };
    let mut due = Instant::now();
    // Whether it was looked when the job was done last, since this server has the lead: it may have had it before this began.
    let mut looked = job.on == On::Each;
    loop {
        if !looked || job.on == On::One && !shared.lead.is_held() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = shared.lead.held() => {}
            }
            // Another server may have done it a moment ago.
            let last = kept(&shared, job.name).await;
            due = Instant::now() + last.as_ref().map_or(Duration::ZERO, |last| left(job, last, (shared.clock)()));
            standing.now().last = last;
            looked = true;
        }
        standing.now().next = Some(after((shared.clock)(), due.saturating_duration_since(Instant::now())));
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep_until(due.into()) => {}
            () = standing.wanted.notified() => {}
            () = lost(&shared, job) => {
                standing.now().next = None;
                looked = false;
                continue;
            }
        }
        // Where that cannot be said, too: what cannot be told from a held instance does not act.
        if job.acts && !matches!(held(&*shared.store).await, Ok(None)) {
            due = Instant::now() + every(job);
            continue;
        }
        let began = (shared.clock)();
        let watch = Instant::now();
        {
            let mut now = standing.now();
            now.running = Some(began);
            now.next = None;
        }
        let end = once(&shared, job, &stop).await;
        standing.now().running = None;
        let Some(end) = end else {
            looked = job.on == On::Each;
            continue;
        };
        let last = told(&shared, job, standing, end, began, watch.elapsed()).await;
        due = Instant::now() + pace::wait(every(job), last.failures);
    }
}

/// One run, from its beginning to its end; `None` where it was dropped, or went on until the server stopped.
async fn once(shared: &Shared, job: &Job, stop: &CancellationToken) -> Option<Result<(), Wrong>> {
    let mut task = AbortOnDropHandle::new(tokio::spawn((job.work)(stop.clone())));
    let ended = tokio::select! {
        ended = &mut task => ended,
        () = lost(shared, job) => return None,
        () = stop.cancelled() => match timeout(job.grace, &mut task).await {
            Ok(ended) => ended,
            Err(_) if job.grace.is_zero() => return None,
            Err(_) => {
                tracing::warn!(job = job.name, seconds = job.grace.as_secs(), "gave up what was still being done");
                return None;
            }
        },
    };
    let always = job.rhythm == Rhythm::Always;
    match ended {
        Ok(_) if always && stop.is_cancelled() => None,
        Ok(Ok(())) if always => Some(Err(Wrong::Failed("It ended by itself.".to_owned()))),
        Ok(result) => Some(result.map_err(|error| {
            let is_told = error.chain().any(|cause| cause.downcast_ref().is_some_and(StoreError::is_told));
            if is_told { Wrong::Outage(format!("{error:#}")) } else { Wrong::Failed(format!("{error:#}")) }
        })),
        Err(error) => Some(Err(Wrong::Panicked(words(error)))),
    }
}

/// Returns when the job is not this server's any more.
async fn lost(shared: &Shared, job: &Job) {
    match job.on {
        On::Each => std::future::pending().await,
        On::One => shared.lead.lost().await,
    }
}

/// Notes how a run ended, for metrics, log and administrators.
async fn told(shared: &Shared, job: &Job, standing: &Standing, end: Result<(), Wrong>, began: Timestamp, took: Duration) -> LastRun {
    let (result, error, told) = match end {
        Ok(()) => ("success", String::new(), false),
        Err(Wrong::Failed(error)) => ("failure", error, false),
        Err(Wrong::Outage(error)) => ("failure", error, true),
        Err(Wrong::Panicked(error)) => ("panic", format!("It panicked: {error}"), false),
    };
    metrics::counter!("vigia_job_runs_total", "job" => job.name, "result" => result).increment(1);
    metrics::histogram!("vigia_job_seconds", "job" => job.name).record(took.as_secs_f64());
    let was = standing.now().last.clone();
    // What went on for long enough has gone well before it ended.
    let before = was.as_ref().map_or(0, |was| was.failures);
    let before = if job.rhythm == Rhythm::Always && took > every(job) { 0 } else { before };
    let failures = if error.is_empty() { 0 } else { before.saturating_add(1) };
    if !error.is_empty() && !told {
        let wait = pace::wait(every(job), failures);
        tracing::error!(job = job.name, error, failures, again_in_seconds = wait.as_secs(), "work in the background went wrong");
    } else if error.is_empty() && before > 0 && was.as_ref().is_some_and(|was| !was.told) {
        tracing::info!(job = job.name, failures = before, "work in the background goes well again");
    }
    let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    let last = LastRun { run: JobRun { began, took, error, server: shared.server.clone() }, failures, told };
    let changed = was.is_none_or(|was| was.run.error != last.run.error);
    let keep = {
        let mut now = standing.now();
        now.last = Some(last.clone());
        job.on == On::One && (changed || now.kept.is_none_or(|kept| kept.elapsed() >= KEEP))
    };
    if keep {
        let value = serde_json::to_string(&last).unwrap_or_default();
        match shared.store.kept().set(RUNS, vec![(job.name.to_owned(), Some(value))]).await {
            Ok(()) => standing.now().kept = Some(Instant::now()),
            Err(error) if error.is_told() => {}
            Err(error) => {
                tracing::warn!(job = job.name, cause = causes::chain(&error), "how work in the background went could not be kept");
            }
        }
    }
    last
}

/// How the last run went, whichever server did it.
async fn kept(shared: &Shared, name: &str) -> Option<LastRun> {
    match shared.store.kept().get(RUNS, name).await {
        Ok(kept) => kept.and_then(|kept| serde_json::from_str(&kept).ok()),
        Err(error) => {
            if !error.is_told() {
                tracing::warn!(job = name, cause = causes::chain(&error), "how work in the background went could not be read");
            }
            None
        }
    }
}

/// Has everything done that somebody wants done, on whichever server they said so.
pub(super) async fn wake_wanted(shared: &Shared) {
    let done = async {
        let wanted = shared.store.kept().all(WANTED).await?;
        if !wanted.is_empty() {
            let wanted: HashMap<String, String> = wanted.into_iter().collect();
            shared.jobs.iter().filter(|(job, _)| wanted.contains_key(job.name)).for_each(|(_, standing)| standing.wanted.notify_one());
            shared.store.kept().set(WANTED, wanted.into_keys().map(|name| (name, None)).collect()).await?;
        }
        Ok::<_, StoreError>(())
    };
    if let Err(error) = done.await
        && !error.is_told()
    {
        tracing::warn!(cause = causes::chain(&error), "what is wanted of the jobs could not be read");
    }
}

/// How long it is until the next run is due, after what is known of the last.
fn left(job: &Job, last: &LastRun, now: Timestamp) -> Duration {
    let since = now.millis() - (last.run.began.millis() + last.run.took);
    let wait = pace::wait(every(job), last.failures);
    // A clock that was set back does not hold anything up for ever.
    u64::try_from(since).map_or(Duration::ZERO, |since| wait.saturating_sub(Duration::from_millis(since)))
}

fn every(job: &Job) -> Duration {
    match job.rhythm {
        Rhythm::Every(every) => every,
        Rhythm::Always => KEEP,
    }
}

fn after(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp::saturating(at.millis().saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
}

/// What a panic said.
fn words(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without words".to_owned()),
        Err(error) => error.to_string(),
    }
}
