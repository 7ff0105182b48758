//! From page to page.

use super::state::State;
use crate::browser::intl;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::model::Query;
use crate::say;
use leptos::prelude::*;

#[component]
pub fn Paging(state: State) -> impl IntoView {
    let cursor = move |next: bool| {
        state
            .rows
            .value
            .with(|shown| shown.as_ref().and_then(|shown| if next { shown.page.next.clone() } else { shown.page.previous.clone() }))
    };
    // Cursors belong to the rows on the screen; while others are on their way they lead nowhere.
    let settled = move || !state.rows.busy.get() && state.error().is_none();
    let turn = move |cursor: Option<String>| {
        let query = state.query.get_untracked();
        state.show(&Query { cursor, ..query });
    };
    let first = move || state.query.with(|query| query.cursor.is_none());
    let sizes = move || {
        let limit = state.query.with(|query| query.limit);
        let mut sizes = Query::LIMITS.to_vec();
        if !sizes.contains(&limit) {
            sizes.push(limit);
        }
        sizes
            .into_iter()
            .map(|size| view! { <option value=size.to_string() selected=size == limit>{intl::number(size.into())}</option> })
            .collect_view()
    };
    view! {
        <nav class="paging" aria-label=say!("paging.label")>
            <button type="button" class="button" disabled=when(move || !settled() || first()) on:click=move |_| turn(None)>{icon("first")}{say!("paging.first")}</button>
            <button
                type="button"
                class="button"
                disabled=when(move || !settled() || cursor(false).is_none())
                on:click=move |_| turn(cursor(false))
            >
                {icon("left")}
                {say!("paging.previous")}
            </button>
            <button type="button" class="button" disabled=when(move || !settled() || cursor(true).is_none()) on:click=move |_| turn(cursor(true))>
                {say!("paging.next")}
                {icon("right")}
            </button>
            <label class="sizes">
                {say!("paging.size")}
                <select on:change:target=move |event| {
                    if let Ok(limit) = event.target().value().parse() {
                        state.change(|query| query.limit = limit);
                    }
                }>{follow(sizes)}</select>
            </label>
        </nav>
    }
    .into_any()
}
