//! The Behavior dashboard: who views passwords, how many, and how unusual that is; and beside it the board of password changes.

mod card;
mod changes;
mod chart;
mod figures;
mod frame;
mod late;
mod marks;
mod patterns;
mod state;
mod trouble;

use crate::api::behavior::behavior_shown;
use crate::behavior::Asked;
use crate::components::follow::follow;
use crate::components::late_part::bones;
use crate::components::load::{load, renew_every};
use crate::components::report::filters::FilterLine;
use crate::components::said::paragraph;
use crate::{say, text};
pub use changes::ChangesPage;
use chart::Days;
use figures::Figures;
use late::Below;
use leptos::prelude::*;
use state::Dashboard;
use trouble::dashboard_failed;

/// How often the figures are asked for again, in milliseconds.
const EVERY: u32 = 10_000;

#[component]
pub fn BehaviorPage() -> impl IntoView {
    let shown =
        |parsed: Memo<Result<Asked, _>>| load(move || parsed.get().ok(), |asked| async move { behavior_shown(asked.encode()).await });
    let dashboard = Dashboard::new(shown);
    dashboard.complete_address();
    renew_every(dashboard.shown, EVERY);
    let there = Memo::new(move |_| dashboard.shown.value.with(Option::is_some));
    let empty = Memo::new(move |_| dashboard.of(|behavior| behavior.spans.is_empty()));
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
