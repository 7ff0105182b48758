//! Operations that Vigia carries out, as page and API look at them, ask for them and act on them.

use super::{Action, EventId, OperationStatus, Timestamp};
use crate::words::Sentence;
use serde::{Deserialize, Serialize};

/// How soon an operation is taken among those that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    /// Asked for by an administrator who waits: restarts and requests for immediate execution.
    Immediate,
}

impl Priority {
    /// From the first to be taken to the last.
    pub const ALL: [Self; 4] = [Self::Immediate, Self::High, Self::Normal, Self::Low];

    /// As the database keeps it.
    pub const fn number(self) -> i64 {
        self as i64
    }
}

/// One step of an operation's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub at: Timestamp,
    /// How the operation stood from then on.
    pub status: OperationStatus,
    /// User name, executor, or `vigia`.
    pub who: String,
    /// What happened, in a sentence.
    pub note: String,
}

/// What is known of an operation beyond its row and attempts; for one that Vigia carries out, or could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationState {
    pub id: EventId,
    pub status: OperationStatus,
    /// Name of the connector that carries it out; empty where none is known for it.
    pub connector: String,
    /// What the connector is told besides device and username, for example a role.
    pub parameters: Vec<(String, String)>,
    /// When it is due next; of one that is scheduled.
    pub due: Option<Timestamp>,
    /// Attempts since it was asked for or restarted, and how many there may be.
    pub tries: u32,
    pub max_tries: u32,
    /// Of one that awaits approval.
    pub approve_by: Option<Timestamp>,
    pub submitted: Option<Timestamp>,
    /// Oldest first. Empty for an operation that another system carried out.
    pub history: Vec<HistoryEntry>,
    /// What the reader may do with it now; none for others than administrators.
    pub actions: Vec<Action>,
    /// Why it cannot be restarted here, where that is so.
    pub hint: Option<Sentence>,
}

/// Which operations an action is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chosen {
    /// These; at most [`Chosen::MAX`].
    Ids(Vec<EventId>),
    /// All that a query string of the report matches. Refused when it matches more than `count`, which was confirmed.
    Matching { query: String, count: u32 },
}

impl Chosen {
    /// Most operations that one action takes.
    pub const MAX: usize = 10_000;
}

/// Where operations go that an action is done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    pub connector: String,
    /// How many operations, and on how many devices.
    pub operations: usize,
    pub devices: usize,
    /// The first of the devices in the order of the alphabet, in lower case.
    pub named: Vec<String>,
}

impl Destination {
    /// Most devices that are named.
    pub const MAX_NAMED: usize = 20;
}

/// What became of one operation of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    pub id: EventId,
    /// How it stands now, or why it was refused.
    pub result: Result<OperationStatus, Sentence>,
}

/// Operations that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureGroup {
    pub error_class: String,
    pub device: String,
    /// Of the newest of them.
    pub message: String,
    /// Those that the reader may restart first, each part newest first.
    pub ids: Vec<EventId>,
    /// How many the reader may restart.
    pub restartable: usize,
}

/// Failures of the operations a query matches, grouped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Failures {
    /// The largest first.
    pub groups: Vec<FailureGroup>,
    /// Whether older failures were left out: see [`Failures::MAX`].
    pub cut: bool,
}

impl Failures {
    /// Failures that are looked at, the newest ones.
    pub const MAX: usize = 2_000;
}

/// A connector, as one who creates an operation needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectorInfo {
    pub name: String,
    /// `openbao`, `webhook`, `pull` or `command`.
    pub kind: String,
    /// Names of the parameters its operations have, and whether they must be there.
    pub parameters: Vec<(String, bool)>,
    /// What it can do, in the words of the report's column Operation.
    pub operations: Vec<String>,
    /// Whether its operations need an approval.
    pub approval: bool,
}

/// A credential, and who carries operations on it out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub device: String,
    pub username: String,
    #[serde(default)]
    pub credential_type: String,
    /// Name of a connector of the configuration.
    pub connector: String,
    /// What the connector needs besides.
    #[serde(default)]
    pub parameters: Vec<(String, String)>,
}

/// An operation to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationRequest {
    pub target: Target,
    /// In the words of the report's column Operation.
    pub operation: String,
    /// `None` for now.
    pub schedule: Option<Timestamp>,
    #[serde(default)]
    pub priority: Priority,
}

/// How the executors stand. Counting what is scheduled and what is due stops at [`ExecutorState::CAP`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExecutorState {
    pub paused: bool,
    pub scheduled: u64,
    pub due: u64,
    pub running: u64,
}

impl ExecutorState {
    pub const CAP: u64 = 10_000;
}
