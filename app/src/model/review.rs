//! What a person says of an event after having looked at it.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// How a reviewer judges an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It is as it should be.
    Expected,
    /// Somebody still has to find out.
    #[serde(rename = "Follow up")]
    FollowUp,
    /// It should not have happened.
    Incident,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Expected, Self::FollowUp, Self::Incident];

    /// The word that is kept, and stands in addresses and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expected => "Expected",
            Self::FollowUp => "Follow up",
            Self::Incident => "Incident",
        }
    }

    /// The verdict that a word means, without regard to the case of A to Z.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name().eq_ignore_ascii_case(word))
    }
}

/// One step of how an event came to be judged as it is. Steps are added, and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewEntry {
    pub at: Timestamp,
    /// The name they sign in with.
    pub who: String,
    /// `None` where the verdict before it was taken back: the event is to be reviewed again.
    pub verdict: Option<Verdict>,
    pub comment: String,
}

impl ReviewEntry {
    /// Longest comment, in bytes.
    pub const MAX_COMMENT: usize = 2_000;
    /// Most events that are reviewed at once.
    pub const MAX_EVENTS: usize = 500;
}
