//! Who is signed in, and where to go when nobody is.

use super::report::Kept;
use super::router::Router;
use crate::browser;
use crate::model::Viewer;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The session as the page knows it.
#[derive(Clone, Copy)]
pub struct Session {
    /// Who is signed in; `None` for nobody, or while it is not known yet.
    pub viewer: RwSignal<Option<Viewer>>,
    kept: StoredValue<Kept>,
    router: Router,
}

impl Session {
    pub fn provide(router: Router) {
        let kept = StoredValue::new(Kept::default());
        provide_context(kept);
        provide_context(Self { viewer: RwSignal::new(None), kept, router });
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
