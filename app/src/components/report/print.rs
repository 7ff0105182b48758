//! What stands above the table on paper, in place of what can be clicked.

use super::filters::words;
use super::state::State;
use crate::browser::{self, intl};
use crate::components::follow::follow;
use crate::model::Timestamp;
use crate::say;
use leptos::prelude::*;

#[component]
pub fn PrintHead(state: State) -> impl IntoView {
    let shown = move || state.query.with(words::query);
    let printed = RwSignal::new(String::new());
    let note = move || {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of the clock")]
        let now = Timestamp::saturating(browser::now() as i64);
        state.query.with_untracked(|query| printed.set(format!("{} ({})", intl::clock(now, &query.zone), query.zone)));
    };
    let listener = window_event_listener_untyped("beforeprint", move |_| note());
    on_cleanup(move || listener.remove());
    view! {
        <p class="print-head">{follow(shown)} <br /> {follow(move || say!("report.printed", when = printed.get()))}</p>
    }
    .into_any()
}
