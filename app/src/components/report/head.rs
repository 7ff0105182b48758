//! The heads of the table: what the columns mean, and sorting by them.

use super::cell;
use super::state::State;
use super::tools::ReportTools;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::said::span;
use crate::model::{Column, Direction, Kind, Sort};
use crate::{say, text};
use leptos::prelude::*;

pub(super) fn head(state: State) -> AnyView {
    let words = expect_context::<ReportTools>().words;
    let columns = Memo::new(move |_| state.drawn.with(|query| query.columns.clone()));
    let heads = move || {
        if state.narrow.get() {
            return sort_by(state);
        }
        columns.get().into_iter().map(|column| header(state, column, words.text(column.help))).collect_view().into_any()
    };
    view! {
        {state.actions.map(|_| pick_all(state))}
        {follow(heads)}
        <th scope="col" class="actions">{span("sr", text!("table.actions"))}</th>
    }
    .into_any()
}

/// The direction that is looked for first.
const fn usual(kind: Kind) -> Direction {
    match kind {
        Kind::Time | Kind::Number | Kind::Bytes | Kind::Duration | Kind::Id => Direction::Descending,
        _ => Direction::Ascending,
    }
}

/// A column's head: what the column means, and a button that sorts by it.
fn header(state: State, column: &'static Column, help: Option<String>) -> AnyView {
    let direction = move || state.query.with(|query| (query.sort.column == column).then_some(query.sort.direction));
    let sort = move |_| {
        state.change(|query| {
            let direction = if query.sort.column == column { query.sort.direction.reversed() } else { usual(column.kind) };
            query.sort = Sort { column, direction };
        });
    };
    let sorted = move || match direction() {
        Some(Direction::Ascending) => "ascending",
        Some(Direction::Descending) => "descending",
        None => "none",
    };
    view! {
        <th scope="col" class=cell::class(column.kind) aria-sort=sorted>
            <button type="button" class="sort" title=help on:click=sort>
                <span class="clip">{column.label.said()}</span>
                {icon("sort")}
            </button>
        </th>
    }
    .into_any()
}

/// The head of all cards: there are no columns whose heads could be pressed.
fn sort_by(state: State) -> AnyView {
    let sort = state.query.get().sort;
    let ascending = sort.direction == Direction::Ascending;
    let choose = move |key: String| {
        if let Some(column) = state.report.column(&key) {
            state.change(|query| query.sort = Sort { column, direction: usual(column.kind) });
        }
    };
    let options = state.report.columns.iter().map(|column| {
        view! { <option value=column.key selected=*column == *sort.column>{column.label.said()}</option> }
    });
    let words = if ascending { say!("table.ascending") } else { say!("table.descending") };
    view! {
        <th scope="col">
            <span class="sort-by">
                <label class="row">
                    {say!("table.sort-by")}
                    <select on:change:target=move |event| choose(event.target().value())>{options.collect_view()}</select>
                </label>
                <button type="button" class="button square" aria-label=words title=words
                    on:click=move |_| state.change(|query| query.sort.direction = query.sort.direction.reversed())>
                    {icon(if ascending { "ascending" } else { "descending" })}
                </button>
            </span>
        </th>
    }
    .into_any()
}

/// Chooses every row of the page.
fn pick_all(state: State) -> AnyView {
    let rows = move || {
        state.rows.value.track();
        state.choosable()
    };
    let some = move || rows().iter().any(|(id, _)| state.selection.has(*id));
    let all = move || {
        let rows = rows();
        !rows.is_empty() && rows.iter().all(|(id, _)| state.selection.has(*id))
    };
    view! {
        <th scope="col" class="pick">
            <label>
                <input type="checkbox" class="pick-all" aria-label=say!("table.select-all") prop:checked=all
                    prop:indeterminate=when(move || some() && !all())
                    on:change:target=move |event| state.selection.set(&state.choosable(), event.target().checked()) />
            </label>
        </th>
    }
    .into_any()
}
