//! One event, whole: beside the table on a wide screen, over it on a narrow one.

pub mod attempts;
pub mod fields;
pub mod risk;

use super::address;
use super::cell::Clock;
use super::state::State;
use super::table::{activate, focus_row, id_at};
use super::tools::ReportTools;
use crate::api::behavior::view_risk;
use crate::browser::{self, clipboard, focus::focus_soon};
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::load::load;
use crate::components::prefs::Prefs;
use crate::components::said::span;
use crate::components::session::Session;
use crate::model::{Cell, Record, Report, Role, visible};
use crate::{say, text};
use attempts::{story, ticking};
use fields::fields;
use leptos::prelude::*;

/// Copies text, and says so.
#[derive(Clone, Copy)]
pub struct Copier(RwSignal<String>);

impl Copier {
    /// `name`: what it is that is copied, in words.
    pub fn copy(self, name: &str, text: &str) {
        let done = clipboard::copy(text);
        self.0.set(if done { say!("copy.done-of", what = name) } else { say!("copy.failed").to_owned() });
    }
}

#[component]
pub fn Details(state: State) -> impl IntoView {
    let is_open = Memo::new(move |_| state.open.with(Option::is_some));
    // The focus moves into the panel when it opens; what was read before is not shown when it opens again.
    let entered = StoredValue::new(false);
    Effect::new(move |_| {
        let shown = state.record.value.with(|record| record.as_ref().map(|record| record.id));
        match state.open.get() {
            None => {
                entered.set_value(false);
                // Only where something is: to set a signal that this effect reads is to run it again.
                if shown.is_some() {
                    state.record.value.set(None);
                }
                state.record.error.set(None);
                state.info.value.set(None);
                state.info.error.set(None);
            }
            Some(id) if shown == Some(id) && !entered.get_value() => {
                entered.set_value(true);
                focus_soon(if state.at_attempts.get_untracked() { "#attempts" } else { "#details-title" }.to_owned());
            }
            Some(_) => {}
        }
    });
    move || is_open.get().then(|| view! { <Panel state /> })
}

#[component]
fn Panel(state: State) -> impl IntoView {
    let copied = Copier(RwSignal::new(String::new()));
    let explained = RwSignal::new(false);
    let place = Memo::new(move |_| {
        let open = state.open.get()?;
        state.rows.value.with(|shown| shown.as_ref()?.page.rows.iter().position(|row| row.id == open))
    });
    let rows = move || state.rows.value.with(|shown| shown.as_ref().map_or(0, |shown| shown.page.rows.len()));
    let step = move |to: usize| {
        if let Some(id) = id_at(state, to) {
            activate(state, to);
            state.open(id, false);
        }
    };
    let close = move |_| {
        state.close();
        focus_row(state.active.get_untracked());
    };
    let now = ticking(state);
    // While one event is shown, each part follows what is known of it by itself: what has the focus stays.
    let record = Memo::new(move |_| state.record.value.get());
    let shown = Memo::new(move |_| record.with(|record| record.as_ref().map(|record| record.id)));
    let content = move || {
        if let Some(error) = state.record.error.get() {
            return view! {
                <div class="state" role="alert">
                    <h2 id="details-title" tabindex="-1">{say!("details.failed")}</h2>
                    <p>{error.message.said().into_owned()}</p>
                    <p><button type="button" class="button primary" on:click=move |_| state.record.retry()>{say!("retry")}</button></p>
                </div>
            }
            .into_any();
        }
        match shown.get() {
            Some(_) => event(state, record, copied, now),
            None => view! { <div class="bones" role="status">{span("sr", text!("details.loading"))} {(0..12).map(|_| view! { <span class="bone"></span> }).collect_view()}</div> }.into_any(),
        }
    };
    view! {
        <aside class="details" class:explained=explained aria-label=say!("details.of") aria-busy=when(move || if state.record.busy.get() { "true" } else { "false" })>
            <div class="details-bar">
                <button type="button" class="button small square" aria-label=say!("details.previous") title=say!("details.previous")
                    disabled=when(move || place.get().is_none_or(|at| at == 0))
                    on:click=move |_| step(place.get_untracked().map_or(0, |at| at.saturating_sub(1)))>{icon("up")}</button>
                <button type="button" class="button small square" aria-label=say!("details.next") title=say!("details.next")
                    disabled=when(move || place.get().is_none_or(|at| at + 1 >= rows()))
                    on:click=move |_| step(place.get_untracked().map_or(0, |at| at + 1))>{icon("down")}</button>
                <span class="copied" role="status">{follow(move || copied.0.get())}</span>
                <button type="button" class="button small" aria-pressed=when(move || if explained.get() { "true" } else { "false" })
                    on:click=move |_| explained.update(|on| *on = !*on)>{say!("details.explain")}</button>
                <button type="button" class="button small" on:click=move |_| {
                    let address = address::of(&state.query.get_untracked(), state.open.get_untracked());
                    copied.copy(say!("details.link"), &browser::absolute(&address));
                }>{icon("link")}{say!("details.copy-link")}</button>
                <button type="button" class="button small square" aria-label=say!("details.close") title=say!("close") on:click=close>{icon("close")}</button>
            </div>
            <div class="details-body" class:stale=state.record.busy>{follow(content)}</div>
        </aside>
    }
    .into_any()
}

/// The name of the backup that Vigia says it made; `None` for what others said.
fn own_backup(report: &Report, record: &Record) -> Option<String> {
    let source = record.cells.get(report.position("source")?)?;
    matches!(source, Cell::Text(source) if source == "vigia").then(|| record.source_id.clone())
}

fn event(state: State, record: Memo<Option<Record>>, copied: Copier, now: RwSignal<f64>) -> AnyView {
    let prefs = expect_context::<Prefs>();
    let clock = move || Clock::of(prefs, state.query.with(|query| query.zone.clone()));
    // What is known of the operation may still be that of the one before.
    let info = Memo::new(move |_| {
        let id = record.with(|record| record.as_ref().map(|record| record.id));
        state.info.value.get().filter(|info| Some(info.id) == id)
    });
    let headline = move || record.with(|record| record.as_ref().map(|record| visible(&state.report.headline(&record.cells)).into_owned()));
    let failed = move || {
        state.info.error.get().map(|error| {
            let again = move |_| state.info.retry();
            view! { <p class="muted" role="alert">{error.message.said().into_owned()}" "<button type="button" class="link" on:click=again>{say!("again")}</button></p> }
        })
    };
    let acts = move || {
        let info = info.get()?;
        let acts = info.actions.into_iter().map(|action| {
            let ask = move |_| state.ask_about_row(info.id, action);
            view! { <button type="button" class="button small" on:click=ask>{action.label().said()}</button> }
        });
        let acts: Vec<_> = acts.collect();
        (!acts.is_empty()).then(|| view! { <p class="row acts">{acts}</p> })
    };
    let told = move || {
        record.with(|record| record.as_ref().map(|record| info.with(|info| story(state.report, record, info.as_ref(), &clock(), now))))
    };
    let all = move || record.with(|record| record.as_ref().map(|record| fields(state.report, record, &clock(), copied)));
    let scored = state.report.derived().next().is_some().then(|| {
        let id = Memo::new(move |_| record.with(|record| record.as_ref().map(|record| record.id)));
        let scored = load(move || id.get(), |id| async move { Ok((id, view_risk(id).await?)) });
        // What is known may still be of the view before.
        let shown = move || {
            scored.value.with(|scored| {
                let (of, scored) = scored.as_ref()?;
                Some(risk::parts(*of, scored.as_ref().filter(|_| id.get() == Some(*of))?, &clock()))
            })
        };
        view! { {crate::components::load::failed(scored)} {follow(shown)} }
    });
    let is_admin =
        move || expect_context::<Session>().viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Admin));
    let backup = (state.report.backups && untrack(is_admin)).then(|| {
        let of = Memo::new(move |_| record.with(|record| record.as_ref().and_then(|record| own_backup(state.report, record))));
        expect_context::<ReportTools>().backup(of)
    });
    let attempts = state.report.attempts.then(|| {
        view! {
            <section>
                <h3 id="attempts" tabindex="-1">{say!("details.attempts")}</h3>
                {follow(told)}
            </section>
        }
    });
    view! {
        <h2 id="details-title" tabindex="-1">{follow(headline)}</h2>
        {follow(failed)}
        {follow(acts)}
        {attempts}
        {scored}
        {expect_context::<ReportTools>().story.get_value().map(|draw| draw(state, record))}
        {backup}
        {follow(all)}
    }
    .into_any()
}
