//! What would become of lines of a log, without anything being stored.

use super::{Attempt, Cell, Timestamp};
use serde::{Deserialize, Serialize};

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TriedOutcome {
    /// It becomes events.
    Event,
    /// It waits for the other half of its exchange.
    Waiting,
    /// It says nothing to report.
    LeftOut,
    /// It cannot be read, and would be in the quarantine.
    Refused,
}

/// Lines to try, as an administrator pastes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedTry {
    pub text: String,
    /// Name of the format to read them by; `None`: each line's own is found by its marks.
    pub format: Option<String>,
    /// Whether lines that say no time take that of their arrival; they are refused otherwise.
    pub arrival: bool,
}

impl TriedTry {
    /// So many lines are tried at a time.
    pub const MOST_LINES: usize = 500;
}

/// A line, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedLine {
    /// Its number, from 1.
    pub line: u64,
    pub outcome: TriedOutcome,
    /// The format that reads it; `None` where none claims it, or two do.
    pub format: Option<String>,
    /// Which rule of the format decided, or why the line becomes no event; may be empty.
    pub why: String,
    pub events: Vec<TriedEvent>,
    /// As it would be kept: masked, and cut after 16 KiB.
    pub original: String,
}

/// An event that would be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedEvent {
    /// Key of its report.
    pub report: String,
    pub time: Timestamp,
    /// Columns of the report that have a value, by their keys.
    pub columns: Vec<(String, Cell)>,
    pub attempts: Vec<Attempt>,
    /// What else the line says: name and value.
    pub extra: Vec<(String, String)>,
}
