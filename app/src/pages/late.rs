//! What draws the pages beside the reports: parts of the page, so that none is large.

use super::account::Account;
use super::admin::{Backups, Jobs, Notifications, Operations, Quarantine, Tokens, TryLines};
use super::behavior::{BehaviorPage, ChangesPage};
use super::exposure::ExposurePage;
use super::new_operation::NewOperation;
use super::reviews::ReviewPage;
use super::saved_view::SavedViewPage;
use super::sign_in::SignIn;
use super::story::{ProfilePage, TimelinePage};
use crate::components::late_part::{Coming, Draw, LatePart};
use crate::components::report::tools::ReportTools;
use crate::components::shell::late_page::LatePage;
use crate::components::watch::watch_session;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

/// The parts, for the whole page.
#[derive(Clone, Copy)]
pub struct LatePages {
    sign_in: LatePart<LatePage>,
    administration: LatePart<LatePage>,
    lines: LatePart<LatePage>,
    execution: LatePart<LatePage>,
    backups: LatePart<LatePage>,
    behavior: LatePart<LatePage>,
    changes: LatePart<LatePage>,
    exposure: LatePart<LatePage>,
    story: LatePart<LatePage>,
    reviews: LatePart<LatePage>,
}

impl LatePages {
    pub fn provide() {
        let words = expect_context::<ReportTools>().words;
        provide_context(Self {
            sign_in: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_sign_in()) }),
            administration: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_administration()) }),
            lines: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_lines()) }),
            execution: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_execution()) }),
            backups: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_backups()) }),
            behavior: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_behavior()) }),
            changes: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_changes()) }),
            exposure: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_exposure()) }),
            story: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_story()) }),
            reviews: LatePart::new(words, || -> Coming<LatePage> { Box::pin(load_reviews()) }),
        });
    }

    /// Draws a page, or `instead` of it what [`LatePart::draw`] says.
    pub fn draw(self, page: LatePage, instead: impl Fn(Option<AnyView>) -> AnyView + Send + Sync + 'static) -> AnyView {
        let part = match page {
            LatePage::Behavior => self.behavior,
            LatePage::Changes => self.changes,
            LatePage::Exposure => self.exposure,
            LatePage::Timeline | LatePage::Profile => self.story,
            LatePage::SignIn => self.sign_in,
            LatePage::Notifications | LatePage::Tokens => self.administration,
            LatePage::Quarantine | LatePage::TryLines => self.lines,
            LatePage::Account | LatePage::Execution | LatePage::NewOperation | LatePage::Jobs | LatePage::SavedView => self.execution,
            LatePage::Backups => self.backups,
            LatePage::Review => self.reviews,
        };
        part.draw(move || page, instead)
    }
}

#[wasm_split(sign_in, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_sign_in() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| view! { <SignIn /> }.into_any())
}

#[wasm_split(administration, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_administration() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|page| {
        watch_session();
        match page {
            LatePage::Notifications => view! { <Notifications /> }.into_any(),
            LatePage::Tokens => view! { <Tokens /> }.into_any(),
            _ => ().into_any(),
        }
    })
}

#[wasm_split(lines, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_lines() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|page| {
        watch_session();
        match page {
            LatePage::Quarantine => view! { <Quarantine /> }.into_any(),
            _ => view! { <TryLines /> }.into_any(),
        }
    })
}

#[wasm_split(execution, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_execution() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|page| {
        watch_session();
        match page {
            LatePage::Account => view! { <Account /> }.into_any(),
            LatePage::Execution => view! { <Operations /> }.into_any(),
            LatePage::NewOperation => view! { <NewOperation /> }.into_any(),
            LatePage::Jobs => view! { <Jobs /> }.into_any(),
            LatePage::SavedView => view! { <SavedViewPage /> }.into_any(),
            _ => ().into_any(),
        }
    })
}

#[wasm_split(backups, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_backups() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        watch_session();
        view! { <Backups /> }.into_any()
    })
}

#[wasm_split(behavior, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_behavior() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        watch_session();
        view! { <BehaviorPage /> }.into_any()
    })
}

#[wasm_split(changes, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_changes() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        watch_session();
        view! { <ChangesPage /> }.into_any()
    })
}

#[wasm_split(exposure, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_exposure() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        watch_session();
        view! { <ExposurePage /> }.into_any()
    })
}

#[wasm_split(story, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_story() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|page| {
        watch_session();
        match page {
            LatePage::Timeline => view! { <TimelinePage /> }.into_any(),
            LatePage::Profile => view! { <ProfilePage /> }.into_any(),
            _ => ().into_any(),
        }
    })
}

#[wasm_split(reviews, fallible, wasm_split_path = ::leptos::wasm_split)]
fn load_reviews() -> Result<Draw<LatePage>, SplitLoaderError> {
    Ok(|_| {
        watch_session();
        view! { <ReviewPage /> }.into_any()
    })
}
