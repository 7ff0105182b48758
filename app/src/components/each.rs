//! Lists whose parts can be acted on.
//!
//! Where a list is drawn anew as a whole, what stands in a place becomes what stands there next, and so does a button that somebody has pressed and not let
//! go of yet: it would do its work on something that was not under the pointer. Here each part belongs to its key. It goes where that goes, and with it; what is
//! pressed on one part and let go of on another is no click.

use super::follow::follow;
use leptos::prelude::*;
use std::sync::Arc;

type Keys = Box<dyn Fn() -> Vec<String> + Send + Sync>;
type Part = Arc<dyn Fn(String) -> AnyView + Send + Sync>;

/// A part of the page for each key: drawn once, and there for as long as its key is.
pub fn each(keys: impl Fn() -> Vec<String> + Send + Sync + 'static, draw: impl Fn(String) -> AnyView + Send + Sync + 'static) -> AnyView {
    fn erased(keys: Keys, draw: Part) -> AnyView {
        view! { <For each=keys key=String::clone children=move |key| draw(key) /> }.into_any()
    }
    erased(Box::new(keys), Arc::new(draw))
}

/// A part for each item, drawn again when its own item is another; `key` tells which of them are the same.
pub fn each_item<T>(
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: fn(&T) -> String,
    draw: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let items = Memo::new(move |_| items());
    let draw = Arc::new(draw);
    let keys = move || items.with(|items| items.iter().map(key).collect());
    each(keys, move |of| {
        let item = Memo::new(move |last: Option<&Option<T>>| {
            let now = items.with(|items| items.iter().find(|item| key(item) == of).cloned());
            // It is about to go.
            now.or_else(|| last.cloned().flatten())
        });
        let draw = draw.clone();
        follow(move || item.get().map(|item| draw(item)))
    })
}
