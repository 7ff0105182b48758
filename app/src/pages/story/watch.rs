//! Watching whom or what a page is of; for auditors and administrators.

use crate::api::watched::{stop_watching, watch, watched_one};
use crate::browser::focus::focus_soon;
use crate::components::follow::follow;
use crate::components::form::{Fault, input};
use crate::components::load::{failed, load};
use crate::components::notice::Problem;
use crate::components::report::cell::Clock;
use crate::components::session::Session;
use crate::model::{Role, visible};
use crate::say;
use crate::story::Subject;
use crate::watched::Watched;
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

/// What has the focus after each step.
const BEGIN: &str = "[data-watch='begin']";
const STOP: &str = "[data-watch='stop']";
const FIELD: &str = ".watching input";

/// Nothing for managers.
pub fn watching(subject: Subject, clock: Clock) -> AnyView {
    let session = expect_context::<Session>();
    let may = session.viewer.with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.role > Role::Manager));
    if !may {
        return ().into_any();
    }
    let asked = subject.clone();
    let known = load(move || Some(asked.clone()), watched_one);
    let asking = RwSignal::new(false);
    let (reason, fault, problem) = (RwSignal::new(String::new()), Fault::none(), RwSignal::new(None::<String>));
    let subject = StoredValue::new(subject);
    let begin = move |event: ev::SubmitEvent| {
        event.prevent_default();
        fault.clear();
        spawn_local_scoped_with_cancellation(async move {
            match watch(subject.get_value(), reason.get_untracked()).await {
                Ok(()) => {
                    asking.set(false);
                    known.retry();
                    focus_soon(STOP.to_owned());
                }
                Err(error) => {
                    fault.set(error);
                    focus_soon(FIELD.to_owned());
                }
            }
        });
    };
    let stop = move |_| {
        spawn_local_scoped_with_cancellation(async move {
            problem.set(stop_watching(subject.get_value()).await.err().map(|error| error.message.said().into_owned()));
            known.retry();
            focus_soon(BEGIN.to_owned());
        });
    };
    let ask = move |_| {
        asking.set(true);
        focus_soon(FIELD.to_owned());
    };
    let leave = move |_| {
        asking.set(false);
        focus_soon(BEGIN.to_owned());
    };
    let form = move || {
        view! {
            <form class="row" on:submit=begin novalidate aria-label=say!("watch.label")>
                {input(fault, "reason", say!("watch.reason"), "text", say!("watch.reason.help"), reason)}
                <Problem message=fault.beside(&["reason"]) />
                <button type="submit" class="button primary">{say!("watch.begin")}</button>
                <button type="button" class="button" on:click=leave>{say!("leave")}</button>
            </form>
        }
        .into_any()
    };
    let body = move || {
        known.value.with(|watched| match watched {
            Some(Some(watched)) => {
                view! {
                    <p>{since(watched, &clock)}" "<button type="button" class="button small" data-watch="stop" on:click=stop>{say!("watch.stop")}</button></p>
                }
                .into_any()
            }
            Some(None) if asking.get() => form(),
            Some(None) => view! { <p><button type="button" class="button small" data-watch="begin" on:click=ask>{say!("watch.begin")}</button></p> }.into_any(),
            None => ().into_any(),
        })
    };
    view! {
        <section class="watching no-print" aria-label=say!("watch.label")>
            <Problem message=problem />
            {failed(known)}
            <div role="status">{follow(body)}</div>
        </section>
    }
    .into_any()
}

/// By whom, since when, and why.
fn since(watched: &Watched, clock: &Clock) -> AnyView {
    let reason = (!watched.reason.is_empty()).then(|| format!(": {}", visible(&watched.reason)));
    view! { <span>{say!("watch.by", name = visible(&watched.by))}" "{clock.time(watched.since)}{reason}</span> }.into_any()
}
