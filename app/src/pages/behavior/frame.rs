//! Around the picture of a chart: what pointer and keyboard do with it, and what its marks mean.

use super::marks::{Chart, Count, Mark, Names};
use super::state::{Numbers, rows};
use crate::browser::intl::count as number;
use crate::browser::resize::Watch;
use crate::charts::{ColumnBox, Drawn, Paint};
use crate::components::follow::{follow, when};
use crate::components::router::Router;
use crate::say;
use leptos::{ev, html, prelude::*};

/// The chart, whole. `numbers` is what tells its numbers, once it is there.
#[component]
pub fn ChartFrame(chart: Chart, numbers: RwSignal<Option<Numbers>>) -> impl IntoView {
    view! {
        <Picture chart />
        <Legend chart numbers />
    }
    .into_any()
}

/// The picture, and what pointer and keyboard do with it.
#[component]
fn Picture(chart: Chart) -> impl IntoView {
    let router = expect_context::<Router>();
    let frame = NodeRef::<html::Div>::new();
    let width = RwSignal::new(0);
    let watch = StoredValue::new_local(None::<Watch>);
    Effect::new(move |_| {
        let Some(element) = frame.get() else { return };
        let measured = element.clone();
        watch.set_value(Watch::new(&element, move || width.set(u32::try_from(measured.client_width()).unwrap_or_default())));
    });
    on_cleanup(move || drop(watch.try_update_value(Option::take)));
    let drawn = Memo::new(move |_| {
        let width = width.get();
        (width > 0).then(|| chart.draw(width, chart.height, Paint::Classes))
    });
    let marks = chart.marks;
    // The column that is looked at, and where a stretch of them began.
    let (at, from) = (RwSignal::new(None::<usize>), RwSignal::new(None::<usize>));
    let column = move |event: &ev::PointerEvent| {
        let frame = frame.get_untracked()?;
        let x = f64::from(event.client_x()) - frame.get_bounding_client_rect().left();
        drawn.with_untracked(|drawn| column_at(drawn.as_ref()?, x))
    };
    let last = move || marks.with_untracked(|marks| marks.len().saturating_sub(1));
    let open = move |one: usize, other: usize| {
        let query = marks.with_untracked(|marks| chart.rows_of(marks.get(one.min(other))?, marks.get(one.max(other))?, Count::Column));
        if let Some(query) = query {
            router.to(&rows(&query, None));
        }
    };
    let pressed = move |event: ev::KeyboardEvent| {
        let now = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => now.map_or(0, |at| (at + 1).min(last())),
            "ArrowLeft" => now.map_or_else(last, |at| at.saturating_sub(1)),
            "Home" => 0,
            "End" => last(),
            "Enter" | " " => {
                if let Some(at) = now {
                    event.prevent_default();
                    open(at, from.get_untracked().unwrap_or(at));
                }
                return;
            }
            "Escape" => {
                at.set(None);
                from.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        from.set(if event.shift_key() { from.get_untracked().or(now) } else { None });
        at.set(Some(next));
    };
    let stretch = move || {
        let at = at.get()?;
        let from = from.get().unwrap_or(at);
        drawn.with(|drawn| stretch_of(drawn.as_ref()?, at.min(from), at.max(from)))
    };
    let cursor = move || {
        stretch()
            .map(|(x, width)| view! { <span class="chart-cursor" style:left=format!("{x}px") style:width=format!("{width}px")></span> })
    };
    let tip = move || {
        let at = at.get()?;
        let mark = marks.with(|marks| marks.get(at).cloned())?;
        let (x, width) = drawn.with(|drawn| stretch_of(drawn.as_ref()?, at, at))?;
        let side = if at * 2 > last() { "chart-tip left" } else { "chart-tip" };
        let left = if at * 2 > last() { x } else { x + width };
        Some(view! { <div class=side style:left=format!("{left}px")>{told(&mark, chart.names.get())}</div> })
    };
    let height = format!("{}px", chart.height);
    view! {
        <div
            class="chart-frame"
            style:min-height=height
            node_ref=frame
            tabindex="0"
            role="application"
            aria-roledescription=say!("behavior.chart")
            aria-label=when(move || chart.summary())
            on:keydown=pressed
            on:pointermove=move |event| at.set(column(&event))
            on:pointerleave=move |_| {
                at.set(None);
                from.set(None);
            }
            on:pointerdown=move |event| from.set(column(&event))
            on:pointerup=move |event| {
                if let (Some(one), Some(other)) = (from.get_untracked(), column(&event)) {
                    open(one, other);
                }
                from.set(None);
            }
            on:blur=move |_| at.set(None)
        >
            {follow(move || drawn.with(|drawn| drawn.as_ref().map(|drawn| view! { <div class="chart-picture" aria-hidden="true" inner_html=drawn.svg.clone()></div> })))}
            {follow(cursor)}
            {follow(tip)}
            <p class="sr" aria-live="polite">{follow(move || at.get().and_then(|at| marks.with(|marks| Some(sentence(marks.get(at)?, chart.names.get())))))}</p>
        </div>
    }
    .into_any()
}

/// The column at a place: all of it counts, from top to bottom.
fn column_at(drawn: &Drawn, x: f64) -> Option<usize> {
    let (first, last) = (drawn.columns.first()?, drawn.columns.last()?);
    let x = x.clamp(first.x, last.x + last.width - 0.01);
    drawn.columns.iter().position(|column| x < column.x + column.width)
}

/// Where some columns begin, and how wide they are.
fn stretch_of(drawn: &Drawn, first: usize, last: usize) -> Option<(f64, f64)> {
    let (ColumnBox { x, .. }, last) = (drawn.columns.get(first)?, drawn.columns.get(last)?);
    Some((*x, last.x + last.width - x))
}

fn told(mark: &Mark, names: Names) -> AnyView {
    let counts =
        mark.counts(names).into_iter().map(|(name, count, _)| view! { <tr><th scope="row">{name}</th><td>{number(count)}</td></tr> });
    view! { <p><b>{mark.label()}</b> " " <span class="muted">{mark.remarks().join(", ")}</span></p><table>{counts.collect_view()}</table> }
        .into_any()
}

fn sentence(mark: &Mark, names: Names) -> String {
    let counts: Vec<String> = mark.counts(names).into_iter().map(|(name, count, _)| format!("{name}: {}", number(count))).collect();
    format!("{} {} {}", mark.label(), mark.remarks().join(", "), counts.join(", "))
}

/// What the marks mean; beside it the numbers as a table and files of both, once what makes them is there.
#[component]
fn Legend(chart: Chart, numbers: RwSignal<Option<Numbers>>) -> impl IntoView {
    let key = move |class: &'static str, name: Option<&'static str>| name.map(|name| view! { <span class=class></span> {name} });
    let keys = move || {
        let names = chart.names.get();
        let all = [
            key("key bar", Some(names.all)),
            key("key second", names.second),
            key("key risk", Some(names.part)),
            key("key before", names.before),
            key("key silent", chart.silence()),
        ];
        all.collect_view()
    };
    view! {
        <div class="chart-key muted">
            {follow(keys)}
            {follow(move || numbers.get().map(|numbers| numbers(chart)))}
        </div>
    }
    .into_any()
}
