//! The reader's own account: changing the password.

use crate::api::session::change_password;
use crate::components::follow::{follow, when};
use crate::components::{notice::Problem, session::Session};
use crate::model::ErrorKind;
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

#[component]
pub fn Account() -> impl IntoView {
    let session = expect_context::<Session>();
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
            Some("Enter your current password and the new one.")
        } else if new.get_untracked() != repeated.get_untracked() {
            Some("The new password and its repetition differ. Type both again.")
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
                Err(error) => problem.set(Some(error.message)),
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
            <h1>"Account"</h1>
            <dl class="facts">
                <dt>"Name"</dt>
                <dd>{follow(move || viewer().map(|viewer| viewer.name))}</dd>
                <dt>"Username"</dt>
                <dd class="mono">{follow(move || viewer().map(|viewer| viewer.username))}</dd>
                <dt>"Role"</dt>
                <dd>{follow(move || viewer().map(|viewer| viewer.role.name()))}</dd>
            </dl>
            <form class="stack" on:submit=submit novalidate>
                <h2>"Change password"</h2>
                <p class="muted">"Your other sessions end when the password changes; this one goes on."</p>
                // Password managers want to know whose password it is.
                <input hidden type="text" name="username" autocomplete="username" readonly
                    prop:value=when(move || viewer().map(|viewer| viewer.username).unwrap_or_default()) />
                {field("current", "Current password", "current-password", current)}
                {field("new", "New password", "new-password", new)}
                {field("repeated", "New password again", "new-password", repeated)}
                <Problem message=problem />
                <p role="status" class="success" class:shown=done>{follow(move || done.get().then_some("The password was changed."))}</p>
                <button class="button primary" type="submit" disabled=busy>"Change password"</button>
            </form>
        </div>
    }
    .into_any()
}
