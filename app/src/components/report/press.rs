//! What is clicked is what was pressed.
//!
//! A row of the page stands for whatever event lies in its place. Where other events come between pressing a button and letting it go, the click would be
//! about an event that was not under the pointer: it is none.

use super::state::State;
use super::table::row_of;
use crate::model::EventId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MouseEvent;

/// Lets clicks on rows pass only where they were pressed; for as long as the report is shown.
pub fn guard(state: State) {
    let pressed = StoredValue::new(None::<EventId>);
    let event_of = move |event: &MouseEvent| row_of(state, event).map(|(_, id)| id);
    let down = window_event_listener(leptos::ev::pointerdown, move |event| pressed.set_value(event_of(&event)));
    // Before the table hears of it, and before the browser ticks a box.
    let click = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
        let before = pressed.try_update_value(Option::take).flatten();
        if before.is_some_and(|before| event_of(&event).is_some_and(|now| now != before)) {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    let click = StoredValue::new_local(click);
    let listen = move |on: bool| {
        click.try_with_value(|click| {
            let function = click.as_ref().unchecked_ref();
            let window = window();
            if on {
                window.add_event_listener_with_callback_and_bool("click", function, true)
            } else {
                window.remove_event_listener_with_callback_and_bool("click", function, true)
            }
        });
    };
    listen(true);
    on_cleanup(move || {
        down.remove();
        listen(false);
    });
}
