//! What the reader's browser remembers. Reading and writing may fail (private windows, blocked storage): then nothing is remembered.

use leptos::prelude::window;

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// `key` without the prefix all of Vigia's keys share.
pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(&format!("vigia.{key}")).ok().flatten()
}

pub fn write(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("vigia.{key}"), value);
    }
}

pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("vigia.{key}"));
    }
}

/// What this tab remembers, for as long as it is open.
pub fn of_tab(key: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(&format!("vigia.{key}")).ok().flatten()
}

/// False where the browser remembers nothing.
pub fn keep_in_tab(key: &str, value: &str) -> bool {
    let storage = window().session_storage().ok().flatten();
    storage.is_some_and(|storage| storage.set_item(&format!("vigia.{key}"), value).is_ok())
}
