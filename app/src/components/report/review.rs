//! What people say of the event whose details are open, and saying it.

use super::cell::Clock;
use super::state::State;
use super::verdict::{drawn, label};
use crate::api::reviews::{review_events, review_history};
use crate::components::each::each;
use crate::components::follow::{follow, when};
use crate::components::load::{Load, load};
use crate::components::notice::Problem;
use crate::components::prefs::Prefs;
use crate::components::session::Session;
use crate::model::{EventId, Record, ReviewEntry, Verdict, visible};
use crate::reviews::NewReview;
use crate::say;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

/// For those who review, of a report whose events are reviewed: a section of the details.
pub fn review(state: State, record: Memo<Option<Record>>) -> AnyView {
    let may = expect_context::<Session>().reviews;
    if !state.report.is_reviewed() {
        return ().into_any();
    }
    let id = Memo::new(move |_| record.with(|record| record.as_ref().map(|record| record.id)).filter(|_| may.get()));
    // Its buttons are those of one event: a press on one is never about the next.
    let keys = move || id.get().map(|id| id.to_string()).into_iter().collect();
    each(keys, move |key| key.parse().ok().map(|id| section(state, record, id)).into_any())
}

fn section(state: State, record: Memo<Option<Record>>, id: EventId) -> AnyView {
    let report = state.report;
    let history = load(|| Some(()), move |()| review_history(report.key.to_owned(), id));
    let comment = RwSignal::new(String::new());
    let (problem, said, busy) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>), RwSignal::new(false));
    // Others review, too: what stands in the event is the last word.
    let stands = Memo::new(move |_| {
        let place = report.position("review");
        record.with(|record| record.as_ref().filter(|record| record.id == id).and_then(|record| record.cells.get(place?).cloned()))
    });
    Effect::new(move |last: Option<Option<_>>| {
        let now = stands.get();
        if last.is_some_and(|last| last != now) {
            history.renew();
        }
        now
    });
    let say_so = move |verdict: Option<Verdict>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let new = NewReview { report: report.key.to_owned(), ids: vec![id], verdict, comment: comment.get_untracked() };
        spawn_local_scoped_with_cancellation(async move {
            let kept = review_events(new).await;
            busy.set(false);
            problem.set(kept.as_ref().err().map(|error| error.message.said().into_owned()));
            said.set(kept.is_ok().then(|| match verdict {
                Some(verdict) => say!("review.kept", count = 1_u64, verdict = label(verdict)),
                None => say!("review.taken-back").to_owned(),
            }));
            if kept.is_ok() {
                comment.set(String::new());
                history.renew();
                state.record.renew();
            }
        });
    };
    let button = move |verdict: Verdict| {
        view! { <button type="button" class="button small" disabled=busy on:click=move |_| say_so(Some(verdict))>{drawn(verdict)}</button> }
    };
    let is_reviewed = Memo::new(move |_| history.value.with(|steps| steps.as_ref().and_then(|steps| steps.last()?.verdict).is_some()));
    let take_back = move || {
        is_reviewed.get().then(|| {
            view! { <button type="button" class="button small" disabled=busy on:click=move |_| say_so(None)>{say!("review.take-back")}</button> }
        })
    };
    view! {
        <section class="review-panel">
            <h3>{say!("report.any.review.label")}</h3>
            {follow(move || steps(history, state))}
            <label class="field">
                <span>{say!("review.comment-label")}</span>
                <input type="text" name="review-comment" autocomplete="off" maxlength=ReviewEntry::MAX_COMMENT.to_string() prop:value=comment
                    on:input:target=move |event| comment.set(event.target().value()) />
            </label>
            <p class="row" role="group" aria-label=say!("review.verdict")>{Verdict::ALL.map(button).collect_view()}{follow(take_back)}</p>
            <Problem message=problem />
            <p role="status" class="success" class:shown=when(move || said.with(Option::is_some))>{follow(move || said.get())}</p>
        </section>
    }
    .into_any()
}

/// What was said before, the oldest first.
fn steps(history: Load<Vec<ReviewEntry>>, state: State) -> AnyView {
    let clock = Clock::of(expect_context::<Prefs>(), state.query.with(|query| query.zone.clone()));
    let Some(steps) = history.value.get() else { return ().into_any() };
    if steps.is_empty() {
        return view! { <p class="muted">{say!("review.not-yet")}</p> }.into_any();
    }
    let step = |ReviewEntry { at, who, verdict, comment }| {
        let verdict = verdict.map_or_else(|| say!("review.taken-back").into_any(), drawn);
        view! { <li>{verdict} " " {visible(&who).into_owned()} " " {clock.time(at)} " " <q class:gone=comment.is_empty()>{visible(&comment).into_owned()}</q></li> }
    };
    view! { <ol class="plain">{steps.into_iter().map(step).collect_view()}</ol> }.into_any()
}
