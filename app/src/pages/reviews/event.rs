//! One event: what it says, and what was said of it before.

use super::desk::Desk;
use crate::api::reviews::review_history;
use crate::components::follow::follow;
use crate::components::load::load;
use crate::components::report::cell;
use crate::components::report::links::{link, named};
use crate::components::report::verdict::drawn;
use crate::model::{Cell, Column, EventId, Report, ReviewEntry, visible};
use crate::say;
use leptos::prelude::*;

pub fn event(desk: Desk, report: &'static Report, id: EventId) -> AnyView {
    let clock = untrack(|| desk.clock());
    let row = untrack(|| desk.row(id));
    let fields = row.map(|row| {
        let device = report.about.device.and_then(|key| row.cells.get(report.position(key)?)).cloned();
        let there = report.columns.iter().zip(row.cells).filter(|(column, cell)| !cell.is_empty() && !report.is_time(column));
        let field = |(column, value): (&'static Column, Cell)| {
            let drawn = match named(report, column.key, &value, device.as_ref()) {
                Some(subject) => link(&subject, &clock.zone),
                None => cell::draw(column, &value, &clock),
            };
            view! { <div><dt>{column.label.said()}</dt><dd>{drawn}</dd></div> }
        };
        there.map(field).collect_view()
    });
    let history = load(|| Some(()), move |()| review_history(report.key.to_owned(), id));
    let steps = move || {
        let steps = history.value.get().filter(|steps| !steps.is_empty())?;
        let clock = desk.clock();
        let step = |ReviewEntry { at, who, verdict, comment }| {
            let verdict = verdict.map_or_else(|| say!("review.taken-back").into_any(), drawn);
            view! { <li>{clock.time(at)} " " {verdict} " " {visible(&who).into_owned()} " " <q class:gone=comment.is_empty()>{visible(&comment).into_owned()}</q></li> }
        };
        Some(view! { <h3>{say!("review.history")}</h3><ol class="plain">{steps.into_iter().map(step).collect_view()}</ol> })
    };
    view! { <dl class="review-fields">{fields}</dl>{follow(steps)} }.into_any()
}
