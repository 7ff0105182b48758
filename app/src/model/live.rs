//! What a page that is looked at hears of.

use super::{EventId, Row, Standing};
use serde::{Deserialize, Serialize};

/// One message of `/api/v1/live`. It only says that it is time to ask; what has changed, [`Refreshed`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Live {
    /// The stream works: sent first, and every few seconds. A page that does not hear it asks by itself.
    Alive,
    /// These operations moved; none named where many have.
    Moved { ids: Vec<EventId> },
    /// Events were stored in a report.
    Stored { report: String },
}

/// Rows as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refreshed {
    /// Of the rows asked for, those that are there, in any order.
    pub rows: Vec<Row>,
    /// As [`Page::standings`](super::Page::standings).
    pub standings: Vec<Standing>,
    /// Rows that are not among those asked for and would come before the last of them now, up to [`Refreshed::MAX_NEW`].
    pub new: u32,
}

impl Refreshed {
    pub const MAX_NEW: u32 = 500;
}
