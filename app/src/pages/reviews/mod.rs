//! What is to be reviewed: the queues, the events of one of them with what can be said of them, and the days.

mod days;
mod desk;
mod event;
mod late;
mod queues;
mod rows;
mod settings;
mod verdicts;
mod watched;

use crate::components::follow::{follow, when};
use crate::components::load::{failed, renew_every};
use crate::components::notice::Problem;
use crate::components::said::paragraph;
use crate::components::session::Session;
use crate::model::Role;
use crate::{say, text};
use desk::Desk;
use leptos::prelude::*;

/// How often it is looked what there is to review, in milliseconds.
const EVERY: u32 = 15_000;

#[component]
pub fn ReviewPage() -> impl IntoView {
    let desk = Desk::new();
    renew_every(desk.known, EVERY);
    let session = expect_context::<Session>();
    let role = Memo::new(move |_| session.viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.role)));
    let is_known = Memo::new(move |_| desk.known.value.with(Option::is_some));
    view! {
        <div class="admin reviews">
            <h1>{say!("page.review")}</h1>
            {paragraph("muted", text!("review.about"))}
            {failed(desk.known)}
            <p class="review-sum" role="status">{follow(move || queues::summary(desk))}</p>
            {follow(move || is_known.get().then(|| queues::queues(desk)))}
            <Problem message=desk.problem />
            <p role="status" class="success" class:shown=when(move || desk.said.with(Option::is_some))>{follow(move || desk.said.get())}</p>
            {follow(move || is_known.get().then(|| rows::rows(desk)))}
            {follow(move || is_known.get().then(|| days::days(desk, role)))}
            {follow(move || role.get().is_some_and(|role| role > Role::Manager).then(|| late::below(desk, role)))}
        </div>
    }
    .into_any()
}
