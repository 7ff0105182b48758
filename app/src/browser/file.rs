//! A file that the page writes piece by piece, where the browser lets it: Chromium, in a secure context.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What asks the reader for a place.
const PICKER: &str = "showSaveFilePicker";

/// A file that is being written. There is none until it is kept: dropped before, it leaves nothing.
pub struct Saving {
    to: JsValue,
    over: bool,
}

/// Whether the page may write files.
pub fn can_save() -> bool {
    Reflect::has(&window(), &PICKER.into()).unwrap_or(false)
}

/// Asks the reader where a file is to go; `None` where they would rather not. It has to be because they have just clicked.
///
/// # Errors
/// When the browser does not let the page write there.
pub async fn ask(name: &str) -> Result<Option<Saving>, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"suggestedName".into(), &name.into())?;
    let handle = match called(&window(), PICKER, &[options.into()]).await {
        Err(error) if Reflect::get(&error, &"name".into())? == "AbortError" => return Ok(None),
        handle => handle?,
    };
    Ok(Some(Saving { to: called(&handle, "createWritable", &[]).await?, over: false }))
}

impl Saving {
    /// On return it may be written on.
    ///
    /// # Errors
    /// When there is no room, for example.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), JsValue> {
        called(&self.to, "write", &[Uint8Array::from(bytes).into()]).await.map(drop)
    }

    /// Puts it where the reader wants it.
    ///
    /// # Errors
    /// When that is not possible.
    pub async fn keep(mut self) -> Result<(), JsValue> {
        self.over = true;
        called(&self.to, "close", &[]).await.map(drop)
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        if !self.over {
            let _ = call(&self.to, "abort", &[]);
        }
    }
}

async fn called(of: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(call(of, method, arguments)?).await
}

fn call(of: &JsValue, method: &str, arguments: &[JsValue]) -> Result<Promise, JsValue> {
    let method: Function = Reflect::get(of, &method.into())?.dyn_into()?;
    method.apply(of, &arguments.iter().collect::<Array>())?.dyn_into()
}
