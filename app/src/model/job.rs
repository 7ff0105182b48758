//! Work that the servers do in the background.

use super::Timestamp;
use crate::words::Sentence;
use serde::{Deserialize, Serialize};

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobState {
    /// In addresses, in the log and in metrics.
    pub name: String,
    /// What it does: a sentence.
    pub purpose: Sentence,
    /// Seconds from the end of one run to the next; `None` for what goes on all the time.
    pub every: Option<u64>,
    /// Whether one server does it for all; otherwise each does it for itself, and this is about the one that answers.
    pub one: bool,
    /// Since when it is being done, where the server that answers does it.
    pub running: Option<Timestamp>,
    pub last: Option<JobRun>,
    /// When it is done next, where the server that answers does it.
    pub next: Option<Timestamp>,
    /// How many runs have gone wrong, one after another, up to the last.
    pub failures: u32,
}

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    pub began: Timestamp,
    /// Milliseconds.
    pub took: i64,
    /// What went wrong; empty when nothing did.
    pub error: String,
    /// Host and process.
    pub server: String,
}
