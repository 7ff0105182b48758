//! What would become of lines of a log, tried.

use crate::api::admin::{formats, try_lines};
use crate::browser::intl;
use crate::components::follow::follow;
use crate::components::form::{self, Fault};
use crate::components::load::{failed, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{Clock, draw, toned};
use crate::components::session::Session;
use crate::model::{Attempt, ErrorKind, Tone, TriedEvent, TriedLine, TriedOutcome, TriedTry, visible};
use crate::words::Text;
use crate::{reports, say, text};
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

/// What the server calls finding a line's format by its marks.
const AUTO: &str = "auto";

#[component]
pub fn TryLines() -> impl IntoView {
    let session = expect_context::<Session>();
    let prefs = expect_context::<Prefs>();
    let known = load(|| Some(()), |()| formats());
    let fault = Fault::none();
    let lines = RwSignal::new(String::new());
    let format = RwSignal::new(AUTO.to_owned());
    let arrival = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let tried = RwSignal::new(None::<Vec<TriedLine>>);
    let options = move || {
        let known = known.value.get().unwrap_or_else(|| vec![AUTO.to_owned()]);
        let word = |name: &String| if name == AUTO { say!("try.format.auto").to_owned() } else { name.clone() };
        known.iter().map(|name| (name.clone(), word(name))).collect()
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.clear();
        let asked = TriedTry { text: lines.get_untracked(), format: Some(format.get_untracked()), arrival: arrival.get_untracked() };
        spawn_local_scoped_with_cancellation(async move {
            match try_lines(asked).await {
                Ok(all) => tried.set(Some(all)),
                Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
                Err(error) => fault.set(error),
            }
            busy.set(false);
        });
    };
    let result = move || {
        let clock = Clock::of(prefs, prefs.zone_name());
        tried.with(|tried| tried.as_ref().map(|tried| tried.iter().map(|line| one(line, &clock)).collect_view()))
    };
    view! {
        <div class="admin">
            <h1>{say!("page.try-lines")}</h1>
            <p class="muted">{say!("try.about", most = TriedTry::MOST_LINES)}</p>
            {failed(known)}
            <form class="set-form" on:submit=submit novalidate aria-label=say!("page.try-lines")>
                <div class="all-columns">{form::area(fault, "lines", say!("try.lines"), say!("try.lines.help"), lines)}</div>
                {form::select(fault, "format", say!("try.format"), options, format)}
                <div class="checks-row">{form::check(say!("try.arrival"), arrival)}</div>
                <div class="all-columns row"><button class="button primary" type="submit" disabled=busy>{say!("try.act")}</button></div>
                <Problem message=fault.beside(&["lines", "format"]) />
            </form>
            <p role="status">{follow(move || tried.with(|tried| tried.as_deref().map(summary)))}</p>
            <section class="lines" aria-label=say!("try.result")><ol>{follow(result)}</ol></section>
        </div>
    }
    .into_any()
}

/// What came of all of them.
fn summary(lines: &[TriedLine]) -> String {
    let events: usize = lines.iter().map(|line| line.events.len()).sum();
    let refused = lines.iter().filter(|line| line.outcome == TriedOutcome::Refused).count();
    let refused = intl::number(i64::try_from(refused).unwrap_or(i64::MAX));
    let count = lines.last().map_or(0, |line| line.line);
    say!("try.done", count = count, events = say!("try.events", count = events as u64), refused = refused)
}

/// How it went, in a word and its color.
fn outcome(outcome: TriedOutcome) -> (Text, Tone) {
    match outcome {
        TriedOutcome::Event => (text!("try.becomes.event"), Tone::Good),
        TriedOutcome::Waiting => (text!("try.becomes.waiting"), Tone::Scheduled),
        TriedOutcome::LeftOut => (text!("try.becomes.left-out"), Tone::Muted),
        TriedOutcome::Refused => (text!("try.becomes.refused"), Tone::Bad),
    }
}

fn one(line: &TriedLine, clock: &Clock) -> AnyView {
    let (word, tone) = outcome(line.outcome);
    let number = intl::number(i64::try_from(line.line).unwrap_or(i64::MAX));
    let format = line.format.clone().map(|format| view! { <span class="mono">{format}</span> });
    let original = (!line.original.is_empty()).then(|| {
        view! { <div class="original"><pre tabindex="0" aria-label=say!("try.original", number = &number)>{visible(&line.original).into_owned()}</pre></div> }
    });
    view! {
        <li>
            <p class="row"><span class="muted">{say!("try.line", number = &number)}</span>{toned(word.said().to_owned(), tone)}{format}<span>{visible(&line.why).into_owned()}</span></p>
            {original}
            {line.events.iter().map(|event| becomes(event, clock)).collect_view()}
        </li>
    }
    .into_any()
}

/// An event, as the details of a report would show it.
fn becomes(event: &TriedEvent, clock: &Clock) -> AnyView {
    let Some(report) = reports::by_key(&event.report) else { return ().into_any() };
    let time = report.column(report.time).map(|column| pair(column.label.said().to_owned(), clock.time(event.time)));
    let columns = event
        .columns
        .iter()
        .filter_map(|(key, cell)| report.column(key).map(|column| pair(column.label.said().to_owned(), draw(column, cell, clock))));
    let attempts = event.attempts.iter().map(|Attempt { number, result, executor, message, .. }| {
        pair(
            say!("try.attempt", number = number.to_string()),
            visible(&[result.as_str(), executor, message].join(" ")).into_owned().into_any(),
        )
    });
    let extra = event.extra.iter().map(|(name, value)| pair(visible(name).into_owned(), visible(value).into_owned().into_any()));
    view! {
        <div class="becomes">
            <b>{report.words.title.said()}</b>
            <dl class="fields">{time}{columns.collect_view()}{attempts.collect_view()}{extra.collect_view()}</dl>
        </div>
    }
    .into_any()
}

fn pair(name: String, value: AnyView) -> AnyView {
    view! { <div class="field-row"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}
