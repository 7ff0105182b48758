//! The page's words: files beside the wasm. A script in the document knows which there are, chooses the language and asks for the first.

use super::stored;
use crate::words;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::window;
use send_wrapper::SendWrapper;
use std::cell::Cell;
use std::future::Future;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// Whether the table of what comes after the first row is there.
    static ALL: Cell<bool> = const { Cell::new(false) };
}

/// A member of what the script in the document has left.
fn of_script(key: &str) -> Option<JsValue> {
    Reflect::get(&Reflect::get(&js_sys::global(), &"words".into()).ok()?, &key.into()).ok()
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

async fn text(table: Option<Promise>) -> Option<String> {
    JsFuture::from(table?).await.ok()?.as_string()
}

/// Takes the first table in; false where it could not be had.
pub async fn first() -> bool {
    let table = of_script("first").and_then(|first| first.dyn_into().ok());
    let language = of_script("language").and_then(|language| language.as_string());
    let begun = language.zip(text(table).await).map(|(language, table)| words::begin(language, table));
    begun.is_some()
}

/// Asks at once for the table of what comes after the first row; false where it could not be had.
pub fn late() -> impl Future<Output = bool> {
    let ask = || {
        let ask: Function = of_script("late")?.dyn_into().ok()?;
        ask.call0(&JsValue::NULL).ok()?.dyn_into::<Promise>().ok()
    };
    let asked = (!ALL.get()).then(ask);
    SendWrapper::new(async move {
        let Some(table) = asked else { return true };
        match text(table).await {
            // Two parts may have asked at the same time.
            Some(table) if !ALL.replace(true) => words::add(table),
            Some(_) => {}
            None => return false,
        }
        true
    })
}
