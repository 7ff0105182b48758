//! Small charts: what is counted over time, and what of it stands out.

use super::Below;
use super::ranking::{Ranked, ranking};
use crate::api::operations::operation_failures;
use crate::behavior::{Step, Stretch, TrendKind, standing_out, trend};
use crate::browser::intl::count as number;
use crate::components::follow::follow;
use crate::components::load::load;
use crate::components::report::failures::error_class;
use crate::model::{Failures, Query, Test, codec};
use crate::pages::behavior::frame::ChartFrame;
use crate::pages::behavior::marks::{Chart, Count, Mark, Names};
use crate::pages::behavior::state::rows;
use crate::{say, text};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Pixels of a picture.
const HEIGHT: u32 = 120;

#[component]
pub fn TrendPanel(below: Below, kind: TrendKind) -> impl IntoView {
    let marks = Memo::new(move |_| {
        below.patterns(|patterns| {
            let trend = patterns.trends.iter().find(|trend| trend.kind == kind);
            trend.map_or_else(Vec::new, |trend| trend.spans.iter().map(|span| mark(span, trend.step)).collect())
        })
    });
    let rows = Callback::new(move |count| {
        let query = below.dashboard.asked.with(|asked| trend(asked, kind))?;
        if count == Count::Part { standing_out(&query, kind) } else { Some(query) }
    });
    let (title, names) = words(kind);
    let chart =
        Chart { name: name(kind), title: Signal::stored(title.to_owned()), marks, names: Memo::new(move |_| names), height: HEIGHT, rows };
    view! {
        <section class="panel">
            <header class="panel-head"><h2>{title}</h2> <span class="muted">{follow(move || share(chart, names))}</span></header>
            <ChartFrame chart numbers=below.dashboard.numbers />
        </section>
    }
    .into_any()
}

/// All of the chart in two numbers.
fn share(chart: Chart, names: Names) -> Option<String> {
    let (all, part) = chart.marks.with(|marks| marks.iter().fold((0, 0), |(all, part), mark| (all + mark.all, part + mark.part)));
    (all > 0).then(|| say!("behavior.part-of", name = names.part, part = number(part), all = number(all)))
}

fn mark(span: &Stretch, step: Step) -> Mark {
    Mark {
        from: span.from.clone(),
        to: span.to.clone(),
        step,
        all: span.all,
        part: span.part,
        second: None,
        before: None,
        so_far: span.so_far,
        silent: false,
    }
}

/// Its name among the charts of the page.
const fn name(kind: TrendKind) -> &'static str {
    match kind {
        TrendKind::Governance => "governance",
        TrendKind::Justification => "justification",
        TrendKind::CustodyDays => "custody-days",
        TrendKind::CustodyMonths => "custody-months",
        TrendKind::Operations => "operations",
        TrendKind::Backups => "backups",
    }
}

/// What it is called, and what its marks are.
fn words(kind: TrendKind) -> (&'static str, Names) {
    let views = say!("behavior.views");
    let (title, all, part) = match kind {
        TrendKind::Governance => (say!("behavior.governance"), views, say!("behavior.ungoverned")),
        TrendKind::Justification => (say!("behavior.justification"), views, say!("behavior.unjustified")),
        TrendKind::CustodyDays => (say!("behavior.custody-days"), views, say!("behavior.with-risk")),
        TrendKind::CustodyMonths => (say!("behavior.custody-months"), views, say!("behavior.with-risk")),
        TrendKind::Operations => (say!("behavior.operations"), say!("behavior.ended"), say!("behavior.failed")),
        TrendKind::Backups => (say!("behavior.backups"), say!("behavior.performed"), say!("behavior.failed")),
    };
    (title, Names { all, part, second: None, before: None })
}

/// Why operations of the period failed.
#[component]
pub fn FailedOperations(below: Below) -> impl IntoView {
    let failed = move || below.dashboard.asked.with(|asked| standing_out(&trend(asked, TrendKind::Operations)?, TrendKind::Operations));
    let failures = load(move || failed().map(|query| codec::encode(&query)), |query| async move { operation_failures(query).await });
    // Asked for again whenever the charts beside it were.
    Effect::new(move |seen: Option<()>| {
        below.shown.value.track();
        if seen.is_some() {
            failures.renew();
        }
    });
    let classes = move || {
        let query = failed();
        let ranked = failures.value.with(|failures| failures.as_ref().map(|failures| classes(failures, query.as_ref())))?;
        Some(ranking(say!("behavior.failed-by").to_owned(), ranked, (0, 0), text!("behavior.with-risk")))
    };
    follow(classes)
}

/// Failures by their class alone; those of one that an address can name lead to their rows.
fn classes(failures: &Failures, query: Option<&Query>) -> Vec<Ranked> {
    let mut classes: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for group in &failures.groups {
        classes.entry(error_class(&group.error_class)).or_default().extend(group.ids.iter().copied());
    }
    let mut ranked: Vec<Ranked> = classes
        .into_iter()
        .map(|(name, ids)| {
            let count = ids.len() as u64;
            let named = query.filter(|_| ids.len() < Query::MAX_VALUES).and_then(|query| query.narrowed("id", Test::Ids(ids)));
            Ranked { name, page: None, href: named.map(|query| rows(&query, None)), all: count, part: 0 }
        })
        .collect();
    ranked.sort_by_key(|one| std::cmp::Reverse(one.all));
    ranked
}
