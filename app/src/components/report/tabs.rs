//! The report's ready views, each a link.

use super::address;
use super::state::State;
use super::tools::ReportTools;
use crate::components::follow::{follow, when};
use crate::say;
use leptos::prelude::*;

#[component]
pub fn Tabs(state: State) -> impl IntoView {
    let views = state.report.views;
    let words = expect_context::<ReportTools>().words;
    let tab = move |at: usize| {
        let view = &views[at];
        let asked = view.query(state.report);
        let href = move || state.query.with(|query| address::of(&query.in_view(&asked), None));
        let here = when(move || state.query.with(|query| query.ready_view() == Some(at)).then_some("page"));
        view! { <li><a class="tab" href=when(href) title=words.text(view.help) aria-current=here>{view.name.said()}</a></li> }.into_any()
    };
    (!views.is_empty()).then(|| {
        view! { <nav class="tabs no-print" aria-label=say!("report.views")><ul>{follow(move || (0..views.len()).map(tab).collect_view())}</ul></nav> }
            .into_any()
    })
}
