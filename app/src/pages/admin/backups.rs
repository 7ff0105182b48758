//! Backups of Vigia itself: what is there, what is being made, and buttons that make, verify and download them.

use super::confirm::Confirm;
use crate::api::backups::{backup_list, cancel_backup, make_backup, release_instance};
use crate::browser::intl;
use crate::components::each::each;
use crate::components::follow::{follow, when};
use crate::components::load::{Load, failed, load, renew_every};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::backup::{self, Desk};
use crate::components::report::cell::{self, Clock};
use crate::components::report::standing::standing;
use crate::components::said::paragraph;
use crate::components::wide_table::wide_table;
use crate::model::{ApiError, BackupPlan, BackupSeen, BackupsSeen, RunningBackup, Timestamp, Tone, duration, visible};
use crate::{say, text};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use std::future::Future;

/// How often it is looked how they stand, in milliseconds.
const EVERY: u32 = 3_000;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct State {
    all: Load<BackupsSeen>,
    problem: RwSignal<Option<String>>,
    prefs: Prefs,
}

impl State {
    /// Does something, says what is wrong with it, and looks again.
    fn act(self, work: impl Future<Output = Result<(), ApiError>> + 'static) {
        spawn_local_scoped_with_cancellation(async move {
            self.problem.set(work.await.err().map(|error| error.message.said().into_owned()));
            self.all.renew();
        });
    }

    fn clock(self) -> Clock {
        Clock::of(self.prefs, self.prefs.zone_name())
    }
}

#[component]
pub fn Backups() -> impl IntoView {
    let all = load(|| Some(()), |()| backup_list());
    let state = State { all, problem: RwSignal::new(None), prefs: expect_context::<Prefs>() };
    renew_every(all, EVERY);
    let seen = move |part: fn(&BackupsSeen) -> bool| move || all.value.with(|all| all.as_ref().is_some_and(part));
    // A row stays while its backup does, and with it the focus of its buttons.
    let names =
        Memo::new(move |_| all.value.with(|all| all.iter().flat_map(|all| &all.backups).map(|one| one.name.clone()).collect::<Vec<_>>()));
    let draw = move |name: String| {
        let of = name.clone();
        let one = Memo::new(move |_| all.value.with(|all| all.as_ref()?.backups.iter().find(|one| one.name == of).cloned()));
        row(state, &name, one)
    };
    let rows = move || each(move || names.get(), draw);
    let held = Memo::new(move |_| all.value.with(|all| all.as_ref().and_then(|all| all.held.clone())));
    let plans =
        Memo::new(move |_| all.value.with(|all| all.as_ref().map(|all| (all.plans.clone(), all.folder.clone(), all.places.clone()))));
    let assurance = Memo::new(move |_| {
        all.value.with(|all| {
            let all = all.as_ref()?;
            let good = all.backups.iter().find(|one| one.full && one.checked.as_ref().is_none_or(|(_, wrong)| wrong.is_none()));
            // Of what is made by schedule it is said above.
            Some((good.filter(|_| all.plans.is_empty()).map(|one| one.start), all.drill.clone(), all.offline_only))
        })
    });
    let running = Memo::new(move |_| all.value.with(|all| all.as_ref().and_then(|all| all.running.clone())));
    let loaded = Memo::new(move |_| all.value.with(Option::is_some));
    let alone = seen(|all| all.own_key_alone);
    let none = seen(|all| all.backups.is_empty());
    view! {
        <div class="admin">
            <h1>{say!("page.backups")}</h1>
            {paragraph("muted", text!("backups.about"))}
            <Problem message=state.problem />
            {failed(all)}
            {follow(move || held.get().map(|backup| hold(state, &backup)))}
            {standing(|| "time=last-30-days".to_owned())}
            {follow(move || plans.get().map(|(plans, folder, places)| planned(state, &plans, &folder, &places)))}
            {follow(move || assurance.get().map(|assurance| proof(state, assurance)))}
            {follow(move || alone().then(|| paragraph("warning", text!("backups.own-key-alone"))))}
            {follow(move || loaded.get().then(|| makers(state, running)))}
            <div role="status">{follow(move || running.get().map(|running| being_made(state, &running)))}</div>
            {follow(move || none().then(|| view! { <p>{say!("backups.none")}</p> }))}
            {wide_table(text!("page.backups"), &[text!("backups.name"), text!("backups.type"), text!("backups.start"), text!("backups.rows"), text!("backups.size"), text!("backups.verified")], move || names.with(Vec::is_empty), rows)}
        </div>
    }
    .into_any()
}

/// The buttons that make one, while none is being made.
fn makers(state: State, running: Memo<Option<RunningBackup>>) -> AnyView {
    let busy = move || when(move || running.with(Option::is_some));
    view! {
        <p class="actions-row">
            <button type="button" class="button" disabled=busy() on:click=move |_| state.act(make_backup(true))>{say!("backups.make-full")}</button>
            <button type="button" class="button" disabled=busy() on:click=move |_| state.act(make_backup(false))>{say!("backups.make-partial")}</button>
        </p>
    }
    .into_any()
}

/// An instance that does nothing by itself, and the button that changes that.
fn hold(state: State, backup: &str) -> AnyView {
    let release = Callback::new(move |()| state.act(release_instance()));
    view! {
        <div class="warning">
            <p>{say!("backups.held", backup = backup)}</p>
            <Confirm label=say!("backups.release") described=say!("backups.release").to_owned() act=say!("backups.release").to_owned() on_confirm=release
                question=say!("backups.release.question").to_owned() />
        </div>
    }
    .into_any()
}

/// What is done by schedule, and where it goes.
fn planned(state: State, plans: &[BackupPlan], folder: &str, places: &[String]) -> AnyView {
    let plan = |plan: &BackupPlan| {
        let kind = type_of(plan.full);
        let words = say!("backups.plan", kind = kind, cron = &plan.cron, zone = &plan.zone);
        let next = plan.next.map(|next| view! { " " {say!("backups.next")} " " {state.clock().time(next)} });
        view! { <li>{words}{next}</li> }
    };
    let plans = if plans.is_empty() {
        view! { <p>{say!("backups.no-plan")}</p> }.into_any()
    } else {
        view! { <ul>{plans.iter().map(plan).collect_view()}</ul> }.into_any()
    };
    let copies = (!places.is_empty()).then(|| view! { " " {say!("backups.places", places = visible(&places.join(", ")))} });
    view! { {plans}<p class="muted">{say!("backups.folder", folder = visible(folder))}{copies}</p> }.into_any()
}

/// When the last full backup was, what was in no backup then, and how the last drill went: what would be lost, and how long it would take to have the rest back.
type Assurance = (Option<Timestamp>, Option<(Timestamp, i64, Option<String>)>, bool);

fn proof(state: State, (last, drill, offline_only): Assurance) -> AnyView {
    let clock = state.clock();
    let last = last.map(|last| view! { <li>{say!("backups.last-good")} " " {clock.time(last)}</li> });
    let drill = match drill {
        None if offline_only => ().into_any(),
        None => view! { <li>{say!("backups.no-drill")}</li> }.into_any(),
        Some((at, took, wrong)) => {
            let (class, words) = match wrong {
                None => ("", say!("backups.drilled", took = duration::words(took))),
                Some(wrong) => ("tone bad", say!("backups.drill-failed", wrong = visible(&wrong))),
            };
            view! { <li class=class>{words} " " {clock.time(at)}</li> }.into_any()
        }
    };
    let offline = offline_only.then(|| view! { <li>{say!("backups.offline-only")}</li> });
    view! { <ul class="plain">{last}{offline}{drill}</ul> }.into_any()
}

/// How far one is, and the button that ends it.
fn being_made(state: State, running: &RunningBackup) -> AnyView {
    let number = |count: u64| intl::number(i64::try_from(count).unwrap_or(i64::MAX));
    let words = if running.copying {
        say!("backups.copying", name = &running.name)
    } else {
        say!(
            "backups.running",
            name = &running.name,
            by = visible(&running.requested_by),
            done = number(running.done),
            all = number(running.all)
        )
    };
    view! {
        <p class="actions-row">
            <progress max=running.all.max(1).to_string() value=running.done.to_string() aria-hidden="true"></progress>
            <span>{words}</span>
            <button type="button" class="button small" on:click=move |_| state.act(cancel_backup())>{say!("backups.cancel")}</button>
        </p>
    }
    .into_any()
}

fn type_of(full: bool) -> &'static str {
    if full { say!("choice.backup-type.Full") } else { say!("choice.backup-type.Partial") }
}

fn row(state: State, name: &str, one: Memo<Option<BackupSeen>>) -> AnyView {
    let cell = move |draw: fn(BackupSeen, &Clock) -> AnyView| follow(move || one.get().map(|one| draw(one, &state.clock())));
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let shown = name.to_owned();
    let is_there = Memo::new(move |_| one.with(|one| one.as_ref().is_some_and(BackupSeen::is_there)));
    let desk = Desk::new(shown.clone(), one, state.problem, Callback::new(move |()| state.all.renew()));
    view! {
        <tr>
            <th scope="row"><code>{shown}</code></th>
            <td>{cell(|one, _| type_of(one.full).into_any())}</td>
            <td>{cell(|one, clock| clock.time(one.start))}</td>
            <td class="number">{follow(move || one.get().map(|one| intl::number(number(one.rows))))}</td>
            <td class="number">{follow(move || one.get().map(|one| intl::bytes(number(one.size))))}</td>
            <td class="wrap">{cell(checked)}</td>
            <td class="actions">{follow(move || is_there.get().then(|| backup::buttons(desk)))}</td>
        </tr>
        <tr class="under" class:gone=when(move || !backup::has_below(desk))><td colspan="7">{backup::below(desk)}</td></tr>
    }
    .into_any()
}

/// Whether it was found whole, and when; of one that the instance does not open, whether its hash was right.
fn checked(one: BackupSeen, clock: &Clock) -> AnyView {
    let removable = one.removable.then(|| view! { <p class="muted">{say!("backups.removable")}</p> });
    let checked = match one.checked {
        None => cell::toned(say!("backups.unverified").to_owned(), Tone::Muted),
        Some((at, None)) if one.outdated => {
            view! { {cell::toned(say!("backups.outdated").to_owned(), Tone::Warning)} " " {clock.time(at)} }.into_any()
        }
        Some((at, None)) if one.offline => {
            view! { {cell::toned(say!("backups.hash-checked").to_owned(), Tone::Muted)} " " {clock.time(at)} }.into_any()
        }
        Some((at, None)) => view! { {cell::toned(say!("backups.whole").to_owned(), Tone::Good)} " " {clock.time(at)} }.into_any(),
        Some((at, Some(wrong))) => {
            view! { {cell::toned(say!("backups.damaged").to_owned(), Tone::Bad)} " " {clock.time(at)} <p>{visible(&wrong).into_owned()}</p> }.into_any()
        }
    };
    let offline = one.offline.then(|| view! { <p class="muted">{say!("backups.offline")}</p> });
    let elsewhere = (!one.here).then(|| view! { <p>{say!("backups.elsewhere")}</p> });
    let copies =
        (!one.copies.is_empty()).then(|| view! { <p class="muted">{say!("backups.copies", places = visible(&one.copies.join(", ")))}</p> });
    let uncopied = one.uncopied.iter().map(|(place, wrong)| {
        let said = say!("backups.uncopied", place = visible(place), wrong = visible(wrong));
        view! { <p class="tone bad">{said}</p> }
    });
    view! { {checked}{offline}{elsewhere}{copies}{uncopied.collect_view()}{removable} }.into_any()
}
