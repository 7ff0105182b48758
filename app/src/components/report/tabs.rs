//! The report's ready views, each a link, and behind them the saved ones, which come later.

use super::address;
use super::state::State;
use super::tools::ReportTools;
use crate::components::follow::{follow, when};
use crate::say;
use leptos::prelude::*;

#[component]
pub fn Tabs(state: State) -> impl IntoView {
    let views = state.report.views;
    let tools = expect_context::<ReportTools>();
    let tab = move |at: usize| {
        let view = &views[at];
        let asked = view.query(state.report);
        let href = move || state.query.with(|query| address::of(&query.in_view(&asked), None));
        let here = when(move || state.query.with(|query| !state.in_saved.get() && query.ready_view() == Some(at)).then_some("page"));
        view! { <li><a class="tab" href=when(href) title=tools.words.text(view.help) aria-current=here>{view.name.said()}</a></li> }
            .into_any()
    };
    // What does not fit stands below the first line, where it is not seen; room for the menu is kept.
    view! {
        <nav class="tabs no-print" aria-label=say!("report.views")>
            <div><ul>{follow(move || (0..views.len()).map(tab).collect_view())}</ul> {tools.views(state)}</div>
        </nav>
    }
    .into_any()
}
