//! What a report needs after its rows: details, editors, menus and questions, and what keeps the rows up to date. It comes in parts of the
//! page, at the first pointer, focus or idle moment; here it is only asked for (`late.rs` draws it).

use super::narrowing::Narrowing;
use super::state::State;
use crate::components::late_part::{Coming, LatePart, LateWords};
use crate::model::{Record, RowActions};
use crate::say;
use leptos::prelude::*;

/// A piece of one of the parts, and what it needs.
#[derive(Clone, Copy)]
pub enum ReportTool {
    Details(State),
    /// What keeps the rows up to date: a part of its own.
    Live(State),
    /// Whether the policy of backups is kept: of that report alone, and in a part with the page of backups.
    Standing(State),
    /// The row menu and the question before something is done.
    Dialogs(State),
    SelectionBar(State, &'static RowActions),
    /// What was done last.
    Said(State),
    /// What stands in the popovers; a signal of theirs closes them.
    Columns(State),
    Failures(State, &'static RowActions, RwSignal<bool>),
    /// The place of the filter that is changed; `None` to add one.
    Filter(Narrowing, Option<usize>, RwSignal<bool>),
    Range(Narrowing, RwSignal<bool>),
    /// The saved views: their tabs, and the menu.
    Views(State),
    /// Where what is asked about would go: in the part of the popovers, which has the room.
    Destinations(State),
    /// What can be done with the backup that an event is about: it comes with the page of backups.
    Backup(Memo<Option<String>>),
}

/// How a part is loaded.
type Load = fn() -> Coming<ReportTool>;

/// Draws, in the details of an event, what leads to all that is said of whom and what it is about.
pub type Story = fn(State, Memo<Option<Record>>) -> AnyView;

/// The parts, for the whole page.
#[derive(Clone, Copy)]
pub struct ReportTools {
    pub words: LateWords,
    /// Comes with the part that asks for the event.
    pub story: StoredValue<Option<Story>>,
    live: LatePart<ReportTool>,
    popovers: LatePart<ReportTool>,
    tools: LatePart<ReportTool>,
    backups: LatePart<ReportTool>,
}

impl ReportTools {
    pub(super) fn provide(live: Load, popovers: Load, tools: Load, backups: Load) {
        let words = LateWords::on_their_way();
        provide_context(Self {
            words,
            story: StoredValue::new(None),
            live: LatePart::new(words, live),
            popovers: LatePart::new(words, popovers),
            tools: LatePart::new(words, tools),
            backups: LatePart::new(words, backups),
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

    /// The saved views, when the part has come: nobody waits for them.
    pub fn views(self, state: State) -> AnyView {
        self.popovers.draw_when(|| false, move || ReportTool::Views(state), |_| ().into_any())
    }

    /// What can be done with the backup of a name, while there is one.
    pub fn backup(self, name: Memo<Option<String>>) -> AnyView {
        self.backups.draw_when(move || name.with(Option::is_some), move || ReportTool::Backup(name), IntoAny::into_any)
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

    /// Whether the policy of backups is kept, once the rows are there; nothing where that cannot be had.
    pub fn standing(self, state: State) -> AnyView {
        let there = move || state.rows.value.with(Option::is_some);
        self.backups.draw_when(there, move || ReportTool::Standing(state), |_| ().into_any())
    }

    /// Keeps the rows up to date and asks for what stands beside them, once they, or the reason why there are none, and the part that does
    /// are there, or details are open; where it cannot be had, says so.
    pub fn live(self, state: State) -> AnyView {
        let rows = move || state.rows.value.with(Option::is_some) || state.rows.error.with(Option::is_some);
        let there = move || rows() || state.open.with(Option::is_some);
        let instead = move |wrong: Option<AnyView>| {
            let again = move |_| self.live.need();
            wrong.map(|_| view! { <button type="button" class="link" on:click=again>{say!("live.missing")}</button> }).into_any()
        };
        self.live.draw_when(there, move || ReportTool::Live(state), instead)
    }
}
