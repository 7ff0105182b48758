//! The figures at the top: each with its change against the period before, and each leading to the rows it counts.

use super::state::{Dashboard, rows};
use crate::behavior::{Asked, Figure, Measure, Show, risky};
use crate::browser::intl::{self, count as number};
use crate::components::follow::follow;
use crate::model::{Query, Test};
use crate::say;
use crate::text;
use crate::words::Text;
use leptos::prelude::*;

#[component]
pub fn Figures(dashboard: Dashboard) -> impl IntoView {
    // Drawn again only where something has changed: what has the focus keeps it.
    let figures = Memo::new(move |_| dashboard.behavior(|behavior| behavior.figures.clone()));
    let cards = move || {
        let figures = figures.get();
        let views = figures.iter().find(|figure| figure.measure == Measure::Views).copied();
        let shown = dashboard.asked.with(Asked::shown);
        let show = dashboard.asked.with(|asked| asked.show);
        figures.into_iter().filter_map(|figure| Some(card(figure, views?, shown.as_ref(), show))).collect_view()
    };
    let unscored = Memo::new(move |_| dashboard.behavior(|behavior| behavior.unscored));
    let waiting = move || {
        let count = i64::try_from(unscored.get()).unwrap_or(i64::MAX);
        (count > 0).then(|| view! { <p class="muted" role="status">{say!("behavior.unscored", count = count)}</p> })
    };
    view! {
        <section class="figures" aria-label=say!("behavior.figures")>{follow(cards)}</section>
        {follow(waiting)}
    }
    .into_any()
}

fn card(figure: Figure, views: Figure, shown: Option<&Query>, show: Show) -> AnyView {
    let href = shown.and_then(|shown| counted(figure.measure, shown)).map(|query| rows(&query, None));
    let part = !matches!(figure.measure, Measure::Views | Measure::Users);
    let (now, before) = (tenths(figure.now, views.now), tenths(figure.before, views.before));
    let share = part.then(|| view! { <span class="figure-share">{say!("behavior.share", percent = percent(now))}</span> });
    let change = if part { points(now, before, views) } else { change(figure) };
    let class = if figure.measure == Measure::WithRisk { "figure with-risk" } else { "figure" };
    let body = view! {
        <span class="figure-name">{name(figure.measure, show).said()}</span>
        <span class="figure-number">{number(figure.now)}</span>
        {share}
        <span class="figure-change">{change}</span>
    };
    match href {
        Some(href) => view! { <a class=class href=href>{body}</a> }.into_any(),
        None => view! { <div class=class>{body}</div> }.into_any(),
    }
}

const fn name(measure: Measure, show: Show) -> Text {
    match measure {
        Measure::Views => match show {
            Show::Views => text!("behavior.views"),
            Show::Sessions => text!("behavior.sessions"),
            Show::Both => text!("behavior.views-and-sessions"),
        },
        Measure::Users => text!("behavior.users"),
        Measure::WithRisk => text!("behavior.with-risk"),
        Measure::Emergency => text!("behavior.emergency"),
        Measure::Ungoverned => text!("behavior.ungoverned"),
    }
}

/// The rows that a figure counts; `None` where it counts no rows.
fn counted(measure: Measure, shown: &Query) -> Option<Query> {
    match measure {
        Measure::Views => Some(shown.clone()),
        Measure::Users => None,
        Measure::WithRisk => risky(shown),
        Measure::Emergency => shown.narrowed("emergency", Test::Flag(true)),
        Measure::Ungoverned => shown.narrowed("governance_id", Test::Empty(true)),
    }
}

/// How many more or fewer there are than in the period before.
fn change(figure: Figure) -> String {
    match (figure.now, figure.before) {
        (0, 0) => say!("behavior.none-before").to_owned(),
        (_, 0) => say!("behavior.new").to_owned(),
        (now, before) if tenths(now.abs_diff(before), before) == 0 => say!("behavior.same").to_owned(),
        (now, before) if now > before => say!("behavior.more", percent = percent(tenths(now - before, before))),
        (now, before) => say!("behavior.fewer", percent = percent(tenths(before - now, before))),
    }
}

/// How a share has changed, in percentage points.
fn points(now: u64, before: u64, views: Figure) -> String {
    match now.abs_diff(before) {
        _ if views.before == 0 => say!("behavior.none-before").to_owned(),
        0 => say!("behavior.same").to_owned(),
        by if now > before => say!("behavior.points-more", points = percent(by)),
        by => say!("behavior.points-fewer", points = percent(by)),
    }
}

/// So many tenths of a percent of a whole.
fn tenths(part: u64, whole: u64) -> u64 {
    if whole == 0 { 0 } else { u64::try_from(u128::from(part) * 1000 / u128::from(whole)).unwrap_or(u64::MAX) }
}

/// Tenths of a percent; whole percents where they are many.
fn percent(tenths: u64) -> String {
    let tenths = i64::try_from(tenths).unwrap_or(i64::MAX);
    if tenths < 100 { intl::tenths(tenths) } else { intl::number(tenths / 10) }
}
