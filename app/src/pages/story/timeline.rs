//! The timeline: the rows of all reports in one list.

use super::state::State;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::late_part::bones;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::report::filters::FilterLine;
use crate::components::report::links::{event, link};
use crate::components::said::{paragraph, span};
use crate::model::{ApiError, Cell, Report, visible};
use crate::reports;
use crate::story::{Asked, Subject, TIMELINE, Told, whole};
use crate::words::here;
use crate::{say, text};
use leptos::prelude::*;

/// Times around an event that can be chosen, in milliseconds.
const SPANS: [i64; 5] = [60_000, 5 * 60_000, 15 * 60_000, 3_600_000, 24 * 3_600_000];

#[component]
pub fn TimelinePage() -> impl IntoView {
    let state = State::new();
    state.complete_address();
    let body = move || match state.error() {
        Some(error) => wrong(state, &error),
        None => state.shown.value.with(|shown| match shown {
            Some((_, page)) if page.rows.is_empty() && page.previous.is_none() => nothing(),
            Some((asked, page)) => list(asked, &page.rows, say!("story.events")),
            None => bones(12),
        }),
    };
    view! {
        <div class="story">
            <header class="page-head">
                <div>
                    <h1>{TIMELINE.words.title.said()}</h1>
                    <p class="muted">{TIMELINE.words.purpose.said()}</p>
                </div>
            </header>
            <FilterLine narrowing=state.narrowing() />
            {follow(move || around(state))}
            <div class:stale=state.shown.busy>{follow(body)}</div>
            <Pages state />
        </div>
    }
    .into_any()
}

fn wrong(state: State, error: &ApiError) -> AnyView {
    view! {
        <div class="state" role="alert">
            <h2>{say!("load.failed")}</h2>
            <p>{error.message.said().into_owned()}</p>
            <p class="row">
                <button type="button" class="button primary" on:click=move |_| state.shown.retry()>{say!("retry")}</button>
                <button type="button" class="button" on:click=move |_| state.clear()>{say!("behavior.start-over")}</button>
            </p>
        </div>
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! {
        <div class="state">
            <h2>{say!("empty.no-match")}</h2>
            {paragraph("muted", text!("story.empty.why"))}
        </div>
    }
    .into_any()
}

/// How long before and after an event others are shown, where that is asked for.
fn around(state: State) -> Option<AnyView> {
    let asked = state.asked.get();
    let (event, within) = (asked.event?, asked.within?);
    let clock = Clock::of(expect_context::<Prefs>(), asked.query.zone.clone());
    let mut spans = SPANS.to_vec();
    if !spans.contains(&within) {
        spans.push(within);
    }
    let option = |span: i64| {
        view! { <option value=span.to_string() selected=span == within>{crate::model::duration::words(span)}</option> }
    };
    let chosen = move |event: web_sys::Event| {
        if let Ok(within) = event_target_value(&event).parse() {
            state.ask(|asked| asked.within = Some(within));
        }
    };
    let around = say!("story.around", time = cell::words(&TIMELINE.columns[1], &Cell::Time(event.id.time()), &clock.zone));
    Some(
        view! {
            <div class="row around">
                <span>{around}</span>
                <label class="switch">{say!("story.before-and-after")} <select on:change=chosen>{spans.into_iter().map(option).collect_view()}</select></label>
                <button type="button" class="button quiet" on:click=move |_| state.ask(|asked| asked.within = None)>{say!("story.all-times")}</button>
            </div>
        }
        .into_any(),
    )
}

/// Rows of reports.
pub fn list(asked: &Asked, rows: &[Told], about: &'static str) -> AnyView {
    let clock = Clock::of(expect_context::<Prefs>(), asked.query.zone.clone());
    let rows = rows.iter().filter_map(|told| Some(row(asked, reports::by_key(&told.report)?, told, &clock)));
    view! { <ol class="story-list" aria-label=about>{rows.collect_view()}</ol> }.into_any()
}

fn row(asked: &Asked, report: &'static Report, told: &Told, clock: &Clock) -> AnyView {
    let id = told.row.id;
    let cells = whole(report, &told.row);
    let is_it = asked.event.is_some_and(|event| event.report.key == report.key && event.id == id);
    let about = &report.about;
    let user = Subject::of(report, &cells).into_iter().find(|subject| matches!(subject, Subject::User(_)));
    let who = user.map_or_else(cell::nothing, |user| link(&user, &clock.zone));
    let outcome = about.outcome.and_then(|key| report.columns.iter().zip(&cells).find(|(column, _)| column.key == key));
    let outcome = outcome.map(|(column, cell)| {
        let title = cell::words(column, cell, &clock.zone);
        view! { <span class="story-end" title=title>{cell::draw(column, cell, clock)}</span> }
    });
    let what = visible(&report.say(about.what, &cells, here())).into_owned();
    view! {
        <li class:marked=is_it aria-current=is_it.then_some("true")>
            <span class="story-time">{clock.time(id.time())}</span>
            <span class="story-report muted">{icon(report.icon)} {report.words.title.said()}</span>
            <span class="story-who">{who}</span>
            <span class="story-what"><a href=event(report, id, &clock.zone)>{what}</a> {is_it.then(|| span("tone running", text!("story.this")))}</span>
            {outcome}
        </li>
    }
    .into_any()
}

/// From page to page.
#[component]
fn Pages(state: State) -> impl IntoView {
    let cursor = move |next: bool| {
        state.shown.value.with(|shown| {
            let (_, page) = shown.as_ref()?;
            if next { page.next.clone() } else { page.previous.clone() }
        })
    };
    let turn = move |cursor: Option<String>| {
        state.ask(|asked| asked.query.cursor = cursor);
        crate::browser::focus::focus_soon("#main".to_owned());
    };
    // Cursors belong to the rows on the screen.
    let settled = move || !state.shown.busy.get() && state.error().is_none();
    let button = move |next: bool| {
        let words = if next { say!("paging.next") } else { say!("paging.previous") };
        let missing = when(move || !settled() || cursor(next).is_none());
        view! { <button type="button" class="button" disabled=missing on:click=move |_| turn(cursor(next))>{words}</button> }
    };
    let first = when(move || !settled() || state.asked.with(|asked| asked.query.cursor.is_none()));
    view! {
        <nav class="paging" aria-label=say!("paging.label")>
            <button type="button" class="button" disabled=first on:click=move |_| turn(None)>{say!("paging.first")}</button>
            {button(false)}
            {button(true)}
        </nav>
    }
    .into_any()
}
