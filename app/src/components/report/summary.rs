//! How much there is, and how fresh it is. Asked for apart from the rows, which never wait for it.

use super::state::State;
use crate::browser::intl;
use crate::components::follow::follow;
use crate::components::prefs::Prefs;
use crate::model::Count;
use crate::say;
use leptos::prelude::*;

#[component]
pub fn SummaryLine(state: State) -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let summary = state.summary;
    let count = move || match summary.value.get()?.count {
        Count::Exactly(count) => Some(say!("summary.rows", count = count)),
        Count::Prepared(percent) => Some(say!("summary.prepared", percent = u32::from(percent))),
    };
    let newest = move || summary.value.get()?.newest;
    let fresh = move || {
        let newest = newest()?;
        // Never before the answer came, whatever the two clocks say.
        let now = prefs.now.get().max(crate::browser::now());
        // All of the report lies in the future where the newest does.
        let when = intl::relative(newest, now);
        let words = if newest.millis() as f64 > now { say!("summary.next", when = when) } else { say!("summary.newest", when = when) };
        Some(view! {
            <span class="muted" title=intl::clock(newest, &state.query.with(|query| query.zone.clone()))>
                ", "{words}
            </span>
        })
    };
    let behind = move || {
        let seconds = summary.value.get()?.behind;
        let why = say!("summary.behind.why");
        (seconds > 0).then(|| view! { <span class="muted" title=why>" · "{say!("summary.behind", seconds = seconds)}</span> })
    };
    let failed = move || {
        summary.error.get().map(|_| {
            view! {
                <span class="muted">{say!("summary.failed")}" "</span>
                <button type="button" class="link" on:click=move |_| summary.retry()>{say!("summary.again")}</button>
            }
        })
    };
    let waiting = move || summary.busy.get() && summary.value.with(Option::is_none);
    view! {
        <p class="count" class:stale=summary.busy>
            <span role="status">{follow(move || if waiting() { Some(say!("summary.counting").to_owned()) } else { count() })}</span>
            {follow(behind)}
            {follow(fresh)}
            {follow(failed)}
        </p>
    }
    .into_any()
}
