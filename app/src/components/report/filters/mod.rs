//! The line above the table: what narrows the report down.

pub mod condition;
pub mod editor;
pub mod range;
pub mod search;
pub mod words;

use super::narrowing::Narrowing;
use super::tools::{ReportTool, ReportTools};
use crate::components::follow::{follow, react};
use crate::components::icon::icon;
use crate::components::late_part::bones;
use crate::components::popover::Popover;
use crate::say;
use leptos::prelude::*;
use range::RangePicker;
use search::SearchBox;

#[component]
pub fn FilterLine(narrowing: Narrowing) -> impl IntoView {
    let open = RwSignal::new(false);
    let tools = expect_context::<ReportTools>();
    // The filter being changed; `None` for a new one.
    let edited = RwSignal::new(None::<usize>);
    react(move || {
        if !open.get() {
            edited.set(None);
        }
    });
    let change = Callback::new(move |at: usize| {
        edited.set(Some(at));
        open.set(true);
        crate::browser::focus::focus_soon(".add-filter .popover-panel select".to_owned());
    });
    let nothing = move || narrowing.query.with(|query| !query.is_narrowed()) && narrowing.error().is_none();
    view! {
        <search class="filter-line no-print">
            <SearchBox narrowing />
            <button type="submit" form="search-form" class="button">{say!("filters.apply")}</button>
            <Popover open label=say!("filters.add") symbol="plus" class="add-filter">
                {follow(move || {
                    let edited = edited.get();
                    tools.popover(move || ReportTool::Filter(narrowing, edited, open), |wrong| wrong.unwrap_or_else(|| bones(6)))
                })}
            </Popover>
            <Chips narrowing change />
            <button type="button" class="button quiet" disabled=nothing on:click=move |_| narrowing.clear()>{say!("filters.clear")}</button>
            <RangePicker narrowing />
        </search>
    }
    .into_any()
}

/// The active filters, each to be changed or taken away.
#[component]
fn Chips(narrowing: Narrowing, change: Callback<usize>) -> impl IntoView {
    let chips = move || {
        let query = narrowing.query.get();
        // The server may refuse a filter that could be read.
        let at_fault = narrowing.error().and_then(|error| error.field);
        let chips = query.filters.iter().enumerate().map(|(at, filter)| {
            let words = words::filter(filter);
            let bad = at_fault.as_deref().is_some_and(|field| field.split('.').next() == Some(filter.column.key));
            let remove = move |_| {
                narrowing.change(|query| {
                    query.filters.remove(at);
                });
                crate::browser::focus::focus_soon(".chip-remove, .add-filter > button".to_owned());
            };
            view! {
                <li class="chip" class:bad=bad>
                    <button type="button" class="chip-words" title=say!("filters.change") on:click=move |_| change.run(at)>
                        {filter.column.label.said()} " " {words.verb} " " <b>{words.value.clone()}</b>
                    </button>
                    <button
                        type="button"
                        class="chip-remove"
                        aria-label=say!("filters.remove", filter = format!("{} {} {}", filter.column.label.said(), words.verb, words.value))
                        on:click=remove
                    >
                        {icon("close")}
                    </button>
                </li>
            }
        });
        (!query.filters.is_empty()).then(|| view! { <ul class="chips" aria-label=say!("filters.active")>{chips.collect_view()}</ul> })
    };
    chips.into_any()
}
