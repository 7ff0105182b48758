//! Credentials to change: what people have seen and nobody has changed since, what somebody who leaves has seen, and who could know one.

mod address;
mod change;
mod find;
mod knowers;
mod list;
mod progress;

use crate::components::follow::follow;
use crate::components::router::Router;
use crate::components::said::paragraph;
use crate::components::shell::late_page::LatePage;
use crate::{say, text};
pub use address::Asked;
use leptos::prelude::*;

#[component]
pub fn ExposurePage() -> impl IntoView {
    let router = expect_context::<Router>();
    let asked = Memo::new(move |last: Option<&Asked>| {
        // On the way to another page what was asked stays.
        if router.path.with(|path| path == LatePage::Exposure.path()) {
            router.search.with(|search| Asked::read(search))
        } else {
            last.cloned().unwrap_or_default()
        }
    });
    let of_credential = Memo::new(move |_| asked.with(Asked::is_of_credential));
    let body = move || if of_credential.get() { knowers::view(asked) } else { list::view(asked) };
    view! {
        <div class="admin exposure">
            <h1>{say!("page.exposure")}</h1>
            {paragraph("muted no-print", text!("exposure.about"))}
            {follow(body)}
        </div>
    }
    .into_any()
}
