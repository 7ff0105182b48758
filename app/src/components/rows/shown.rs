//! Rows on the screen.

use crate::model::{Action, Cell, Column, EventId, OperationStatus, Page, Query, Report, Row, RowActions, Standing};
use crate::words::{Template, here};
use std::sync::Arc;

/// A page of rows, and the query it answers.
#[derive(Clone)]
pub struct Shown {
    pub query: Query,
    /// What the cells of its rows are: the columns of the query, and behind them what only cards and actions need to know.
    pub columns: Vec<&'static Column>,
    pub page: Arc<Page>,
}

/// The columns to ask for: beside those that are looked at, what a card tells, and what actions would be done with.
pub fn needed(query: &Query, actions: Option<&'static RowActions>) -> Vec<&'static Column> {
    let report = query.report;
    let card = &report.card;
    let keys = [card.who, card.mark, report.time].into_iter();
    let keys = keys.chain(actions.into_iter().flat_map(|actions| [actions.status, actions.ended]));
    let told = report.told(report.words.card).chain(report.told(report.words.headline).filter(|_| actions.is_some()));
    let mut columns = query.columns.clone();
    for column in keys.filter_map(|key| report.column(key)).chain(told).chain([query.sort.column]) {
        if !columns.contains(&column) {
            columns.push(column);
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
        self.say(self.query.report.words.headline, row)
    }

    /// A sentence about one row.
    pub fn say(&self, sentence: Template, row: &Row) -> String {
        say(&self.columns, &row.cells, self.query.report, sentence)
    }

    pub fn find(&self, id: EventId) -> Option<&Row> {
        self.page.rows.iter().find(|row| row.id == id)
    }

    /// What is known of a row, beside its status, before something is done with it.
    pub fn standing(&self, id: EventId) -> Standing {
        let at = self.page.rows.iter().position(|row| row.id == id);
        at.and_then(|at| self.page.standings.get(at)).copied().unwrap_or_default()
    }

    /// What can be done with a row as it stands.
    pub fn offered(&self, row: &Row, actions: &RowActions) -> Vec<Action> {
        let Some(status) = self.status(row, actions) else { return Vec::new() };
        let standing = self.standing(row.id);
        actions.all.iter().copied().filter(|action| standing.allows(*action, status)).collect()
    }

    /// The same rows in the same places, as they are now, with what is known of each; `None` where nothing of them has changed.
    pub fn renewed(&self, fresh: &[Row], standings: &[Standing]) -> Option<Self> {
        let mut page = Page::clone(&self.page);
        for (at, row) in page.rows.iter_mut().enumerate() {
            let Some(new) = fresh.iter().position(|new| new.id == row.id) else { continue };
            row.clone_from(&fresh[new]);
            if let (Some(known), Some(new)) = (page.standings.get_mut(at), standings.get(new)) {
                *known = *new;
            }
        }
        (page != *self.page).then(|| Self { page: Arc::new(page), ..self.clone() })
    }
}

/// A row in words, from cells of these columns.
pub fn headline(columns: &[&'static Column], cells: &[Cell], report: &'static Report) -> String {
    say(columns, cells, report, report.words.headline)
}

fn say(columns: &[&'static Column], cells: &[Cell], report: &'static Report, sentence: Template) -> String {
    let cell = |key| columns.iter().position(|column| column.key == key).and_then(|at| cells.get(at));
    let all: Vec<_> = report.columns.iter().map(|column| cell(column.key).cloned().unwrap_or_default()).collect();
    report.say(sentence, &all, here())
}
