//! What was done last, for a moment.

use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::report::state::State;
use crate::say;
use gloo::timers::callback::Timeout;
use leptos::prelude::*;

/// How long the page says what was done, in milliseconds.
const SAID: u32 = 12_000;

#[component]
pub fn Said(state: State) -> impl IntoView {
    let said = state.acting.said;
    // It also stands in the rows: nobody has to put it away.
    let hide = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        let some = said.with(|said| !said.is_empty());
        hide.set_value(some.then(|| Timeout::new(SAID, move || drop(said.try_set(String::new())))));
    });
    let shown = move || said.with(|said| !said.is_empty());
    view! {
        <div class="said no-print" class:gone=when(move || !shown())>
            <span role="status">{follow(move || said.get())}</span>
            <button type="button" class="button small square quiet" aria-label=say!("report.close-message") on:click=move |_| said.set(String::new())>{icon("close")}</button>
        </div>
    }
    .into_any()
}
