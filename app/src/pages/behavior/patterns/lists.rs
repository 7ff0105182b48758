//! Views: each leads to its details.

use crate::behavior::{Asked, RISKY, ViewSeen};
use crate::components::follow::follow;
use crate::components::icon::icon;
use crate::components::prefs::Prefs;
use crate::components::report::cell::{self, Clock};
use crate::components::report::links::{named, page_of};
use crate::model::{Cell, Direction, Query, Sort, visible};
use crate::pages::behavior::state::{Dashboard, rows};
use crate::reports::PASSWORD_VIEW;
use crate::say;
use crate::words::Text;
use leptos::prelude::*;

/// Rows of a list until the reader asks for more.
const FEW: usize = 5;

#[component]
pub fn ViewList(
    dashboard: Dashboard,
    title: Text,
    /// What stands there where there is none.
    none: Text,
    /// The column that the list is in the order of.
    by: &'static str,
    seen: Memo<Vec<ViewSeen>>,
    /// All of them, as the report has them.
    of: fn(&Asked) -> Option<Query>,
) -> impl IntoView {
    let prefs = expect_context::<Prefs>();
    let more = RwSignal::new(false);
    let count = Memo::new(move |_| seen.with(Vec::len));
    let query = Memo::new(move |_| {
        let query = dashboard.asked.with(of)?;
        let column = PASSWORD_VIEW.column(by)?;
        Some(Query { sort: Sort { column, direction: Direction::Descending }, ..query })
    });
    let body = move || {
        let shown = if more.get() { usize::MAX } else { FEW };
        let zone = dashboard.asked.with(|asked| asked.query.zone.clone());
        let clock = Clock::of(prefs, zone);
        let query = query.get();
        seen.with(|seen| seen.iter().take(shown).map(|view| row(view, &clock, query.as_ref())).collect_view())
    };
    let table = move || {
        view! {
            <table class="views">
                <caption class="sr">{title.said()}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="number">{say!("behavior.risk")}</th>
                        <th scope="col">{say!("behavior.user")}</th>
                        <th scope="col">{say!("behavior.credential")}</th>
                        <th scope="col" class="time">{say!("behavior.date")}</th>
                        <th scope="col"><span class="sr">{say!("table.actions")}</span></th>
                    </tr>
                </thead>
                <tbody>{follow(body)}</tbody>
            </table>
        }
    };
    let instead = move || {
        if count.get() == 0 { view! { <p class="muted none-with-risk">{none.said()}</p> }.into_any() } else { table().into_any() }
    };
    let button = move || {
        (count.get() > FEW).then(|| {
            let words = move || if more.get() { say!("behavior.fewer-rows") } else { say!("behavior.more-rows") };
            view! { <button type="button" class="button small" on:click=move |_| more.update(|more| *more = !*more)>{follow(words)}</button> }
        })
    };
    let all = move || {
        let href = rows(&query.get()?, None);
        Some(view! { <a class="link" href=href>{say!("behavior.all-of-them")}</a> })
    };
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{title.said()}</h2> {follow(all)}</header>
            {follow(instead)}
            {follow(button)}
        </section>
    }
    .into_any()
}

fn row(view: &ViewSeen, clock: &Clock, query: Option<&Query>) -> AnyView {
    let text = |key, cell: &Cell| match (cell, named(&PASSWORD_VIEW, key, cell, Some(&view.device))) {
        (Cell::Text(text), Some(subject)) => {
            let href = page_of(&subject, &clock.zone);
            view! { <a href=href title=text.clone()>{visible(text).into_owned()}</a> }.into_any()
        }
        (Cell::Text(text), None) => view! { <span title=text.clone()>{visible(text).into_owned()}</span> }.into_any(),
        _ => cell::nothing(),
    };
    let open = query.map(|query| rows(query, Some(view.id)));
    let about = say!("behavior.open", user = view.user.plain(), device = view.device.plain());
    let at = view.id.time();
    let mark = view.risk.filter(|risk| *risk >= RISKY).map(|_| "risk");
    view! {
        <tr>
            <td class="number"><span class=mark>{view.risk}</span></td>
            <td class="who">{text("user", &view.user)}</td>
            <td class="what">{text("username", &view.username)} " " <span class="muted">{text("device", &view.device)}</span></td>
            <td class="time">{clock.time(at)}</td>
            <td class="actions">{open.map(|href| view! { <a class="button quiet small" href=href aria-label=about>{icon("search")}</a> })}</td>
        </tr>
    }
    .into_any()
}
