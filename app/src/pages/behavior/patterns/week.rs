//! When in the week views are: a field for each hour of each day, darker where there are more. Each leads to its rows.

use super::Below;
use crate::behavior::{Asked, hour};
use crate::browser::intl::count as number;
use crate::components::follow::{follow, when};
use crate::model::Query;
use crate::pages::behavior::state::rows;
use crate::say;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const HOURS: usize = 24;
/// Shades beside that of nothing.
const SHADES: u64 = 5;

#[component]
pub fn Week(below: Below) -> impl IntoView {
    let week = Memo::new(move |_| below.patterns(|patterns| patterns.week.clone()));
    let most = Memo::new(move |_| week.with(|week| week.iter().map(|(all, _)| *all).max().unwrap_or_default()));
    let shown = Memo::new(move |_| below.dashboard.asked.with(Asked::shown));
    // One tab stop: the arrows go from field to field.
    let at = RwSignal::new(0);
    let table = NodeRef::<html::Table>::new();
    let pressed = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1).min(7 * HOURS - 1),
            "ArrowLeft" => now.saturating_sub(1),
            "ArrowDown" => (now + HOURS).min(6 * HOURS + now % HOURS),
            "ArrowUp" => now.checked_sub(HOURS).unwrap_or(now),
            "Home" => now - now % HOURS,
            "End" => now - now % HOURS + HOURS - 1,
            _ => return,
        };
        event.prevent_default();
        at.set(next);
        let field = table.get_untracked().and_then(|table| table.query_selector(&format!("[data-hour='{next}']")).ok().flatten());
        if let Some(field) = field {
            let _ = field.unchecked_into::<HtmlElement>().focus();
        }
    };
    let row = move |(day, name): (usize, &'static str)| {
        let fields = (0..HOURS).map(|of_day| field(day * HOURS + of_day, name, week, most, shown, at));
        view! { <tr><th scope="row">{name}</th>{fields.collect_view()}</tr> }
    };
    let hours = (0..HOURS).map(|hour| view! { <th scope="col">{format!("{hour:02}")}</th> });
    let key = move || {
        let most = most.get();
        (most > 0).then(|| {
            let shades = (0..=SHADES).map(|shade| view! { <span class=shade_class(shade)></span> });
            view! { <p class="chart-key muted" aria-hidden="true">"0" {shades.collect_view()} {number(most)}</p> }
        })
    };
    view! {
        <section class="panel week-panel">
            <header class="panel-head"><h2>{say!("behavior.week")}</h2> {follow(key)}</header>
            <div class="week-scroll">
                <table class="week" node_ref=table on:keydown=pressed>
                    <caption class="sr">{say!("behavior.week-help")}</caption>
                    <thead><tr><td></td>{hours.collect_view()}</tr></thead>
                    <tbody>{say!("behavior.days").split(' ').enumerate().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn field(
    place: usize,
    day: &'static str,
    week: Memo<Vec<(u64, u64)>>,
    most: Memo<u64>,
    shown: Memo<Option<Query>>,
    at: RwSignal<usize>,
) -> AnyView {
    let here = Memo::new(move |_| week.with(|week| week.get(place).copied().unwrap_or_default()));
    let class = when(move || shade_class((here.get().0 * SHADES).div_ceil(most.get().max(1))));
    let href = when(move || shown.with(|shown| hour(shown.as_ref()?, place)).map(|query| rows(&query, None)));
    let words = move || {
        let (all, risky) = here.get();
        say!("behavior.hour", day = day, hour = format!("{:02}", place % HOURS), views = number(all), risky = number(risky))
    };
    let tab = when(move || if at.get() == place { "0" } else { "-1" });
    view! {
        <td>
            <a class=class href=href tabindex=tab data-hour=place title=when(words) aria-label=when(words) class:with-risk=when(move || here.get().1 > 0) on:focus=move |_| at.set(place)></a>
        </td>
    }
    .into_any()
}

fn shade_class(shade: u64) -> &'static str {
    const CLASSES: [&str; 6] = ["shade s0", "shade s1", "shade s2", "shade s3", "shade s4", "shade s5"];
    usize::try_from(shade).ok().and_then(|shade| CLASSES.get(shade)).copied().unwrap_or(CLASSES[5])
}
