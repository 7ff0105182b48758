//! Signing in.

use crate::api::session::sign_in;
use crate::browser;
use crate::components::follow::follow;
use crate::components::{icon::logo, notice::Problem, report::address, router::Router, session::Session};
use leptos::{ev, prelude::*, task::spawn_local};

#[component]
pub fn SignIn() -> impl IntoView {
    super::title("Sign in");
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
            problem.set(Some("Enter your username and your password.".to_owned()));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match sign_in(username.get_untracked().trim().to_owned(), password.get_untracked()).await {
                Ok(greeting) => {
                    session.begin(greeting);
                    let next = router.search.with_untracked(|search| address::parameter(search, "next")).unwrap_or_default();
                    router.replace(&browser::own_path(&next));
                }
                Err(error) => {
                    problem.set(Some(error.message));
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
                <h1>"Sign in"</h1>
                <label class="field">
                    <span>"Username"</span>
                    <input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus
                        required prop:value=username on:input:target=move |event| username.set(event.target().value()) />
                </label>
                <label class="field">
                    <span>"Password"</span>
                    <input id="password" name="password" type="password" autocomplete="current-password" required
                        prop:value=password on:input:target=move |event| password.set(event.target().value()) />
                </label>
                <Problem message=problem />
                <button class="button primary wide" type="submit" disabled=busy>{follow(move || if busy.get() { "Signing in" } else { "Sign in" })}</button>
            </form>
        </main>
    }
    .into_any()
}
