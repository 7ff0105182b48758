//! Tables of the pages of administrators.

use crate::components::follow::{follow, when};
use crate::components::said::span;
use crate::text;
use crate::words::Text;
use leptos::prelude::*;

/// The head of a column.
fn head(class: &'static str, head: Text) -> AnyView {
    view! { <th scope="col" class=class>{head.said()}</th> }.into_any()
}

/// A table that is scrolled sideways where it does not fit; away while there is nothing in it. The last column is for buttons.
pub fn wide_table<R: IntoAny>(
    about: Text,
    heads: &[Text],
    empty: impl Fn() -> bool + Send + Sync + 'static,
    rows: impl Fn() -> R + Send + Sync + 'static,
) -> AnyView {
    numbered_table(about, heads, &[], empty, rows)
}

/// The same, with the places of its columns of numbers: their heads stand over them.
pub fn numbered_table<R: IntoAny>(
    about: Text,
    heads: &[Text],
    numbers: &[usize],
    empty: impl Fn() -> bool + Send + Sync + 'static,
    rows: impl Fn() -> R + Send + Sync + 'static,
) -> AnyView {
    let about = about.said();
    let heads = heads.iter().enumerate().map(|(at, text)| head(if numbers.contains(&at) { "number" } else { "" }, *text)).collect_view();
    view! {
        <div class="wide-table" tabindex="0" role="region" aria-label=about class:gone=when(empty)>
            <table>
                <caption class="sr">{about}</caption>
                <thead><tr>{heads}<th scope="col">{span("sr", text!("table.actions"))}</th></tr></thead>
                <tbody>{follow(rows)}</tbody>
            </table>
        </div>
    }
    .into_any()
}
