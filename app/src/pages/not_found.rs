//! What is shown where nothing is.

use leptos::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    super::title("Not found");
    view! {
        <div class="narrow">
            <h1>"There is no such page"</h1>
            <p>"The address may be mistyped, or the page has moved. The menu leads to everything there is."</p>
            <p><a class="button primary" href="/">"Go to the reports"</a></p>
        </div>
    }
    .into_any()
}
