//! The state machine of operations: how they stand, and every way from one status to another.
//!
//! ```text
//! Awaiting approval -> Scheduled -> Running -> Success | Error        Awaiting approval -> Expired
//! Awaiting approval | Scheduled -> Canceled                           Running -> Scheduled (another try is due)
//! Error | Success -> Scheduled (Restart execution)
//! ```

use crate::words::{Sentence, Text, any_of};
use crate::{sentence, text};
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

    /// For people.
    pub const fn label(self) -> Text {
        match self {
            Self::AwaitingApproval => text!("choice.operation-status.Awaiting approval"),
            Self::Scheduled => text!("choice.operation-status.Scheduled"),
            Self::Running => text!("choice.operation-status.Running"),
            Self::Success => text!("choice.operation-status.Success"),
            Self::Error => text!("choice.operation-status.Error"),
            Self::Expired => text!("choice.operation-status.Expired"),
            Self::Canceled => text!("choice.operation-status.Canceled"),
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
    pub fn after(self, step: Move) -> Result<Self, Sentence> {
        self.next(step).ok_or_else(|| step.refused(self))
    }

    /// The state machine.
    const fn next(self, step: Move) -> Option<Self> {
        use OperationStatus as S;
        match (step, self) {
            (Move::Approve, S::AwaitingApproval)
            | (Move::RunNow, S::Scheduled)
            | (Move::Retry, S::Running)
            | (Move::Restart, S::Error | S::Success) => Some(S::Scheduled),
            (Move::Disapprove, S::AwaitingApproval) | (Move::Cancel, S::AwaitingApproval | S::Scheduled) => Some(S::Canceled),
            (Move::Expire, S::AwaitingApproval) => Some(S::Expired),
            (Move::Start, S::Scheduled) => Some(S::Running),
            (Move::Succeed, S::Running) => Some(S::Success),
            (Move::Fail, S::Running) => Some(S::Error),
            _ => None,
        }
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

    fn refused(self, status: OperationStatus) -> Sentence {
        let why = match status {
            OperationStatus::AwaitingApproval => text!("refused.awaits-approval"),
            OperationStatus::Scheduled => text!("refused.scheduled"),
            OperationStatus::Running => text!("refused.running"),
            OperationStatus::Success => text!("refused.succeeded"),
            OperationStatus::Error => text!("refused.failed"),
            OperationStatus::Expired => text!("refused.expired"),
            OperationStatus::Canceled => text!("refused.canceled"),
        };
        let from = OperationStatus::ALL.into_iter().filter(|from| from.next(self).is_some());
        let statuses = any_of(from.map(OperationStatus::label));
        match self {
            Self::Approve => sentence!("refused.approve", why = why, statuses = statuses),
            Self::Disapprove => sentence!("refused.disapprove", why = why, statuses = statuses),
            Self::Expire => sentence!("refused.expire", why = why, statuses = statuses),
            Self::Start => sentence!("refused.start", why = why, statuses = statuses),
            Self::Retry => sentence!("refused.retry", why = why, statuses = statuses),
            Self::Succeed | Self::Fail => sentence!("refused.finish", why = why, statuses = statuses),
            Self::Cancel => sentence!("refused.cancel", why = why, statuses = statuses),
            Self::RunNow => sentence!("refused.run-now", why = why, statuses = statuses),
            Self::Restart => sentence!("refused.restart", why = why, statuses = statuses),
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
    pub const fn label(self) -> Text {
        match self {
            Self::Restart => text!("action.restart"),
            Self::RunNow => text!("action.run-now"),
            Self::Cancel => text!("action.cancel"),
            Self::Approve => text!("action.approve"),
            Self::Disapprove => text!("action.disapprove"),
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
        status.next(self.step()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_exactly_the_statuses_from_which_the_move_is_allowed() {
        for step in Move::ALL {
            let allowed: Vec<_> =
                OperationStatus::ALL.into_iter().filter(|from| from.after(step).is_ok()).map(OperationStatus::name).collect();
            assert!(!allowed.is_empty(), "{step:?}");
            for status in OperationStatus::ALL {
                if let Err(reason) = status.after(step) {
                    let said = reason.to_string();
                    assert!(said.ends_with(&format!(" while its status is {}.", allowed.join(" or "))), "{step:?} from {status}: {said}");
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
    }
}
