//! x

use super::state::State;
use leptos::prelude::*;

#[component]
pub fn ColumnChooser(state: State) -> impl IntoView {
    let _ = state;
}
