//! Views that people keep of the report: tabs behind those it comes with, and the menu that has what does not fit, and keeps, changes and removes them.

mod editor;
mod menu;

use super::address;
use super::state::State;
use crate::api::views::saved_views;
use crate::browser::focus::focus_soon;
use crate::browser::resize::Watch;
use crate::components::follow::{follow, when};
use crate::components::load::{Load, load};
use crate::components::popover::Popover;
use crate::model::{Query, visible};
use crate::say;
use crate::views::{NewView, SavedView};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// What the tabs and the menu share.
#[derive(Clone, Copy)]
struct Desk {
    state: State,
    views: Load<Vec<SavedView>>,
    /// How many tabs there is room for, of those the report comes with and the saved ones behind them.
    fitting: RwSignal<usize>,
    /// What is in the form: the view of this id, or a new one.
    edited: RwSignal<Option<Option<String>>>,
    open: RwSignal<bool>,
    /// What was done last, in a sentence.
    said: RwSignal<String>,
}

impl Desk {
    /// Where a view leads; nowhere where it is not understood.
    fn address(self, view: &NewView) -> Option<String> {
        let query = view.asked().ok()?;
        let here = self.state.query.with(|query| query.zone.clone());
        // What says no zone is asked on the reader's clock.
        let zone = if query.zone == "UTC" { here } else { query.zone.clone() };
        Some(address::of(&Query { zone, ..query }, None))
    }

    /// Whether it is the view on the screen.
    fn is_here(self, view: &NewView) -> bool {
        self.state.query.with(|query| view.is_asked(query))
    }

    /// Back to the list, or out of the menu.
    fn done(self, said: String) {
        self.said.set(said);
        self.edited.set(None);
        self.open.set(false);
        self.views.retry();
        focus_soon(BUTTON.to_owned());
    }
}

const BUTTON: &str = ".views-menu .popover > button";

/// Draws the tabs and the menu behind those of the report.
pub fn saved(state: State) -> AnyView {
    let key = state.report.key;
    let desk = Desk {
        state,
        views: load(move || Some(()), move |()| saved_views(key.to_owned())),
        fitting: RwSignal::new(usize::MAX),
        edited: RwSignal::new(None),
        open: RwSignal::new(false),
        said: RwSignal::new(String::new()),
    };
    // A report's own tab is not where the reader is, while they are at one of these.
    Effect::new(move |_| {
        let here = desk.views.value.with(|views| views.iter().flatten().any(|view| desk.is_here(&view.view)));
        state.in_saved.set(here);
    });
    let list = NodeRef::<html::Ul>::new();
    fit(desk, list);
    let tabs = move || desk.views.value.with(|views| views.iter().flatten().filter_map(|view| tab(desk, view)).collect_view());
    let label = Signal::derive(move || {
        let all =
            state.report.views.len() + desk.views.value.with(|views| views.iter().flatten().filter(|view| view.problem.is_none()).count());
        match all.saturating_sub(desk.fitting.get()) {
            0 => say!("views.menu").to_owned(),
            away => say!("views.more", number = away),
        }
    });
    view! {
        <ul node_ref=list>{follow(tabs)}</ul>
        <div class="views-menu">
            <span class="sr" role="status">{follow(move || desk.said.get())}</span>
            <Popover open=desk.open label symbol="eye" class="end quiet-popover">{menu::menu(desk)}</Popover>
        </div>
    }
    .into_any()
}

fn tab(desk: Desk, saved: &SavedView) -> Option<AnyView> {
    saved.view.asked().ok()?;
    let (for_address, for_mark) = (saved.view.clone(), saved.view.clone());
    let name = visible(&saved.view.name).into_owned();
    let help = Some(visible(&saved.view.description).into_owned()).filter(|help| !help.is_empty());
    let href = when(move || desk.address(&for_address));
    let here = when(move || desk.is_here(&for_mark).then_some("page"));
    Some(view! { <li><a class="tab" href=href title=help aria-current=here>{name}</a></li> }.into_any())
}

/// Finds out how many tabs there is room for, whenever there is another room, or other tabs. The row is one line high and what does not fit wraps below it,
/// where it is not seen; what is marked so is no stop for the keyboard either.
fn fit(desk: Desk, list: NodeRef<html::Ul>) {
    let measure = move || {
        let Some(row) = list.try_get_untracked().flatten().and_then(|list| list.parent_element()) else { return };
        let Ok(tabs) = row.query_selector_all(":scope > ul > li") else { return };
        let tabs: Vec<web_sys::HtmlElement> = (0..tabs.length()).filter_map(|at| tabs.item(at)?.dyn_into().ok()).collect();
        let top = tabs.first().map_or(0, web_sys::HtmlElement::offset_top);
        let fitting = tabs.iter().take_while(|tab| tab.offset_top() == top).count();
        for (at, tab) in tabs.iter().enumerate() {
            let _ = tab.class_list().toggle_with_force("over", at >= fitting);
        }
        if desk.fitting.try_get_untracked() != Some(fitting) {
            desk.fitting.try_set(fitting);
        }
    };
    let watch = StoredValue::new_local(None::<Watch>);
    Effect::new(move |_| {
        desk.views.value.track();
        if let (Some(row), true) = (list.get().and_then(|list| list.parent_element()), watch.with_value(Option::is_none)) {
            watch.set_value(Watch::new(&row, measure));
        }
        // The tabs are drawn by then.
        request_animation_frame(measure);
    });
}
