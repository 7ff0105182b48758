//! One stream of messages from the server for all windows of a browser. Over HTTP/1.1 a browser has six connections to a server, and each stream keeps
//! one: the seventh window would get no answer.
//!
//! The window that has the lock has the stream, and tells the others what it hears. When it is closed or hidden, the one that has waited longest has it.
//! Where the browser has no locks (it has them over TLS and on the same machine alone), or no way to tell, each window has a stream of its own.

use super::events::{Events, Stream};
use super::intl::get;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, MessageEvent};

/// Of the lock, and of the channel on which windows tell each other.
const NAME: &str = "vigia-live";
/// Asks whether there is a stream that works. The answer is what the server says of it now and then.
const IS_ALIVE: &str = "alive?";
const ALIVE: &str = r#"{"kind":"alive"}"#;
/// Tells that the stream was opened, maybe after a time in which nobody heard anything.
const OPENED: &str = "opened";
/// Tells that the server has refused it.
const CLOSED: &str = "closed";

/// Listens to the messages at `path`, by a stream of this window or of another: `missed` is called when some may not have been heard, `heard` with the
/// text of each.
pub fn listen(path: &'static str, missed: impl Fn() + 'static, heard: impl Fn(&str) + 'static) -> Box<dyn Stream> {
    let ear = Rc::new_cyclic(|ear| Ear {
        path,
        missed: Box::new(missed),
        heard: Box::new(heard),
        is_connected: Cell::new(false),
        is_alive: Cell::new(false),
        is_closed: Cell::new(false),
        own: RefCell::default(),
        release: RefCell::default(),
        waiting: RefCell::default(),
        channel: Channel::open({
            let ear = Weak::clone(ear);
            move |text| with(&ear, |ear| ear.told(&text))
        }),
    });
    if ear.wait().is_none() {
        ear.open();
    }
    ear.tell(IS_ALIVE);
    Box::new(Listening(ear))
}

fn with(ear: &Weak<Ear>, then: impl FnOnce(&Rc<Ear>)) {
    if let Some(ear) = ear.upgrade() {
        then(&ear);
    }
}

struct Listening(Rc<Ear>);

impl Stream for Listening {
    fn is_closed(&self) -> bool {
        let own = self.0.own.borrow().as_ref().map(Events::is_closed);
        if own == Some(true) && !self.0.is_closed.replace(true) {
            self.0.tell(CLOSED);
        }
        self.0.is_closed.get()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.own.take();
        if let Some(release) = self.0.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
        if let Some(waiting) = self.0.waiting.take() {
            waiting.abort();
        }
    }
}

struct Ear {
    path: &'static str,
    missed: Box<dyn Fn()>,
    heard: Box<dyn Fn(&str)>,
    /// Whether something was heard already: what opens after that opens anew.
    is_connected: Cell<bool>,
    /// Whether the stream of this window has said something.
    is_alive: Cell<bool>,
    is_closed: Cell<bool>,
    /// The stream, in the window that has it.
    own: RefCell<Option<Events>>,
    /// Gives the lock back.
    release: RefCell<Option<Function>>,
    /// Ends the wait for the lock.
    waiting: RefCell<Option<AbortController>>,
    channel: Option<Channel>,
}

impl Ear {
    /// Waits for the lock, to have the stream for as long as it is held; `None` where that cannot be.
    fn wait(self: &Rc<Self>) -> Option<()> {
        self.channel.as_ref()?;
        let locks = get(&get(&js_sys::global(), "navigator")?, "locks")?;
        let request: Function = get(&locks, "request")?.dyn_into().ok()?;
        let waiting = AbortController::new().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &waiting.signal()).ok()?;
        let ear = Rc::downgrade(self);
        let granted = Closure::once(move |_: JsValue| {
            let held = Object::new();
            with(&ear, |ear| {
                ear.open();
                // The lock is held until what is given back is settled, as a promise is.
                let then = Closure::once(ear.held()).into_js_value();
                let _ = Reflect::set(&held, &"then".into(), &then);
            });
            JsValue::from(held)
        });
        let asked = request.call3(&locks, &NAME.into(), &options, &granted.into_js_value()).ok()?;
        *self.waiting.borrow_mut() = Some(waiting);
        // It fails when the wait is ended, as it should.
        spawn_local(async move { drop(JsFuture::from(asked.unchecked_into::<Promise>()).await) });
        Some(())
    }

    /// Keeps what gives the lock back, or gives it back where nobody listens any more.
    fn held(self: &Rc<Self>) -> impl FnOnce(JsValue) -> JsValue + use<> {
        let ear = Rc::downgrade(self);
        move |release| {
            let release = release.unchecked_into::<Function>();
            match ear.upgrade() {
                Some(ear) => *ear.release.borrow_mut() = Some(release),
                None => drop(release.call0(&JsValue::UNDEFINED)),
            }
            JsValue::UNDEFINED
        }
    }

    fn open(self: &Rc<Self>) {
        self.is_closed.set(false);
        let (opened, heard) = (Rc::downgrade(self), Rc::downgrade(self));
        let opened = move || {
            with(&opened, |ear| {
                ear.connected();
                ear.tell(OPENED);
            });
        };
        let heard = move |text: String| {
            with(&heard, |ear| {
                ear.is_alive.set(true);
                (ear.heard)(&text);
                ear.tell(&text);
            });
        };
        *self.own.borrow_mut() = Events::open(self.path, opened, heard);
    }

    fn connected(&self) {
        if self.is_connected.replace(true) {
            (self.missed)();
        }
    }

    fn tell(&self, text: &str) {
        if let Some(channel) = &self.channel {
            channel.tell(text);
        }
    }

    /// What another window tells.
    fn told(&self, text: &str) {
        match text {
            IS_ALIVE if self.is_alive.get() && !self.is_closed.get() => self.tell(ALIVE),
            IS_ALIVE => {}
            CLOSED => self.is_closed.set(true),
            OPENED => {
                self.is_closed.set(false);
                self.connected();
            }
            text => {
                self.is_closed.set(false);
                self.is_connected.set(true);
                (self.heard)(text);
            }
        }
    }
}

/// A `BroadcastChannel`.
struct Channel {
    channel: JsValue,
    _told: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    fn open(told: impl Fn(String) + 'static) -> Option<Self> {
        let constructor: Function = get(&js_sys::global(), "BroadcastChannel")?.dyn_into().ok()?;
        let channel = Reflect::construct(&constructor, &Array::of2(&NAME.into(), &JsValue::UNDEFINED)).ok()?;
        let told = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                told(text);
            }
        });
        Reflect::set(&channel, &"onmessage".into(), told.as_ref()).ok()?;
        Some(Self { channel, _told: told })
    }

    fn tell(&self, text: &str) {
        let post = get(&self.channel, "postMessage").and_then(|post| post.dyn_into::<Function>().ok());
        if let Some(post) = post {
            let _ = post.call1(&self.channel, &text.into());
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let _ = Reflect::set(&self.channel, &"onmessage".into(), &JsValue::NULL);
        let close = get(&self.channel, "close").and_then(|close| close.dyn_into::<Function>().ok());
        if let Some(close) = close {
            let _ = close.call0(&self.channel);
        }
    }
}
