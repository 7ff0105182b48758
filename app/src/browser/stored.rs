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
