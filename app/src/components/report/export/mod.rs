//! The report at hand as a file: what it is to be, and how far it is.

mod choice;
mod going;

use super::state::State;
use crate::components::popover::Popover;
use crate::say;
use choice::Choice;
use going::Going;
use leptos::prelude::*;

/// Opens beside the count of rows.
#[component]
pub fn ExportMenu(state: State) -> impl IntoView {
    let (open, going) = (RwSignal::new(false), Going::new());
    let label = Signal::stored(say!("export.label").to_owned());
    view! {
        <Popover open label symbol="export" class="export-menu quiet-popover no-print">
            <Choice state going />
        </Popover>
    }
    .into_any()
}
