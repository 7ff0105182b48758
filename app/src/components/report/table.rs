//! The table of a report.

use super::cell;
use super::row::row;
use super::state::State;
use super::status::instead_of_rows;
use crate::browser;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::model::{Action, Column, Direction, EventId, Kind, Query, Sort};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

#[component]
pub fn Table(state: State) -> impl IntoView {
    let container = NodeRef::<html::Div>::new();
    // Rows on the screen keep their columns until the rows of the next query are there.
    let columns = Memo::new(move |_| {
        let of_rows = state.rows.value.with(|shown| shown.as_ref().map(|shown| shown.query.columns.clone()));
        of_rows.filter(|_| state.error().is_none()).unwrap_or_else(|| state.query.with(|query| query.columns.clone()))
    });
    let stale = move || {
        state.rows.busy.get()
            && state.rows.value.with(|shown| shown.as_ref().is_some_and(|shown| state.query.with(|query| *query != shown.query)))
    };
    // Back to the place where these rows were left.
    Effect::new(move |last: Option<Option<Query>>| {
        let shown = state.rows.value.get();
        let query = shown.as_ref().map(|shown| shown.query.clone());
        if let Some(shown) = shown {
            let place = state.kept.try_update_value(|kept| kept.keep(shown)).unwrap_or_default();
            if last.flatten() != query {
                state.active.set(place.active);
                request_animation_frame(move || {
                    if let Some(container) = container.try_get_untracked().flatten() {
                        container.set_scroll_top(place.top);
                    }
                });
            }
        }
        query
    });
    let head = move || columns.get().into_iter().map(|column| header(state, column)).collect_view();
    let widths =
        move || columns.get().into_iter().map(|column| view! { <col class=format!("w-{}", cell::class(column.kind)) /> }).collect_view();
    // Which rows there are; what stands in them, each row follows by itself.
    let frame = Memo::new(move |_| {
        state
            .rows
            .value
            .with(|shown| shown.as_ref().map(|shown| (shown.query.clone(), shown.page.rows.iter().map(|row| row.id).collect::<Vec<_>>())))
    });
    let body = move || {
        if state.error().is_some() {
            return ().into_any();
        }
        match frame.get() {
            Some((_, ids)) => ids.into_iter().enumerate().map(|(at, id)| row(state, at, id)).collect_view().into_any(),
            None => skeleton(state.query.with(|query| (query.columns.len() + usize::from(state.actions.is_some()), query.limit))),
        }
    };
    view! {
        <div
            class="table-box"
            class:stale=stale
            tabindex="0"
            role="region"
            aria-label=format!("{}, rows", state.report.title)
            aria-busy=when(move || if state.rows.busy.get() { "true" } else { "false" })
            node_ref=container
            on:scroll=move |_| {
                if let Some(container) = container.get_untracked() {
                    state.kept.update_value(|kept| kept.note(|place| place.top = container.scroll_top()));
                }
            }
        >
            <table>
                <caption class="sr">{state.report.title}</caption>
                <colgroup>
                    {state.actions.map(|_| view! { <col class="w-pick" /> })}
                    {follow(widths)}
                    <col class="w-actions" class:two=state.report.attempts />
                </colgroup>
                <thead>
                    <tr>
                        {state.actions.map(|_| pick_all(state))}
                        {follow(head)}
                        <th scope="col" class="actions"><span class="sr">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody on:click=move |event| clicked(state, &event) on:keydown=move |event| pressed(state, &event)>
                    {follow(body)}
                </tbody>
            </table>
            {follow(move || instead_of_rows(state))}
        </div>
    }
    .into_any()
}

/// A column's head: what the column means, and a button that sorts by it.
fn header(state: State, column: &'static Column) -> AnyView {
    let direction = move || state.query.with(|query| (query.sort.column == column).then_some(query.sort.direction));
    let sort = move |_| {
        state.change(|query| {
            let direction = if query.sort.column == column {
                query.sort.direction.reversed()
            } else if matches!(column.kind, Kind::Time | Kind::Number | Kind::Bytes | Kind::Id) {
                Direction::Descending
            } else {
                Direction::Ascending
            };
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
            <button type="button" class="sort" title=column.help on:click=sort>
                <span class="clip">{column.label}</span>
                {icon("sort")}
            </button>
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
                <input type="checkbox" class="pick-all" aria-label="Select all rows of this page" prop:checked=all
                    prop:indeterminate=when(move || some() && !all())
                    on:change:target=move |event| state.selection.set(&state.choosable(), event.target().checked()) />
            </label>
        </th>
    }
    .into_any()
}

/// Rows of the final height, before any rows are there.
fn skeleton((columns, limit): (usize, u16)) -> AnyView {
    let row = || {
        let cells = (0..columns).map(|_| view! { <td><span class="bone"></span></td> }).collect_view();
        view! { <tr aria-hidden="true">{cells}<td></td></tr> }
    };
    (0..limit.min(30)).map(|_| row()).collect_view().into_any()
}

/// The row an event happened in: its place, and what lies there.
fn row_of(state: State, event: &web_sys::Event) -> Option<(usize, EventId)> {
    let row = browser::target(event)?.closest("tr").ok().flatten()?;
    let at = row.get_attribute("data-at")?.parse().ok()?;
    id_at(state, at).map(|id| (at, id))
}

pub fn id_at(state: State, at: usize) -> Option<EventId> {
    state.rows.value.with_untracked(|shown| shown.as_ref()?.page.rows.get(at).map(|row| row.id))
}

pub fn activate(state: State, at: usize) {
    state.active.set(at);
    state.kept.update_value(|kept| kept.note(|place| place.active = at));
}

fn clicked(state: State, event: &web_sys::MouseEvent) {
    let Some((at, id)) = row_of(state, event) else { return };
    activate(state, at);
    let act =
        browser::target(event).and_then(|target| target.closest("[data-act]").ok().flatten()).and_then(|it| it.get_attribute("data-act"));
    // On the label around it, the click comes twice: the second time from the box.
    if browser::target(event).is_some_and(|target| target.closest(".pick").is_ok_and(|cell| cell.is_some())) {
        if act.as_deref() == Some("pick") {
            let on = browser::target(event)
                .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
                .is_some_and(|it| it.checked());
            pick(state, at, event.shift_key(), on);
        }
        return;
    }
    // Marking text with the mouse is no click.
    let marking = || window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    match act.as_deref() {
        Some("attempts") => state.open(id, true),
        Some("menu") => state.acting.menu.set(Some(id)),
        Some(act) => match Action::ALL.into_iter().find(|action| action.key() == act) {
            Some(action) => state.ask_about_row(id, action),
            None => state.open(id, false),
        },
        None if !marking() => state.open(id, false),
        None => {}
    }
}

/// Chooses a row, or no longer; with Shift all rows from the one chosen last to it.
fn pick(state: State, at: usize, extend: bool, on: bool) {
    let rows = state.choosable();
    if let Some(id) = id_at(state, at)
        && let Some(at) = rows.iter().position(|(other, _)| *other == id)
    {
        state.selection.pick(&rows, at, extend, on);
    }
}

fn pressed(state: State, event: &web_sys::KeyboardEvent) {
    let Some((at, id)) = row_of(state, event) else { return };
    let last = state.rows.value.with_untracked(|shown| shown.as_ref().map_or(0, |shown| shown.page.rows.len().saturating_sub(1)));
    let on_row = browser::target(event).is_some_and(|target| target.tag_name() == "TR");
    let may_pick = state.actions.is_some();
    let to = match event.key().as_str() {
        " " if on_row && may_pick => {
            event.prevent_default();
            activate(state, at);
            pick(state, at, event.shift_key(), !state.selection.has(id));
            return;
        }
        "ArrowDown" => (at + 1).min(last),
        "ArrowUp" => at.saturating_sub(1),
        "Home" if on_row => 0,
        "End" if on_row => last,
        "Enter" if on_row => {
            event.prevent_default();
            activate(state, at);
            state.open(id, false);
            return;
        }
        _ => return,
    };
    event.prevent_default();
    activate(state, to);
    focus_row(to);
    if event.shift_key() && may_pick && to != at {
        if !state.selection.has(id) {
            pick(state, at, false, true);
        }
        pick(state, to, true, true);
    }
}

/// Moves the focus to a row, and the row into sight.
pub fn focus_row(at: usize) {
    if let Some(row) = browser::focus::find(&format!("tr[data-at='{at}']")) {
        let _ = row.focus();
        let row: &web_sys::Element = row.unchecked_ref();
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
