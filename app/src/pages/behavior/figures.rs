//! The figures at the top: each with its change against the period before, and each leading to the rows it counts.

use super::card::{Card, change, percent, tenths};
use super::state::{Dashboard, rows};
use crate::behavior::{Asked, Figure, Measure, Show, risky};
use crate::components::follow::follow;
use crate::model::{Query, Test};
use crate::say;
use crate::text;
use crate::words::Text;
use leptos::prelude::*;

#[component]
pub fn Figures(dashboard: Dashboard) -> impl IntoView {
    // Drawn again only where something has changed: what has the focus keeps it.
    let figures = Memo::new(move |_| dashboard.of(|behavior| behavior.figures.clone()));
    let cards = move || {
        let figures = figures.get();
        let views = figures.iter().find(|figure| figure.measure == Measure::Views).copied();
        let shown = dashboard.asked.with(Asked::shown);
        let show = dashboard.asked.with(|asked| asked.show);
        figures.into_iter().filter_map(|figure| Some(card(figure, views?, shown.as_ref(), show))).collect_view()
    };
    view! { <section class="figures" aria-label=say!("behavior.figures")>{follow(cards)}</section> }.into_any()
}

fn card(figure: Figure, views: Figure, shown: Option<&Query>, show: Show) -> AnyView {
    let href = shown.and_then(|shown| counted(figure.measure, shown)).map(|query| rows(&query, None));
    let part = !matches!(figure.measure, Measure::Views | Measure::Users);
    let (now, before) = (tenths(figure.now, views.now), tenths(figure.before, views.before));
    let share = part.then(|| say!("behavior.share", percent = percent(now)));
    let change = if part { points(now, before, views) } else { change(figure.now, figure.before) };
    let class = if figure.measure == Measure::WithRisk { "figure with-risk" } else { "figure" };
    Card { class, name: name(figure.measure, show), count: figure.now, share, change }.draw(href)
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
        Measure::Unchanged => text!("story.still-known"),
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
        Measure::Unchanged => shown.narrowed("changed", Test::Empty(true)),
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
