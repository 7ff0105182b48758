//! The form that makes a token, and the one look at its text.

use crate::api::admin::issue_token;
use crate::browser::clipboard;
use crate::components::follow::{follow, when};
use crate::components::{icon::icon, notice::Problem, session::Session};
use crate::model::{ErrorKind, Scope, TokenRequest};
use crate::words::Text;
use crate::{say, text};
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

/// How long a token may be good for, in days; `0` for ever.
const DAYS: [(u32, Text); 4] =
    [(30, text!("tokens.30-days")), (90, text!("tokens.90-days")), (365, text!("tokens.a-year")), (0, text!("tokens.ever"))];

#[component]
pub fn NewToken(
    /// Called when there is a new token.
    made: Callback<()>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let [name, sources] = [(); 2].map(|()| RwSignal::new(String::new()));
    let scope = RwSignal::new(Scope::Write);
    let days = RwSignal::new(DAYS[1].0);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let text = RwSignal::new(None::<String>);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let scope = scope.get_untracked();
        let bound = sources.get_untracked();
        let bound = bound.split([',', ' ']).map(str::trim).filter(|source| !source.is_empty() && scope.bound_to().is_some());
        let new = TokenRequest {
            name: name.get_untracked().trim().to_owned(),
            scope,
            sources: bound.map(str::to_owned).collect(),
            days: Some(days.get_untracked()).filter(|days| *days > 0),
        };
        busy.set(true);
        problem.set(None);
        text.set(None);
        spawn_local_scoped_with_cancellation(async move {
            match issue_token(new).await {
                Ok(issued) => {
                    text.set(Some(issued));
                    name.set(String::new());
                    sources.set(String::new());
                    made.run(());
                }
                Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
                Err(error) => problem.set(Some(error.message.said().into_owned())),
            }
            busy.set(false);
        });
    };
    view! {
        <form class="admin-form" on:submit=submit novalidate aria-label=say!("tokens.new")>
            <label class="field">
                <span>{say!("tokens.name")}</span>
                <input name="name" autocomplete="off" maxlength="64" placeholder="segura-production" prop:value=name
                    on:input:target=move |event| name.set(event.target().value()) />
            </label>
            <label class="field">
                <span>{say!("tokens.may")}</span>
                <select name="scope" on:change:target=move |event| {
                    let chosen = event.target().value();
                    scope.set(Scope::ALL.into_iter().find(|scope| scope.name() == chosen).unwrap_or(Scope::Write));
                }>
                    {Scope::ALL.map(|of| view! { <option value=of.name() selected=of == Scope::Write>{of.words().said()}</option> }).collect_view()}
                </select>
            </label>
            <label class="field" class:gone=when(move || scope.get().bound_to().is_none())>
                <span>{follow(move || scope.get().bound_to().map(|bound| say!("tokens.for", bound = bound)))}</span>
                <input name="sources" autocomplete="off" placeholder=say!("tokens.any") prop:value=sources
                    on:input:target=move |event| sources.set(event.target().value()) />
            </label>
            <label class="field">
                <span>{say!("tokens.good-for")}</span>
                <select name="days" on:change:target=move |event| days.set(event.target().value().parse().unwrap_or(DAYS[0].0))>
                    {DAYS.map(|(value, label)| view! { <option value=value.to_string() selected=value == DAYS[1].0>{label.said()}</option> }).collect_view()}
                </select>
            </label>
            <button class="button primary" type="submit" disabled=busy>{say!("tokens.make")}</button>
        </form>
        <Problem message=problem />
        <div role="status">{follow(move || text.get().map(|text| view! { <Issued text /> }))}</div>
    }
    .into_any()
}

/// The text of a token that was just made.
#[component]
fn Issued(text: String) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let shown = text.clone();
    view! {
        <div class="issued">
            <p><b>{say!("tokens.issued")}</b></p>
            <p class="row">
                <code>{shown}</code>
                <button type="button" class="button small" on:click=move |_| copied.set(Some(clipboard::copy(&text)))>{icon("copy")}{say!("copy")}</button>
                <span class="muted">{follow(move || match copied.get() {
                    Some(true) => say!("copy.done"),
                    Some(false) => say!("copy.failed"),
                    None => "",
                })}</span>
            </p>
        </div>
    }
    .into_any()
}
