//! Why operations fail: one line above the table, and behind it the failures by their cause and device.

use super::acting::{why_not, words};
use super::asked::{About, Asked, Known};
use super::state::State;
use super::tools::{ReportTool, ReportTools};
use crate::components::follow::follow;
use crate::components::late_part::bones;
use crate::components::popover::Popover;
use crate::components::said::span;
use crate::model::{Action, Chosen, ErrorClass, FailureGroup, Failures, Filter, Keeper, OperationStatus, Query, RowActions, Test, visible};
use crate::{say, text};
use leptos::prelude::*;

/// Most groups that are listed.
const LISTED: usize = 50;

/// Keeps its place while it is not known whether there are any.
#[component]
pub fn FailureLine(state: State, actions: &'static RowActions) -> impl IntoView {
    let open = RwSignal::new(false);
    let tools = expect_context::<ReportTools>();
    let line = move || {
        let Some(failures) = state.failures.value.get() else {
            return match state.failures.error.get() {
                Some(_) => span("muted", text!("failures.unknown")),
                None => view! { <span class="bone"></span> }.into_any(),
            };
        };
        let Some(largest) = failures.groups.first() else {
            return span("muted", text!("failures.none"));
        };
        let count = failures.groups.iter().map(|group| group.ids.len()).sum::<usize>();
        let label =
            Signal::stored(if failures.cut { say!("failures.more-than", count = count) } else { say!("failures.count", count = count) });
        let cause = cause(largest);
        let largest = if failures.groups.len() == 1 { say!("failures.all", cause = cause) } else { say!("failures.most", cause = cause) };
        view! {
            <Popover open label symbol="failed" class="failure-groups">
                {tools.popover(move || ReportTool::Failures(state, actions, open), |wrong| wrong.unwrap_or_else(|| bones(6)))}
            </Popover>
            <span class="clip muted">{largest}</span>
        }
        .into_any()
    };
    view! { <div class="failure-line no-print">{follow(line)}</div> }.into_any()
}

/// A class of errors in words; as it was reported where it is not one of Vigia's.
pub fn error_class(name: &str) -> String {
    ErrorClass::parse(name).map_or_else(|| visible(name).into_owned(), |class| class.label().said().to_owned())
}

/// `Connectivity, srv-db-03 (12)`.
fn cause(group: &FailureGroup) -> String {
    let device = if group.device.is_empty() { say!("failures.no-device").to_owned() } else { visible(&group.device).into_owned() };
    say!("failures.cause", class = error_class(&group.error_class), device = device, number = group.ids.len())
}

/// The failures by their cause and device.
#[component]
pub fn FailureList(state: State, actions: &'static RowActions, open: RwSignal<bool>) -> impl IntoView {
    follow(move || state.failures.value.with(|failures| failures.as_ref().map(|failures| list(state, actions, failures, open))))
}

fn list(state: State, actions: &'static RowActions, failures: &Failures, open: RwSignal<bool>) -> AnyView {
    let may = state.actions.is_some();
    let item = |group: &FailureGroup| {
        let query = only(state, actions, failures, group);
        let show = move |_| {
            open.set(false);
            if let Some(query) = &query {
                state.ask(query.clone());
            }
        };
        let restart = may.then(|| restart(state, group));
        let count = group.ids.len();
        view! {
            <li>
                <b>{say!("failures.group", count = count, class = error_class(&group.error_class), device = visible(&group.device))}</b>
                <p class="muted message">{visible(&group.message).into_owned()}</p>
                <p class="row">
                    <button type="button" class="button small" on:click=show>{say!("failures.show")}</button>
                    {restart}
                </p>
            </li>
        }
    };
    let more = failures.groups.len().saturating_sub(LISTED);
    let notes =
        [(more > 0).then(|| say!("failures.more-groups", count = more)), failures.cut.then(|| say!("failures.cut", most = Failures::MAX))];
    view! {
        <ul class="failure-list" aria-label=say!("failures.list")>{failures.groups.iter().take(LISTED).map(item).collect_view()}</ul>
        {notes.into_iter().flatten().map(|note| view! { <p class="muted small-text">{note}</p> }).collect_view()}
    }
    .into_any()
}

/// The button that restarts those of the group that can be, or why there is none.
fn restart(state: State, group: &FailureGroup) -> AnyView {
    let count = group.restartable;
    if count == 0 {
        return view! { <span class="muted">{why_not(state, Keeper::Other, true)}</span> }.into_any();
    }
    let ids = group.ids.get(..count).unwrap_or_default().to_vec();
    let locks = ErrorClass::parse(&group.error_class).filter(|class| class.locks()).map(|class| (count, class));
    let ask = move |_| {
        let about = About::Many { count, known: Some(Known { suit: count, succeeded: 0, locks }) };
        state.acting.ask(Asked { action: Action::Restart, chosen: Chosen::Ids(ids.clone()), about });
    };
    view! { <button type="button" class="button small" on:click=ask>{words::deed(Action::Restart, count)}</button> }.into_any()
}

/// What shows the group alone: its device, where nothing else failed on that; else its operations, if they fit an address.
fn only(state: State, actions: &'static RowActions, failures: &Failures, group: &FailureGroup) -> Option<Query> {
    let report = state.report;
    let mut query = state.counted.get_untracked()?;
    let shown = state.query.get_untracked();
    (query.columns, query.sort, query.limit) = (shown.columns, shown.sort, shown.limit);
    let alone = failures.groups.iter().filter(|other| other.device == group.device).count() == 1;
    let replaced = |query: &mut Query, key: &str, test: Test| {
        if let Some(column) = report.column(key) {
            query.filters.retain(|filter| filter.column != column);
            query.filters.push(Filter { column, test });
        }
    };
    if !alone && group.ids.len() <= Query::MAX_VALUES / 2 {
        replaced(&mut query, report.columns[0].key, Test::Ids(group.ids.clone()));
        return Some(query);
    }
    replaced(&mut query, actions.status, Test::Is(vec![OperationStatus::Error.name().to_owned()]));
    let device = if group.device.is_empty() { Test::Empty(true) } else { Test::Is(vec![group.device.clone()]) };
    replaced(&mut query, "device", device);
    Some(query)
}
