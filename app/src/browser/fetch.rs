//! Asking the server.

use crate::words::here;
use js_sys::Uint8Array;
use leptos::prelude::window;
use send_wrapper::SendWrapper;
use std::future::Future;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

/// What came back.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Stops the request when whoever waits for its answer no longer does.
struct Stop(AbortController);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Posts bytes; `None` when nothing came back. One future for every question: the page has dozens of kinds of them.
pub fn post(path: &str, kind: &'static str, body: &[u8]) -> Pin<Box<dyn Future<Output = Option<Answer>> + Send>> {
    let (path, body) = (path.to_owned(), Uint8Array::from(body));
    let answer = async move {
        let stop = Stop(AbortController::new()?);
        let headers = Headers::new()?;
        headers.set("Content-Type", kind)?;
        headers.set("Accept", kind)?;
        headers.set("Accept-Language", here().language)?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&body);
        request.set_signal(Some(&stop.0.signal()));
        let response: Response = JsFuture::from(window().fetch_with_str_and_init(&path, &request)).await?.dyn_into()?;
        let body = JsFuture::from(response.array_buffer()?).await?;
        Ok::<_, JsValue>(Answer { status: response.status(), body: Uint8Array::new(&body).to_vec() })
    };
    Box::pin(SendWrapper::new(async move { answer.await.ok() }))
}

/// The text at an address, past every cache; `None` when there is none.
pub fn text(path: &str) -> Pin<Box<dyn Future<Output = Option<String>>>> {
    let path = path.to_owned();
    let answer = async move {
        let request = RequestInit::new();
        request.set_cache(web_sys::RequestCache::NoStore);
        let response: Response = JsFuture::from(window().fetch_with_str_and_init(&path, &request)).await?.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok::<_, JsValue>(text.as_string().filter(|_| response.ok()))
    };
    Box::pin(async move { answer.await.ok().flatten() })
}
