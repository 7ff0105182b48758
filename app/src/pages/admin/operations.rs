//! How operations are carried out: the executors, and credentials that are seen to again and again. Rules about who is told of failures
//! have a page of their own.

use super::confirm::Confirm;
use super::credential_set::form as set_form;
use crate::api::operations::{connectors, credential_sets, executor_info, executor_pause, remove_credential_set};
use crate::browser::intl;
use crate::components::each::each_item;
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::said::paragraph;
use crate::components::wide_table::wide_table;
use crate::model::{CredentialSet, ExecutorState, Tone, visible};
use crate::pages::new_operation::{no_connector, operation_label};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local};

/// How often the executors are looked at, in milliseconds.
const EVERY: u32 = 5_000;

#[component]
pub fn Operations() -> impl IntoView {
    let sets = load(|| Some(()), |()| credential_sets());
    let ways = load(|| Some(()), |()| connectors());
    let problem = RwSignal::new(None::<String>);
    // The set that is changed; a new one has no name.
    let edited = RwSignal::new(None::<CredentialSet>);
    let prefs = expect_context::<Prefs>();
    let rows = move || {
        let items = move || sets.value.get().unwrap_or_default();
        let draw = move |set| row(&set, &Clock::of(prefs, prefs.zone_name()), sets, edited, problem);
        each_item(items, |set| set.name.clone(), draw)
    };
    let empty = move || sets.value.with(|sets| sets.as_ref().is_some_and(Vec::is_empty));
    let add = move |_| edited.set(Some(super::credential_set::blank()));
    let form = move || {
        let (set, ways) = edited.get().zip(ways.value.get())?;
        let done = Callback::new(move |saved: bool| {
            edited.set(None);
            if saved {
                sets.retry();
            }
        });
        Some(set_form(set, &ways, done))
    };
    // Without a connector there is nothing to take, and nothing that a set could ask for.
    let none = Memo::new(move |_| ways.value.with(|ways| ways.as_ref().is_some_and(Vec::is_empty)));
    let work = move || {
        if none.get() {
            return no_connector();
        }
        view! {
            <Executor />
            <div class="row">
                <h2>{say!("sets.title")}</h2>
                <button type="button" class="button small" on:click=add>{say!("sets.new")}</button>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="admin">
            <h1>{say!("page.execution")}</h1>
            {paragraph("muted", text!("execution.about"))}
            {follow(work)}
            <Problem message=problem />
            {failed(sets)}
            {follow(form)}
            {follow(move || (empty() && !none.get()).then(|| paragraph("muted", text!("sets.none"))))}
            {wide_table(text!("sets.title"), &[text!("sets.name"), text!("sets.state"), text!("sets.operation"), text!("sets.credentials"), text!("sets.every"), text!("sets.window"), text!("sets.approval"), text!("sets.next")], empty, rows)}
        </div>
    }
    .into_any()
}

fn row(
    set: &CredentialSet,
    clock: &Clock,
    sets: Load<Vec<CredentialSet>>,
    edited: RwSignal<Option<CredentialSet>>,
    problem: RwSignal<Option<String>>,
) -> AnyView {
    let name = visible(&set.name).into_owned();
    let (state, tone) = if set.enabled { (say!("on"), Tone::Good) } else { (say!("off"), Tone::Muted) };
    let days = say!("sets.days", count = set.every_days);
    let window = format!(
        "{} \u{2013} {}, {}",
        super::credential_set::time(set.window.0),
        super::credential_set::time(set.window.1),
        visible(&set.zone)
    );
    let next = set.next.filter(|_| set.enabled).map_or_else(cell::nothing, |at| clock.time(at));
    let (own, removed) = (set.clone(), set.name.clone());
    let on_confirm = Callback::new(move |()| {
        let name = removed.clone();
        spawn_local(async move {
            let _ = problem.try_set(remove_credential_set(name).await.err().map(|error| error.message.said().into_owned()));
            sets.retry();
        });
    });
    let cells = [
        cell::toned(state.to_owned(), tone),
        operation_label(&set.operation).into_any(),
        intl::number(i64::try_from(set.credentials.len()).unwrap_or(i64::MAX)).into_any(),
        days.into_any(),
        window.into_any(),
        (if set.approval { say!("sets.approval.needed") } else { say!("sets.approval.no") }).into_any(),
        next,
    ];
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            {cells.into_iter().map(|cell| view! { <td class="wrap">{cell}</td> }).collect_view()}
            <td class="actions">
                <button type="button" class="button small" aria-label=say!("change-name", name = &name) on:click=move |_| edited.set(Some(own.clone()))>{say!("change")}</button>
                <Confirm label=say!("remove") described=say!("remove-name", name = &name) act=say!("remove-name", name = &name) on_confirm
                    question=say!("sets.remove", name = &name) />
            </td>
        </tr>
    }
    .into_any()
}

/// What waits and what runs, and the switch that stops it.
#[component]
fn Executor() -> impl IntoView {
    let state = load(|| Some(()), |()| executor_info());
    let problem = RwSignal::new(None::<String>);
    renew_every(state, EVERY);
    let shown = move || {
        let ExecutorState { paused, scheduled, due, running } = state.value.get()?;
        let on_confirm = Callback::new(move |()| {
            spawn_local(async move {
                let _ = problem.try_set(executor_pause(!paused).await.err().map(|error| error.message.said().into_owned()));
                state.retry();
            });
        });
        let (label, question, what) = if paused {
            (say!("executors.resume"), say!("executors.resume.question"), say!("executors.resume.all"))
        } else {
            (say!("executors.pause"), say!("executors.pause.question"), say!("executors.pause.all"))
        };
        let (words, tone) = if paused { (say!("executors.paused"), Tone::Warning) } else { (say!("executors.at-work"), Tone::Good) };
        let figure = |label: &'static str, count: u64| {
            let more = if count >= ExecutorState::CAP { "+" } else { "" };
            view! { <div><dt>{label}</dt><dd>{intl::number(i64::try_from(count).unwrap_or(i64::MAX))}{more}</dd></div> }
        };
        Some(view! {
            <dl class="figures">
                <div><dt>{say!("executors.title")}</dt><dd>{cell::toned(words.to_owned(), tone)}</dd></div>
                {figure(say!("executors.running"), running)}
                {figure(say!("executors.due"), due)}
                {figure(say!("executors.scheduled"), scheduled)}
            </dl>
            <Confirm label described=what.to_owned() act=what.to_owned() question=question.to_owned() on_confirm undoable=true />
        })
    };
    view! {
        <section class="executor" aria-label=say!("executors.title")>{follow(shown)}</section>
        <Problem message=problem />
    }
    .into_any()
}
