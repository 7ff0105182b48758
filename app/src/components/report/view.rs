//! The whole of a report page.

use super::acting::{bar::SelectionBar, confirm::Confirmation, menu::RowMenu};
use super::columns::ColumnChooser;
use super::details::Details;
use super::failures::FailureLine;
use super::filters::FilterLine;
use super::live::{LiveMark, NewRows};
use super::paging::Paging;
use super::print::PrintHead;
use super::state::State;
use super::summary::SummaryLine;
use super::table::{Table, focus_row};
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::prefs::Prefs;
use crate::model::Report;
use gloo::timers::callback::Timeout;
use leptos::prelude::*;

/// How long the page says what was done, in milliseconds.
const SAID: u32 = 12_000;

#[component]
pub fn ReportView(report: &'static Report) -> impl IntoView {
    let state = State::new(report);
    state.complete_address();
    state.listen();
    let choosing = Memo::new(move |_| state.selection.count() > 0);
    let close = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && state.open.get_untracked().is_some() {
            state.close();
            focus_row(state.active.get_untracked());
        }
    };
    view! {
        <div class="report" on:keydown=close>
            <header class="page-head">
                <div>
                    <h1>{report.title}</h1>
                    <p class="muted">{report.purpose}</p>
                </div>
                <div class="row no-print">
                    {state.actions.map(|_| view! { <a class="button" href="/operations/new" aria-label="New operation">{icon("plus")} <span class="label">"New operation"</span></a> })}
                    <button type="button" class="button" aria-label="Print" on:click=move |_| {
                        let _ = window().print();
                    }>{icon("print")} <span class="label">"Print"</span></button>
                </div>
            </header>
            <PrintHead state />
            <FilterLine state />
            {report.actions.as_ref().map(|actions| view! { <FailureLine state actions /> })}
            <div class="table-head" class:choosing=choosing>
                <SummaryLine state />
                <NewRows state />
                <LiveMark state />
                <TableSettings />
                <ColumnChooser state />
                {follow(move || state.actions.filter(|_| choosing.get()).map(|actions| view! { <SelectionBar state actions /> }))}
            </div>
            <div class="report-body">
                <div class="table-side">
                    <Table state />
                    <Paging state />
                </div>
                <Details state />
            </div>
            {state.actions.map(|_| view! { <RowMenu state /> <Confirmation state /> <Said state /> })}
        </div>
    }
    .into_any()
}

/// What was done last.
#[component]
fn Said(state: State) -> impl IntoView {
    let said = state.acting.said;
    // It also stands in the rows: nobody has to put it away.
    let hide = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        let some = said.with(|said| !said.is_empty());
        hide.set_value(some.then(|| Timeout::new(SAID, move || drop(said.try_set(String::new())))));
    });
    let shown = move || said.with(|said| !said.is_empty());
    view! {
        <div class="said no-print" class:gone=when(move || !shown())>
            <span role="status">{follow(move || said.get())}</span>
            <button type="button" class="button small square quiet" aria-label="Close the message" on:click=move |_| said.set(String::new())>{icon("close")}</button>
        </div>
    }
    .into_any()
}

/// Row height, and how times are written.
#[component]
fn TableSettings() -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    view! {
        <label class="switch">
            <span class="sr">"Times"</span>
            <select on:change:target=move |event| prefs.times.set(if event.target().value() == "ago" { "ago" } else { "clock" })>
                <option value="clock" selected=when(move || prefs.times.is("clock"))>"Date and time"</option>
                <option value="ago" selected=when(move || prefs.times.is("ago"))>"How long ago"</option>
            </select>
        </label>
        <label class="switch">
            <span class="sr">"Row height"</span>
            <select on:change:target=move |event| {
                prefs.density.set(if event.target().value() == "comfortable" { "comfortable" } else { "compact" });
            }>
                <option value="compact" selected=when(move || prefs.density.is("compact"))>"Compact rows"</option>
                <option value="comfortable" selected=when(move || prefs.density.is("comfortable"))>"Comfortable rows"</option>
            </select>
        </label>
    }
    .into_any()
}
