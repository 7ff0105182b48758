//! The events of a queue: one is open, and several can be chosen.

use super::desk::{Desk, SHOWN};
use super::{event, verdicts};
use crate::browser;
use crate::components::each::each;
use crate::components::follow::{follow, when};
use crate::components::load::failed;
use crate::components::report::{address, cell};
use crate::components::wide_table::numbered_table;
use crate::model::{Cell, EventId, Verdict, visible};
use crate::{say, text};
use leptos::{ev, prelude::*};

pub fn rows(desk: Desk) -> AnyView {
    let ids = Memo::new(move |_| desk.ids());
    // Drawn once for all rows: what is typed there stays, and with it the focus.
    let are_there = Memo::new(move |_| !ids.with(Vec::is_empty));
    let title = move || desk.shown().map(|queue| visible(&queue.name).into_owned());
    let link = move || {
        let (queue, report) = (desk.shown()?, desk.report()?);
        let address = format!("{}?{}", address::path(report), queue.query);
        Some(view! { <a href=address>{say!("review.in-report", report = report.words.title)}</a> })
    };
    let more = move || {
        let all = desk.shown()?.rows;
        (all > u64::from(SHOWN))
            .then(|| view! { <p class="muted">{say!("review.first", rows = SHOWN, all = browser::intl::count(all))}</p> })
    };
    let none = move || (!desk.rows.busy.get() && ids.with(Vec::is_empty)).then(|| view! { <p>{say!("review.nothing-here")}</p> });
    let keys = move || ids.with(|ids| ids.iter().map(ToString::to_string).collect());
    let drawn = move || each(keys, move |key| key.parse().ok().map(|id| row(desk, id)).into_any());
    view! {
        <section class="review-rows" on:keydown=move |event| pressed(desk, &event)>
            <h2>{follow(title)}</h2>
            <p>{follow(link)}</p>
            {failed(desk.rows)}
            {follow(none)}
            {follow(move || are_there.get().then(|| verdicts::verdicts(desk)))}
            {numbered_table(text!("review.events"), &[text!("review.choose"), text!("review.when"), text!("review.event"), text!("review.risk")], &[3], move || ids.with(Vec::is_empty), drawn)}
            {follow(more)}
        </section>
    }
    .into_any()
}

fn row(desk: Desk, id: EventId) -> AnyView {
    let Some((report, row)) = untrack(|| Some((desk.report()?, desk.row(id)?))) else { return ().into_any() };
    let headline = visible(&report.headline(&row.cells)).into_owned();
    let is_open = Memo::new(move |_| desk.at.get() == Some(id));
    let is_chosen = Memo::new(move |_| desk.chosen.with(|chosen| chosen.contains(&id)));
    let risk = report.position("risk").and_then(|at| row.cells.get(at)).cloned().unwrap_or_default();
    let risk = if let Cell::Number(risk) = risk { risk.to_string().into_any() } else { cell::nothing() };
    let address = move || desk.shown().map(|queue| format!("{}?{}&open={id}", address::path(report), queue.query));
    let label = say!("review.choose-row", event = &headline);
    let open = move |_| if is_open.get_untracked() { desk.at.set(None) } else { desk.open(id) };
    view! {
        <tr class:open=is_open>
            <td><input type="checkbox" aria-label=label prop:checked=is_chosen on:change:target=move |event| desk.mark(id, event.target().checked()) /></td>
            <td>{follow(move || desk.clock().time(id.time()))}</td>
            <td class="wrap"><button type="button" class="plain-button" id=format!("review-{id}") aria-expanded=when(move || is_open.get().to_string()) on:click=open>{headline}</button></td>
            <td class="number">{risk}</td>
            <td class="actions"><a href=when(address)>{say!("review.open")}</a></td>
        </tr>
        <tr class="under" class:gone=when(move || !is_open.get())>
            <td colspan="5">{follow(move || is_open.get().then(|| event::event(desk, report, id)))}</td>
        </tr>
    }
    .into_any()
}

/// Keys of whoever goes through the rows: they do nothing while something is typed.
fn pressed(desk: Desk, event: &ev::KeyboardEvent) {
    let is_typed = browser::target(event).is_some_and(|target| {
        let name = target.tag_name();
        name == "TEXTAREA" || name == "SELECT" || (name == "INPUT" && target.get_attribute("type").as_deref() != Some("checkbox"))
    });
    if is_typed || event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    match event.key().as_str() {
        "n" => desk.go(1),
        "p" => desk.go(-1),
        "x" => {
            if let Some(at) = desk.at.get_untracked() {
                desk.mark(at, !desk.chosen.with_untracked(|chosen| chosen.contains(&at)));
            }
        }
        key => {
            let verdict = key.parse::<usize>().ok().and_then(|number| Verdict::ALL.get(number.checked_sub(1)?).copied());
            let Some(verdict) = verdict else { return };
            desk.judge(untrack(|| desk.about()), verdict);
        }
    }
    event.prevent_default();
}
