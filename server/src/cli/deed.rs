//! What a command does, in Audit tracking.
//!
//! What changes something has a row before it is done, and is not done where there can be none; what came of it is a second row, with the counts. What
//! only shows something is shown all the same, and the terminal says that it has no row: whoever looks after a database that cannot be written needs to
//! see it.

use crate::clock::Clock;
use crate::identity::{Actor, Identity, Trail};
use crate::store::Store;
use anyhow::anyhow;
use std::io::Write as _;
use std::sync::Arc;
use vigia_app::model::ApiError;

/// The extra field with what came of it.
const OUTCOME: &str = "Outcome";

/// Something that a command does, begun.
pub(super) struct Deed {
    identity: Identity,
    actor: Actor,
    trail: Trail,
}

impl Deed {
    /// Says that it is about to be done.
    ///
    /// # Errors
    /// When that cannot be written; then it must not be done.
    pub(super) async fn begin(store: &Arc<dyn Store>, clock: &Clock, actor: &Actor, trail: Trail) -> anyhow::Result<Self> {
        let identity = Identity::new(store.clone(), clock.clone());
        let begun = identity.record(trail.clone().changing().note(OUTCOME, "Begun"), actor).await;
        begun.map_err(|error| anyhow!("Nothing was done: Audit tracking takes no row. {}", error.message))?;
        Ok(Self { identity, actor: actor.clone(), trail })
    }

    /// Says what came of it: counts, or why it ended. Where that cannot be written, the terminal says so: what was done is done.
    pub(super) async fn end<E: std::fmt::Display>(self, came: Result<&[(&'static str, String)], E>) {
        let mut trail = self.trail.operated("Execution");
        match came {
            Ok(counts) => {
                trail = trail.note(OUTCOME, "Success");
                for (name, count) in counts {
                    trail = trail.note(name, count);
                }
            }
            Err(error) => trail = trail.note(OUTCOME, format!("Failed: {error:#}")),
        }
        unwritten(self.identity.record(trail, &self.actor).await);
    }

    /// The same, of a result that is handed on.
    pub(super) async fn ended<T>(
        self,
        came: anyhow::Result<T>,
        counts: impl FnOnce(&T) -> Vec<(&'static str, String)>,
    ) -> anyhow::Result<T> {
        match &came {
            Ok(done) => self.end(Ok::<&[_], anyhow::Error>(&counts(done))).await,
            Err(error) => self.end(Err(error)).await,
        }
        came
    }
}

/// Says what somebody looks at.
pub(super) async fn seen(identity: &Identity, actor: &Actor, entity: &'static str, what: impl Into<String>) {
    unwritten(identity.record(Trail::new("Read", entity).on(what), actor).await);
}

/// Hands the result of a command on that says by itself what it does; that it failed is a row of its own.
pub(super) async fn told<T>(identity: &Identity, actor: &Actor, command: &str, came: anyhow::Result<T>) -> anyhow::Result<T> {
    if let Err(error) = &came {
        let trail = Trail::new("Execution", "Command").on(format!("vigia {command}")).note(OUTCOME, format!("Failed: {error:#}"));
        unwritten(identity.record(trail, actor).await);
    }
    came
}

/// Where a row could not be written, the terminal says so.
pub(super) fn unwritten(written: Result<(), ApiError>) {
    if let Err(error) = written {
        let line = super::log::escaped(&error.message.to_string());
        let _ = writeln!(std::io::stderr(), "vigia: no row about this could be written into Audit tracking: {line}");
    }
}
