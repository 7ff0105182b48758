//! The menu.

use super::late_page::LatePage;
use crate::components::follow::{follow, when};
use crate::components::said::span;
use crate::components::{
    icon::{icon, logo},
    prefs::Prefs,
    report::address,
    router::Router,
    session::Session,
};
use crate::model::Role;
use crate::reports;
use crate::{say, text};
use leptos::prelude::*;

/// The dashboards, the reports in the order of their declarations, then the pages of administrators, for those who are.
#[component]
pub fn Menu(
    /// Whether it can be folded to its icons.
    foldable: bool,
) -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let path = expect_context::<Router>().path;
    let session = expect_context::<Session>();
    let items = reports::ALL
        .into_iter()
        .map(|report| {
            let href = address::path(report);
            item(href, report.words.title.said(), report.icon, path)
        })
        .collect_view();
    let dashboards = [(LatePage::Behavior, "behavior"), (LatePage::Changes, "changes"), (LatePage::Exposure, "exposure")]
        .map(|(page, symbol)| item(page.path().to_owned(), page.title().said(), symbol, path))
        .collect_view();
    let is_admin = Memo::new(move |_| session.viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.role == Role::Admin)));
    let administration = move || {
        is_admin.get().then(|| {
            let pages =
                LatePage::ALL.into_iter().filter_map(|page| Some(item(page.path().to_owned(), page.title().said(), page.icon()?, path)));
            view! {
                <p class="rail-group">{span("label", text!("frame.administration"))}</p>
                <ul>
                    {pages.collect_view()}
                </ul>
            }
        })
    };
    let fold = foldable.then(|| {
        let folded = move || prefs.rail.is("folded");
        let words = move || if folded() { say!("frame.unfold") } else { say!("frame.fold") };
        view! {
            <button
                type="button"
                class="rail-item rail-fold"
                title=words
                aria-expanded=when(move || if folded() { "false" } else { "true" })
                on:click=move |_| prefs.rail.set(if prefs.rail.is("folded") { "open" } else { "folded" })
            >
                {icon("fold")}
                <span class="label">{follow(words)}</span>
            </button>
        }
    });
    view! {
        <nav class="menu" aria-label=say!("frame.reports")>
            <a class="brand" href="/" aria-label=say!("frame.home")>{logo()} <span class="label">"Vigia"</span></a>
            <p class="rail-group">{span("label", text!("frame.dashboard"))}</p>
            <p class="rail-subgroup">{span("label", text!("frame.pam-core"))}</p>
            <ul>{dashboards}</ul>
            <p class="rail-group">{span("label", text!("frame.reports"))}</p>
            <p class="rail-subgroup">{span("label", text!("frame.events"))}</p>
            <ul>{items} {item(LatePage::Timeline.path().to_owned(), LatePage::Timeline.title().said(), "timeline", path)}</ul>
            {follow(move || session.reviews.get().then(|| view! { <ul>{item(LatePage::Review.path().to_owned(), LatePage::Review.title().said(), "review", path)}</ul> }))}
            {follow(administration)}
            {fold}
        </nav>
    }
    .into_any()
}

fn item(href: String, title: &'static str, symbol: &'static str, path: Memo<String>) -> impl IntoView {
    let here = {
        let href = href.clone();
        move || path.with(|path| *path == href)
    };
    view! {
        <li>
            <a class="rail-item" href=href title=title aria-current=when(move || here().then_some("page"))>
                {icon(symbol)}
                <span class="label">{title}</span>
            </a>
        </li>
    }
}
