//! What draws the tools of a report: parts of the page, each a function that is marked as one.

use super::acting::{bar::SelectionBar, confirm::Confirmation, destinations::destinations, menu::RowMenu, said::Said};
use super::backup::section::section;
use super::columns::Chooser;
use super::details::Details;
use super::export::ExportMenu;
use super::failures::FailureList;
use super::filters::editor::Editor;
use super::filters::range::Ranges;
use super::live::Live;
use super::press;
use super::standing;
use super::story::story;
use super::tools::{ReportTool, ReportTools};
use super::views::saved;
use crate::components::follow::follow;
use crate::components::late_part::Draw;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// Gives the whole page its [`ReportTools`].
pub fn provide_tools() {
    ReportTools::provide(|| Box::pin(load_live()), || Box::pin(load_popovers()), || Box::pin(load()), || Box::pin(load_backups()));
}

#[wasm_split(tools, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load() -> Result<Draw<ReportTool>, SplitLoaderError> {
    Ok(draw)
}

#[wasm_split(popovers, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_popovers() -> Result<Draw<ReportTool>, SplitLoaderError> {
    Ok(|tool| match tool {
        ReportTool::Columns(state) => view! { <Chooser state /> }.into_any(),
        ReportTool::Failures(state, actions, open) => view! { <FailureList state actions open /> }.into_any(),
        ReportTool::Filter(narrowing, edited, open) => view! { <Editor narrowing edited open /> }.into_any(),
        ReportTool::Range(narrowing, open) => view! { <Ranges narrowing open /> }.into_any(),
        ReportTool::Destinations(state) => destinations(state),
        ReportTool::Views(state) => saved(state),
        _ => ().into_any(),
    })
}

#[wasm_split(live, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_live() -> Result<Draw<ReportTool>, SplitLoaderError> {
    Ok(|tool| match tool {
        ReportTool::Live(state) => {
            expect_context::<ReportTools>().story.set_value(Some(story));
            state.ask_beside();
            press::guard(state);
            view! { <Live state /> <ExportMenu state /> }.into_any()
        }
        _ => ().into_any(),
    })
}

#[wasm_split(backups, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_backups() -> Result<Draw<ReportTool>, SplitLoaderError> {
    Ok(|tool| match tool {
        ReportTool::Standing(state) => standing::of_report(state),
        ReportTool::Backup(name) => follow(move || name.get().map(section)),
        _ => ().into_any(),
    })
}

fn draw(tool: ReportTool) -> AnyView {
    match tool {
        ReportTool::Details(state) => view! { <Details state /> }.into_any(),
        ReportTool::Dialogs(state) => view! { <RowMenu state /> <Confirmation state /> }.into_any(),
        ReportTool::SelectionBar(state, actions) => view! { <SelectionBar state actions /> }.into_any(),
        ReportTool::Said(state) => view! { <Said state /> }.into_any(),
        _ => ().into_any(),
    }
}
