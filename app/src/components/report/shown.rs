//! Rows on the screen.

use crate::model::{Cell, Column, EventId, OperationStatus, Page, Query, Report, Row, RowActions};
use std::sync::Arc;

/// A page of rows, and the query it answers.
#[derive(Clone)]
pub struct Shown {
    pub query: Query,
    /// What the cells of its rows are: the columns of the query, and behind them what only actions need to know.
    pub columns: Vec<&'static Column>,
    pub page: Arc<Page>,
}

/// The columns to ask for. Whoever may act on rows has to be told what they would act on, whatever columns they look at.
pub fn needed(query: &Query, actions: Option<&'static RowActions>) -> Vec<&'static Column> {
    let mut columns = query.columns.clone();
    if let Some(actions) = actions {
        let report = query.report;
        let told = report.columns.iter().filter(|column| {
            [actions.status, actions.ended].contains(&column.key) || report.headline.contains(&format!("{{{}}}", column.key))
        });
        for column in told {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    columns
}

impl Shown {
    pub fn cell<'a>(&self, row: &'a Row, key: &str) -> Option<&'a Cell> {
        let at = self.columns.iter().position(|column| column.key == key)?;
        row.cells.get(at)
    }

    pub fn status(&self, row: &Row, actions: &RowActions) -> Option<OperationStatus> {
        OperationStatus::parse(&self.cell(row, actions.status)?.plain())
    }

    /// One row in words.
    pub fn headline(&self, row: &Row) -> String {
        headline(&self.columns, &row.cells, self.query.report)
    }

    pub fn find(&self, id: EventId) -> Option<&Row> {
        self.page.rows.iter().find(|row| row.id == id)
    }

    /// The same rows in the same places, as they are now; `None` where nothing of them has changed.
    pub fn renewed(&self, fresh: &[Row]) -> Option<Self> {
        let news = |row: &Row| fresh.iter().find(|new| new.id == row.id && new.cells != row.cells).cloned();
        if !self.page.rows.iter().any(|row| news(row).is_some()) {
            return None;
        }
        let mut page = Page::clone(&self.page);
        for row in &mut page.rows {
            if let Some(new) = news(row) {
                *row = new;
            }
        }
        Some(Self { page: Arc::new(page), ..self.clone() })
    }
}

/// A row in words, from cells of these columns.
pub fn headline(columns: &[&'static Column], cells: &[Cell], report: &'static Report) -> String {
    let cell = |key| columns.iter().position(|column| column.key == key).and_then(|at| cells.get(at));
    let all: Vec<_> = report.columns.iter().map(|column| cell(column.key).cloned().unwrap_or_default()).collect();
    report.headline(&all)
}
