//! What stands below the days of Review, for auditors and administrators: a part of the page of its own.

use super::desk::Desk;
use super::{settings, watched};
use crate::components::follow::follow;
use crate::components::late_part::{Coming, Draw, LatePart, bones};
use crate::components::report::tools::ReportTools;
use crate::components::shell::late_page::LatePage;
use crate::model::Role;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// Loads it, and draws it where it stands.
pub fn below(desk: Desk, role: Memo<Option<Role>>) -> AnyView {
    provide_context((desk, role));
    let words = expect_context::<ReportTools>().words;
    let part = LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_review_settings()) });
    part.draw(|| LatePage::Review, |wrong| wrong.unwrap_or_else(|| bones(4)))
}

/// Of the desk of the context.
#[wasm_split(review_settings, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_review_settings() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        let (desk, role) = expect_context::<(Desk, Memo<Option<Role>>)>();
        let settings = follow(move || (role.get() == Some(Role::Admin)).then(|| settings::settings(desk)));
        view! { {watched::watched()} {settings} }.into_any()
    })
}
