//! The form of a saved view.

use super::Desk;
use crate::api::views::{remove_view, save_view};
use crate::browser::focus::focus_soon;
use crate::components::follow::{follow, when};
use crate::components::form::{Fault, check, input, select};
use crate::components::notice::Problem;
use crate::model::{ApiError, ErrorKind, Role};
use crate::say;
use crate::views::NewView;
use leptos::{ev, prelude::*, task::spawn_local_scoped_with_cancellation};

/// Fields with a place of their own.
const FIELDS: [&str; 3] = ["name", "description", "shared"];
const NOBODY: &str = "";

/// The form of the view of this id, or of a new one.
pub(super) fn editor(desk: Desk, id: Option<String>) -> AnyView {
    let state = desk.state;
    let found = desk.views.value.with_untracked(|views| views.iter().flatten().find(|view| Some(&view.id) == id.as_ref()).cloned());
    let before = found.map(|found| found.view);
    let is_new = before.is_none();
    // One that is not understood can only be kept with what is on the screen.
    let readable = before.as_ref().is_some_and(|view| view.asked().is_ok());
    let (kept, name, description, shared) =
        before.map_or_else(Default::default, |view| (view.query, view.name, view.description, view.shared));
    let kept = StoredValue::new(kept);
    let [name, description] = [name, description].map(RwSignal::new);
    let shared = RwSignal::new(shared.map_or(NOBODY, Role::name).to_owned());
    let anew = RwSignal::new(!readable);
    let fault = Fault::none();
    let busy = RwSignal::new(false);
    let asked = RwSignal::new(false);
    let id = StoredValue::new(id);
    let failed = move |error: ApiError| match error.kind {
        ErrorKind::SignedOut => state.session.expired(),
        _ => {
            fault.set(error);
            focus_soon(".views-menu form [aria-invalid='true']".to_owned());
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let query = if anew.get_untracked() { state.query.with_untracked(NewView::question) } else { kept.get_value() };
        let [name, description] = [name.get_untracked(), description.get_untracked()];
        let view = NewView {
            name,
            description,
            report: state.report.key.to_owned(),
            query,
            shared: shared.with_untracked(|role| role.parse().ok()),
        };
        busy.set(true);
        fault.clear();
        spawn_local_scoped_with_cancellation(async move {
            let said = say!("views.kept", name = view.name.trim());
            let saved = save_view(id.get_value(), view).await;
            busy.set(false);
            match saved {
                Ok(_) => desk.done(said),
                Err(error) => failed(error),
            }
        });
    };
    let remove = move |_| {
        let Some(id) = id.get_value() else { return };
        spawn_local_scoped_with_cancellation(async move {
            match remove_view(id).await {
                Ok(()) => desk.done(say!("views.removed").to_owned()),
                Err(error) => failed(error),
            }
        });
    };
    let roles = || {
        let roles = [
            (NOBODY, say!("views.private")),
            (Role::Manager.name(), say!("views.everybody")),
            (Role::Auditor.name(), say!("views.auditors")),
            (Role::Admin.name(), say!("views.admins")),
        ];
        roles.map(|(key, words)| (key.to_owned(), words.to_owned())).to_vec()
    };
    let removing = move || {
        if asked.get() {
            view! {
                <p>{say!("views.remove-question")}</p>
                <p class="row">
                    <button type="button" class="button danger" on:click=remove>{say!("views.remove-now")}</button>
                    <button type="button" class="button" on:click=move |_| asked.set(false)>{say!("leave")}</button>
                </p>
            }
            .into_any()
        } else {
            let ask = move |_| {
                asked.set(true);
                focus_soon(".views-menu .danger".to_owned());
            };
            view! { <p><button type="button" class="button" on:click=ask>{say!("views.remove")}</button></p> }.into_any()
        }
    };
    view! {
        <form class="stack editor" on:submit=submit novalidate aria-label=if is_new { say!("views.new") } else { say!("views.change") }>
            {input(fault, "name", say!("views.name"), "text", "", name)}
            {input(fault, "description", say!("views.description"), "text", "", description)}
            {select(fault, "shared", say!("views.shared"), roles, shared)}
            {if is_new || !readable { view! { <p class="muted small-text">{say!("views.on-screen")}</p> }.into_any() } else { check(say!("views.anew"), anew) }}
            <Problem message=fault.beside(&FIELDS) />
            <p class="row">
                <button type="submit" class="button primary" disabled=when(move || busy.get())>{say!("views.save")}</button>
                <button type="button" class="button" on:click=move |_| {
                    desk.edited.set(None);
                    focus_soon(".views-menu .button.primary".to_owned());
                }>{say!("leave")}</button>
            </p>
            {(!is_new).then(|| follow(removing))}
        </form>
    }
    .into_any()
}
