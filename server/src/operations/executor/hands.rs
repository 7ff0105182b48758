//! What an executor holds, and how it holds on to it.

use super::Shared;
use super::clock::later;
use crate::causes;
use crate::operations::setup::Pace;
use crate::store::operations::Hold;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio_util::sync::CancellationToken;
use vigia_app::model::EventId;

/// The last part of each lease in which nothing is done any more: by then, what the attempt had begun is gone.
const MARGIN: u32 = 6;
/// More of it than this is not needed, however long the lease is.
const MOST_MARGIN: Duration = Duration::from_secs(5);

/// Until when, by this machine's clock that nobody can set, something is surely held whose lease was asked for then: some while before others see
/// it end. That the answer came late gives no time.
pub fn until(asked: Instant, pace: &Pace) -> Instant {
    asked + pace.lease - (pace.lease / MARGIN).min(MOST_MARGIN)
}

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
    /// Until when it surely is nobody else's: see [`until`].
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

    /// Whether somebody else may have it by now.
    pub fn is_over(&self, hold: Hold) -> bool {
        self.left(hold).is_none()
    }

    /// Returns when somebody else may have it, however often it is renewed meanwhile.
    pub async fn over(&self, hold: Hold) {
        while let Some(until) = self.left(hold) {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Until when it is held, where that is not over.
    fn left(&self, hold: Hold) -> Option<Instant> {
        self.held().get(&hold).map(|held| held.until).filter(|until| *until > Instant::now())
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

/// Renews the leases, three times in each. What somebody else has moved is let go. What could not be renewed in time ends by itself, however long the
/// database takes to say so: see [`Hands::over`].
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
                        held.until = until(asked, &shared.pace);
                    }
                }
                drop(held);
                shared.hands.let_go(&lost, "Somebody else had taken the operation; the attempt was ended.");
            }
            Err(error) if error.is_told() => {}
            Err(error) => tracing::warn!(cause = causes::chain(&error), "leases could not be renewed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::setup::Setup;
    use vigia_app::model::Timestamp;

    #[tokio::test]
    async fn what_is_held_ends_before_others_see_its_lease_end_unless_it_is_renewed() {
        let (asked, pace) = (Instant::now(), Setup::default().pace);
        for (lease, ends) in
            [(3_000, 2_500), (30_000, 25_000), (3_600_000, 3_595_000)].map(|(a, b)| (Duration::from_millis(a), Duration::from_millis(b)))
        {
            assert_eq!(until(asked, &Pace { lease, ..pace }), asked + ends);
        }
        let hands = Hands::default();
        let hold = Hold { id: EventId::first(Timestamp::MIN), fence: 1 };
        assert!(hands.is_over(hold), "not held");
        hands.take(hold, asked + Duration::from_secs(60));
        assert!(!hands.is_over(hold));
        assert!(tokio::time::timeout(Duration::from_millis(20), hands.over(hold)).await.is_err());
        hands.take(hold, asked);
        hands.over(hold).await;
        assert!(hands.is_over(hold), "the answer to a claim came too late");
    }
}
