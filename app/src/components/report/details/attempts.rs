//! The tries of an operation, first to last.

use crate::browser::intl;
use crate::components::report::cell::{self, Clock};
use crate::model::{Attempt, Tone, visible};
use leptos::prelude::*;

pub(super) fn attempts(attempts: &[Attempt], clock: &Clock) -> AnyView {
    let none = attempts.is_empty().then(|| view! { <p class="muted">"No attempt was recorded."</p> });
    view! {
        <section>
            <h3 id="attempts" tabindex="-1">"Attempts"</h3>
            {none}
            <ol class="timeline">{attempts.iter().map(|attempt| one(attempt, clock)).collect_view()}</ol>
        </section>
    }
    .into_any()
}

fn tone(result: &str) -> Tone {
    match result {
        "Success" => Tone::Good,
        "Error" => Tone::Bad,
        "Running" => Tone::Running,
        _ => Tone::Warning,
    }
}

fn one(attempt: &Attempt, clock: &Clock) -> AnyView {
    let took = match attempt.end {
        Some(end) => intl::duration(end.millis() - attempt.start.millis()),
        None if attempt.result == "Running" => "still running".to_owned(),
        None => "end not reported".to_owned(),
    };
    let end = attempt.end.map(|end| view! { <dt>"End"</dt><dd>{clock.time(end)}</dd> });
    let text =
        |label: &'static str, value: &str| (!value.is_empty()).then(|| view! { <dt>{label}</dt><dd>{visible(value).into_owned()}</dd> });
    view! {
        <li>
            <p class="attempt-head"><b>{format!("Attempt {}", attempt.number)}</b> {cell::toned(attempt.result.clone(), tone(&attempt.result))}</p>
            <dl class="facts">
                <dt>"Start"</dt>
                <dd>{clock.time(attempt.start)}</dd>
                {end}
                <dt>"Duration"</dt>
                <dd>{took}</dd>
                {text("Executor", &attempt.executor)}
                {text("Error class", &attempt.error_class)}
                {text("Message", &attempt.message)}
            </dl>
        </li>
    }
    .into_any()
}
