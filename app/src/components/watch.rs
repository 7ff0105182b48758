//! Pages that ask nothing by themselves, or seldom: what is on them leaves the screen when the session ends, here or in another tab.

use super::session::Session;
use crate::api::session::current_user;
use gloo::timers::callback::Interval;
use leptos::{prelude::*, task::spawn_local};

/// How often to ask, in milliseconds.
const EVERY: u32 = 10_000;

/// Asks whether anybody is signed in while the page can be seen, and whenever it comes into sight.
pub fn watch_session() {
    let session = expect_context::<Session>();
    let ask = move || {
        if !document().hidden() {
            spawn_local(async move {
                if matches!(current_user().await, Ok(None)) {
                    session.expired();
                }
            });
        }
    };
    let interval = StoredValue::new_local(Some(Interval::new(EVERY, ask)));
    let shown = window_event_listener_untyped("visibilitychange", move |_| ask());
    on_cleanup(move || {
        drop(interval.try_update_value(Option::take));
        shown.remove();
    });
}
