//! Refusals in the trail: one a minute of a kind, or whoever is refused could flood it. How many were left out is said in the next one, and where none
//! comes, in one of its own.

use super::{Actor, Identity, Trail};
use crate::doors::household;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vigia_app::model::{ApiError, Timestamp};

/// One of a kind is recorded this often at most, in milliseconds.
const EVERY: i64 = 60_000;
/// Kinds that are remembered. Beyond that, all others are one kind.
const REMEMBERED: usize = 10_000;
/// So many kinds of people who are not known are recorded a minute. Addresses are many: without an end to them, whoever has some fills the trail.
const STRANGERS: u32 = 10;
/// The extra field that says how many were left out.
const LEFT_OUT: &str = "Left out before this";

/// What was recorded of late. Cheap to clone; whoever shares one is told of the same refusals.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    kinds: HashMap<Kind, Recorded>,
    /// How many kinds of strangers were recorded in the minute that began then.
    strangers: Option<(Timestamp, u32)>,
}

/// Refusals that are alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    what: String,
    username: String,
    ip: Option<IpAddr>,
}

impl Kind {
    /// All those that there is no room to tell apart.
    const fn rest() -> Self {
        Self { what: String::new(), username: String::new(), ip: None }
    }
}

struct Recorded {
    at: Timestamp,
    left_out: u64,
    /// What would be recorded of those that were left out.
    last: Option<(Trail, Actor)>,
}

impl Refusals {
    /// How many were left out before this one, if it is to be recorded.
    fn asks(&self, kind: Kind, is_known: bool, trail: &Trail, actor: &Actor, now: Timestamp) -> Option<u64> {
        let mut known = self.known();
        if known.kinds.len() >= REMEMBERED {
            known.kinds.retain(|_, recorded| recorded.left_out > 0 || recorded.is_recent(now));
        }
        let is_new = known.kinds.get(&kind).is_none_or(|recorded| !recorded.is_recent(now));
        let has_room = known.kinds.len() < REMEMBERED || known.kinds.contains_key(&kind);
        let kind = if has_room && (is_known || !is_new || known.takes_stranger(now)) { kind } else { Kind::rest() };
        let recorded = known.kinds.entry(kind).or_insert(Recorded { at: Timestamp::MIN, left_out: 0, last: None });
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
        let mut untold = Vec::new();
        self.known().kinds.retain(|_, recorded| {
            if recorded.is_recent(now) && !all {
                return true;
            }
            untold.extend(recorded.last.take().map(|(trail, actor)| (trail, actor, recorded.left_out)));
            false
        });
        untold
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether one more kind of people who are not known may be recorded within this minute.
    fn takes_stranger(&mut self, now: Timestamp) -> bool {
        let (since, count) = self.strangers.filter(|(since, _)| is_recent(*since, now)).unwrap_or((now, 0));
        self.strangers = Some((since, (count + 1).min(STRANGERS)));
        count < STRANGERS
    }
}

impl Recorded {
    fn is_recent(&self, now: Timestamp) -> bool {
        is_recent(self.at, now)
    }
}

/// Whether that was within the last minute. A clock that was set back is not waited for.
fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    (0..EVERY).contains(&now.millis().saturating_sub(at.millis()))
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
        self.record_thinned(what, true, trail, actor).await
    }

    /// The same of somebody who has not shown who they are, whose address alone tells them from others: of all of them together there are no more than
    /// [`STRANGERS`] entries a minute, and one for the rest.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record_stranger(&self, what: &str, trail: Trail, actor: &Actor) -> Result<(), ApiError> {
        self.record_thinned(what, false, trail, actor).await
    }

    async fn record_thinned(&self, what: &str, is_known: bool, trail: Trail, actor: &Actor) -> Result<(), ApiError> {
        let kind = Kind { what: what.to_owned(), username: actor.username.clone(), ip: actor.ip.map(household) };
        match self.refusals.asks(kind, is_known, &trail, actor, (self.clock)()) {
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
