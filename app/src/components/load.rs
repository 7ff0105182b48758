//! Asking the server, and what is on the screen meanwhile: one way for every part of the page.

use super::session::Session;
use crate::browser;
use crate::components::follow::react;
use crate::model::{ApiError, ErrorKind};
use crate::say;
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use std::future::Future;
use std::pin::Pin;

/// Something asked from the server. What came last stays until something newer is there.
pub struct Load<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<T>>,
    pub error: RwSignal<Option<ApiError>>,
    pub busy: RwSignal<bool>,
    again: RwSignal<u32>,
    quiet: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Send + Sync + 'static> Load<T> {
    /// Nothing yet.
    pub fn idle() -> Self {
        Self {
            value: RwSignal::new(None),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            again: RwSignal::new(0),
            quiet: StoredValue::new(false),
        }
    }

    /// See [`load`].
    pub fn ask<K, F>(self, key: impl Fn() -> Option<K> + Send + Sync + 'static, fetch: impl Fn(K) -> F + Send + Sync + 'static)
    where
        K: 'static,
        F: Future<Output = Result<T, ApiError>> + 'static,
    {
        let session = expect_context::<Session>();
        react(move || {
            self.again.track();
            let Some(key) = key() else {
                self.busy.set(false);
                return;
            };
            let quiet = self.quiet.get_value();
            self.quiet.set_value(false);
            if !quiet {
                self.busy.set(true);
            }
            wait(self, Box::pin(fetch(key)), session, quiet);
        });
    }

    /// Asks once more.
    pub fn retry(self) {
        self.again.update(|count| *count += 1);
    }

    /// The same, without a sign that something is on its way: what is on the screen is only brought up to date.
    pub fn renew(self) {
        if !self.busy.get_untracked() {
            self.quiet.set_value(true);
            self.retry();
        }
    }
}

/// Asks for what `key` names, again whenever it changes, not at all while it is `None`. A request whose key has changed, or
/// whose part of the page is gone, is dropped, and the browser stops it. Where the session is over, the reader is led to the sign-in page.
pub fn load<K, T, F>(key: impl Fn() -> Option<K> + Send + Sync + 'static, fetch: impl Fn(K) -> F + Send + Sync + 'static) -> Load<T>
where
    K: 'static,
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let load = Load::idle();
    load.ask(key, fetch);
    load
}

/// Asks again every so many milliseconds while the page can be seen; what was there stays until there is more.
pub fn renew_every<T: Send + Sync + 'static>(load: Load<T>, millis: u32) {
    let interval = StoredValue::new_local(Some(Interval::new(millis, move || {
        if !document().hidden() {
            load.renew();
        }
    })));
    on_cleanup(move || drop(interval.try_update_value(Option::take)));
}

/// What stands where something could not be loaded, with the way out.
pub fn failed<T: Send + Sync + 'static>(load: Load<T>) -> impl IntoView {
    move || {
        load.error.get().map(|error| {
            view! {
                <div class="state" role="alert">
                    <h2>{say!("load.failed")}</h2>
                    <p>{error.message.said().into_owned()}</p>
                    <p><button type="button" class="button primary" on:click=move |_| load.retry()>{say!("retry")}</button></p>
                </div>
            }
        })
    }
}

/// Compiled once for each kind of answer, not for each question.
fn wait<T: Send + Sync + 'static>(
    load: Load<T>,
    answer: Pin<Box<dyn Future<Output = Result<T, ApiError>>>>,
    session: Session,
    quiet: bool,
) {
    spawn_local_scoped_with_cancellation(async move {
        browser::fetch::asks_by_itself(quiet);
        match answer.await {
            Ok(value) => {
                // Only where something was wrong: what draws the error would otherwise be drawn anew, and lose the focus that it has.
                if load.error.with_untracked(Option::is_some) {
                    load.error.set(None);
                }
                load.value.set(Some(value));
            }
            Err(error) if error.kind == ErrorKind::SignedOut => session.expired(),
            // What was there may be old, but it is there; where something is wrong already, what is wrong now is said.
            Err(_) if quiet && load.value.with_untracked(Option::is_some) && load.error.with_untracked(Option::is_none) => {}
            // What draws the same error anew would lose the focus, too.
            Err(error) if load.error.with_untracked(|last| last.as_ref() == Some(&error)) => {}
            Err(error) => load.error.set(Some(error)),
        }
        load.busy.set(false);
    });
}
