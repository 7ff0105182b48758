//! An event on its way into the store.

use std::sync::Arc;
use vigia_app::model::{Attempt, Cell, Report, Timestamp};

/// The column that says what the last attempt failed with.
pub const ERROR_CLASS: &str = "error_class";

/// Something that happened, in the shape of the report it belongs to.
///
/// Stored once: an event of the same report, source and source id as one that is already there is a duplicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub report: &'static Report,
    /// The system it came from, for example `openbao`.
    pub source: Arc<str>,
    /// The source's own id of the event; never empty.
    pub source_id: String,
    /// When it happened; the report's time column.
    pub time: Timestamp,
    /// A cell for each of [`Report::stored`]'s columns but the last (the source), in that order.
    pub cells: Vec<Cell>,
    /// What the source said beyond the report's columns, name and value, in the order it is shown.
    pub extra: Vec<(String, String)>,
    /// The tries of an operation, first to last.
    pub attempts: Vec<Attempt>,
    /// The line it was read from, with its secrets masked; empty when there is none. More than [`Event::MAX_ORIGINAL`] is cut off.
    pub original: String,
}

impl Event {
    /// Longest text kept in a column, in bytes; more is cut off, with a final `…`.
    pub const MAX_TEXT: usize = 16 * 1024;
    /// Longest text kept in a column of short texts, in bytes.
    pub const MAX_NAME: usize = 512;

    /// Longest original line kept, in bytes.
    pub const MAX_ORIGINAL: usize = 16 * 1024;

    /// An event that says nothing yet.
    pub fn new(report: &'static Report, source: &Arc<str>, source_id: impl Into<String>, time: Timestamp) -> Self {
        let columns = report.stored().count() - 1;
        Self {
            report,
            source: source.clone(),
            source_id: source_id.into(),
            time,
            cells: vec![Cell::Empty; columns],
            extra: Vec::new(),
            attempts: Vec::new(),
            original: String::new(),
        }
    }

    /// Sets the value of a column. A name the report has no column for goes to the extra fields: nothing is lost.
    pub fn set(&mut self, key: &str, value: impl Into<Cell>) -> &mut Self {
        let value = value.into();
        match self.report.stored().position(|column| column.key == key).and_then(|at| self.cells.get_mut(at)) {
            Some(cell) => *cell = value,
            None => {
                self.add(key, value.plain());
            }
        }
        self
    }

    /// Adds an extra field, unless it is empty.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        let value = value.into();
        if !value.is_empty() {
            self.extra.push((name.into(), value));
        }
        self
    }

    /// Sets the tries. The row says what the last one failed with, unless it was given that already.
    pub fn set_attempts(&mut self, attempts: Vec<Attempt>) -> &mut Self {
        self.attempts = attempts;
        let last = self.attempts.iter().max_by_key(|attempt| attempt.number);
        let class = last.map(|last| Cell::text(&*last.error_class)).filter(|class| !class.is_empty());
        if let Some(class) = class.filter(|_| self.report.column(ERROR_CLASS).is_some() && self.get(ERROR_CLASS).is_empty()) {
            self.set(ERROR_CLASS, class);
        }
        self
    }

    /// The value of a column.
    pub fn get(&self, key: &str) -> &Cell {
        self.report.stored().position(|column| column.key == key).and_then(|at| self.cells.get(at)).unwrap_or(&Cell::Empty)
    }
}
