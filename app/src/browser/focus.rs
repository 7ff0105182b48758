//! Moving the focus.

use leptos::prelude::{document, request_animation_frame};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// How long to wait for what shall have the focus, in milliseconds: a part of the page may have to be loaded before.
const PATIENCE: f64 = 20_000.0;

thread_local! {
    /// Counts what was asked for: only the last may have the focus.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Focuses the first element of this selector, without scrolling to it.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let options = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into());
        // `HtmlElement::focus` takes no options.
        let _ = js_sys::Reflect::get(&element, &"focus".into())
            .and_then(JsCast::dyn_into::<js_sys::Function>)
            .and_then(|focus| focus.call1(&element, &options));
    }
}

/// The same, once it is there: it may be drawn in a moment, or come with a part of the page that is still on its way. Given up when the
/// reader has moved the focus meanwhile, or another element was asked for.
pub fn focus_soon(selector: String) {
    let asked = ASKED.with(|count| {
        count.set(count.get().wrapping_add(1));
        count.get()
    });
    look(selector, asked, document().active_element(), crate::browser::now() + PATIENCE);
}

fn look(selector: String, asked: u32, had: Option<Element>, until: f64) {
    request_animation_frame(move || {
        let has = document().active_element();
        // What had the focus may be gone, and then nothing has it.
        let moved = has != had && has.is_some_and(|element| element.tag_name() != "BODY");
        if ASKED.get() != asked || moved || crate::browser::now() > until {
            return;
        }
        if find(&selector).is_some() { focus(&selector) } else { look(selector, asked, had, until) }
    });
}

pub fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}
