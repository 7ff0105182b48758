//! Refusals in the trail: one a minute of a kind, or whoever is refused could flood it. How many were left out is said in the next one, and where none
//! comes, in one of its own.

use super::{Actor, Identity, Trail};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vigia_app::model::{ApiError, Timestamp};

/// One of a kind is recorded this often at most, in milliseconds.
const EVERY: i64 = 60_000;
/// Kinds that are remembered. Beyond that, some are recorded more often.
const REMEMBERED: usize = 10_000;
/// The extra field that says how many were left out.
const LEFT_OUT: &str = "Left out before this";

/// What was recorded of late. Cheap to clone; whoever shares one is told of the same refusals.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<HashMap<Kind, Recorded>>>);

/// Refusals that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    what: String,
    username: String,
    ip: Option<IpAddr>,
}

struct Recorded {
    at: Timestamp,
    left_out: u64,
    /// What would be recorded of those that were left out.
    last: Option<(Trail, Actor)>,
}

impl Refusals {
    /// How many were left out before this one, if it is to be recorded.
    fn asks(&self, kind: Kind, trail: &Trail, actor: &Actor, now: Timestamp) -> Option<u64> {
        let mut kinds = self.kinds();
        if kinds.len() >= REMEMBERED {
            kinds.retain(|_, recorded| recorded.left_out > 0 || recorded.is_recent(now));
        }
        if kinds.len() >= REMEMBERED && !kinds.contains_key(&kind) {
            return Some(0);
        }
        let recorded = kinds.entry(kind).or_insert(Recorded { at: Timestamp::MIN, left_out: 0, last: None });
        if recorded.is_recent(now) {
            recorded.left_out += 1;
            recorded.last = Some((trail.clone(), actor.clone()));
            return None;
        }
        (recorded.at, recorded.last) = (now, None);
        Some(std::mem::take(&mut recorded.left_out))
    }

    /// Those that were left out and that no later one has told of; of all, or of those whose minute is over.
    fn untold(&self, now: Timestamp, all: bool) -> Vec<(Trail, Actor, u64)> {
        let mut kinds = self.kinds();
        let mut untold = Vec::new();
        kinds.retain(|_, recorded| {
            if recorded.is_recent(now) && !all {
                return true;
            }
            untold.extend(recorded.last.take().map(|(trail, actor)| (trail, actor, recorded.left_out)));
            false
        });
        untold
    }

    fn kinds(&self) -> MutexGuard<'_, HashMap<Kind, Recorded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    fn is_recent(&self, now: Timestamp) -> bool {
        // A clock that was set back is not waited for.
        (0..EVERY).contains(&now.millis().saturating_sub(self.at.millis()))
    }
}

impl Identity {
    /// The same, sharing what is known of refusals with others.
    pub fn sharing(self, refusals: Refusals) -> Self {
        Self { refusals, ..self }
    }

    /// Writes an entry about a refusal, unless one like it was written within the last minute: of the same user, from the same address, about the
    /// same `what`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record_refusal(&self, what: &str, trail: Trail, actor: &Actor) -> Result<(), ApiError> {
        let kind = Kind { what: what.to_owned(), username: actor.username.clone(), ip: actor.ip };
        match self.refusals.asks(kind, &trail, actor, (self.clock)()) {
            None => Ok(()),
            Some(0) => self.record(trail, actor).await,
            Some(left_out) => self.record(trail.note(LEFT_OUT, left_out.to_string()), actor).await,
        }
    }

    /// Writes how many refusals were left out where no later one has told; with `all`, also of the minute that is not over.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record_left_out(&self, all: bool) -> Result<(), ApiError> {
        for (trail, actor, left_out) in self.refusals.untold((self.clock)(), all) {
            // It stands for the last of them.
            self.record(trail.note(LEFT_OUT, (left_out - 1).to_string()), &actor).await?;
        }
        Ok(())
    }
}
