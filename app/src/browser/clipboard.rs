//! Copying text.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;

/// Puts `text` on the clipboard; false where the browser would not.
pub fn copy(text: &str) -> bool {
    // Outside a secure context (plain HTTP) there is no clipboard object.
    if window().is_secure_context() {
        let _ = window().navigator().clipboard().write_text(text);
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let area: web_sys::HtmlTextAreaElement = document().create_element("textarea").ok()?.dyn_into().ok()?;
    let body = document().body()?;
    area.set_value(text);
    area.set_class_name("sr");
    body.append_child(&area).ok()?;
    area.select();
    let done = document().dyn_into::<web_sys::HtmlDocument>().ok()?.exec_command("copy").ok();
    area.remove();
    done
}
