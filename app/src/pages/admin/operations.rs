//! How operations are carried out: the executors, and credentials that are seen to again and again. Rules about who is told of failures
//! have a page of their own.

use super::confirm::Confirm;
use super::credential_set::form as set_form;
use crate::api::operations::{connectors, credential_sets, executor_info, executor_pause, remove_credential_set};
use crate::browser::intl;
use crate::components::follow::follow;
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::wide_table::wide_table;
use crate::model::{CredentialSet, ExecutorState, Tone, visible};
use crate::pages::new_operation::no_connector;
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
        let clock = Clock::of(prefs, prefs.zone_name());
        sets.value.get().unwrap_or_default().iter().map(|set| row(set, &clock, sets, edited, problem)).collect_view()
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
                <h2>"Credential sets"</h2>
                <button type="button" class="button small" on:click=add>"New set"</button>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="admin">
            <h1>"Execution"</h1>
            <p class="muted">"Executors carry operations out when they are due. Credential sets ask for them again and again."</p>
            {follow(work)}
            <Problem message=problem />
            {failed(sets)}
            {follow(form)}
            {follow(move || (empty() && !none.get()).then(|| view! { <p class="muted">"There is no credential set yet. One has the passwords of its credentials changed every so many days."</p> }))}
            {wide_table("Credential sets", &["Name", "State", "Operation", "Credentials", "Every", "Window", "Approval", "Next"], empty, rows)}
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
    let (state, tone) = if set.enabled { ("On", Tone::Good) } else { ("Off", Tone::Muted) };
    let days = if set.every_days == 1 { "day".to_owned() } else { format!("{} days", set.every_days) };
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
            let _ = problem.try_set(remove_credential_set(name).await.err().map(|error| error.message));
            sets.retry();
        });
    });
    let cells = [
        cell::toned(state.to_owned(), tone),
        set.operation.clone().into_any(),
        intl::number(i64::try_from(set.credentials.len()).unwrap_or(i64::MAX)).into_any(),
        days.into_any(),
        window.into_any(),
        (if set.approval { "needed" } else { "no" }).into_any(),
        next,
    ];
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            {cells.into_iter().map(|cell| view! { <td class="wrap">{cell}</td> }).collect_view()}
            <td class="actions">
                <button type="button" class="button small" aria-label=format!("Change {name}") on:click=move |_| edited.set(Some(own.clone()))>"Change"</button>
                <Confirm label="Remove" described=format!("Remove {name}") act=format!("Remove {name}") on_confirm
                    question=format!("{name} asks for no more operations. Those it has asked for stay, and are carried out when they are due.") />
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
                let _ = problem.try_set(executor_pause(!paused).await.err().map(|error| error.message));
                state.retry();
            });
        });
        let (label, question) = if paused {
            ("Resume", "Executors take operations again. All that became due meanwhile is carried out now, within the limits.")
        } else {
            ("Pause", "No server takes another operation until somebody resumes. What runs now ends by itself.")
        };
        let (words, tone) = if paused { ("Paused", Tone::Warning) } else { ("At work", Tone::Good) };
        let figure = |label: &'static str, count: u64| {
            let more = if count >= ExecutorState::CAP { "+" } else { "" };
            view! { <div><dt>{label}</dt><dd>{intl::number(i64::try_from(count).unwrap_or(i64::MAX))}{more}</dd></div> }
        };
        Some(view! {
            <dl class="figures">
                <div><dt>"Executors"</dt><dd>{cell::toned(words.to_owned(), tone)}</dd></div>
                {figure("Running", running)}
                {figure("Due", due)}
                {figure("Scheduled", scheduled)}
            </dl>
            <Confirm label described=format!("{label} the executors") act=format!("{label} the executors") question=question.to_owned() on_confirm undoable=true />
        })
    };
    view! {
        <section class="executor" aria-label="Executors">{follow(shown)}</section>
        <Problem message=problem />
    }
    .into_any()
}
