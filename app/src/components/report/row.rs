//! One row of the table.
//!
//! The row itself stays on the page for as long as the same events are shown, and with it the focus; its cells are drawn anew when they
//! change.

use super::cell::{self, Clock};
use super::shown::Shown;
use super::state::State;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::prefs::Prefs;
use crate::model::{Cell, Column, EventId, Kind, Row, Standing, visible};
use leptos::prelude::*;

/// Whether Tab reaches the row in this place.
fn reached(state: State, at: usize) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    move || if state.active.get() == at { "0" } else { "-1" }
}

pub(super) fn row(state: State, at: usize, id: EventId) -> AnyView {
    let prefs = expect_context::<Prefs>();
    let row = Memo::new(move |last: Option<&Option<(Row, Standing)>>| {
        let now = state.rows.value.with(|shown| shown.as_ref().and_then(|shown| Some((shown.find(id)?.clone(), shown.standing(id)))));
        // Other rows are about to take its place.
        now.or_else(|| last.cloned().flatten())
    });
    let cells = move || {
        let (row, _) = row.get()?;
        state.rows.value.with_untracked(|shown| {
            let shown = shown.as_ref()?;
            let clock = Clock::of(prefs, shown.query.zone.clone());
            Some(draw(state, shown, at, &row, &clock))
        })
    };
    view! {
        <tr class:picked=when(move || state.actions.is_some() && state.selection.has(id)) data-at=at.to_string()
            tabindex=when(reached(state, at)) aria-current=when(move || state.open.with(|open| (*open == Some(id)).then_some("true")))>
            {follow(cells)}
        </tr>
    }
    .into_any()
}

fn draw(state: State, shown: &Shown, at: usize, row: &Row, clock: &Clock) -> AnyView {
    let id = row.id;
    let pick = state.actions.map(|_| {
        let described = format!("Select {}", visible(&shown.headline(row)));
        view! {
            <td class="pick">
                <label><input type="checkbox" data-act="pick" tabindex=when(reached(state, at)) aria-label=described
                    prop:checked=when(move || state.selection.has(id)) /></label>
            </td>
        }
    });
    let cells = shown.query.columns.iter().zip(&row.cells).enumerate();
    let cells = cells.map(|(place, (column, cell))| {
        let content = if state.report.attempts && column.key == "attempts" && !cell.is_empty() {
            attempts(state, at, cell.plain())
        } else {
            cell::draw(column, cell, clock)
        };
        let (class, title) = (cell::class(column.kind), title(column, cell));
        if place == 0 {
            view! { <th scope="row" class=class title=title>{content}</th> }.into_any()
        } else {
            view! { <td class=class title=title>{content}</td> }.into_any()
        }
    });
    view! {
        {pick}
        {cells.collect_view()}
        <td class="actions"><div>{actions(state, shown, at, row)}</div></td>
    }
    .into_any()
}

/// What is cut off in the cell; times have a title of their own.
fn title(column: &Column, cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(visible(text).into_owned()),
        Cell::Number(count) if column.kind == Kind::Bytes => Some(format!("{count} B")),
        _ => None,
    }
}

fn attempts(state: State, at: usize, count: String) -> AnyView {
    let words = if count == "1" { "1 attempt, view".to_owned() } else { format!("{count} attempts, view") };
    view! { <button type="button" class="attempts" data-act="attempts" tabindex=when(reached(state, at)) aria-label=words>{count}</button> }
        .into_any()
}

/// The most likely thing to do as a button, the rest in a menu; whoever may only look finds both ways of looking.
fn actions(state: State, shown: &Shown, at: usize, row: &Row) -> AnyView {
    let button = move |act: &'static str, label: &'static str| {
        view! { <button type="button" class="button small" data-act=act tabindex=when(reached(state, at))>{label}</button> }.into_any()
    };
    let Some(actions) = state.actions else {
        let attempts = state.report.attempts.then(|| button("attempts", "View attempts"));
        return view! { {attempts} {button("details", "Details")} }.into_any();
    };
    let first = shown.offered(row, actions).into_iter().next();
    let first = first.map_or_else(|| button("attempts", "View attempts"), |action| button(action.key(), action.label()));
    let described = format!("More for {}", visible(&shown.headline(row)));
    view! {
        {first}
        <button type="button" class="button small square" data-act="menu" data-menu=row.id.to_string() tabindex=when(reached(state, at))
            aria-haspopup="dialog" aria-label=described title="More">{icon("more")}</button>
    }
    .into_any()
}
