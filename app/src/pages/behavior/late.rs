//! What the dashboard shows below its first screen: a part of the page of its own.

use super::BehaviorPage;
use super::patterns::PatternsShown;
use super::state::Dashboard;
use crate::components::late_part::{Coming, Draw, LatePart, bones};
use crate::components::report::tools::ReportTools;
use crate::components::shell::late_page::LatePage;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// Loads it, and draws it where it stands.
#[component]
pub fn Below(dashboard: Dashboard) -> impl IntoView {
    provide_context(dashboard);
    let words = expect_context::<ReportTools>().words;
    let part = LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_patterns()) });
    part.draw(|| LatePage::Behavior, |wrong| wrong.unwrap_or_else(|| bones(8)))
}

/// All of the dashboard at once, around the one of the context.
#[component]
pub fn BehaviorWhole() -> impl IntoView {
    let dashboard = expect_context::<Dashboard>();
    view! {
        <BehaviorPage />
        <PatternsShown dashboard />
    }
    .into_any()
}

/// Of the dashboard of the context.
#[wasm_split(patterns, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_patterns() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        let dashboard = expect_context::<Dashboard>();
        view! { <PatternsShown dashboard /> }.into_any()
    })
}
