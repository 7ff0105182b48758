//! Hearing of sizes.

use leptos::prelude::{RwSignal, Set, on_cleanup, window, window_event_listener_untyped};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

/// Watches the size of an element until it is dropped.
pub struct Watch {
    observer: ResizeObserver,
    _changed: Closure<dyn FnMut()>,
}

impl Watch {
    /// `changed` is called once at first, and then whenever the size is another, before the browser draws.
    pub fn new(element: &web_sys::Element, changed: impl FnMut() + 'static) -> Option<Self> {
        let changed = Closure::<dyn FnMut()>::new(changed);
        let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _changed: changed })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Whether the window is as narrow as a telephone; on paper it never is. See the stylesheets for the same width.
pub fn narrow() -> RwSignal<bool> {
    let matches = || {
        let query = window().match_media("screen and (max-width: 767px)").ok().flatten();
        query.is_some_and(|query| query.matches())
    };
    let narrow = RwSignal::new(matches());
    let listener = window_event_listener_untyped("resize", move |_| {
        let now = matches();
        if leptos::prelude::GetUntracked::try_get_untracked(&narrow) == Some(!now) {
            narrow.set(now);
        }
    });
    on_cleanup(move || listener.remove());
    narrow
}
