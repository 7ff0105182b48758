//! The time range of the report.

use super::words;
use crate::components::follow::{follow, when};
use crate::components::late_part::bones;
use crate::components::notice::Problem;
use crate::components::popover::Popover;
use crate::components::report::address;
use crate::components::report::narrowing::Narrowing;
use crate::components::report::tools::{ReportTool, ReportTools};
use crate::model::{Moment, Preset, Query, TimeRange};
use crate::say;
use leptos::{ev, prelude::*};

#[component]
pub fn RangePicker(narrowing: Narrowing) -> impl IntoView {
    let open = RwSignal::new(false);
    let range = Memo::new(move |_| narrowing.query.with(|query| query.range));
    let label = Signal::derive(move || words::range(&range.get()));
    let described = Signal::derive(move || say!("range.label", range = label.get()));
    let tools = expect_context::<ReportTools>();
    view! {
        <Popover open label described symbol="calendar" class="range end">
            {tools.popover(move || ReportTool::Range(narrowing, open), |wrong| wrong.unwrap_or_else(|| bones(14)))}
        </Popover>
    }
    .into_any()
}

/// The ranges to choose from; `open` is set to false when one was chosen.
#[component]
pub fn Ranges(narrowing: Narrowing, open: RwSignal<bool>) -> impl IntoView {
    let range = Memo::new(move |_| narrowing.query.with(|query| query.range));
    let choose = move |range: TimeRange| {
        open.set(false);
        narrowing.change(|query| query.range = range);
    };
    let preset = move |of: TimeRange| {
        view! {
            <button
                type="button"
                class="menu-item"
                aria-pressed=when(move || if range.get() == of { "true" } else { "false" })
                on:click=move |_| choose(of)
            >
                {words::range(&of)}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="presets">
            {narrowing.endless.then(|| preset(TimeRange::All))}
            {Preset::ALL.into_iter().map(|of| preset(TimeRange::Preset(of))).collect_view()}
        </div>
        <Custom narrowing open />
    }
    .into_any()
}

/// A range from one date to another.
#[component]
fn Custom(narrowing: Narrowing, open: RwSignal<bool>) -> impl IntoView {
    let (start, end) = match narrowing.query.with_untracked(|query| query.range) {
        TimeRange::Between { from, to } => (from, to),
        _ => (None, None),
    };
    let from = RwSignal::new(clock(start));
    let until = RwSignal::new(clock(end));
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (from, until) = (written(start, from.get_untracked()), written(end, until.get_untracked()));
        if from.is_empty() && until.is_empty() {
            problem.set(Some(say!("range.no-date").to_owned()));
            return;
        }
        let mut query = Query { range: TimeRange::All, cursor: None, ..narrowing.query.get_untracked() };
        let mut search = address::question(&query);
        for (name, value) in [("from", from), ("to", until)] {
            if !value.is_empty() {
                address::push(&mut search, name, &value);
            }
        }
        match address::read(narrowing.report, &search, &query.zone, None, None) {
            Ok(read) => {
                query.range = read.range;
                open.set(false);
                narrowing.ask(query);
            }
            Err(error) => problem.set(Some(error.message.said().into_owned())),
        }
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            <label class="field">
                <span>{say!("editor.from")}</span>
                <input type="datetime-local" step="1" prop:value=from on:input:target=move |event| from.set(event.target().value()) />
            </label>
            <label class="field">
                <span>{say!("range.until")}</span>
                <input type="datetime-local" step="1" prop:value=until on:input:target=move |event| until.set(event.target().value()) />
            </label>
            <p class="muted small-text">{follow(move || say!("range.zone", zone = narrowing.query.with(|query| query.zone.clone())))}</p>
            <Problem message=problem />
            <button type="submit" class="button primary">{say!("range.apply")}</button>
        </form>
    }
    .into_any()
}

/// What a date field shows for a moment.
pub(super) fn clock(moment: Option<Moment>) -> String {
    moment.map(|moment| moment.to_string().trim_end_matches('Z').to_owned()).unwrap_or_default()
}

/// What a date field says; a moment that was not touched stays as it was, also when it was in UTC.
pub(super) fn written(before: Option<Moment>, now: String) -> String {
    match before {
        Some(moment) if clock(before) == now => moment.to_string(),
        _ => now,
    }
}
