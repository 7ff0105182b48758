//! How an attempt went.

use super::turn::Log;
use crate::mask;
use crate::store::operations::{Ending, Finish, Hold};
use vigia_app::model::{ErrorClass, Timestamp};

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done(Done),
    Failed(Failure),
    /// Somebody else carries it out, and reports by the attempt's ticket until then.
    Later {
        until: Timestamp,
    },
}

/// The change took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub verified: Verified,
    pub message: String,
    pub script: Script,
}

/// It did not, or nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub class: ErrorClass,
    pub message: String,
    pub script: Script,
}

/// What carried the attempt out, where it has a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    pub template: String,
    pub version: String,
}

/// What was verified after the change. There is no success without it, and it cannot be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified(String);

impl Verified {
    /// `None` for a text that says nothing.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (!text.trim().is_empty()).then_some(Self(text))
    }
}

impl Failure {
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), script: Script::default() }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Outcome {
    /// The success, if what was verified says something; else nobody knows what happened.
    pub fn done(verified: impl Into<String>, message: impl Into<String>, script: Script) -> Self {
        match Verified::new(verified) {
            Some(verified) => Self::Done(Done { verified, message: message.into(), script }),
            None => Self::Failed(Failure {
                class: ErrorClass::Inconclusive,
                message: "A success was reported, but not what was verified.".to_owned(),
                script,
            }),
        }
    }

    /// The end of the attempt for the queue, with everything masked that looks like a secret; `None` when somebody else ends it. `retry`
    /// is when another attempt would be due, if the failure allows one.
    pub fn finish(self, hold: Hold, at: Timestamp, log: &Log, retry: Option<Timestamp>) -> Option<Finish> {
        let clean = |text: &str| mask::secrets(text).into_owned();
        let (ending, message, script) = match self {
            Self::Done(done) => (Ending::Success { verified: clean(&done.verified.0) }, done.message, done.script),
            Self::Failed(Failure { class, message, script }) => {
                (Ending::Failed { class, retry: retry.filter(|_| class.retries()) }, message, script)
            }
            Self::Later { .. } => return None,
        };
        let (template, version) = (clean(&script.template), clean(&script.version));
        Some(Finish { hold, at, ending, message: clean(&message), template, version, log: log.take() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_app::model::EventId;

    fn hold() -> Hold {
        Hold { id: EventId::from_i64(1).expect("an id"), fence: 1 }
    }

    #[test]
    fn there_is_no_success_without_something_verified() {
        assert_eq!(Verified::new(" \n"), None);
        let Outcome::Failed(failure) = Outcome::done("", "changed", Script::default()) else { panic!("is not a success") };
        assert_eq!(failure.class, ErrorClass::Inconclusive);
    }

    #[test]
    fn what_looks_like_a_secret_is_masked_before_it_is_kept() {
        let log = Log::default();
        log.line("password=hunter2 set");
        let outcome = Outcome::done("signed in with password=hunter2", "token=hunter2", Script::default());
        let finish = outcome.finish(hold(), Timestamp::saturating(0), &log, None).expect("an end");
        assert!(!format!("{finish:?}").contains("hunter2"), "{finish:?}");
        let failed = Outcome::from(Failure::new(ErrorClass::Other, "postgres://app:hunter2@db"));
        let finish = failed.finish(hold(), Timestamp::saturating(0), &log, None).expect("an end");
        assert!(!format!("{finish:?}").contains("hunter2"), "{finish:?}");
    }

    #[test]
    fn only_some_failures_are_tried_again_by_themselves() {
        let retry = Some(Timestamp::saturating(5));
        for class in ErrorClass::ALL {
            let finish = Outcome::from(Failure::new(class, "x")).finish(hold(), Timestamp::saturating(0), &Log::default(), retry);
            let Some(Finish { ending: Ending::Failed { retry: again, .. }, .. }) = finish else { panic!("it failed") };
            assert_eq!(again.is_some(), class.retries(), "{class}");
        }
    }
}
