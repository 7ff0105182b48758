//! Takes operations that are due and carries them out, as many at once as the limits allow.
//!
//! Each server that has connectors runs one; they meet in the database only. An operation is taken for a lease ([`Pace::lease`]), which is
//! renewed while the executor lives; whoever comes back after it was given to somebody else is refused there, and lets go here. What a
//! killed executor leaves is found by any server ([`sweep`]).
//!
//! ```text
//! claims -- Hands (what is held) -- Connector::run -- ends -- the store
//!                |
//!            heartbeat
//! ```

mod backoff;
mod claims;
mod clock;
mod ends;
mod hands;
mod sweep;

use super::connectors::Connectors;
use super::setup::{Pace, Setup};
use crate::causes;
use crate::jobs::Job;
use crate::process_name::process_name;
use crate::store::hold::held;
use crate::store::operations::Limits;
use crate::store::{Store, StoreError};
pub(super) use backoff::retry_at;
use clock::DatabaseClock;
pub(super) use clock::later;
use ends::Ends;
use hands::Hands;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use vigia_app::sentence;

/// Space and key of what is kept about executors: `yes` where none takes any operations.
pub const PAUSED: (&str, &str, &str) = ("executor", "paused", "yes");

/// Whether executors are to take nothing: somebody has paused them, or the instance was restored and is not released.
pub async fn paused(store: &dyn Store) -> Result<bool, StoreError> {
    let (space, key, yes) = PAUSED;
    Ok(held(store).await?.is_some() || store.kept().get(space, key).await?.as_deref() == Some(yes))
}

/// Between two tries to reach a store that fails.
const AGAIN: Duration = Duration::from_secs(1);
/// How long the ends that are known may take to be stored when the server stops.
const LAST_ENDS: Duration = Duration::from_secs(2);

/// The jobs of a server with these connectors: carrying out operations, and finding what was left of others.
pub fn jobs(store: &Arc<dyn Store>, connectors: &Connectors, setup: &Setup) -> [Job; 2] {
    let executor = Executor::new(store.clone(), connectors.clone(), setup);
    let purpose = sentence!("job.purpose.executor");
    let grace = setup.pace.drain + LAST_ENDS + AGAIN;
    let carrying = Job::always("executor", purpose, grace, move |stop| executor.clone().run(stop));
    [carrying, sweep::job(store.clone(), connectors.keys().cloned().collect(), setup.pace)]
}

/// Carries out operations until it is told to stop.
#[derive(Clone)]
pub struct Executor {
    store: Arc<dyn Store>,
    connectors: Connectors,
    limits: Limits,
    pace: Pace,
    setup: Arc<Setup>,
    name: String,
}

/// What the parts of an executor share.
struct Shared {
    store: Arc<dyn Store>,
    connectors: Connectors,
    limits: Limits,
    pace: Pace,
    /// Says where each connector goes.
    setup: Arc<Setup>,
    /// Kept with the attempts.
    name: String,
    clock: DatabaseClock,
    hands: Hands,
    /// Something may have become due, or there is room again.
    wake: Notify,
}

impl Executor {
    pub fn new(store: Arc<dyn Store>, connectors: Connectors, setup: &Setup) -> Self {
        Self { store, connectors, limits: setup.limits, pace: setup.pace, setup: Arc::new(setup.clone()), name: process_name() }
    }

    /// Runs until `stop`; then takes nothing more, and waits a while for what it is doing. A store that fails is asked again.
    ///
    /// # Errors
    /// When a part of it has died, and with it whatever it held.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { store, connectors, limits, pace, setup, name } = self;
        let clock = loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                started = DatabaseClock::start(&*store) => match started {
                    Ok(clock) => break clock,
                    Err(error) => tracing::warn!(cause = causes::chain(&error), "the executor waits for the database"),
                },
            }
            sleep(AGAIN).await;
        };
        let shared = Arc::new(Shared { store, connectors, limits, pace, setup, name, clock, hands: Hands::default(), wake: Notify::new() });
        let (send, ended) = mpsc::unbounded_channel();
        let ends = tokio::spawn(Ends::new(shared.clone(), ended).run());
        let mut beside = JoinSet::new();
        beside.spawn(clock::keep(shared.clone()));
        beside.spawn(hands::beat(shared.clone()));
        beside.spawn(claims::listen(shared.clone()));
        let carrying = async {
            if shared.connectors.is_empty() {
                stop.cancelled().await;
            } else {
                tracing::info!(connectors = shared.connectors.len(), concurrent = limits.total, "carrying out operations");
                claims::keep(&shared, &send, &stop).await;
                drain(&shared).await;
            }
        };
        // None of them ends by itself: without it, leases would run out, or nothing would be taken any more.
        let died = tokio::select! {
            () = carrying => None,
            died = beside.join_next() => Some(died),
        };
        if died.is_some() {
            shared.hands.let_go_all("A part of the executor has died; the attempt was ended.");
        }
        drop(send);
        // Attempts give their sender back when they have ended.
        if timeout(LAST_ENDS, ends).await.is_err() {
            tracing::warn!("the ends of some attempts could not be stored; the database will know them as unknown");
        }
        drop(beside);
        match died.flatten() {
            Some(Err(error)) => Err(anyhow::Error::new(error).context("a part of the executor has died")),
            _ => Ok(()),
        }
    }
}

/// Waits for what is held, then lets go of it.
async fn drain(shared: &Shared) {
    let held = shared.hands.len();
    if held > 0 {
        tracing::info!(operations = held, seconds = shared.pace.drain.as_secs(), "waiting for operations that are being carried out");
    }
    if timeout(shared.pace.drain, shared.hands.empty()).await.is_err() {
        tracing::warn!(operations = shared.hands.len(), "operations were still being carried out; their outcome is unknown");
        shared.hands.let_go_all("The server stopped before the attempt had come to an end.");
    }
}
