//! x

use super::state::State;
use leptos::prelude::*;

#[component]
pub fn PrintHead(state: State) -> impl IntoView {
    let _ = state;
}
