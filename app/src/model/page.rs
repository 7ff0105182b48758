//! What comes back from a query.

use super::{Cell, EventId, Standing, Timestamp};
use serde::{Deserialize, Serialize};

/// One event in a table: a cell for each column of the query, in the query's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: EventId,
    pub cells: Vec<Cell>,
}

/// One page of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Page {
    pub rows: Vec<Row>,
    /// What is to be known of each row before something is done with it; empty for who may do nothing.
    pub standings: Vec<Standing>,
    /// Cursor of the page after this one, if there is one.
    pub next: Option<String>,
    /// Cursor of the page before this one, if there is one.
    pub previous: Option<String>,
}

/// How many rows match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Count {
    Exactly(u64),
    /// That is not known yet: the index is being prepared, and so many percent of it are there.
    Prepared(u8),
}

/// What stands above the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub count: Count,
    /// Time of the newest event of the report, whatever the filters.
    pub newest: Option<Timestamp>,
    /// Whether the report has no events at all, whatever the filters.
    pub empty: bool,
    /// How many seconds it has been since all that was stored could be found; 0 where that is not worth a word.
    pub behind: u32,
}

/// One event with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub id: EventId,
    /// A cell for each column of the report, in its order.
    pub cells: Vec<Cell>,
    /// What the source said beyond the report's columns: name and value. `None` for a reader who may not see it.
    pub extra: Option<Vec<(String, String)>>,
    /// The source's own id of the event; the same id twice is one event.
    pub source_id: String,
    /// When Vigia stored it.
    pub received: Timestamp,
    /// The tries of an operation, first to last.
    pub attempts: Vec<Attempt>,
    /// The line it was read from, with its secrets masked; empty when there is none. `None` for a reader who may not see it.
    pub original: Option<String>,
}

/// One try of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    pub start: Timestamp,
    /// `None` while it runs, or when its end was never reported.
    pub end: Option<Timestamp>,
    /// The system that carried it out.
    pub executor: String,
    /// `Success`, `Error`, `Running` or `Unknown`.
    pub result: String,
    /// Empty unless it failed: `Connectivity`, `Credential rejected`, `Account locked`, `Permission denied`, `Inconclusive`, ...
    pub error_class: String,
    pub message: String,
    /// Name of the connector that carried it out; empty for an attempt of another system.
    pub connector: String,
    /// Script template, and its version.
    pub template: String,
    pub version: String,
    /// What the connector wrote meanwhile, line by line; at most [`Attempt::MAX_LOG`].
    pub log: Vec<String>,
}

impl Attempt {
    /// Most lines of a log that are kept; of longer ones the last.
    pub const MAX_LOG: usize = 200;
    /// Longest line of a log, in bytes; more is cut off.
    pub const MAX_LOG_LINE: usize = 1024;

    /// One that has begun, and of which nothing else is known.
    pub const fn begun(number: u32, start: Timestamp) -> Self {
        Self {
            number,
            start,
            end: None,
            executor: String::new(),
            result: String::new(),
            error_class: String::new(),
            message: String::new(),
            connector: String::new(),
            template: String::new(),
            version: String::new(),
            log: Vec::new(),
        }
    }
}
