//! Who is signed in, and where to go when nobody is.

use super::router::Router;
use super::rows::kept::Kept;
use crate::browser;
use crate::model::{Greeting, Viewer};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The session as the page knows it.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who is signed in; `None` for nobody, or while it is not known yet.
    pub viewer: RwSignal<Option<Viewer>>,
    /// What a demo says of itself; empty where the server is none.
    pub demo: RwSignal<String>,
    /// Whether any operation can be carried out here.
    pub carries_out: RwSignal<bool>,
    /// Whether the reader reviews events.
    pub reviews: RwSignal<bool>,
    /// Report and query of the views that the reader has reports open with.
    pub first: RwSignal<Vec<(String, String)>>,
    kept: StoredValue<Kept>,
    router: Router,
}

impl Session {
    pub fn provide(router: Router) {
        let kept = StoredValue::new(Kept::default());
        provide_context(kept);
        provide_context(Self {
            viewer: RwSignal::new(None),
            demo: RwSignal::new(String::new()),
            carries_out: RwSignal::new(true),
            reviews: RwSignal::new(false),
            first: RwSignal::new(Vec::new()),
            kept,
            router,
        });
    }

    /// Somebody signed in. What the last reader saw is not for this one.
    pub fn begin(self, greeting: Greeting) {
        self.kept.update_value(Kept::forget);
        self.greeted(greeting);
    }

    /// The server has said who is signed in, and what it is set up for.
    pub fn greeted(self, greeting: Greeting) {
        self.demo.set(greeting.demo);
        self.carries_out.set(greeting.carries_out);
        self.reviews.set(greeting.reviews);
        self.first.set(greeting.first);
        self.viewer.set(Some(greeting.viewer));
    }

    /// The reader signed out.
    pub fn end(self) {
        self.kept.update_value(Kept::forget);
        self.viewer.set(None);
        self.router.to("/sign-in");
    }

    /// The server says that nobody is signed in: to the sign-in page, and back here afterwards.
    pub fn expired(self) {
        self.viewer.set(None);
        let here = browser::here();
        if here.starts_with("/sign-in") {
            return;
        }
        let path =
            if here == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", utf8_percent_encode(&here, NON_ALPHANUMERIC)) };
        self.router.replace(&path);
    }
}
