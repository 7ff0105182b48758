//! Signing in.

use crate::api::session::sign_in;
use crate::browser;
use crate::components::follow::follow;
use crate::components::{icon::logo, notice::Problem, report::address, router::Router, session::Session};
use crate::say;
use leptos::{ev, prelude::*, task::spawn_local};

/// In the address of the account page: whoever comes there has to choose a password.
pub const FIRST: &str = "first";

#[component]
pub fn SignIn() -> impl IntoView {
    super::title(say!("sign-in.title"));
    let session = expect_context::<Session>();
    let router = expect_context::<Router>();
    let username = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if username.with_untracked(|name| name.trim().is_empty()) || password.with_untracked(String::is_empty) {
            problem.set(Some(say!("sign-in.both").to_owned()));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match sign_in(username.get_untracked().trim().to_owned(), password.get_untracked()).await {
                Ok(greeting) => {
                    let chooses = greeting.chooses_password;
                    session.begin(greeting);
                    let next = router.search.with_untracked(|search| address::parameter(search, "next")).unwrap_or_default();
                    router.replace(&if chooses { format!("/account?{FIRST}=1") } else { browser::own_path(&next) });
                }
                Err(error) => {
                    problem.set(Some(error.message.said().into_owned()));
                    password.set(String::new());
                    browser::focus::focus_soon("#password".to_owned());
                }
            }
            busy.set(false);
        });
    };
    view! {
        <main class="sign-in">
            <form class="sign-in-form" on:submit=submit novalidate>
                <p class="brand">{logo()} "Vigia"</p>
                <h1>{say!("sign-in.title")}</h1>
                <label class="field">
                    <span>{say!("sign-in.username")}</span>
                    <input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus
                        required prop:value=username on:input:target=move |event| username.set(event.target().value()) />
                </label>
                <label class="field">
                    <span>{say!("sign-in.password")}</span>
                    <input id="password" name="password" type="password" autocomplete="current-password" required
                        prop:value=password on:input:target=move |event| password.set(event.target().value()) />
                </label>
                <Problem message=problem />
                <button class="button primary wide" type="submit" disabled=busy>{follow(move || if busy.get() { say!("sign-in.busy") } else { say!("sign-in.title") })}</button>
            </form>
        </main>
    }
    .into_any()
}
