//! What the page asks the browser for, each with an answer when the browser has none.

pub mod clipboard;
pub mod events;
pub mod fetch;
pub mod file;
pub mod focus;
pub mod intl;
pub mod resize;
pub mod save;
pub mod shared_events;
pub mod stored;
pub mod tables;

use leptos::prelude::window;
use wasm_bindgen::JsCast;

/// Now, in milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// Path and query string of the page at hand.
pub fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// The whole address of a path of this place.
pub fn absolute(path: &str) -> String {
    format!("{}{path}", window().location().origin().unwrap_or_default())
}

/// `path` if it leads to this place, and the first page otherwise: where a link says to go after signing in is a stranger's text.
pub fn own_path(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    match web_sys::Url::new_with_base(path, &origin) {
        Ok(url) if path.starts_with('/') && url.origin() == origin => format!("{}{}", url.pathname(), url.search()),
        _ => "/".to_owned(),
    }
}

/// The element an event happened to.
pub fn target(event: &web_sys::Event) -> Option<web_sys::HtmlElement> {
    event.target()?.dyn_into().ok()
}
