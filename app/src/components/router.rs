//! Where the reader is, and going elsewhere.
//!
//! A page whose state is all in its query string needs little of a router: the path, the query string, links that do not reload, and
//! the browser's history. That little is here; the Leptos router does much more, and would take a sixth of the page's budget.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

#[derive(Clone, Copy)]
pub struct Router {
    pub path: RwSignal<String>,
    /// The query string, without the `?`.
    pub search: RwSignal<String>,
}

impl Router {
    pub fn provide() -> Self {
        let router = Self { path: RwSignal::new(String::new()), search: RwSignal::new(String::new()) };
        router.read();
        window_event_listener(ev::popstate, move |_| router.read());
        window_event_listener(ev::click, move |event| {
            if let Some(address) = followed(&event) {
                event.prevent_default();
                router.to(&address);
            }
        });
        provide_context(router);
        router
    }

    /// Takes over what the browser's address bar says.
    fn read(self) {
        let location = window().location();
        let search = location.search().unwrap_or_default();
        let search = search.strip_prefix('?').unwrap_or(&search);
        if self.search.with_untracked(|now| now != search) {
            self.search.set(search.to_owned());
        }
        let path = location.pathname().unwrap_or_default();
        if self.path.with_untracked(|now| *now != path) {
            self.path.set(path);
        }
    }

    /// Goes to a path with its query string. To where one is already is no step.
    pub fn to(self, address: &str) {
        if crate::browser::here() != address {
            let _ = window().history().and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(address)));
            self.read();
        }
    }

    /// The same, in place of the page at hand.
    pub fn replace(self, address: &str) {
        let _ = window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(address)));
        self.read();
    }
}

/// Path and query string of the link that was clicked, when it leads to a page of this place and should open here.
fn followed(event: &web_sys::MouseEvent) -> Option<String> {
    let otherwise =
        event.default_prevented() || event.button() != 0 || event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: web_sys::HtmlAnchorElement = target.closest("a[href]").ok().flatten()?.dyn_into().ok()?;
    let elsewhere = !link.target().is_empty() || link.rel() == "external" || link.origin() != window().location().origin().ok()?;
    (!otherwise && !elsewhere).then(|| format!("{}{}", link.pathname(), link.search()))
}
