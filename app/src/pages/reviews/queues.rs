//! How much there is to review, and of what.

use super::desk::Desk;
use crate::browser::intl;
use crate::components::each::each;
use crate::components::follow::{follow, when};
use crate::model::visible;
use crate::reports;
use crate::say;
use leptos::prelude::*;

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// How much there is to review, and how old it is.
pub fn summary(desk: Desk) -> Option<String> {
    let (rows, oldest) = desk.known.value.with(|known| known.as_ref().map(|known| (known.rows, known.oldest)))?;
    let now = desk.prefs.now.get();
    Some(match oldest {
        None => say!("review.none").to_owned(),
        Some(oldest) if now - oldest.millis() as f64 <= DAY => say!("review.young", count = rows),
        Some(oldest) => say!("review.old", count = rows, ago = intl::relative(oldest, now)),
    })
}

/// A button for each queue.
pub fn queues(desk: Desk) -> AnyView {
    // A button stays while its queue does, and with it the focus.
    let names = Memo::new(move |_| {
        desk.known.value.with(|known| known.iter().flat_map(|known| &known.queues).map(|queue| queue.name.clone()).collect::<Vec<_>>())
    });
    let button = move |name: String| {
        let of = name.clone();
        let queue =
            Memo::new(move |_| desk.known.value.with(|known| known.as_ref()?.queues.iter().find(|queue| queue.name == of).cloned()));
        let of = name.clone();
        let is_shown = Memo::new(move |_| desk.shown().is_some_and(|queue| queue.name == of));
        let words = visible(&name).into_owned();
        let of_report = move || queue.with(|queue| Some(reports::by_key(&queue.as_ref()?.report)?.words.title.said()));
        view! {
            <li>
                <button type="button" class="button review-queue" aria-pressed=when(move || is_shown.get().to_string())
                    on:click=move |_| desk.choose(name.clone())>
                    <strong>{follow(move || queue.with(|queue| queue.as_ref().map(|queue| intl::count(queue.rows))))}</strong>
                    " " <span>{words}</span> " " <small class="muted">{follow(of_report)}</small>
                </button>
            </li>
        }
        .into_any()
    };
    view! { <ul class="review-queues" aria-label=say!("review.queues")>{each(move || names.get(), button)}</ul> }.into_any()
}
