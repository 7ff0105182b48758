//! Who is signed in, and where to go when nobody is.

use super::report::Kept;
use crate::browser;
use crate::model::Viewer;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Going to another page; `true` replaces the one at hand in the browser's history.
#[derive(Clone, Copy)]
pub struct Go(Callback<(String, bool)>);

impl Go {
    /// Inside the router only.
    pub fn provide() {
        let navigate = use_navigate();
        provide_context(Self(Callback::new(move |(path, replace): (String, bool)| {
            navigate(&path, NavigateOptions { resolve: false, replace, scroll: false, ..Default::default() });
        })));
    }

    pub fn to(self, path: &str) {
        self.0.run((path.to_owned(), false));
    }

    pub fn replace(self, path: &str) {
        self.0.run((path.to_owned(), true));
    }
}

/// The session as the page knows it.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who is signed in; `None` for nobody, or while it is not known yet.
    pub viewer: RwSignal<Option<Viewer>>,
    kept: StoredValue<Kept>,
    go: Go,
}

impl Session {
    /// Inside the router only.
    pub fn provide() {
        Go::provide();
        let go = expect_context::<Go>();
        let kept = StoredValue::new(Kept::default());
        provide_context(kept);
        provide_context(Self { viewer: RwSignal::new(None), kept, go });
    }

    /// Somebody signed in. What the last reader saw is not for this one.
    pub fn begin(self, viewer: Viewer) {
        self.kept.update_value(Kept::forget);
        self.viewer.set(Some(viewer));
    }

    /// The reader signed out.
    pub fn end(self) {
        self.kept.update_value(Kept::forget);
        self.viewer.set(None);
        self.go.to("/sign-in");
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
        self.go.replace(&path);
    }
}
