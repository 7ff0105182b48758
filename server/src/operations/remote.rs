//! Operations that are carried out outside: leased by programs that cannot be called, and results that are called back.
//!
//! Whoever holds an attempt has its ticket, a secret made for this one attempt; its hash stands in the queue until the attempt ends.

use super::executor::{later, paused, retry_at};
use super::operation_desk::OperationDesk;
use super::outcome::{Failure, Outcome};
use super::reported::Reported;
use super::ticket::new_ticket;
use super::turn::Log;
use crate::identity::token_hash;
use crate::store::operations::{Claim, Finished, Hold, Job};
use vigia_app::model::{ApiError, ErrorClass, ErrorKind, EventId, OperationStatus, Timestamp};
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Most operations that one request leases.
pub const MAX_LEASED: u32 = 100;

/// An operation in the hands of a program outside.
#[derive(Debug, Clone)]
pub struct Leased {
    pub job: Job,
    /// Proves who holds the attempt.
    pub ticket: String,
    pub until: Timestamp,
}

/// A report of whoever carries an attempt out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It goes on: a heartbeat.
    Running,
    Ended(Reported),
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Held on to until then.
    Until(Timestamp),
    /// The attempt has ended, and the operation stands so.
    Ended(OperationStatus),
}

impl OperationDesk<'_> {
    /// Hands operations of a pull connector to a program; none while the executors are paused.
    pub async fn lease(&self, executor: &str, connector: &str, want: u32) -> Result<Vec<Leased>, ApiError> {
        let Some(lease) = self.setup.pull_lease(connector) else {
            let known: Vec<_> = self.setup.connectors.iter().filter(|known| known.kind == "pull").map(|known| &*known.name).collect();
            let words = match known[..] {
                [] => sentence!("connector.no-pull"),
                _ => sentence!("connector.not-pull", connector = format!("{connector:?}"), known = known.join(", ")),
            };
            return Err(ApiError::invalid("connector", words));
        };
        if !(1..=MAX_LEASED).contains(&want) {
            return Err(ApiError::invalid("want", sentence!("operation.lease", most = MAX_LEASED)));
        }
        if paused(self.store).await? {
            return Ok(Vec::new());
        }
        let now = self.now().await?;
        let until = later(now, lease);
        let claim =
            Claim { executor: executor.to_owned(), connectors: vec![connector.to_owned()], want, limits: self.setup.limits, lease: until };
        let claimed = self.store.operations().claim(claim, now).await?;
        let mut leased = Vec::with_capacity(claimed.jobs.len());
        for job in claimed.jobs {
            let hold = Hold { id: job.id, fence: job.fence };
            if let Err(elsewhere) = self.setup.goes(connector, &job.device) {
                self.keep_back(hold, now, &elsewhere).await?;
                continue;
            }
            let (ticket, hash) = new_ticket()?;
            if self.store.operations().ticket(hold, hash).await? {
                leased.push(Leased { job, ticket, until });
            }
        }
        Ok(leased)
    }

    /// Ends an attempt that no program is given.
    async fn keep_back(&self, hold: Hold, now: Timestamp, why: &Sentence) -> Result<(), ApiError> {
        let failed = Outcome::from(Failure::new(ErrorClass::Configuration, why.to_string()));
        let finish = failed.finish(hold, now, &Log::default(), None);
        self.store.operations().finish(finish.into_iter().collect()).await?;
        Ok(())
    }

    /// Takes what the holder of an attempt reports.
    ///
    /// # Errors
    /// [`ErrorKind::SignedOut`] for a ticket that is worth nothing, because it is wrong or its attempt has ended.
    pub async fn told(&self, ticket: &str, id: EventId, attempt: u32, told: Told) -> Result<Taken, ApiError> {
        let queue = self.store.operations();
        let held = queue.by_ticket(token_hash(ticket)).await?;
        let held = held.filter(|(hold, number)| hold.id == id && *number == attempt);
        let Some((hold, _)) = held else {
            let words = sentence!("operation.ticket");
            return Err(ApiError::new(ErrorKind::SignedOut, words));
        };
        let now = self.now().await?;
        let queued = queue.operation(id).await?;
        let (tries, connector) = queued.map(|queued| (queued.tries, queued.plan.connector)).unwrap_or_default();
        let reported = match told {
            Told::Running => {
                let until = later(now, self.setup.held_for(&connector));
                let lost = queue.heartbeat(vec![hold], until).await?;
                return if lost.is_empty() { Ok(Taken::Until(until)) } else { Err(too_late()) };
            }
            Told::Ended(reported) => reported,
        };
        let log = Log::default();
        let retry = retry_at(&self.setup.pace, tries, now);
        let Some(finish) = reported.outcome(&log).finish(hold, now, &log, Some(retry)) else { return Err(too_late()) };
        match queue.finish(vec![finish]).await?.first() {
            Some(Finished::Done(status)) => Ok(Taken::Ended(*status)),
            _ => Err(too_late()),
        }
    }
}

fn too_late() -> ApiError {
    ApiError::new(ErrorKind::SignedOut, sentence!("operation.too-late"))
}
