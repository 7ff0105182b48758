//! What an executor holds, and how it holds on to it.

use super::Shared;
use super::clock::later;
use crate::causes;
use crate::store::operations::Hold;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio_util::sync::CancellationToken;
use vigia_app::model::EventId;

/// Operations in this executor's hands: those that run, and those whose end is not stored yet.
#[derive(Default)]
pub struct Hands {
    held: Mutex<HashMap<Hold, Held>>,
    /// The last one has gone.
    emptied: Notify,
    /// Held while leases are renewed, so that an attempt that is answered later keeps the lease it was given for that.
    pub renewing: AsyncMutex<()>,
}

/// Tells an attempt that it has to end, and why: a sentence for its message.
#[derive(Clone, Default)]
pub struct LetGo {
    token: CancellationToken,
    why: Arc<OnceLock<&'static str>>,
}

impl LetGo {
    fn say(&self, why: &'static str) {
        let _ = self.why.set(why);
        self.token.cancel();
    }

    /// Returns when it has to end.
    pub async fn said(&self) -> &'static str {
        self.token.cancelled().await;
        self.why.get().copied().unwrap_or_default()
    }
}

struct Held {
    let_go: LetGo,
    /// Until when it surely is nobody else's.
    until: Instant,
}

impl Hands {
    fn held(&self) -> MutexGuard<'_, HashMap<Hold, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one.
    pub fn take(&self, hold: Hold, until: Instant) -> LetGo {
        let let_go = LetGo::default();
        self.held().insert(hold, Held { let_go: let_go.clone(), until });
        metrics::gauge!("vigia_operations_in_flight").set(self.len() as f64);
        let_go
    }

    /// Puts one down, for its end is stored or not this executor's any more.
    pub fn put(&self, hold: Hold) {
        let mut held = self.held();
        held.remove(&hold);
        metrics::gauge!("vigia_operations_in_flight").set(held.len() as f64);
        if held.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    pub fn len(&self) -> usize {
        self.held().len()
    }

    pub fn has(&self, id: EventId) -> bool {
        self.held().keys().any(|hold| hold.id == id)
    }

    /// Returns when nothing is held.
    pub async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    pub fn let_go_all(&self, why: &'static str) {
        self.held().values().for_each(|held| held.let_go.say(why));
    }

    fn let_go(&self, lost: &[Hold], why: &'static str) {
        let held = self.held();
        lost.iter().filter_map(|hold| held.get(hold)).for_each(|held| held.let_go.say(why));
    }
}

/// Renews the leases, three times in each. What somebody else has moved is let go; so is everything whose lease has ended without a word
/// from the database, for another executor may have begun it again.
pub(super) async fn beat(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(shared.pace.lease / 3).await;
        let _renewing = shared.hands.renewing.lock().await;
        let holds: Vec<Hold> = shared.hands.held().keys().copied().collect();
        if holds.is_empty() {
            continue;
        }
        let asked = Instant::now();
        let lease = later(shared.clock.now(), shared.pace.lease);
        match shared.store.operations().heartbeat(holds.clone(), lease).await {
            Ok(lost) => {
                if !lost.is_empty() {
                    tracing::warn!(operations = lost.len(), "operations were taken by somebody else, and are let go");
                }
                let mut held = shared.hands.held();
                for hold in holds {
                    if let Some(held) = held.get_mut(&hold) {
                        held.until = asked + shared.pace.lease;
                    }
                }
                drop(held);
                shared.hands.let_go(&lost, "Somebody else had taken the operation; the attempt was ended.");
            }
            Err(error) => {
                tracing::warn!(cause = causes::chain(&error), "leases could not be renewed");
                let now = Instant::now();
                let over: Vec<Hold> = shared.hands.held().iter().filter(|(_, held)| held.until < now).map(|(hold, _)| *hold).collect();
                if !over.is_empty() {
                    tracing::error!(
                        operations = over.len(),
                        "leases have ended, for the database cannot be reached; what was being done is ended"
                    );
                    shared.hands.let_go(&over, "The database could not be reached for as long as the lease; the attempt was ended.");
                }
            }
        }
    }
}
