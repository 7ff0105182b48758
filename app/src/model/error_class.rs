//! How attempts fail.

use crate::text;
use crate::words::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

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

    /// For people.
    pub const fn label(self) -> Text {
        match self {
            Self::Connectivity => text!("choice.error-class.Connectivity"),
            Self::Unavailable => text!("choice.error-class.Unavailable"),
            Self::CredentialRejected => text!("choice.error-class.Credential rejected"),
            Self::AccountLocked => text!("choice.error-class.Account locked"),
            Self::PermissionDenied => text!("choice.error-class.Permission denied"),
            Self::NotFound => text!("choice.error-class.Not found"),
            Self::PolicyRejected => text!("choice.error-class.Policy rejected"),
            Self::Configuration => text!("choice.error-class.Configuration"),
            Self::Inconclusive => text!("choice.error-class.Inconclusive"),
            Self::Other => text!("choice.error-class.Other"),
        }
    }

    /// By its word, whatever the case; `_` and `-` stand for blanks.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim().replace(['_', '-'], " ");
        Self::ALL.into_iter().find(|class| class.name().eq_ignore_ascii_case(&name))
    }

    /// Whether another try with what was refused would lock an account, or keep it locked.
    pub const fn locks(self) -> bool {
        matches!(self, Self::CredentialRejected | Self::AccountLocked)
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

#[cfg(test)]
mod tests {
    use super::ErrorClass;

    #[test]
    fn words_are_read_back() {
        assert!(ErrorClass::ALL.into_iter().all(|class| ErrorClass::parse(class.name()) == Some(class)));
        assert_eq!(ErrorClass::parse("credential_rejected"), Some(ErrorClass::CredentialRejected));
    }

    #[test]
    fn what_would_lock_an_account_is_never_tried_again_by_itself() {
        assert!(ErrorClass::ALL.into_iter().all(|class| !(class.locks() && class.retries())));
    }
}
