//! One page per file, and the way to each.

pub mod account;
pub mod admin;
pub mod behavior;
pub mod exposure;
pub mod late;
pub mod new_operation;
pub mod not_found;
pub mod report;
pub mod reviews;
pub mod saved_view;
pub mod sign_in;
pub mod story;

use crate::browser::tables;
use crate::components::late_part::bones;
use crate::components::report::address;
use crate::components::report::late::provide_tools;
use crate::components::shell::late_page::LatePage;
use crate::components::{prefs::Prefs, router::Router, session::Session, shell::SignedIn};
use crate::reports;
use late::LatePages;
use leptos::{mount::mount_to_body, prelude::*};
use not_found::NotFound;
use report::ReportPage;

/// Puts the page where the skeleton of index.html was.
pub fn mount() {
    tables::first();
    mount_to_body(|| view! { <leptos_router::components::Router><App /></leptos_router::components::Router> });
    if let Some(skeleton) = document().get_element_by_id("boot") {
        skeleton.remove();
    }
}

#[component]
fn App() -> impl IntoView {
    let router = Router::provide();
    Session::provide(router);
    Prefs::provide();
    provide_tools();
    LatePages::provide();
    Effect::new(move |_| {
        if router.path.with(|path| path == "/") {
            router.replace(&address::path(reports::ALL[0]));
        }
    });
    let signing_in = Memo::new(move |_| router.path.with(|path| path == "/sign-in"));
    move || if signing_in.get() { sign_in() } else { view! { <SignedIn page /> }.into_any() }
}

/// Signing in, which somebody who is signed in need not load.
fn sign_in() -> AnyView {
    let instead = |wrong: Option<AnyView>| {
        view! { <main class="sign-in"><div class="sign-in-form">{wrong.unwrap_or_else(|| bones(6))}</div></main> }.into_any()
    };
    expect_context::<LatePages>().draw(LatePage::SignIn, instead)
}

/// The page of the path at hand, for somebody who is signed in.
fn page() -> AnyView {
    let path = expect_context::<Router>().path;
    (move || {
        path.with(|path| match (address::report_at(path), LatePage::at(path)) {
            (Some(report), _) => view! { <ReportPage report /> }.into_any(),
            (_, Some(page)) => late_page(page),
            // On its way to the first report.
            _ if path == "/" => ().into_any(),
            _ => view! { <NotFound /> }.into_any(),
        })
    })
    .into_any()
}

/// A page of the other part, in its frame from the start.
fn late_page(page: LatePage) -> AnyView {
    title(page.title().said());
    let instead = move |wrong: Option<AnyView>| {
        view! {
            <div class="narrow">
                <h1>{page.title().said()}</h1>
                {wrong.unwrap_or_else(|| bones(6))}
            </div>
        }
        .into_any()
    };
    expect_context::<LatePages>().draw(page, instead)
}

/// Names the page in the browser's tab and history.
fn title(of: &str) {
    document().set_title(&format!("{of} \u{b7} Vigia"));
}
