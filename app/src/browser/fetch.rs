//! Asking the server.

use crate::words::here;
use futures_util::stream::{Stream, unfold};
use js_sys::{Reflect, Uint8Array};
use leptos::prelude::window;
use send_wrapper::SendWrapper;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response};

/// Whether the next question is one that the page asks by itself.
static BY_ITSELF: AtomicBool = AtomicBool::new(false);

/// Has the next question say whether a reader asks it. Where none does, it is no use of their session, which ends while nobody is there.
pub fn asks_by_itself(by_itself: bool) {
    BY_ITSELF.store(by_itself, Ordering::Relaxed);
}

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
    let posted = posted(path, kind, body);
    let answer = async move {
        let (response, _stop) = posted.await?;
        let body = JsFuture::from(response.array_buffer()?).await?;
        Ok::<_, JsValue>(Answer { status: response.status(), body: Uint8Array::new(&body).to_vec() })
    };
    Box::pin(SendWrapper::new(async move { answer.await.ok() }))
}

/// An answer that has begun.
pub enum Begun {
    /// It is an error, whole.
    Refused(Vec<u8>),
    Stream(Pieces),
}

/// What comes, in pieces; `None` where it breaks off. Whoever drops it stops the request.
pub type Pieces = Pin<Box<dyn Stream<Item = Option<Vec<u8>>> + Send>>;

/// Posts bytes for an answer that is read as it comes; `None` when nothing came back.
pub fn post_for_stream(path: &str, kind: &'static str, body: &[u8]) -> Pin<Box<dyn Future<Output = Option<Begun>> + Send>> {
    let posted = posted(path, kind, body);
    let answer = async move {
        let (response, stop) = posted.await?;
        if !response.ok() {
            let body = JsFuture::from(response.array_buffer()?).await?;
            return Ok(Begun::Refused(Uint8Array::new(&body).to_vec()));
        }
        let reader: ReadableStreamDefaultReader = response.body().ok_or(JsValue::NULL)?.get_reader().dyn_into()?;
        let pieces = unfold(Some((reader, stop)), |reading| async move {
            let (reader, stop) = reading?;
            match piece(&reader).await {
                Ok(Some(piece)) => Some((Some(piece), Some((reader, stop)))),
                Ok(None) => None,
                Err(_) => Some((None, None)),
            }
        });
        Ok::<_, JsValue>(Begun::Stream(Box::pin(SendWrapper::new(pieces))))
    };
    Box::pin(SendWrapper::new(async move { answer.await.ok() }))
}

/// The next bytes; `None` after the last.
async fn piece(reader: &ReadableStreamDefaultReader) -> Result<Option<Vec<u8>>, JsValue> {
    let read = JsFuture::from(reader.read()).await?;
    if Reflect::get(&read, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    Ok(Some(Uint8Array::new(&Reflect::get(&read, &"value".into())?).to_vec()))
}

/// The answer to what is posted, as soon as its head is there, and what stops it.
fn posted(path: &str, kind: &'static str, body: &[u8]) -> impl Future<Output = Result<(Response, Stop), JsValue>> + use<> {
    let (path, body) = (path.to_owned(), Uint8Array::from(body));
    async move {
        let stop = Stop(AbortController::new()?);
        let headers = Headers::new()?;
        headers.set("Content-Type", kind)?;
        headers.set("Accept", kind)?;
        headers.set("Accept-Language", here().language)?;
        if BY_ITSELF.swap(false, Ordering::Relaxed) {
            headers.set(crate::BY_ITSELF, "1")?;
        }
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&body);
        request.set_signal(Some(&stop.0.signal()));
        let response = JsFuture::from(window().fetch_with_str_and_init(&path, &request)).await?.dyn_into()?;
        Ok((response, stop))
    }
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
