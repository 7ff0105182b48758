//! The menu.

use crate::components::{
    icon::{icon, logo},
    prefs::Prefs,
    report::address,
    router::Router,
};
use crate::reports;
use leptos::prelude::*;

/// Reports > Events > the reports. The words and their order are what people coming from the product know.
#[component]
pub fn Menu(
    /// Whether it can be folded to its icons.
    foldable: bool,
) -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let path = expect_context::<Router>().path;
    let items = reports::ALL
        .into_iter()
        .map(|report| {
            let href = address::path(report);
            let here = {
                let href = href.clone();
                move || path.with(|path| *path == href)
            };
            view! {
                <li>
                    <a class="rail-item" href=href title=report.title aria-current=move || here().then_some("page")>
                        {icon(report.key)}
                        <span class="label">{report.title}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let fold = foldable.then(|| {
        let folded = move || prefs.rail.is("folded");
        let words = move || if folded() { "Unfold menu" } else { "Fold menu" };
        view! {
            <button
                type="button"
                class="rail-item rail-fold"
                title=words
                aria-expanded=move || if folded() { "false" } else { "true" }
                on:click=move |_| prefs.rail.set(if prefs.rail.is("folded") { "open" } else { "folded" })
            >
                {icon("fold")}
                <span class="label">{words}</span>
            </button>
        }
    });
    view! {
        <nav class="menu" aria-label="Reports">
            <a class="brand" href="/" aria-label="Vigia, to the first report">{logo()} <span class="label">"Vigia"</span></a>
            <p class="rail-group"><span class="label">"Reports"</span></p>
            <p class="rail-subgroup"><span class="label">"Events"</span></p>
            <ul>{items}</ul>
            {fold}
        </nav>
    }
    .into_any()
}
