//! What is shown where nothing is.

use crate::say;
use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    super::title(say!("not-found.title"));
    view! {
        <div class="narrow">
            <h1>{say!("not-found.heading")}</h1>
            <p>{say!("not-found.why")}</p>
            <p><a class="button primary" href="/">{say!("not-found.home")}</a></p>
        </div>
    }
    .into_any()
}
