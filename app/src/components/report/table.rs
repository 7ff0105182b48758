//! The table of a report.

use super::fit::Fit;
use super::head::head;
use super::row::row;
use super::state::State;
use super::status::InsteadOfRows;
use crate::browser::{self, resize::Watch};
use crate::components::follow::{follow, when};
use crate::model::{Action, EventId, Query};
use crate::say;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// What the first column is wider for beginning where the title of the page does, in pixels; see `style/55-columns.css`.
const EDGE: u32 = 18;

#[component]
pub fn Table(state: State) -> impl IntoView {
    let container = NodeRef::<html::Div>::new();
    // Back to the place where these rows were left.
    let watch = StoredValue::new_local(None::<Watch>);
    Effect::new(move |last: Option<Option<Query>>| {
        if let (None, Some(element)) = (&last, container.get_untracked()) {
            let of = element.clone();
            watch.set_value(Watch::new(&element, move || measure(state, &of)));
        }
        let shown = state.rows.value.get();
        let query = shown.as_ref().map(|shown| shown.query.clone());
        if let Some(shown) = shown {
            let left_at = state.kept.try_update_value(|kept| kept.keep(shown)).unwrap_or_default();
            if last.flatten() != query {
                state.active.set(left_at.active);
                request_animation_frame(move || {
                    if let Some(container) = container.try_get_untracked().flatten() {
                        container.set_scroll_top(left_at.top);
                    }
                });
            }
        }
        query
    });
    // The first column that is seen begins where the title of the page does, unless the boxes do.
    let first = move |fit: &Fit| (0..fit.widths.len()).find(|at| !fit.away.contains(at)).filter(|_| state.actions.is_none());
    let widths = move || {
        let fit = state.fit();
        let first = first(&fit);
        let edge = move |at| if first == Some(at) { EDGE } else { 0 };
        let widths = fit.widths.into_iter().enumerate().map(|(at, width)| (width + edge(at)).to_string());
        let widths: Vec<_> = if state.narrow.get() { vec![String::new()] } else { widths.collect() };
        widths.into_iter().map(|width| html::col().attr("width", width)).collect_view()
    };
    // What the stylesheet has to know of the table, in one attribute.
    let class = move || {
        let mut class = String::from("table-box");
        let mut is = |on: bool, word: &str| {
            if on {
                class.push(' ');
                class.push_str(word);
            }
        };
        let fit = state.fit();
        is(state.rows.busy.get() && state.drawn.with(|drawn| state.query.with(|query| drawn != query)), "stale");
        is(state.narrow.get(), "cards");
        is(state.actions.is_some(), "picks");
        is(state.report.attempts, "two");
        is(fit.scrolls, "scrolls");
        // Columns that give way are there, for paper; on the screen they are hidden by their places.
        let place = |at: usize| at + 1 + usize::from(state.actions.is_some());
        for at in &fit.away {
            is(true, &format!("away-{}", place(*at)));
        }
        if let Some(at) = first(&fit) {
            is(true, &format!("first-{}", place(at)));
        }
        class
    };
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
            None => {
                let columns = if state.narrow.get() { 1 } else { state.query.with(|query| query.columns.len()) };
                skeleton((columns + usize::from(state.actions.is_some()), state.query.with(|query| query.limit)))
            }
        }
    };
    view! {
        <div
            class=when(class)
            tabindex="0"
            role="region"
            aria-label=say!("table.rows", report = state.report.words.title)
            aria-busy=when(move || if state.rows.busy.get() { "true" } else { "false" })
            node_ref=container
            on:scroll=move |_| {
                if let Some(container) = container.get_untracked() {
                    state.kept.update_value(|kept| kept.note(|position| position.top = container.scroll_top()));
                }
            }
        >
            <span class="measure digits" aria-hidden="true"></span>
            <span class="measure letters" aria-hidden="true"></span>
            <span class="measure beside" aria-hidden="true"></span>
            <table>
                <caption class="sr">{state.report.words.title.said()}</caption>
                <colgroup>
                    {state.actions.map(|_| view! { <col class="w-pick" /> })}
                    {follow(widths)}
                    <col class="w-actions" />
                </colgroup>
                <thead>
                    <tr>{head(state)}</tr>
                </thead>
                <tbody on:click=move |event| clicked(state, &event) on:keydown=move |event| pressed(state, &event)>
                    {follow(body)}
                </tbody>
            </table>
            <InsteadOfRows state />
        </div>
    }
    .into_any()
}

/// The room there is for columns: the table without boxes and actions. What is measured is in `style/55-columns.css`.
fn measure(state: State, container: &web_sys::HtmlElement) {
    let width = |selector: &str| container.query_selector(selector).ok().flatten().map_or(0, |part| part.client_width());
    let pixels = |width: i32| u32::try_from(width).unwrap_or_default();
    let _ = state.faces.try_set_value((pixels(width(".digits")), 2 * pixels(width(".letters"))));
    let _ = state.room.try_set(pixels(container.client_width() - width(".beside")));
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
pub fn row_of(state: State, event: &web_sys::Event) -> Option<(usize, EventId)> {
    let row = browser::target(event)?.closest("tr").ok().flatten()?;
    let at = row.get_attribute("data-at")?.parse().ok()?;
    id_at(state, at).map(|id| (at, id))
}

pub fn id_at(state: State, at: usize) -> Option<EventId> {
    state.rows.value.with_untracked(|shown| shown.as_ref()?.page.rows.get(at).map(|row| row.id))
}

pub fn activate(state: State, at: usize) {
    state.active.set(at);
    state.kept.update_value(|kept| kept.note(|position| position.active = at));
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
    // Marking text with the mouse is not a click.
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
