//! Short texts with a class. Written out in a view, each would be elements of its own to build; here it is a call.

use crate::words::Text;
use leptos::prelude::*;

/// A text inside of a line.
#[inline(never)]
pub fn span(class: &'static str, text: Text) -> AnyView {
    view! { <span class=class>{text.said()}</span> }.into_any()
}

/// A paragraph.
#[inline(never)]
pub fn paragraph(class: &'static str, text: Text) -> AnyView {
    view! { <p class=class>{text.said()}</p> }.into_any()
}
