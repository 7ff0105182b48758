//! One page per file, and the way to each.

pub mod account;
pub mod not_found;
pub mod report;
pub mod sign_in;

use crate::components::{prefs::Prefs, session::Session, shell::SignedIn};
use crate::reports;
use account::Account;
use leptos::{mount::mount_to_body, prelude::*};
use leptos_router::{
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};
use not_found::NotFound;
use report::ReportPage;
use sign_in::SignIn;

/// Puts the page where the skeleton of index.html was.
pub fn mount() {
    mount_to_body(|| view! { <Router><App /></Router> });
    if let Some(skeleton) = document().get_element_by_id("boot") {
        skeleton.remove();
    }
}

#[component]
fn App() -> impl IntoView {
    Session::provide();
    Prefs::provide();
    let first = format!("/reports/events/{}", reports::ALL[0].key);
    view! {
        <FlatRoutes fallback=|| view! { <SignedIn page=|| view! { <NotFound /> }.into_any() /> }>
            <Route path=path!("/sign-in") view=SignIn />
            <Route path=path!("/") view=move || view! { <Redirect path=first.clone() /> } />
            <Route path=path!("/reports/events/:report") view=|| view! { <SignedIn page=|| view! { <ReportPage /> }.into_any() /> } />
            <Route path=path!("/account") view=|| view! { <SignedIn page=|| view! { <Account /> }.into_any() /> } />
        </FlatRoutes>
    }
}

/// Names the page in the browser's tab and history.
fn title(of: &str) {
    document().set_title(&format!("{of} \u{b7} Vigia"));
}
