//! The reader's own account: the password, and the language of the page.

use super::sign_in::FIRST;
use crate::api::session::change_password;
use crate::browser::{intl, tables};
use crate::components::follow::{follow, when};
use crate::components::report::address;
use crate::components::said::paragraph;
use crate::components::{notice::Problem, router::Router, session::Session};
use crate::model::ErrorKind;
use crate::words::here;
use crate::{say, text};
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

#[component]
pub fn Account() -> impl IntoView {
    let session = expect_context::<Session>();
    let first = expect_context::<Router>().search.with_untracked(|search| address::parameter(search, FIRST)).is_some();
    let [current, new, repeated] = [(); 3].map(|()| RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let done = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        done.set(false);
        problem.set(None);
        let at_fault = if current.with_untracked(String::is_empty) || new.with_untracked(String::is_empty) {
            Some(say!("account.missing"))
        } else if new.get_untracked() != repeated.get_untracked() {
            Some(say!("account.differ"))
        } else {
            None
        };
        if let Some(at_fault) = at_fault {
            problem.set(Some(at_fault.to_owned()));
            return;
        }
        busy.set(true);
        spawn_local_scoped_with_cancellation(async move {
            match change_password(current.get_untracked(), new.get_untracked()).await {
                Ok(()) => {
                    for field in [current, new, repeated] {
                        field.set(String::new());
                    }
                    done.set(true);
                }
                Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
                Err(error) => problem.set(Some(error.message.said().into_owned())),
            }
            busy.set(false);
        });
    };
    let field = move |name: &'static str, label: &'static str, complete: &'static str, value: RwSignal<String>| {
        view! {
            <label class="field">
                <span>{label}</span>
                <input name=name type="password" autocomplete=complete required prop:value=value
                    on:input:target=move |event| value.set(event.target().value()) />
            </label>
        }
        .into_any()
    };
    let viewer = move || session.viewer.get();
    view! {
        <div class="narrow">
            <h1>{say!("page.account")}</h1>
            <dl class="facts">
                <dt>{say!("account.name")}</dt>
                <dd>{follow(move || viewer().map(|viewer| viewer.name))}</dd>
                <dt>{say!("account.username")}</dt>
                <dd class="mono">{follow(move || viewer().map(|viewer| viewer.username))}</dd>
                <dt>{say!("account.role")}</dt>
                <dd>{follow(move || viewer().map(|viewer| viewer.role.label().said()))}</dd>
            </dl>
            {language()}
            <form class="stack" on:submit=submit novalidate>
                <h2>{say!("account.password")}</h2>
                {follow(move || (first && !done.get()).then(|| paragraph("hint", text!("account.first"))))}
                {paragraph("muted", text!("account.sessions"))}
                // Password managers want to know whose password it is.
                <input hidden type="text" name="username" autocomplete="username" readonly
                    prop:value=when(move || viewer().map(|viewer| viewer.username).unwrap_or_default()) />
                {field("current", say!("account.current"), "current-password", current)}
                {field("new", say!("account.new"), "new-password", new)}
                {field("repeated", say!("account.repeated"), "new-password", repeated)}
                <Problem message=problem />
                <p role="status" class="success" class:shown=done>{follow(move || done.get().then(|| say!("account.changed")))}</p>
                <button class="button primary" type="submit" disabled=busy>{say!("account.password")}</button>
            </form>
        </div>
    }
    .into_any()
}

/// The language of the page, where there is more than one.
fn language() -> Option<AnyView> {
    let all = tables::languages();
    let options = all.iter().map(|language| {
        let (name, selected) = (intl::language_name(language), language == here().language);
        view! { <option value=language.clone() selected=selected>{name}</option> }
    });
    (all.len() > 1).then(|| {
        view! {
            <label class="field">
                <span>{say!("account.language")}</span>
                <select name="language" on:change:target=move |event| tables::choose(&event.target().value())>{options.collect_view()}</select>
            </label>
        }
        .into_any()
    })
}
