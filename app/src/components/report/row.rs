//! One row of the table.
//!
//! The row itself stays on the page for as long as the same events are shown, and with it the focus; its cells are drawn anew when they
//! change.

use super::cell::{self, Clock};
use super::fit::is_own;
use super::state::State;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::prefs::Prefs;
use crate::components::rows::shown::Shown;
use crate::model::{Action, Cell, Column, EventId, Kind, Row, Standing, duration, visible};
use crate::say;
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
        let described = say!("row.select", row = visible(&shown.headline(row)));
        view! {
            <td class="pick">
                <label><input type="checkbox" data-act="pick" tabindex=when(reached(state, at)) aria-label=described
                    prop:checked=when(move || state.selection.has(id)) /></label>
            </td>
        }
    });
    if state.narrow.get() {
        return view! {
            {pick}
            <th scope="row" class="card">{card(shown, row, clock)}</th>
            <td class="actions">{square(state, shown, at, row)}</td>
        }
        .into_any();
    }
    let cells = shown.query.columns.iter().zip(&row.cells).enumerate();
    // What names the row best; it is the last that gives way.
    let names =
        shown.query.columns.iter().map(|column| column.worth).enumerate().max_by_key(|(at, worth)| (*worth, std::cmp::Reverse(*at)));
    let cells = cells.map(|(place, (column, cell))| {
        let content = if state.report.attempts && column.key == "attempts" && !cell.is_empty() {
            attempts(state, at, cell)
        } else {
            cell::draw(column, cell, clock)
        };
        let (class, title) = (cell::class(column.kind), title(column, cell));
        if names.is_some_and(|(at, _)| at == place) {
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
        Cell::Text(_) => Some(cell::words(column, cell, "")),
        Cell::Ip(_) => Some(cell.plain()),
        Cell::Number(count) if column.kind == Kind::Bytes => Some(say!("number.bytes", number = count.to_string(), unit = "B")),
        Cell::Number(millis) if column.kind == Kind::Duration => Some(duration::write(*millis)),
        _ => None,
    }
}

fn attempts(state: State, at: usize, count: &Cell) -> AnyView {
    let words = say!("row.attempts", count = if let Cell::Number(count) = count { *count } else { 0 });
    view! { <button type="button" class="attempts" data-act="attempts" tabindex=when(reached(state, at)) aria-label=words>{count.plain()}</button> }
        .into_any()
}

/// The most likely thing to do as a button, the rest in a menu; whoever may only look finds both ways of looking.
fn actions(state: State, shown: &Shown, at: usize, row: &Row) -> AnyView {
    let first = state.actions.and_then(|actions| shown.offered(row, actions).into_iter().next());
    let (act, short, label) = match first {
        // Whoever says what they see is understood.
        Some(Action::RunNow) => (Action::RunNow.key(), say!("row.run-now"), say!("row.run-now.help")),
        Some(Action::Restart) => (Action::Restart.key(), say!("row.restart"), say!("action.restart")),
        Some(action) => (action.key(), action.label().said(), action.label().said()),
        None if state.report.attempts => ("attempts", say!("row.attempts-short"), say!("row.view-attempts")),
        None => ("details", say!("details"), say!("details")),
    };
    let more = (act != "details").then(|| square(state, shown, at, row));
    view! {
        <button type="button" class="button small" data-act=act aria-label=label title=label tabindex=when(reached(state, at))>{short}</button>
        {more}
    }
    .into_any()
}

/// The one button beside a card, and the last one of a row: opens the menu of what can be done with it, or its details.
fn square(state: State, shown: &Shown, at: usize, row: &Row) -> AnyView {
    let ((act, title, symbol), described, opens) = if state.actions.is_some() {
        (("menu", say!("row.more"), "more"), say!("row.more-for", row = visible(&shown.headline(row))), "dialog")
    } else {
        (("details", say!("details"), "right"), say!("details").to_owned(), "false")
    };
    view! {
        <button type="button" class="button small square" data-act=act data-menu=row.id.to_string() tabindex=when(reached(state, at))
            aria-haspopup=opens aria-label=described title=title>{icon(symbol)}</button>
    }
    .into_any()
}

/// A row where there is no room for columns: who or where, what, how it stands, and when; then what was chosen by hand besides.
fn card(shown: &Shown, row: &Row, clock: &Clock) -> AnyView {
    let report = shown.query.report;
    let value = |column: &'static Column| shown.cell(row, column.key).map(|cell| cell::draw(column, cell, clock)).into_any();
    let of = |key| report.column(key).map(value).into_any();
    let is_there = |column: &&'static Column| shown.cell(row, column.key).is_some_and(|cell| !cell.is_empty());
    let by_time = Some(shown.query.sort.column).filter(|column| column.kind == Kind::Time).filter(is_there);
    let when = by_time.or_else(|| report.column(report.time));
    let told: Vec<_> = report.told(report.words.card).collect();
    let chosen = shown.query.columns.iter().copied().filter(|column| {
        let stands = [report.card.who, report.card.mark].contains(&column.key) || told.contains(column) || when == Some(*column);
        !stands && !is_own(&shown.query)
    });
    let lines = when.into_iter().chain(chosen);
    let lines: Vec<_> = lines
        .map(|column| part("card-line", [part("muted", column.label.said().into_any()), " ".into_any(), value(column)].into_any()))
        .collect();
    let top = [part("card-who", of(report.card.who)), part("card-mark", of(report.card.mark))];
    [
        part("card-top", top.into_any()),
        part("card-what", visible(&shown.say(report.words.card, row)).into_owned().into_any()),
        lines.into_any(),
    ]
    .into_any()
}

fn part(class: &'static str, content: AnyView) -> AnyView {
    view! { <span class=class>{content}</span> }.into_any()
}
