//! An operation's story: who asked for it, how it stands, and in one line of time what happened to it and every try.

use crate::browser;
use crate::components::report::cell::{self, Clock};
use crate::components::report::failures::error_class;
use crate::components::report::state::State;
use crate::components::said::paragraph;
use crate::model::{Attempt, Cell, HistoryEntry, OperationState, OperationStatus, Record, Report, Timestamp, Tone, duration, visible};
use crate::words::here;
use crate::{say, text};
use gloo::timers::callback::Interval;
use leptos::prelude::*;

/// Now, in milliseconds since 1970, once a second: for what still runs.
pub(super) fn ticking(state: State) -> RwSignal<f64> {
    let now = RwSignal::new(browser::now());
    let runs = move || {
        state
            .record
            .value
            .with(|record| record.as_ref().is_some_and(|record| record.attempts.iter().any(|attempt| attempt.result == "Running")))
    };
    let interval = StoredValue::new_local(None::<Interval>);
    Effect::new(move |_| interval.set_value(runs().then(|| Interval::new(1_000, move || now.set(browser::now())))));
    on_cleanup(move || drop(interval.try_update_value(Option::take)));
    now
}

pub(super) fn story(report: &'static Report, record: &Record, info: Option<&OperationState>, clock: &Clock, now: RwSignal<f64>) -> AnyView {
    let mut steps: Vec<(Timestamp, AnyView)> = Vec::new();
    for entry in info.map(|info| info.history.as_slice()).unwrap_or_default() {
        if !tells_of_attempt(entry, &record.attempts) {
            steps.push((entry.at, step(entry, clock)));
        }
    }
    steps.extend(record.attempts.iter().map(|attempt| (attempt.start, one(attempt, clock, now))));
    // What happened first stands first; of one moment, the step that led to the try.
    steps.sort_by_key(|(at, _)| *at);
    let none = steps.is_empty().then(|| paragraph("muted", text!("attempts.none")));
    view! {
        {info.map(|info| standing(report, record, info, clock))}
        {none}
        <ol class="timeline" aria-label=say!("attempts.list")>{steps.into_iter().map(|(_, step)| step).collect_view()}</ol>
    }
    .into_any()
}

/// Whether an attempt on the same line of time says it already.
fn tells_of_attempt(entry: &HistoryEntry, attempts: &[Attempt]) -> bool {
    attempts.iter().any(|attempt| entry.note.strip_prefix("Attempt ").is_some_and(|rest| rest.starts_with(&format!("{} ", attempt.number))))
}

fn fact(label: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! { <dt>{label}</dt><dd>{value}</dd> }.into_any()
}

fn text(label: &'static str, value: &str) -> Option<AnyView> {
    (!value.is_empty()).then(|| fact(label, visible(value).into_owned()))
}

/// Submitter, request and schedule, how it stands, and what is due.
fn standing(report: &'static Report, record: &Record, info: &OperationState, clock: &Clock) -> AnyView {
    let cell = |key: &str| report.position(key).and_then(|at| record.cells.get(at));
    let requester = cell("requester").map(Cell::plain).unwrap_or_default();
    let kind = cell("requester_kind").zip(report.column("requester_kind")).map(|(cell, column)| column.word(cell, here()));
    let submitter = match kind {
        Some(kind) if !requester.is_empty() && !kind.is_empty() => format!("{requester} ({})", kind.to_ascii_lowercase()),
        _ => requester,
    };
    let schedule = match cell("schedule_date") {
        Some(Cell::Time(at)) => Some(*at),
        _ => None,
    };
    // Of an operation of another system, Vigia knows only since when it carries it out.
    let submitted = info.submitted.filter(|at| record.attempts.first().is_none_or(|attempt| *at <= attempt.start));
    let time = |label, at: Option<Timestamp>| at.map(|at| fact(label, clock.time(at)));
    let ended = !matches!(info.status, OperationStatus::AwaitingApproval | OperationStatus::Scheduled | OperationStatus::Running);
    let tries = (info.max_tries > 0 && info.tries > 0)
        .then(|| fact(say!("attempts.tries"), say!("attempts.tries-of", tries = info.tries, most = info.max_tries)));
    let parameters =
        info.parameters.iter().map(|(name, value)| format!("{} = {}", visible(name), visible(value))).collect::<Vec<_>>().join("\n");
    let hint = info.hint.as_ref().map(|hint| view! { <p class="hint">{visible(&hint.said()).into_owned()}</p> });
    view! {
        <dl class="facts standing">
            {fact(say!("attempts.status"), cell::toned(info.status.label().said().to_owned(), status_tone(report, info.status)))}
            {text(say!("attempts.submitter"), &submitter)}
            {time(say!("attempts.requested"), submitted)}
            {time(say!("attempts.schedule"), schedule)}
            {time(say!("attempts.due"), info.due.filter(|_| !ended))}
            {time(say!("attempts.approve-by"), info.approve_by.filter(|_| info.status == OperationStatus::AwaitingApproval))}
            {tries}
            {text(say!("attempts.connector"), &info.connector)}
            {text(say!("attempts.parameters"), &parameters)}
        </dl>
        {hint}
    }
    .into_any()
}

fn status_tone(report: &'static Report, status: OperationStatus) -> Tone {
    let column = report.actions.as_ref().and_then(|actions| report.column(actions.status));
    column.map_or(Tone::Plain, |column| column.tone(status.name()))
}

/// A step that somebody took.
fn step(entry: &HistoryEntry, clock: &Clock) -> AnyView {
    let who = (!entry.who.is_empty()).then(|| view! { <span class="by">{visible(&entry.who).into_owned()}</span> });
    view! {
        <li class="step">
            <p class="step-head">{clock.time(entry.at)} {who}</p>
            <p class="said-so">{visible(&entry.note).into_owned()}</p>
            <p class="then muted">{say!("attempts.then", status = entry.status.label())}</p>
        </li>
    }
    .into_any()
}

fn tone(result: &str) -> (Tone, &'static str) {
    match result {
        "Success" => (Tone::Good, "try good"),
        "Error" => (Tone::Bad, "try bad"),
        "Running" => (Tone::Running, "try running"),
        _ => (Tone::Warning, "try warning"),
    }
}

/// How a try ended, in words.
fn result(result: &str) -> String {
    let label = OperationStatus::parse(result).map(|status| status.label().said());
    label.or((result == "Unknown").then(|| say!("attempts.unknown"))).map_or_else(|| result.to_owned(), str::to_owned)
}

fn one(attempt: &Attempt, clock: &Clock, now: RwSignal<f64>) -> AnyView {
    let start = attempt.start.millis();
    let took = match attempt.end {
        Some(end) => duration::words(end.millis() - start).into_any(),
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of the clock")]
        None if attempt.result == "Running" => {
            (move || say!("attempts.so-far", span = duration::words((now.get() as i64 - start) / 1000 * 1000))).into_any()
        }
        None => say!("attempts.no-end").into_any(),
    };
    let end = attempt.end.map(|end| fact(say!("attempts.end"), clock.time(end)));
    let template = match (attempt.template.is_empty(), attempt.version.is_empty()) {
        (false, false) => say!("attempts.version", template = &attempt.template, version = &attempt.version),
        _ => attempt.template.clone(),
    };
    let (tone, class) = tone(&attempt.result);
    let lines = attempt.log.len();
    let log = (lines > 0).then(|| {
        let words = say!("attempts.lines", count = lines);
        let text = attempt.log.iter().map(|line| visible(line).into_owned()).collect::<Vec<_>>().join("\n");
        view! {
            <details class="log">
                <summary>{words}</summary>
                <pre tabindex="0" aria-label=say!("attempts.log", number = attempt.number)>{text}</pre>
            </details>
        }
    });
    view! {
        <li class=class>
            <p class="attempt-head"><b>{say!("attempts.number", number = attempt.number)}</b> {cell::toned(result(&attempt.result), tone)}</p>
            <dl class="facts">
                {fact(say!("attempts.start"), clock.time(attempt.start))}
                {end}
                {fact(say!("attempts.duration"), took)}
                {text(say!("attempts.executor"), &attempt.executor)}
                {text(say!("attempts.connector"), &attempt.connector)}
                {text(say!("attempts.template"), &template)}
                {text(say!("attempts.error-class"), &error_class(&attempt.error_class))}
                {text(say!("attempts.message"), &attempt.message)}
            </dl>
            {log}
        </li>
    }
    .into_any()
}
