//! What the browser knows of the page's language.

use js_sys::{Function, Number, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A member of what the script in the document has left.
pub fn of_script(key: &str) -> Option<JsValue> {
    Reflect::get(&Reflect::get(&js_sys::global(), &"words".into()).ok()?, &key.into()).ok()
}

/// Which form of a text a number calls for: `one`, `other`, ...
pub fn category(count: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "the last digits of more than 2^53 are noise")]
    let count = JsValue::from_f64(count as f64);
    let choose = |choose: Function| choose.call1(&JsValue::NULL, &count).ok()?.as_string();
    of_script("category").and_then(|category| category.dyn_into().ok()).and_then(choose).unwrap_or_default()
}

/// With the separators of a language: `10,000`.
pub fn number(number: i64, language: &str) -> String {
    if (0..1000).contains(&number) {
        return number.to_string();
    }
    #[expect(clippy::cast_precision_loss, reason = "what is counted here is far below 2^53, and the last digits of more are noise")]
    let value = Number::from(number as f64);
    value.to_locale_string(language).into()
}
