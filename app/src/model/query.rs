//! The question a reader asks of a report: one value in the URL, the REST API and the store.

use super::{Column, Filter, Report, TimeRange};

/// A question to a report, parsed and checked. [`codec`](super::codec) reads and writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub report: &'static Report,
    /// Text that must occur in one of the report's text columns; empty for none.
    pub search: String,
    pub filters: Vec<Filter>,
    pub range: TimeRange,
    /// IANA name of the zone that dates are written and days are cut in.
    pub zone: String,
    pub sort: Sort,
    /// The columns to read, in order; never empty.
    pub columns: Vec<&'static Column>,
    /// Rows a page, 1 to [`Query::MAX_LIMIT`].
    pub limit: u16,
    /// Where the page starts; `None` for the first page. Made by the server, opaque to everybody else.
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub column: &'static Column,
    pub direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

impl Query {
    pub const DEFAULT_LIMIT: u16 = 30;
    pub const MAX_LIMIT: u16 = 500;
    /// The page sizes the page offers.
    pub const LIMITS: [u16; 3] = [30, 100, 500];
    /// Longest search text or filter value, in characters.
    pub const MAX_TEXT: usize = 256;
    /// Most values all filters may have together.
    pub const MAX_VALUES: usize = 100;
    /// Longest query string, in bytes.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// All events of a report, newest first, in UTC.
    pub fn all(report: &'static Report) -> Self {
        Self {
            report,
            search: String::new(),
            filters: Vec::new(),
            range: TimeRange::All,
            zone: "UTC".to_owned(),
            sort: Self::default_sort(report),
            columns: report.shown().collect(),
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }

    /// By the report's time, newest first.
    pub fn default_sort(report: &'static Report) -> Sort {
        let column = report.column(report.time).unwrap_or(&report.columns[0]);
        Sort { column, direction: Direction::Descending }
    }

    /// Whether anything narrows the report down.
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || !self.filters.is_empty() || self.range != TimeRange::All
    }
}
