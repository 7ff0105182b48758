//! What can be said of events.

use super::desk::Desk;
use crate::components::follow::{follow, when};
use crate::components::report::verdict::drawn;
use crate::components::said::paragraph;
use crate::model::{ReviewEntry, Verdict};
use crate::{say, text};
use leptos::{ev, prelude::*};

/// A button for each verdict, and a comment that goes with it.
pub fn verdicts(desk: Desk) -> AnyView {
    let count = Memo::new(move |_| desk.about().len());
    // What the reader saw when they pressed: until they let go, another row may be open.
    let pressed = StoredValue::new(Vec::new());
    let judge = move |event: &ev::MouseEvent, verdict| {
        let seen = pressed.try_update_value(std::mem::take).filter(|seen| event.detail() > 0 && !seen.is_empty());
        desk.judge(seen.unwrap_or_else(|| untrack(|| desk.about())), verdict);
    };
    let button = move |(number, verdict): (usize, Verdict)| {
        view! {
            <button type="button" class="button" disabled=when(move || count.get() == 0) aria-keyshortcuts=number.to_string()
                on:pointerdown=move |_| pressed.set_value(untrack(|| desk.about())) on:click=move |event| judge(&event, verdict)>{drawn(verdict)} " " <kbd aria-hidden="true">{number}</kbd></button>
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
