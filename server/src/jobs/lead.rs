//! Which of several servers does what only one is to do.
//!
//! The one that has the lead says so in the database, for [`LEASE`] by the database's clock, and says it again three times in each. A
//! server that is killed is followed by another when its time is over; one that stops gives the lead up at once. Whoever could not renew
//! it in time lets go by its own clock, before anybody else can have it.

use super::Shared;
use crate::causes;
use crate::store::StoreError;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use vigia_app::model::Timestamp;

/// Where it is kept who has the lead.
pub(super) const KEY: (&str, &str) = ("jobs", "lead");
const LEASE: Duration = Duration::from_secs(30);
/// Between two looks at what is to be done now.
const LOOK: Duration = Duration::from_secs(2);
/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same when the server stops.
const LAST: Duration = Duration::from_secs(2);

/// Whether this server has the lead.
pub struct Lead {
    held: watch::Sender<bool>,
    /// Tells this server from all others, and from itself before it was started again.
    token: u64,
}

impl Lead {
    pub fn new() -> Self {
        Self { held: watch::Sender::new(false), token: rand::random() }
    }

    pub fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    fn set(&self, held: bool) {
        metrics::gauge!("vigia_jobs_lead").set(f64::from(u8::from(held)));
        self.held.send_if_modified(|was| std::mem::replace(was, held) != held);
    }

    /// Returns when this server has it.
    pub async fn held(&self) {
        let _ = self.held.subscribe().wait_for(|held| *held).await;
    }

    /// Returns when this server does not have it.
    pub async fn lost(&self) {
        let _ = self.held.subscribe().wait_for(|held| !*held).await;
    }
}

/// Who has it, and until when by the database's clock.
#[derive(Serialize, Deserialize)]
struct Held {
    /// Host and process, for people who look.
    server: String,
    token: u64,
    until: Timestamp,
}

/// Takes the lead when it is free, and keeps it.
pub(super) async fn keep(shared: Arc<Shared>, stop: CancellationToken) {
    if !shared.jobs.iter().any(|(job, _)| job.on == super::On::One) {
        return;
    }
    let lead = &shared.lead;
    // Until when nobody else can have it, and when to renew it.
    let (mut until, mut renew) = (Instant::now(), Instant::now());
    loop {
        // Let go before the store is asked, for it may hang.
        if until < Instant::now() + PATIENCE + LOOK {
            lead.set(false);
        }
        let asked = Instant::now();
        if asked >= renew {
            match timeout(PATIENCE, take(&shared)).await {
                Ok(Ok(taken)) => {
                    until = if taken { asked + LEASE } else { asked };
                    renew = asked + LEASE / 3;
                    lead.set(taken);
                }
                Ok(Err(error)) if error.is_told() => {}
                Ok(Err(error)) => tracing::warn!(cause = causes::chain(&error), "the lead of the jobs could not be renewed"),
                Err(_) => tracing::warn!("the lead of the jobs could not be renewed in time"),
            }
        } else if lead.is_held() && timeout(PATIENCE, super::run::wake_wanted(&shared)).await.is_err() {
            tracing::warn!("what is wanted of the jobs could not be read in time");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LOOK) => {}
        }
    }
}

/// Says that this server has the lead for another lease; false where somebody else has it.
async fn take(shared: &Shared) -> Result<bool, StoreError> {
    let kept = shared.store.kept();
    let was = kept.get(KEY.0, KEY.1).await?;
    let now = shared.store.operations().clock().await?;
    let held = was.as_deref().and_then(|was| serde_json::from_str::<Held>(was).ok());
    // A lease that ends later than any can was given by a clock that has been set back since.
    let lease = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
    let others = |held: Held| held.token != shared.lead.token && (now.millis()..=now.millis() + lease).contains(&held.until.millis());
    if held.is_some_and(others) {
        return Ok(false);
    }
    let held = Held { server: shared.server.clone(), token: shared.lead.token, until: Timestamp::saturating(now.millis() + lease) };
    kept.replace(KEY.0, KEY.1, was.as_deref(), &serde_json::to_string(&held).unwrap_or_default()).await
}

/// Lets another server have the lead at once.
pub(super) async fn give_up(shared: &Shared, keeping: JoinHandle<()>) {
    // What it is writing must not come after what is written here.
    let _ = timeout(LAST, AbortOnDropHandle::new(keeping)).await;
    if !shared.lead.is_held() {
        return;
    }
    shared.lead.set(false);
    let given_up = async {
        let kept = shared.store.kept();
        let was = kept.get(KEY.0, KEY.1).await?;
        let mine = |was: &str| serde_json::from_str::<Held>(was).is_ok_and(|held| held.token == shared.lead.token);
        match was.filter(|was| mine(was)) {
            Some(was) => kept.replace(KEY.0, KEY.1, Some(&was), "").await,
            None => Ok(false),
        }
    };
    if !matches!(timeout(LAST, given_up).await, Ok(Ok(_))) {
        tracing::warn!("the lead of the jobs could not be given up; another server has it in half a minute");
    }
}
