//! Taking operations that are due, and having them carried out.

use super::clock::later;
use super::ends::End;
use super::hands::{self, LetGo};
use super::{AGAIN, Shared, paused};
use crate::causes;
use crate::crash;
use crate::operations::outcome::{Failure, Outcome};
use crate::operations::turn::{Log, Turn};
use crate::store::StoreError;
use crate::store::operations::{Claim, Claimed, Hold, Job};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use vigia_app::model::{ErrorClass, Live};

/// Most operations taken in one go.
const BATCH: usize = 256;
/// Longest wait before looking again, whatever nobody said.
const IDLE: Duration = Duration::from_secs(1);
/// Shortest wait after nothing was found.
const PAUSE: Duration = Duration::from_millis(5);
/// How much longer than its own limit a connector may take before it is ended from outside.
const MARGIN: Duration = Duration::from_secs(10);

/// Takes what is due, until `stop`.
pub(super) async fn keep(shared: &Arc<Shared>, ends: &UnboundedSender<End>, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let room = (shared.limits.total as usize).saturating_sub(shared.hands.len()).min(BATCH);
        let mut wait = IDLE;
        if room > 0 {
            let asked = Instant::now();
            match claim(shared, room).await {
                Ok(claimed) => {
                    let again = claimed.more || claimed.jobs.len() == room;
                    for job in claimed.jobs {
                        start(shared, ends, job, hands::until(asked, &shared.pace));
                    }
                    if again {
                        continue;
                    }
                    sleep(PAUSE).await;
                    wait = until_due(shared).await;
                }
                Err(error) => {
                    if !error.is_told() {
                        tracing::warn!(cause = causes::chain(&error), "operations could not be taken");
                    }
                    wait = AGAIN;
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = shared.wake.notified() => {}
            () = sleep(wait) => {}
        }
    }
}

/// Takes up to `room`; none while executors are paused.
async fn claim(shared: &Shared, room: usize) -> Result<Claimed, StoreError> {
    if paused(&*shared.store).await? {
        return Ok(Claimed::default());
    }
    let now = shared.clock.now();
    let claim = Claim {
        executor: shared.name.clone(),
        connectors: shared.connectors.keys().cloned().collect(),
        want: u32::try_from(room).unwrap_or(u32::MAX),
        limits: shared.limits,
        lease: later(now, shared.pace.lease),
    };
    let claimed = shared.store.operations().claim(claim, now).await?;
    if !claimed.jobs.is_empty() {
        crash::point("executor.claimed");
    }
    Ok(claimed)
}

/// How long until the next operation is due, at most [`IDLE`]. One that is overdue waits for another to end, which wakes us.
async fn until_due(shared: &Shared) -> Duration {
    let due = shared.store.operations().next_due(shared.connectors.keys().cloned().collect()).await;
    let wait = due.ok().flatten().map(|due| due.millis() - shared.clock.now().millis());
    wait.and_then(|wait| u64::try_from(wait).ok()).map_or(IDLE, |wait| Duration::from_millis(wait).min(IDLE))
}

/// Has an attempt made, in a task of its own, by whoever holds the operation until then.
fn start(shared: &Arc<Shared>, ends: &UnboundedSender<End>, job: Job, until: Instant) {
    let hold = Hold { id: job.id, fence: job.fence };
    let let_go = shared.hands.take(hold, until);
    let (shared, ends) = (shared.clone(), ends.clone());
    tokio::spawn(async move {
        let log = Arc::new(Log::default());
        let (connector, tries) = (job.plan.connector.clone(), job.tries);
        let outcome = attempt(&shared, job, log.clone(), &let_go).await;
        crash::point("executor.ran");
        let _ = ends.send(End { hold, connector, tries, at: shared.clock.now(), outcome, log });
    });
}

/// Makes an attempt, whatever the connector does. When this returns, nothing of it goes on.
async fn attempt(shared: &Arc<Shared>, job: Job, log: Arc<Log>, let_go: &LetGo) -> Outcome {
    let unknown = |message: &str| Outcome::from(Failure::new(ErrorClass::Inconclusive, message));
    let Some(connector) = shared.connectors.get(&job.plan.connector).cloned() else {
        return Failure::new(ErrorClass::Configuration, "This server has no connector of that name.").into();
    };
    // Of the list as it is now: the operation may have waited for long.
    if let Err(elsewhere) = shared.setup.goes(&job.plan.connector, &job.device) {
        return Failure::new(ErrorClass::Configuration, elsewhere.to_string()).into();
    }
    let hold = Hold { id: job.id, fence: job.fence };
    if shared.hands.is_over(hold) {
        return Failure::new(ErrorClass::Unavailable, "Nothing was begun: the database answered when the lease was over.").into();
    }
    let limit = connector.limit() + MARGIN;
    let within = shared.clone();
    let mut run = AbortOnDropHandle::new(tokio::spawn(async move {
        let turn = Turn { job: &job, log: &log, start: within.clock.now(), operations: within.store.operations() };
        connector.run(&turn).await
    }));
    let why = tokio::select! {
        biased;
        ended = &mut run => return ended.unwrap_or_else(|_| unknown("The connector failed in a way it should not; the server's log has more.")),
        why = let_go.said() => why,
        () = shared.hands.over(hold) => {
            tracing::error!(operation = %hold.id, "the lease could not be renewed before somebody else may have the operation; the attempt was ended");
            "The lease could not be renewed in time; the attempt was ended."
        }
        () = sleep(limit) => "The connector did not come to an end in time.",
    };
    run.abort();
    // It may have come to an end meanwhile.
    run.await.unwrap_or_else(|_| unknown(why))
}

/// Wakes the executor when something moved that it does not hold itself.
pub(super) async fn listen(shared: Arc<Shared>) {
    let mut live = shared.store.operations().live();
    loop {
        match live.recv().await.as_deref() {
            Ok(Live::Moved { ids }) if ids.is_empty() || !ids.iter().all(|id| shared.hands.has(*id)) => shared.wake.notify_one(),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => shared.wake.notify_one(),
            Err(RecvError::Closed) => return,
        }
    }
}
