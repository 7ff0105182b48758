//! The menu of views: those that do not fit, and all saved ones with what can be done with them.

use super::Desk;
use super::editor::editor;
use crate::api::views::open_with_view;
use crate::browser::{clipboard, focus::focus_soon};
use crate::components::follow::follow;
use crate::components::report::address;
use crate::model::visible;
use crate::say;
use crate::views::{SavedView, VIEW_PATH};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

pub(super) fn menu(desk: Desk) -> AnyView {
    // It opens on the list, whatever was in the form when it was left.
    desk.edited.set(None);
    desk.said.set(String::new());
    follow(move || match desk.edited.get() {
        Some(id) => editor(desk, id),
        None => list(desk),
    })
}

fn list(desk: Desk) -> AnyView {
    let saved = move || desk.views.value.with(|views| views.iter().flatten().map(|view| item(desk, view)).collect_view());
    let none = move || {
        desk.views
            .value
            .with(|views| views.as_ref().is_some_and(Vec::is_empty))
            .then(|| view! { <p class="muted">{say!("views.none")}</p> })
    };
    let wrong =
        move || desk.views.error.get().map(|error| view! { <p class="problem shown" role="alert">{error.message.said().into_owned()}</p> });
    let said = move || Some(desk.said.get()).filter(|said| !said.is_empty()).map(|said| view! { <p class="muted small-text">{said}</p> });
    let keep = move |_| {
        desk.edited.set(Some(None));
        focus_soon(".views-menu form input".to_owned());
    };
    view! {
        {follow(move || away(desk))}
        <h2 class="small-title">{say!("views.saved")}</h2>
        {follow(wrong)}
        {follow(none)}
        {follow(said)}
        <ul class="view-list" aria-label=say!("views.saved")>{follow(saved)}</ul>
        <button type="button" class="button primary" on:click=keep>{say!("views.keep")}</button>
    }
    .into_any()
}

/// The tabs that there is no room for.
fn away(desk: Desk) -> Option<AnyView> {
    let (state, fitting) = (desk.state, desk.fitting.get());
    let ready = state.report.views.iter().enumerate().map(|(at, view)| {
        let (asked, name) = (view.query(state.report), view.name.said().to_owned());
        let (href, here) = state.query.with(|query| (address::of(&query.in_view(&asked), None), query.ready_view() == Some(at)));
        (href, name, here && !state.in_saved.get())
    });
    let saved = desk
        .views
        .value
        .get()
        .unwrap_or_default()
        .into_iter()
        .filter_map(move |saved| Some((desk.address(&saved.view)?, visible(&saved.view.name).into_owned(), desk.is_here(&saved.view))));
    let links: Vec<_> = ready.chain(saved).skip(fitting).collect();
    (!links.is_empty()).then(|| {
        let links = links.into_iter().map(|(href, name, here)| {
            view! { <li><a href=href aria-current=here.then_some("page") on:click=move |_| desk.open.set(false)>{name}</a></li> }
        });
        view! { <ul class="view-list" aria-label=say!("views.away")>{links.collect_view()}</ul> }.into_any()
    })
}

fn item(desk: Desk, saved: &SavedView) -> AnyView {
    let SavedView { id, owner, view, changes, first, problem } = saved.clone();
    let name = visible(&view.name).into_owned();
    let own = desk.state.session.viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.username.eq_ignore_ascii_case(&owner)));
    let who = match (own, view.shared) {
        (true, None) => None,
        (true, Some(_)) => Some(say!("views.is-shared").to_owned()),
        (false, _) => Some(say!("views.of", owner = visible(&owner))),
    };
    let understood = problem.is_none();
    let title = match desk.address(&view) {
        Some(href) => view! { <a href=href on:click=move |_| desk.open.set(false)>{name.clone()}</a> }.into_any(),
        None => view! { <b>{name.clone()}</b> }.into_any(),
    };
    let problem = problem.map(|problem| {
        view! { <p class="problem shown">{say!("views.not-understood", why = problem.said())}</p> }
    });
    let edit = changes.then(|| {
        let (id, label) = (id.clone(), say!("views.edit", name = &name));
        let edit = move |_| {
            desk.edited.set(Some(Some(id.clone())));
            focus_soon(".views-menu form input".to_owned());
        };
        view! { <button type="button" class="button small" aria-label=label on:click=edit>{say!("views.edit-short")}</button> }
    });
    let link = {
        let (id, label) = (id.clone(), say!("views.link", name = &name));
        let copy = move |_| {
            let origin = window().location().origin().unwrap_or_default();
            let done = clipboard::copy(&format!("{origin}{VIEW_PATH}?id={id}"));
            desk.said.set(if done { say!("views.linked").to_owned() } else { say!("copy.failed").to_owned() });
        };
        understood.then(
            || view! { <button type="button" class="button small" aria-label=label on:click=copy>{say!("views.link-short")}</button> },
        )
    };
    let opens = {
        let label = say!("views.first", name = &name);
        let (marked, id) = (format!("view-{id}"), id.clone());
        let choose = move |_| {
            let (report, id) = (desk.state.report.key.to_owned(), (!first).then(|| id.clone()));
            let query = id.as_ref().map(|_| view.query.clone());
            spawn_local_scoped_with_cancellation(async move {
                match open_with_view(report.clone(), id).await {
                    Ok(()) => {
                        desk.state.session.first.update(|first| {
                            first.retain(|(of, _)| *of != report);
                            first.extend(query.map(|query| (report.clone(), query)));
                        });
                        desk.said.set(say!("views.chosen").to_owned());
                    }
                    Err(error) => desk.said.set(error.message.said().into_owned()),
                }
                desk.views.retry();
            });
        };
        understood.then(|| {
            view! {
                <button type="button" class="button small" id=marked aria-label=label aria-pressed=if first { "true" } else { "false" } on:click=choose>
                    {say!("views.first-short")}
                </button>
            }
        })
    };
    view! {
        <li class="saved-view">
            <div>{title} " " {who.map(|who| view! { <span class="muted small-text">{who}</span> })}</div>
            {problem}
            <div class="row">{opens} {link} {edit}</div>
        </li>
    }
    .into_any()
}
