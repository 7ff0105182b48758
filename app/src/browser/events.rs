//! A stream of messages from the server.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// Something that listens until it is dropped.
pub trait Stream {
    /// Whether nothing will come any more.
    fn is_closed(&self) -> bool;
}

/// Open until it is dropped. The browser connects again by itself where the connection broke; not where the server refused it.
pub struct Events {
    source: EventSource,
    _opened: Closure<dyn FnMut()>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Events {
    /// `opened` is called on every connection, `heard` with the text of every message.
    pub fn open(path: &str, opened: impl FnMut() + 'static, mut heard: impl FnMut(String) + 'static) -> Option<Self> {
        let source = EventSource::new(path).ok()?;
        let opened = Closure::<dyn FnMut()>::new(opened);
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                heard(text);
            }
        });
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        Some(Self { source, _opened: opened, _heard: heard })
    }
}

impl Stream for Events {
    fn is_closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onmessage(None);
        self.source.close();
    }
}
