//! What is kept of pages once seen, so that going back is instant, and of the reader's columns.

use super::shown::Shown;
use crate::browser::stored;
use crate::model::{Query, Report};

/// The pages seen last, and where the reader was in each.
#[derive(Default)]
pub struct Kept(Vec<KeptPage>);

struct KeptPage {
    shown: Shown,
    position: TablePosition,
}

/// Where in a table the reader was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TablePosition {
    /// Pixels scrolled.
    pub top: i32,
    /// The row that Tab reaches.
    pub active: usize,
}

impl Kept {
    const MOST: usize = 12;

    pub fn find(&self, query: &Query) -> Option<Shown> {
        self.0.iter().find(|kept| kept.shown.query == *query).map(|kept| kept.shown.clone())
    }

    /// Keeps what is shown now, and gives the position the reader was at when the query was shown before.
    pub fn keep(&mut self, shown: Shown) -> TablePosition {
        let before = self.0.iter().position(|kept| kept.shown.query == shown.query).map(|at| self.0.remove(at));
        if self.0.len() == Self::MOST {
            self.0.remove(0);
        }
        let position = before.map(|kept| kept.position).unwrap_or_default();
        self.0.push(KeptPage { shown, position });
        position
    }

    /// Notes where the reader is in what is shown now.
    pub fn note(&mut self, change: impl FnOnce(&mut TablePosition)) {
        if let Some(kept) = self.0.last_mut() {
            change(&mut kept.position);
        }
    }

    /// Rows of one reader are not for the next.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

fn columns_key(username: &str, report: &Report) -> String {
    format!("columns.{username}.{}", report.key)
}

/// The columns this user chose for a report: keys, separated by commas.
pub fn kept_columns(username: &str, report: &Report) -> Option<String> {
    stored::read(&columns_key(username, report))
}

/// Remembers them; `None` for the report's own.
pub fn keep_columns(username: &str, report: &Report, columns: Option<&str>) {
    let key = columns_key(username, report);
    match columns {
        Some(columns) => stored::write(&key, columns),
        None => stored::forget(&key),
    }
}
