//! Doing something with operations: what is asked before, what is done, and what came of it.

pub mod bar;
pub mod confirm;
pub mod destinations;
pub mod menu;
pub mod refusals;
pub mod said;
pub mod words;

use super::asked::{About, Asked, Known, Refused};
use super::selection::Picked;
use super::state::State;
use crate::api::operations::operation_act;
use crate::browser::intl;
use crate::components::rows::shown::{Shown, headline};
use crate::model::{Action, ActionResult, Cell, Chosen, Column, ErrorClass, ErrorKind, EventId, Keeper, OperationStatus, Record, Standing};
use crate::say;
use leptos::{prelude::*, task::spawn_local};

impl State {
    /// Does what was asked for.
    fn confirm(self, note: String) {
        let acting = self.acting;
        let Some(asked) = acting.asked.get_untracked().filter(|_| !acting.busy.get_untracked()) else { return };
        acting.busy.set(true);
        acting.problem.set(None);
        spawn_local(async move {
            let answer = operation_act(asked.action, asked.chosen.clone(), note, words::locks(&asked).is_some()).await;
            if acting.busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(results) => self.done(&asked, results),
                Err(error) if error.kind == ErrorKind::SignedOut => self.session.expired(),
                Err(error) => acting.problem.set(Some(error.message.said().into_owned())),
            }
        });
    }

    fn done(self, asked: &Asked, results: Vec<ActionResult>) {
        self.moved(&results);
        let refused = results.iter().any(|result| result.result.is_err());
        self.acting.said.set(if refused { String::new() } else { words::done(asked, &results) });
        self.acting.refused.set(refused.then(|| Refused { asked: asked.clone(), results }));
        if !matches!(asked.about, About::One { .. }) {
            self.selection.clear();
        }
        if !refused {
            self.acting.asked.set(None);
        }
    }

    /// Asks whether to do something with the row of this id.
    pub fn ask_about_row(&self, id: EventId, action: Action) {
        let about = |columns: &[&'static Column], cells: &[Cell], locks: Option<ErrorClass>| {
            let actions = self.actions?;
            let cell = |key| columns.iter().position(|column| column.key == key).and_then(|at| cells.get(at));
            let ended = match cell(actions.ended) {
                Some(Cell::Time(at)) => Some(intl::clock(*at, &self.query.with_untracked(|query| query.zone.clone()))),
                _ => None,
            };
            let status = OperationStatus::parse(&cell(actions.status)?.plain())?;
            Some(About::One { headline: headline(columns, cells, self.report), status, ended, locks })
        };
        let of_row = |shown: &Shown| about(&shown.columns, &shown.find(id)?.cells, shown.standing(id).locks);
        // An operation whose details are open need not be on the page.
        let of_record = |record: &Record| {
            let columns: Vec<_> = self.report.columns.iter().collect();
            let last = record.attempts.last().and_then(|attempt| ErrorClass::parse(&attempt.error_class));
            (record.id == id).then(|| about(&columns, &record.cells, last.filter(|class| class.locks()))).flatten()
        };
        let known = self.rows.value.with_untracked(|shown| of_row(shown.as_ref()?));
        if let Some(about) = known.or_else(|| self.record.value.with_untracked(|record| of_record(record.as_ref()?))) {
            self.acting.ask(Asked { action, chosen: Chosen::Ids(vec![id]), about });
        }
    }

    /// Asks whether to do something with all that is chosen.
    pub fn ask_about_selection(&self, action: Action) {
        let asked = self.selection.picked.with_untracked(|picked| match picked {
            Picked::Rows(rows) => {
                let suiting = || rows.values().filter(|(status, standing)| standing.allows(action, *status));
                let suit = suiting().count();
                let succeeded = rows.values().filter(|(status, _)| *status == OperationStatus::Success).count();
                let mut locking = suiting().filter_map(|(_, standing)| standing.locks);
                let locks = locking.next().map(|class| (1 + locking.count(), class));
                let about = About::Many { count: rows.len(), known: Some(Known { suit, succeeded, locks }) };
                Some(Asked { action, chosen: Chosen::Ids(rows.keys().copied().collect()), about })
            }
            Picked::All(count) => {
                let query = super::address::question(&self.counted.get_untracked()?);
                let about = About::Many { count: usize::try_from(*count).unwrap_or(usize::MAX), known: None };
                Some(Asked { action, chosen: Chosen::Matching { query, count: *count }, about })
            }
        });
        if let Some(asked) = asked {
            self.acting.ask(asked);
        }
    }

    /// Operations moved: their rows say so at once.
    fn moved(&self, results: &[ActionResult]) {
        let rows: Vec<_> = self.rows.value.with_untracked(|shown| {
            let Some((shown, actions)) = shown.as_ref().zip(self.actions) else { return Vec::new() };
            let Some(at) = shown.columns.iter().position(|column| column.key == actions.status) else { return Vec::new() };
            let moved = results.iter().filter_map(|result| Some((shown.find(result.id)?, result.result.as_ref().ok()?)));
            let moved = moved.map(|(row, status)| {
                let mut row = row.clone();
                if let Some(cell) = row.cells.get_mut(at) {
                    *cell = Cell::text(status.name());
                }
                row
            });
            moved.collect()
        });
        // What could be moved is Vigia's by now.
        let standing = Standing { keeper: Keeper::Vigia, locks: None };
        self.renew(&rows, &vec![standing; rows.len()]);
        self.feed.catch_up();
    }
}

/// Why nothing can be done with a row, or no more than to take it back; what to do about it, where there is no connector at all.
pub fn why_not(state: State, keeper: Keeper, nothing: bool) -> Option<AnyView> {
    let why = words::why_not(keeper, nothing)?;
    no_connector(state).or_else(|| Some(why.said().into_any()))
}

/// Where to find what is to be done, while nothing can be carried out.
fn no_connector(state: State) -> Option<AnyView> {
    (!state.session.carries_out.get()).then(|| view! { <a href="/operations/new">{say!("ask.no-connector")}</a> }.into_any())
}
