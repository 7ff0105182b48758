//! One page per file, and the way to each.

pub mod account;
pub mod admin;
pub mod new_operation;
pub mod not_found;
pub mod report;
pub mod sign_in;

use crate::components::report::address;
use crate::components::{prefs::Prefs, router::Router, session::Session, shell::SignedIn};
use crate::reports;
use account::Account;
use admin::{Notifications, Operations, Quarantine, Tokens};
use leptos::{mount::mount_to_body, prelude::*};
use new_operation::NewOperation;
use not_found::NotFound;
use report::ReportPage;
use sign_in::SignIn;

/// Puts the page where the skeleton of index.html was.
pub fn mount() {
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
    Effect::new(move |_| {
        if router.path.with(|path| path == "/") {
            router.replace(&address::path(reports::ALL[0]));
        }
    });
    let signing_in = Memo::new(move |_| router.path.with(|path| path == "/sign-in"));
    move || if signing_in.get() { view! { <SignIn /> }.into_any() } else { view! { <SignedIn page /> }.into_any() }
}

/// The page of the path at hand, for somebody who is signed in.
fn page() -> AnyView {
    let path = expect_context::<Router>().path;
    (move || {
        path.with(|path| match (path.as_str(), address::report_at(path)) {
            (_, Some(report)) => view! { <ReportPage report /> }.into_any(),
            ("/account", _) => view! { <Account /> }.into_any(),
            ("/admin/tokens", _) => view! { <Tokens /> }.into_any(),
            ("/operations/new", _) => view! { <NewOperation /> }.into_any(),
            ("/admin/operations", _) => view! { <Operations /> }.into_any(),
            ("/admin/notifications", _) => view! { <Notifications /> }.into_any(),
            ("/admin/quarantine", _) => view! { <Quarantine /> }.into_any(),
            // On its way to the first report.
            ("/", _) => ().into_any(),
            _ => view! { <NotFound /> }.into_any(),
        })
    })
    .into_any()
}

/// Names the page in the browser's tab and history.
fn title(of: &str) {
    document().set_title(&format!("{of} \u{b7} Vigia"));
}
