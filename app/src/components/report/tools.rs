//! What a report needs after its rows, in parts of the page that come at the first pointer, focus or idle moment: details, editors, menus
//! and questions; and what keeps the rows up to date.

use super::acting::{bar::SelectionBar, confirm::Confirmation, menu::RowMenu, said::Said};
use super::columns::Chooser;
use super::details::Details;
use super::failures::FailureList;
use super::filters::editor::Editor;
use super::filters::range::Ranges;
use super::live::Live;
use super::print::PrintHead;
use super::state::State;
use crate::components::late_part::{Coming, Draw, LatePart, LateWords};
use crate::components::said::span;
use crate::model::RowActions;
use crate::{say, text};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// A piece of the part, and what it needs.
#[derive(Clone, Copy)]
pub enum ReportTool {
    Details(State),
    /// What keeps the rows up to date: a part of its own.
    Live(State),
    /// The row menu and the question before something is done.
    Dialogs(State),
    SelectionBar(State, &'static RowActions),
    /// What was done last.
    Said(State),
    PrintHead(State),
    /// What stands in the popovers; a signal of theirs closes them.
    Columns(State),
    Failures(State, &'static RowActions, RwSignal<bool>),
    /// The place of the filter that is changed; `None` to add one.
    Filter(State, Option<usize>, RwSignal<bool>),
    Range(State, RwSignal<bool>),
}

/// The parts, for the whole page.
#[derive(Clone, Copy)]
pub struct ReportTools {
    pub words: LateWords,
    live: LatePart<ReportTool>,
    popovers: LatePart<ReportTool>,
    tools: LatePart<ReportTool>,
}

impl ReportTools {
    pub fn provide() {
        let words = LateWords::on_their_way();
        provide_context(Self {
            words,
            live: LatePart::new(words, || -> Coming<ReportTool> { Box::pin(load_live()) }),
            popovers: LatePart::new(words, || -> Coming<ReportTool> { Box::pin(load_popovers()) }),
            tools: LatePart::new(words, || -> Coming<ReportTool> { Box::pin(load()) }),
        });
    }

    /// Loads the tools before anybody waits for them.
    pub fn prefetch(self) {
        self.tools.prefetch();
        self.popovers.prefetch();
    }

    /// Loads all there is.
    pub fn prefetch_all(self) {
        self.live.prefetch();
        self.prefetch();
    }

    /// What stands in a popover; see [`LatePart::draw`].
    pub fn popover(
        self,
        asked: impl Fn() -> ReportTool + Send + Sync + 'static,
        instead: impl Fn(Option<AnyView>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        self.popovers.draw(asked, instead)
    }

    /// Everything else; see [`LatePart::draw_when`].
    pub fn draw_when(
        self,
        wanted: impl Fn() -> bool + Send + Sync + 'static,
        asked: impl Fn() -> ReportTool + Send + Sync + 'static,
        instead: impl Fn(Option<AnyView>) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        self.tools.draw_when(wanted, asked, instead)
    }

    /// Keeps the rows up to date, once they and the part that does are there; where it cannot be had, says so.
    pub fn live(self, state: State) -> AnyView {
        let there = move || state.rows.value.with(Option::is_some);
        let instead = move |wrong: Option<AnyView>| {
            let again = move |_| self.live.need();
            wrong.map(|_| view! { <button type="button" class="link" on:click=again>{say!("live.missing")}</button> }).into_any()
        };
        self.live.draw_when(there, move || ReportTool::Live(state), instead)
    }
}

/// What stands in a popover while its content is on its way.
pub fn bones(count: usize) -> AnyView {
    let bones = (0..count).map(|_| view! { <span class="bone"></span> }).collect_view();
    view! { <div class="bones" role="status">{span("sr", text!("loading"))}{bones}</div> }.into_any()
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
        ReportTool::Filter(state, edited, open) => view! { <Editor state edited open /> }.into_any(),
        ReportTool::Range(state, open) => view! { <Ranges state open /> }.into_any(),
        _ => ().into_any(),
    })
}

#[wasm_split(live, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_live() -> Result<Draw<ReportTool>, SplitLoaderError> {
    Ok(|tool| match tool {
        ReportTool::Live(state) => view! { <Live state /> }.into_any(),
        _ => ().into_any(),
    })
}

fn draw(tool: ReportTool) -> AnyView {
    match tool {
        ReportTool::Details(state) => view! { <Details state /> }.into_any(),
        ReportTool::Dialogs(state) => view! { <RowMenu state /> <Confirmation state /> }.into_any(),
        ReportTool::SelectionBar(state, actions) => view! { <SelectionBar state actions /> }.into_any(),
        ReportTool::Said(state) => view! { <Said state /> }.into_any(),
        ReportTool::PrintHead(state) => view! { <PrintHead state /> }.into_any(),
        _ => ().into_any(),
    }
}
