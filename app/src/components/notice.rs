//! Messages that stand in the page.

use crate::components::follow::{follow, when};
use leptos::prelude::*;

/// An error in words, announced when it appears; keeps no space while there is none.
#[component]
pub fn Problem(#[prop(into)] message: Signal<Option<String>>, #[prop(optional)] id: &'static str) -> impl IntoView {
    view! {
        <div role="alert" id=(!id.is_empty()).then_some(id) class="problem" class:shown=when(move || message.with(Option::is_some))>
            {follow(move || message.get())}
        </div>
    }
    .into_any()
}
