//! Who carries an operation out: beside its status, that decides what can be done with it.

use super::{Action, ErrorClass, OperationStatus};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Keeper {
    /// Vigia, through a connector that is set up.
    Vigia,
    /// Vigia, but its connector is not set up, or does not go to its device.
    Stranded,
    /// Another system has, and a route leads to a connector that can do it again and goes to its device.
    Routed,
    /// Another system.
    #[default]
    Other,
}

impl Keeper {
    /// Whether it can be done at all, whatever the status.
    pub const fn allows(self, action: Action) -> bool {
        match self {
            Self::Vigia => true,
            // It can be taken out of the queue, and nothing else: nobody would carry it out.
            Self::Stranded => matches!(action, Action::Cancel | Action::Disapprove),
            Self::Routed => matches!(action, Action::Restart),
            Self::Other => false,
        }
    }
}

/// What is to be known of a row before something is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    pub keeper: Keeper,
    /// How it failed, where another try would lock an account.
    pub locks: Option<ErrorClass>,
}

impl Standing {
    /// Whether an action can be done with an operation of this status.
    pub fn allows(self, action: Action, status: OperationStatus) -> bool {
        self.keeper.allows(action) && action.suits(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_would_carry_out_can_only_be_taken_back() {
        let can = |keeper: Keeper| Action::ALL.into_iter().filter(|action| keeper.allows(*action)).collect::<Vec<_>>();
        assert_eq!(can(Keeper::Vigia), Action::ALL);
        assert_eq!(can(Keeper::Stranded), [Action::Cancel, Action::Disapprove]);
        assert_eq!(can(Keeper::Routed), [Action::Restart]);
        assert_eq!(can(Keeper::Other), []);
        let routed = Standing { keeper: Keeper::Routed, locks: None };
        assert!(routed.allows(Action::Restart, OperationStatus::Error) && !routed.allows(Action::Restart, OperationStatus::Running));
    }
}
