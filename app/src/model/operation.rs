//! Operations that Vigia carries out: how they stand, what may be done with them, and how they fail.
//!
//! ```text
//! Awaiting approval -> Scheduled -> Running -> Success | Error        Awaiting approval -> Expired
//! Awaiting approval | Scheduled -> Canceled                           Running -> Scheduled (another try is due)
//! Error | Success -> Scheduled (Restart execution)
//! ```

use super::{EventId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an operation stands; the statuses of the report Password operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OperationStatus {
    AwaitingApproval,
    Scheduled,
    Running,
    Success,
    Error,
    Expired,
    Canceled,
}

impl OperationStatus {
    pub const ALL: [Self; 7] =
        [Self::AwaitingApproval, Self::Scheduled, Self::Running, Self::Success, Self::Error, Self::Expired, Self::Canceled];

    /// The word of the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "Awaiting approval",
            Self::Scheduled => "Scheduled",
            Self::Running => "Running",
            Self::Success => "Success",
            Self::Error => "Error",
            Self::Expired => "Expired",
            Self::Canceled => "Canceled",
        }
    }

    /// By the word of the report, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }

    /// What becomes of an operation that stands so, or why that cannot be: a sentence for people.
    ///
    /// # Errors
    /// The reason, when the move is not one of the state machine's.
    pub fn after(self, step: Move) -> Result<Self, String> {
        use OperationStatus as S;
        Ok(match (step, self) {
            (Move::Approve, S::AwaitingApproval) | (Move::Retry, S::Running) | (Move::Restart, S::Error | S::Success) => S::Scheduled,
            (Move::RunNow, S::Scheduled) => S::Scheduled,
            (Move::Disapprove, S::AwaitingApproval) | (Move::Cancel, S::AwaitingApproval | S::Scheduled) => S::Canceled,
            (Move::Expire, S::AwaitingApproval) => S::Expired,
            (Move::Start, S::Scheduled) => S::Running,
            (Move::Succeed, S::Running) => S::Success,
            (Move::Fail, S::Running) => S::Error,
            (step, status) => return Err(step.refused(status)),
        })
    }
}

impl fmt::Display for OperationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Every way from one status to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    Approve,
    Disapprove,
    /// The approval period has passed.
    Expire,
    /// An executor takes the operation: an attempt begins.
    Start,
    /// The attempt failed or its outcome is unknown, and another one is due.
    Retry,
    Succeed,
    Fail,
    Cancel,
    /// Due at once.
    RunNow,
    Restart,
}

impl Move {
    pub const ALL: [Self; 10] = [
        Self::Approve,
        Self::Disapprove,
        Self::Expire,
        Self::Start,
        Self::Retry,
        Self::Succeed,
        Self::Fail,
        Self::Cancel,
        Self::RunNow,
        Self::Restart,
    ];

    fn refused(self, status: OperationStatus) -> String {
        let what = match self {
            Self::Approve => "approved",
            Self::Disapprove => "disapproved",
            Self::Expire => "expired",
            Self::Start => "started",
            Self::Retry => "tried again",
            Self::Succeed | Self::Fail => "finished",
            Self::Cancel => "canceled",
            Self::RunNow => "requested for immediate execution",
            Self::Restart => "restarted",
        };
        let why = match status {
            OperationStatus::AwaitingApproval => "it awaits approval",
            OperationStatus::Scheduled => "it is scheduled and has not started",
            OperationStatus::Running => "it is running",
            OperationStatus::Success => "it has succeeded",
            OperationStatus::Error => "it has failed",
            OperationStatus::Expired => "its approval period has passed",
            OperationStatus::Canceled => "it was canceled",
        };
        let when: Vec<_> = OperationStatus::ALL.into_iter().filter(|from| Self::is_known(self, *from)).map(OperationStatus::name).collect();
        format!("The operation cannot be {what}: {why}. That is possible while its status is {}.", when.join(" or "))
    }

    fn is_known(self, from: OperationStatus) -> bool {
        use OperationStatus as S;
        match self {
            Self::Approve | Self::Disapprove | Self::Expire => from == S::AwaitingApproval,
            Self::Start | Self::RunNow => from == S::Scheduled,
            Self::Retry | Self::Succeed | Self::Fail => from == S::Running,
            Self::Cancel => matches!(from, S::AwaitingApproval | S::Scheduled),
            Self::Restart => matches!(from, S::Error | S::Success),
        }
    }
}

/// What administrators do with operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Restart,
    RunNow,
    Cancel,
    Approve,
    Disapprove,
}

impl Action {
    pub const ALL: [Self; 5] = [Self::Restart, Self::RunNow, Self::Cancel, Self::Approve, Self::Disapprove];

    /// The name in the API.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::RunNow => "run_now",
            Self::Cancel => "cancel",
            Self::Approve => "approve",
            Self::Disapprove => "disapprove",
        }
    }

    /// The product's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Restart => "Restart execution",
            Self::RunNow => "Request immediate execution",
            Self::Cancel => "Cancel",
            Self::Approve => "Approve",
            Self::Disapprove => "Disapprove",
        }
    }

    pub const fn step(self) -> Move {
        match self {
            Self::Restart => Move::Restart,
            Self::RunNow => Move::RunNow,
            Self::Cancel => Move::Cancel,
            Self::Approve => Move::Approve,
            Self::Disapprove => Move::Disapprove,
        }
    }

    /// Whether it can be done with an operation of this status.
    pub fn suits(self, status: OperationStatus) -> bool {
        status.after(self.step()).is_ok()
    }
}

/// Why an attempt failed; decides whether another one follows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ErrorClass {
    /// The system was not reached: nothing was changed.
    Connectivity,
    /// The system, or the connector, is busy or asked to wait.
    Unavailable,
    /// The password or key that the connector signs in with was refused: more tries would lock the account.
    CredentialRejected,
    AccountLocked,
    PermissionDenied,
    /// The account, role or device is not there.
    NotFound,
    /// The new password does not fit the rules of the system.
    PolicyRejected,
    /// The settings of the connector or the operation are wrong.
    Configuration,
    /// Whether the change took effect is not known: the next try looks first.
    Inconclusive,
    Other,
}

impl ErrorClass {
    pub const ALL: [Self; 10] = [
        Self::Connectivity,
        Self::Unavailable,
        Self::CredentialRejected,
        Self::AccountLocked,
        Self::PermissionDenied,
        Self::NotFound,
        Self::PolicyRejected,
        Self::Configuration,
        Self::Inconclusive,
        Self::Other,
    ];

    /// The word that attempts keep.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connectivity => "Connectivity",
            Self::Unavailable => "Unavailable",
            Self::CredentialRejected => "Credential rejected",
            Self::AccountLocked => "Account locked",
            Self::PermissionDenied => "Permission denied",
            Self::NotFound => "Not found",
            Self::PolicyRejected => "Policy rejected",
            Self::Configuration => "Configuration",
            Self::Inconclusive => "Inconclusive",
            Self::Other => "Other",
        }
    }

    /// By its word, whatever the case; `_` and `-` stand for blanks.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim().replace(['_', '-'], " ");
        Self::ALL.into_iter().find(|class| class.name().eq_ignore_ascii_case(&name))
    }

    /// Whether another attempt follows by itself: only where it can neither lock an account nor repeat a mistake.
    pub const fn retries(self) -> bool {
        matches!(self, Self::Connectivity | Self::Unavailable | Self::Inconclusive)
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
    /// Why it cannot be restarted here, where that is so; empty otherwise.
    pub hint: String,
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

/// What became of one operation of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    pub id: EventId,
    /// How it stands now, or why it was refused.
    pub result: Result<OperationStatus, String>,
}

/// Operations that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureGroup {
    pub error_class: String,
    pub device: String,
    /// Of the newest of them.
    pub message: String,
    /// Newest first.
    pub ids: Vec<EventId>,
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

/// Credentials whose passwords are changed again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialSet {
    pub name: String,
    pub operation: String,
    pub credentials: Vec<Target>,
    /// Days from one time to the next, 1 to 366.
    pub every_days: u32,
    /// Local time of day at which the window opens and closes, in minutes since midnight; over midnight where it closes first.
    pub window: (u16, u16),
    /// IANA name of the window's zone.
    pub zone: String,
    pub approval: bool,
    pub enabled: bool,
    /// When it is due next; set by the server.
    #[serde(default)]
    pub next: Option<Timestamp>,
}

impl CredentialSet {
    /// Most credentials of one set.
    pub const MAX_CREDENTIALS: usize = 1_000;
}

/// How the executors stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExecutorState {
    pub paused: bool,
    pub scheduled: u64,
    pub due: u64,
    pub running: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_is_allowed_where_its_refusals_say_so() {
        for step in Move::ALL {
            for status in OperationStatus::ALL {
                let after = status.after(step);
                assert_eq!(after.is_ok(), step.is_known(status), "{step:?} from {status}");
                if let Err(reason) = after {
                    let possible = reason.rsplit_once("while its status is ").expect("where it is possible").1;
                    assert!(
                        OperationStatus::ALL.into_iter().any(|from| possible.contains(from.name()) && from.after(step).is_ok()),
                        "{reason}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_has_ended_is_only_ever_restarted() {
        use OperationStatus as S;
        for step in Move::ALL {
            for status in [S::Expired, S::Canceled] {
                assert!(status.after(step).is_err(), "{step:?} from {status}");
            }
            for status in [S::Success, S::Error] {
                assert_eq!(status.after(step).ok(), (step == Move::Restart).then_some(S::Scheduled), "{step:?} from {status}");
            }
        }
    }

    #[test]
    fn words_are_read_back() {
        assert!(OperationStatus::ALL.into_iter().all(|status| OperationStatus::parse(status.name()) == Some(status)));
        assert!(ErrorClass::ALL.into_iter().all(|class| ErrorClass::parse(class.name()) == Some(class)));
        assert_eq!(ErrorClass::parse("credential_rejected"), Some(ErrorClass::CredentialRejected));
    }
}
