//! Where the reader is, and going elsewhere.
//!
//! The Leptos router reads and writes the address bar, follows links and the back button. Its route tables are left out: the state
//! of a page here is all in its query string, four paths are told apart by hand, and the tables would take a tenth of the
//! page's budget.

use crate::components::follow::react;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::location::{BrowserUrl, LocationProvider};

#[derive(Clone, Copy)]
pub struct Router {
    pub path: Memo<String>,
    /// The query string, without the `?`.
    pub search: Memo<String>,
    go: StoredValue<Go, LocalStorage>,
}

/// Goes to an address; true to replace the one at hand.
type Go = Box<dyn Fn(&str, bool)>;

impl Router {
    /// Inside of `leptos_router`'s `Router`.
    pub fn provide() -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let go = move |address: &str, replace| navigate(address, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        // The address bar follows when the page of the new path is there; here that is at once.
        let address_bar = expect_context::<BrowserUrl>();
        react(move || {
            location.pathname.track();
            address_bar.ready_to_complete();
        });
        let router = Self { path: location.pathname, search: location.search, go: StoredValue::new_local(Box::new(go)) };
        provide_context(router);
        router
    }

    /// Goes to a path with its query string. To where one is already is not a step.
    pub fn to(self, address: &str) {
        if crate::browser::here() != address {
            self.go.with_value(|go| go(address, false));
        }
    }

    /// The same, in place of the page at hand.
    pub fn replace(self, address: &str) {
        self.go.with_value(|go| go(address, true));
    }
}
