//! What the timeline shows.

use crate::model::{Cell, Column, Report, Row};
use serde::{Deserialize, Serialize};

/// A row of one of the reports, with the cells that [`columns`] names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Key of the report.
    pub report: String,
    pub row: Row,
}

/// One page of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timeline {
    pub rows: Vec<Told>,
    /// Cursor of the page after this one, if there is one.
    pub next: Option<String>,
    /// Cursor of the page before this one, if there is one.
    pub previous: Option<String>,
}

/// The columns of a report that the timeline tells of.
pub fn columns(report: &'static Report) -> Vec<&'static Column> {
    let about = &report.about;
    let named = [about.device, about.username, about.governance_id, about.outcome].into_iter().flatten();
    let keys: Vec<&str> = about.user.iter().copied().chain(named).chain(about.what.facts.iter().copied()).chain(["source"]).collect();
    report.columns.iter().filter(|column| keys.contains(&column.key)).collect()
}

/// A cell for each column of the report, of a row that has those of [`columns`]; the others are missing.
pub fn whole(report: &'static Report, row: &Row) -> Vec<Cell> {
    let told = columns(report);
    let cell = |column: &Column| told.iter().position(|one| one.key == column.key).and_then(|at| row.cells.get(at));
    report.columns.iter().map(|column| cell(column).cloned().unwrap_or_default()).collect()
}
