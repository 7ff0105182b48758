//! What can be said of events.

use super::desk::Desk;
use super::said::drawn;
use crate::components::follow::{follow, when};
use crate::components::said::paragraph;
use crate::model::{ReviewEntry, Verdict};
use crate::{say, text};
use leptos::prelude::*;

/// A button for each verdict, and a comment that goes with it.
pub fn verdicts(desk: Desk) -> AnyView {
    let count = Memo::new(move |_| desk.about().len());
    let button = move |(number, verdict): (usize, Verdict)| {
        view! {
            <button type="button" class="button" disabled=when(move || count.get() == 0) aria-keyshortcuts=number.to_string()
                on:click=move |_| desk.judge(verdict)>{drawn(verdict)} " " <kbd aria-hidden="true">{number}</kbd></button>
        }
    };
    let about = move || if count.get() == 0 { say!("review.none-chosen").to_owned() } else { say!("review.chosen", count = count.get()) };
    view! {
        <div class="review-verdicts" role="group" aria-label=say!("review.verdict")>
            <label class="field">
                <span>{say!("review.comment-label")}</span>
                <input type="text" name="comment" autocomplete="off" maxlength=ReviewEntry::MAX_COMMENT.to_string() prop:value=desk.comment
                    on:input:target=move |event| desk.comment.set(event.target().value()) />
            </label>
            {(1..).zip(Verdict::ALL).map(button).collect_view()}
            <span class="muted" role="status">{follow(about)}</span>
        </div>
        {paragraph("muted small-text", text!("review.keys"))}
    }
    .into_any()
}
