//! The Behavior dashboard: who views passwords, how many, and how unusual that is.

mod chart;
mod figures;
mod frame;
mod late;
mod marks;
mod patterns;
mod state;

use crate::components::follow::follow;
use crate::components::late_part::bones;
use crate::components::load::{failed, renew_every};
use crate::components::report::filters::FilterLine;
use crate::components::said::paragraph;
use crate::{say, text};
use chart::Days;
use figures::Figures;
use late::Below;
use leptos::prelude::*;
use state::Dashboard;

/// How often the figures are asked for again, in milliseconds.
const EVERY: u32 = 10_000;

#[component]
pub fn BehaviorPage() -> impl IntoView {
    let dashboard = Dashboard::new();
    dashboard.complete_address();
    renew_every(dashboard.shown, EVERY);
    let there = Memo::new(move |_| dashboard.shown.value.with(Option::is_some));
    let empty = Memo::new(move |_| dashboard.behavior(|behavior| behavior.spans.is_empty()));
    let wrong = Memo::new(move |_| dashboard.error().is_some());
    let body = move || {
        if wrong.get() {
            dashboard_failed(dashboard)
        } else if !there.get() {
            bones(12)
        } else if empty.get() {
            view! {
                <div class="state">
                    <h2>{say!("behavior.empty")}</h2>
                    {paragraph("muted", text!("behavior.empty.why"))}
                </div>
            }
            .into_any()
        } else {
            view! {
                <Figures dashboard />
                <Days dashboard />
                <Below dashboard />
            }
            .into_any()
        }
    };
    view! {
        <div class="behavior">
            <header class="page-head">
                <div>
                    <h1>{say!("page.behavior")}</h1>
                    {paragraph("muted", text!("behavior.purpose"))}
                </div>
            </header>
            <FilterLine narrowing=dashboard.narrowing() />
            {follow(body)}
        </div>
    }
    .into_any()
}

/// What stands in the place of all figures where there are none.
fn dashboard_failed(dashboard: Dashboard) -> AnyView {
    let of_address = move || {
        let error = dashboard.error_of_address()?;
        Some(view! {
            <div class="state" role="alert">
                <h2>{say!("load.failed")}</h2>
                <p>{error.message.said().into_owned()}</p>
                <p><button type="button" class="button primary" on:click=move |_| dashboard.clear()>{say!("behavior.start-over")}</button></p>
            </div>
        })
    };
    view! { {follow(of_address)} {failed(dashboard.shown)} }.into_any()
}
