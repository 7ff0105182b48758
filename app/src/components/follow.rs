//! Parts of the page that follow signals.
//!
//! For every closure that stands in a view as it is, the compiler makes the whole machinery of effects once more, two kilobytes each.
//! Boxed, all of them share one.

use leptos::prelude::*;

type Boxed<T> = Box<dyn Fn() -> T + Send + Sync>;

/// A part of the page, drawn again when what it reads changes.
pub fn follow<V: IntoAny>(part: impl Fn() -> V + Send + Sync + 'static) -> AnyView {
    fn erased(part: Boxed<AnyView>) -> AnyView {
        part.into_any()
    }
    erased(Box::new(move || part().into_any()))
}

/// A value of an attribute, set again when what it reads changes.
pub fn when<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Boxed<T> {
    Box::new(value)
}

/// Something that is done, and again when what it reads changes.
pub fn react(act: impl FnMut() + 'static) {
    fn erased(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    erased(Box::new(act));
}
