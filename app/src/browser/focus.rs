//! Moving the focus.

use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast;

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

/// The same, once what is about to be drawn is there.
pub fn focus_soon(selector: String) {
    request_animation_frame(move || focus(&selector));
}

pub fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}
