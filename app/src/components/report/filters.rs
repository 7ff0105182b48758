//! x

use super::state::State;
use leptos::prelude::*;

#[component]
pub fn FilterLine(state: State) -> impl IntoView {
    let _ = state;
}
