//! The queue of operations that Vigia carries out.
//!
//! An operation is a row of the report Password operation, and beside it what the queue has to know. Every transition is checked
//! against [`OperationStatus::after`] and against the operation's fence, and changes queue, report row, attempts and history in one
//! transaction: on return it is durable. Whoever holds an operation knows its fence; it grows whenever the operation is taken or
//! moved by somebody else, and who comes with an old one is refused.
//!
//! Times come from the caller, whose clock is the database's: see [`Operations::clock`].

use super::StoreError;
use crate::event::Event;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use vigia_app::model::{Action, Attempt, ErrorClass, EventId, HistoryEntry, Live, OperationStatus, Priority, Timestamp};
use vigia_app::words::Sentence;

/// How an operation is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the connector.
    pub connector: String,
    /// What the connector needs besides device and username: name and value.
    pub parameters: Vec<(String, String)>,
    /// At most one operation of the same credential is in flight. Compared as it is: fold it before.
    pub credential: String,
    /// Attempts there may be until it is restarted; at least 1.
    pub max_tries: u32,
}

/// An operation to be stored with its row.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// Of the report Password operation, with the time it is scheduled for. The store sets its status.
    pub event: Event,
    pub plan: Plan,
    pub priority: Priority,
    /// Until when somebody has to approve it; `None` for one that needs no approval.
    pub approve_by: Option<Timestamp>,
    /// Who asked: goes into the history.
    pub who: String,
    /// The user who stands behind that, and cannot approve it; empty for nobody who is known.
    pub asked_by: String,
}

/// What became of a new operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    New(EventId),
    /// The same source and source id were there already: nothing was stored.
    Known(EventId),
}

/// Most operations in flight, over all servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub total: u32,
    /// On one device, whatever the case of its name.
    pub device: u32,
}

/// Who carries an operation out, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    pub connector: String,
    pub device: String,
}

/// Asks for operations to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who takes them; kept with the attempts.
    pub executor: String,
    /// Connectors whose operations are taken.
    pub connectors: Vec<String>,
    /// Most operations to take.
    pub want: u32,
    pub limits: Limits,
    /// Until when they are held without a heartbeat.
    pub lease: Timestamp,
}

/// An operation in somebody's hands: an attempt that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: EventId,
    pub fence: i64,
    /// The attempt's number.
    pub attempt: u32,
    /// Attempts since it was asked for or restarted, this one included.
    pub tries: u32,
    pub plan: Plan,
    /// In the words of the report's column Operation.
    pub operation: String,
    pub device: String,
    pub username: String,
    pub credential_type: String,
    /// Start of the first attempt whose outcome is not known: look whether it took effect before doing it again.
    pub unsure: Option<Timestamp>,
    /// The same for every attempt until the operation is restarted: for systems that tell repeated requests by a key.
    pub key: String,
}

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claimed {
    pub jobs: Vec<Job>,
    /// Whether it is worth asking again at once: not all that may be due was looked at.
    pub more: bool,
}

/// Holds an operation: its id and the fence it was taken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hold {
    pub id: EventId,
    pub fence: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The change took effect; what was verified, never empty.
    Success { verified: String },
    /// It failed or, with [`ErrorClass::Inconclusive`], its outcome is not known. `retry` is when the next attempt is due; `None` for
    /// none. No attempt follows the last that the operation may have.
    Failed { class: ErrorClass, retry: Option<Timestamp> },
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    pub hold: Hold,
    pub at: Timestamp,
    pub ending: Ending,
    pub message: String,
    /// Script template, and its version.
    pub template: String,
    pub version: String,
    pub log: Vec<String>,
}

/// What became of a finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The operation stands so now.
    Done(OperationStatus),
    /// Somebody else has moved the operation since: nothing was changed, but its history says that the result came too late.
    Late,
}

/// Something an administrator does with operations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub action: Action,
    pub ids: Vec<EventId>,
    pub at: Timestamp,
    /// Who, and why: goes into the history.
    pub who: String,
    pub note: String,
    /// The user who stands behind that: one who signed in, or the owner of a token. Empty for nobody who is known, who approves nothing.
    pub person: String,
    /// Connectors that ask for an approval of each execution, and until when one that is restarted now has to be approved.
    pub guarded: Vec<String>,
    pub approve_by: Timestamp,
    /// The caller's idempotency key, hashed; empty for none. A change that the history of an operation has under the same key is not
    /// made again, and answered as it stands.
    pub request: String,
}

/// How an operation stands, for the details of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub status: OperationStatus,
    pub plan: Plan,
    pub due: Timestamp,
    pub tries: u32,
    pub approve_by: Option<Timestamp>,
    pub history: Vec<HistoryEntry>,
}

/// How many there are. Those that are scheduled, and those of them that are due, are counted up to [`ExecutorState::CAP`](vigia_app::model::ExecutorState::CAP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    pub scheduled: u64,
    pub due: u64,
    pub running: u64,
}

/// A failure of an operation Vigia carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub at: Timestamp,
    pub id: EventId,
    pub device: String,
    pub username: String,
    pub operation: String,
    pub error_class: String,
    pub message: String,
}

/// What a round of tidying did; see [`Operations::sweep`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    /// Operations whose holder did not come back: their attempts are closed as `Unknown`.
    pub lost: Vec<EventId>,
    /// Operations that nobody approved in time.
    pub expired: Vec<EventId>,
}

/// The queue.
#[async_trait]
pub trait Operations: Send + Sync {
    /// The time by the database's clock: that of the machine for a file, the server's for PostgreSQL, so that several servers agree
    /// when a lease ends.
    async fn clock(&self) -> Result<Timestamp, StoreError>;
    /// Stores operations with their rows, all or none.
    async fn enqueue(&self, new: Vec<NewOperation>, now: Timestamp) -> Result<Vec<Enqueued>, StoreError>;
    /// The operation that was stored with this source and source id.
    async fn enqueued(&self, source: &str, source_id: &str) -> Result<Option<EventId>, StoreError>;
    /// Makes rows of other sources operations of the queue, standing as their rows say; those that are already are left alone.
    /// Returns those that are of the queue now: a row that is not there, or whose status is not an operation's, is not.
    async fn adopt(&self, plans: Vec<(EventId, Plan)>) -> Result<Vec<EventId>, StoreError>;
    /// Takes operations that are due, the most urgent first, and begins an attempt of each. Never more than the limits allow, nor two
    /// of one credential.
    async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Claimed, StoreError>;
    /// Takes one operation's ticket: `hash` is what [`Operations::by_ticket`] finds it by until the attempt ends. False when the hold
    /// is no longer good.
    async fn ticket(&self, hold: Hold, hash: [u8; 32]) -> Result<bool, StoreError>;
    /// The running operation whose ticket has this hash, with the number of its attempt.
    async fn by_ticket(&self, hash: [u8; 32]) -> Result<Option<(Hold, u32)>, StoreError>;
    /// Holds on to operations until `lease`; returns those that somebody else has moved.
    async fn heartbeat(&self, holds: Vec<Hold>, lease: Timestamp) -> Result<Vec<Hold>, StoreError>;
    /// Ends attempts; a result for each, in the same order.
    async fn finish(&self, ends: Vec<Finish>) -> Result<Vec<Finished>, StoreError>;
    /// Does what an administrator asks; a result for each id, in the same order: how it stands now, or why not. `None` for an
    /// operation that is not of the queue. Restarts and requests for immediate execution are due at once, with
    /// [`Priority::Immediate`].
    async fn change(&self, change: Change) -> Result<Vec<Option<Result<OperationStatus, Sentence>>>, StoreError>;
    /// Closes what its holder lost, and expires what nobody approved. Lost operations are due again at `retry`, within their limit of
    /// attempts; their last attempt is closed as `Unknown`.
    async fn sweep(&self, now: Timestamp, retry: Timestamp) -> Result<Swept, StoreError>;
    async fn operation(&self, id: EventId) -> Result<Option<Queued>, StoreError>;
    /// Connector and device of those that are of the queue.
    async fn carriers_of(&self, ids: Vec<EventId>) -> Result<HashMap<EventId, Carrier>, StoreError>;
    /// When the next operation of these connectors is due, if any is scheduled.
    async fn next_due(&self, connectors: Vec<String>) -> Result<Option<Timestamp>, StoreError>;
    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, StoreError>;
    /// The last attempt of each of these operations, queued or not; without its log.
    async fn last_attempts(&self, ids: Vec<EventId>) -> Result<Vec<(EventId, Attempt)>, StoreError>;
    /// Up to `limit` operations of the queue that failed for good after `after`, in the order of time and id.
    async fn failed_after(&self, after: (Timestamp, Option<EventId>), until: Timestamp, limit: u32) -> Result<Vec<Ended>, StoreError>;
    /// What moves, from now on; of other servers too. A receiver that lags misses messages and has to look for itself.
    fn live(&self) -> broadcast::Receiver<Arc<Live>>;
}

/// Longest that a heartbeat may be away before somebody else takes the operation.
pub const LEASE: Duration = Duration::from_secs(30);
