//! x

use super::state::State;
use leptos::prelude::*;

#[component]
pub fn Details(state: State) -> impl IntoView {
    let _ = state;
}
