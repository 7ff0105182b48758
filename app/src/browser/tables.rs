//! The page's words: files beside the wasm. A script in the document knows which there are, chooses the language and asks for the first.

use super::stored;
use crate::words;
use crate::words::on_page::of_script;
use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use std::cell::Cell;
use std::future::Future;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// Whether the table of what comes after the first row is there.
    static ALL: Cell<bool> = const { Cell::new(false) };
}

/// The languages there are, as BCP 47 names them.
pub fn languages() -> Vec<String> {
    let all: Option<Array> = of_script("all").and_then(|all| all.dyn_into().ok());
    all.iter().flat_map(Array::iter).filter_map(|language| language.as_string()).collect()
}

/// Has the page speak another language from now on: it is loaded anew.
pub fn choose(language: &str) {
    stored::write("language", language);
    let _ = window().location().reload();
}

/// Takes the first table in. It is there: the page is started when it has come (`scripts/parts.mjs`).
pub fn first() {
    let text = |key| of_script(key).and_then(|text| text.as_string()).unwrap_or_default();
    words::begin(text("language"), text("table"));
}

/// Asks at once for the table of what comes after the first row; false where it could not be had.
pub fn late() -> impl Future<Output = bool> {
    let ask = || {
        let ask: Function = of_script("late")?.dyn_into().ok()?;
        ask.call0(&JsValue::NULL).ok()?.dyn_into::<Promise>().ok()
    };
    let asked = (!ALL.get()).then(ask);
    async move {
        let Some(table) = asked else { return true };
        let Some(table) = table else { return false };
        let Some(table) = JsFuture::from(table).await.ok().and_then(|table| table.as_string()) else { return false };
        // Two parts may have asked at the same time.
        if !ALL.replace(true) {
            words::add(table);
        }
        true
    }
}
