//! What a reader uses on a report after looking at it: details, editors, menus and questions. A part of the page of its own, which
//! comes at the first pointer, focus or idle moment, and never before the rows.

use super::acting::{bar::SelectionBar, confirm::Confirmation, menu::RowMenu};
use super::columns::Chooser;
use super::details::Details;
use super::failures::FailureList;
use super::filters::editor::Editor;
use super::filters::range::Ranges;
use super::state::State;
use crate::components::late_part::{Coming, Draw, LatePart};
use crate::model::RowActions;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// A piece of the part, and what it needs.
#[derive(Clone, Copy)]
pub enum ReportTool {
    Details(State),
    /// The row menu and the question before something is done.
    Dialogs(State),
    SelectionBar(State, &'static RowActions),
    /// What stands in the popovers; a signal of theirs closes them.
    Columns(State),
    Failures(State, &'static RowActions, RwSignal<bool>),
    /// The place of the filter that is changed; `None` to add one.
    Filter(State, Option<usize>, RwSignal<bool>),
    Range(State, RwSignal<bool>),
}

/// The part, for the whole page.
pub type ReportTools = LatePart<ReportTool>;

pub fn provide_report_tools() {
    provide_context::<ReportTools>(LatePart::new(|| -> Coming<ReportTool> { Box::pin(load()) }));
}

/// What stands in a popover while its content is on its way.
pub fn bones(count: usize) -> AnyView {
    let bones = (0..count).map(|_| view! { <span class="bone"></span> }).collect_view();
    view! { <div class="bones" role="status"><span class="sr">"Loading"</span>{bones}</div> }.into_any()
}

#[wasm_split(tools, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load() -> Result<Draw<ReportTool>, SplitLoaderError> {
    Ok(draw)
}

fn draw(tool: ReportTool) -> AnyView {
    match tool {
        ReportTool::Details(state) => view! { <Details state /> }.into_any(),
        ReportTool::Dialogs(state) => view! { <RowMenu state /> <Confirmation state /> }.into_any(),
        ReportTool::SelectionBar(state, actions) => view! { <SelectionBar state actions /> }.into_any(),
        ReportTool::Columns(state) => view! { <Chooser state /> }.into_any(),
        ReportTool::Failures(state, actions, open) => view! { <FailureList state actions open /> }.into_any(),
        ReportTool::Filter(state, edited, open) => view! { <Editor state edited open /> }.into_any(),
        ReportTool::Range(state, open) => view! { <Ranges state open /> }.into_any(),
    }
}
