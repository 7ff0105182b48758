//! The whole of a report page.

use super::columns::ColumnChooser;
use super::failures::FailureLine;
use super::filters::FilterLine;
use super::paging::Paging;
use super::print::PrintHead;
use super::state::State;
use super::summary::SummaryLine;
use super::table::{Table, focus_row};
use super::tabs::Tabs;
use super::tools::{ReportTool, ReportTools};
use crate::components::follow::{follow, react, when};
use crate::components::icon::icon;
use crate::components::late_part::bones;
use crate::components::prefs::Prefs;
use crate::components::said::span;
use crate::model::Report;
use crate::reports::PERFORMED_BACKUPS;
use crate::{say, text};
use gloo::timers::callback::Timeout;
use leptos::prelude::*;

/// How long after the rows further parts of the page are loaded where the browser does not tell when it is idle, in milliseconds.
const IDLE: u32 = 1_000;

#[component]
pub fn ReportView(report: &'static Report) -> impl IntoView {
    let state = State::new(report);
    state.complete_address();
    let choosing = Memo::new(move |_| state.selection.count() > 0);
    let tools = expect_context::<ReportTools>();
    prefetch_when_idle(state, tools);
    let pressed = move |event: web_sys::KeyboardEvent| {
        tools.prefetch();
        if event.key() == "Escape" && state.open.get_untracked().is_some() {
            state.close();
            focus_row(state.active.get_untracked());
        }
    };
    view! {
        <div class="report" on:keydown=pressed on:pointerover=move |_| tools.prefetch() on:focusin=move |_| tools.prefetch()>
            <header class="page-head">
                <div>
                    <h1>{report.words.title.said()}</h1>
                    <p class="muted">{report.words.purpose.said()}</p>
                </div>
                <div class="row no-print">
                    {state.actions.map(|_| view! { <a class="button" href="/operations/new" aria-label=say!("page.new-operation")>{icon("plus")} {span("label", text!("page.new-operation"))}</a> })}
                    <button type="button" class="button" aria-label=say!("report.print") on:click=move |_| {
                        let _ = window().print();
                    }>{icon("print")} {span("label", text!("report.print"))}</button>
                </div>
            </header>
            <PrintHead state />
            {(report.key == PERFORMED_BACKUPS.key).then(|| tools.standing(state))}
            <Tabs state />
            <FilterLine narrowing=state.narrowing() />
            {report.actions.as_ref().map(|actions| view! { <FailureLine state actions /> })}
            <div class="table-head" class:choosing=choosing>
                <SummaryLine state />
                {tools.live(state)}
                <TableSettings />
                <ColumnChooser state />
                {follow(move || {
                    let actions = state.actions.filter(|_| choosing.get())?;
                    let waiting = |wrong: Option<AnyView>| view! { <div class="selection-bar">{wrong.unwrap_or_else(|| bones(1))}</div> }.into_any();
                    Some(tools.draw_when(|| true, move || ReportTool::SelectionBar(state, actions), waiting))
                })}
            </div>
            <div class="report-body">
                <div class="table-side">
                    <Table state />
                    <Paging state />
                </div>
                {tools.draw_when(move || state.open.with(Option::is_some), move || ReportTool::Details(state), move |wrong| details(state, wrong))}
            </div>
            {state.actions.map(|_| {
                let acting = state.acting;
                let wanted = move || acting.menu.with(Option::is_some) || acting.asked.with(Option::is_some);
                let dialogs = tools.draw_when(wanted, move || ReportTool::Dialogs(state), move |wrong| dialogs(state, wrong));
                let said = tools.draw_when(|| false, move || ReportTool::Said(state), |_| ().into_any());
                view! { {dialogs} {said} }
            })}
        </div>
    }
    .into_any()
}

/// Once rows are there and the browser has nothing better to do, what a reader may use next is loaded.
fn prefetch_when_idle(state: State, tools: ReportTools) {
    let there = Memo::new(move |_| state.rows.value.with(Option::is_some));
    react(move || {
        let prefetch = move || tools.prefetch_all();
        // Safari knows no idle moments.
        if there.get() && request_idle_callback_with_handle(prefetch).is_err() {
            Timeout::new(IDLE, prefetch).forget();
        }
    });
}

/// The frame of the details while what draws them is on its way, or cannot be had.
fn details(state: State, wrong: Option<AnyView>) -> AnyView {
    let busy = if wrong.is_none() { "true" } else { "false" };
    view! {
        <aside class="details" aria-label=say!("details.of") aria-busy=busy>
            <div class="details-bar">
                <button type="button" class="button small square" aria-label=say!("details.close") title=say!("close") on:click=move |_| {
                    state.close();
                    focus_row(state.active.get_untracked());
                }>{icon("close")}</button>
            </div>
            <div class="details-body">{wrong.unwrap_or_else(|| bones(12))}</div>
        </aside>
    }
    .into_any()
}

/// What is said while a menu or a question is on its way, or cannot be had.
fn dialogs(state: State, wrong: Option<AnyView>) -> AnyView {
    let leave = move |_| {
        state.acting.menu.set(None);
        state.acting.leave();
    };
    view! {
        <div class="said no-print">
            {wrong.unwrap_or_else(|| view! { <span role="status">{say!("part.coming")}</span> }.into_any())}
            <button type="button" class="button small square quiet" aria-label=say!("report.close-message") on:click=leave>{icon("close")}</button>
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
            {span("sr", text!("report.times"))}
            <select on:change:target=move |event| prefs.times.set(if event.target().value() == "ago" { "ago" } else { "clock" })>
                <option value="clock" selected=when(move || prefs.times.is("clock"))>{say!("report.times.clock")}</option>
                <option value="ago" selected=when(move || prefs.times.is("ago"))>{say!("report.times.ago")}</option>
            </select>
        </label>
        <label class="switch density">
            {span("sr", text!("report.rows"))}
            <select on:change:target=move |event| {
                prefs.density.set(if event.target().value() == "comfortable" { "comfortable" } else { "compact" });
            }>
                <option value="compact" selected=when(move || prefs.density.is("compact"))>{say!("report.rows.compact")}</option>
                <option value="comfortable" selected=when(move || prefs.density.is("comfortable"))>{say!("report.rows.comfortable")}</option>
            </select>
        </label>
    }
    .into_any()
}
