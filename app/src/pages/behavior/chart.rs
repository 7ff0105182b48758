//! Views over time: bars, a line of those with risk, and behind them the period before. A column leads to its rows, a stretch of columns to theirs.

use super::figures::number;
use super::state::{Dashboard, rows};
use crate::behavior::{Asked, Show, Span, Step, risky, within};
use crate::browser::resize::Watch;
use crate::charts::{BarChart, Bucket, ColumnBox, Drawn, Size};
use crate::components::follow::{follow, when};
use crate::model::{Moment, Query};
use crate::{say, text};
use leptos::{ev, html, prelude::*};

/// Pixels of the picture.
const HEIGHT: u32 = 180;

#[component]
pub fn Days(dashboard: Dashboard) -> impl IntoView {
    let spans = Memo::new(move |_| dashboard.behavior(|behavior| behavior.spans.clone()));
    let step = Memo::new(move |_| dashboard.behavior(|behavior| behavior.step));
    let show = Memo::new(move |_| dashboard.asked.with(|asked| asked.show));
    view! {
        <section class="panel days">
            <header class="panel-head">
                <h2>{follow(move || title(show.get(), step.get()))}</h2>
                <Choices dashboard show />
            </header>
            <Picture dashboard spans step show />
            <Numbers dashboard spans step show />
        </section>
    }
    .into_any()
}

fn title(show: Show, step: Step) -> String {
    let what = match show {
        Show::Views => say!("behavior.views"),
        Show::Sessions => say!("behavior.sessions"),
        Show::Both => say!("behavior.views-and-sessions"),
    };
    match step {
        Step::Hour => say!("behavior.by-hour", what = what),
        Step::Day => say!("behavior.by-day", what = what),
        Step::Week => say!("behavior.by-week", what = what),
        Step::Month => say!("behavior.by-month", what = what),
    }
}

/// What the charts are of.
#[component]
fn Choices(dashboard: Dashboard, show: Memo<Show>) -> impl IntoView {
    let choice = move |of: Show| {
        let words = match of {
            Show::Views => text!("behavior.views"),
            Show::Sessions => text!("behavior.sessions"),
            Show::Both => text!("behavior.both"),
        };
        let pressed = when(move || if show.get() == of { "true" } else { "false" });
        view! { <button type="button" class="button small" aria-pressed=pressed on:click=move |_| dashboard.ask(|asked| asked.show = of)>{words.said()}</button> }
    };
    let services = when(move || dashboard.asked.with(|asked| asked.services));
    view! {
        <div class="row no-print" role="group" aria-label=say!("behavior.choose")>
            {Show::ALL.map(choice).collect_view()}
            <label class="check">
                <input type="checkbox" prop:checked=services on:change:target=move |event| {
                    let services = event.target().checked();
                    dashboard.ask(|asked| asked.services = services);
                } />
                {say!("behavior.services")}
            </label>
        </div>
    }
    .into_any()
}

/// The picture, and what pointer and keyboard do with it.
#[component]
fn Picture(dashboard: Dashboard, spans: Memo<Vec<Span>>, step: Memo<Step>, show: Memo<Show>) -> impl IntoView {
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
        (width > 0).then(|| spans.with(|spans| draw(spans, step.get(), show.get(), width)))
    });
    // The column that is looked at, and where a stretch of them began.
    let (at, from) = (RwSignal::new(None::<usize>), RwSignal::new(None::<usize>));
    let column = move |event: &ev::PointerEvent| {
        let frame = frame.get_untracked()?;
        let x = f64::from(event.client_x()) - frame.get_bounding_client_rect().left();
        drawn.with_untracked(|drawn| column_at(drawn.as_ref()?, x))
    };
    let last = move || spans.with(|spans| spans.len().saturating_sub(1));
    let open = move |one: usize, other: usize| {
        let stretch = spans.with_untracked(|spans| {
            Some((Moment::parse(&spans.get(one.min(other))?.from)?, Moment::parse(&spans.get(one.max(other))?.to)?))
        });
        if let (Some((from, to)), Some(shown)) = (stretch, dashboard.asked.with_untracked(Asked::shown)) {
            dashboard.open(&within(&shown, from, to));
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
        let span = spans.with(|spans| spans.get(at).cloned())?;
        let (x, width) = drawn.with(|drawn| stretch_of(drawn.as_ref()?, at, at))?;
        let side = if at * 2 > last() { "chart-tip left" } else { "chart-tip" };
        let left = if at * 2 > last() { x } else { x + width };
        Some(view! { <div class=side style:left=format!("{left}px")>{told(&span, step.get(), show.get())}</div> })
    };
    let summary = move || spans.with(|spans| summary(spans, step.get(), show.get()));
    view! {
        <div
            class="chart-frame"
            node_ref=frame
            tabindex="0"
            role="application"
            aria-roledescription=say!("behavior.chart")
            aria-label=when(summary)
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
            <p class="sr" aria-live="polite">{follow(move || at.get().and_then(|at| spans.with(|spans| Some(sentence(spans.get(at)?, step.get(), show.get())))))}</p>
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

fn draw(spans: &[Span], step: Step, show: Show, width: u32) -> Drawn {
    let bucket = |span: &Span| {
        let (tally, second) = match show {
            Show::Views => (span.views, None),
            Show::Sessions => (span.sessions, None),
            Show::Both => (span.views, Some(span.sessions.all)),
        };
        let bucket = Bucket::new(label(span, step), short(span, step), tally.all);
        // Both are counted at one moment: a part is never more than its whole.
        let mut bucket = bucket.clone().with_risk(tally.risky).unwrap_or(bucket);
        if let Some(second) = second {
            bucket = bucket.beside(second);
        }
        if span.so_far { bucket.so_far() } else { bucket }
    };
    let before = |span: &Span| if show == Show::Sessions { span.sessions.before } else { span.views.before };
    let chart = BarChart {
        name: "views".to_owned(),
        buckets: spans.iter().map(bucket).collect(),
        before: spans.iter().map(before).collect(),
        size: Size { width, height: HEIGHT },
    };
    chart.draw(&number)
}

/// Date and time of a moment of an address, without what is zero anyway.
fn written(moment: &str, step: Step) -> String {
    let utc = if moment.ends_with('Z') { "Z" } else { "" };
    let (date, time) = moment.trim_end_matches('Z').split_once('T').unwrap_or((moment, ""));
    match step {
        Step::Hour => format!("{date} {}{utc}", time.get(..5).unwrap_or(time)),
        Step::Day | Step::Week => date.to_owned(),
        Step::Month => date.get(..7).unwrap_or(date).to_owned(),
    }
}

/// The span, where there is room for all of it.
fn label(span: &Span, step: Step) -> String {
    match step {
        Step::Week => say!("behavior.week-of", date = written(&span.from, step)),
        _ => written(&span.from, step),
    }
}

/// The span, where there is little room.
fn short(span: &Span, step: Step) -> String {
    let whole = written(&span.from, step);
    match step {
        Step::Hour => whole.split_once(' ').map_or_else(String::new, |(_, time)| time.to_owned()),
        Step::Day | Step::Week => whole.get(5..).unwrap_or(&whole).to_owned(),
        Step::Month => whole,
    }
}

/// What was counted in a span, in the words of the chart.
fn counts(span: &Span, show: Show) -> Vec<(String, u64)> {
    let named = |name: &str, count: u64| (name.to_owned(), count);
    let of = |name: &str, tally: crate::behavior::Tally| {
        vec![named(name, tally.all), named(say!("behavior.with-risk"), tally.risky), named(say!("behavior.before"), tally.before)]
    };
    match show {
        Show::Views => of(say!("behavior.views"), span.views),
        Show::Sessions => of(say!("behavior.sessions"), span.sessions),
        Show::Both => [of(say!("behavior.views"), span.views), vec![named(say!("behavior.sessions"), span.sessions.all)]].concat(),
    }
}

fn told(span: &Span, step: Step, show: Show) -> AnyView {
    let so_far = span.so_far.then(|| view! { <span class="muted">{say!("behavior.so-far")}</span> });
    let counts = counts(span, show).into_iter().map(|(name, count)| view! { <tr><th scope="row">{name}</th><td>{number(count)}</td></tr> });
    view! { <p><b>{label(span, step)}</b> {so_far}</p><table>{counts.collect_view()}</table> }.into_any()
}

fn sentence(span: &Span, step: Step, show: Show) -> String {
    let counts: Vec<String> = counts(span, show).into_iter().map(|(name, count)| format!("{name}: {}", number(count))).collect();
    let so_far = if span.so_far { say!("behavior.so-far") } else { "" };
    format!("{} {so_far} {}", label(span, step), counts.join(", "))
}

/// The whole chart in a sentence.
fn summary(spans: &[Span], step: Step, show: Show) -> String {
    let tally = |span: &Span| if show == Show::Sessions { span.sessions } else { span.views };
    let all: u64 = spans.iter().map(|span| tally(span).all).sum();
    let with_risk: u64 = spans.iter().map(|span| tally(span).risky).sum();
    let most = spans.iter().max_by_key(|span| tally(span).all);
    match most {
        Some(most) => say!(
            "behavior.summary",
            what = title(show, step),
            all = number(all),
            risky = number(with_risk),
            most = number(tally(most).all),
            when = label(most, step)
        ),
        None => title(show, step),
    }
}

/// What the marks mean, and the same numbers as a table.
#[component]
fn Numbers(dashboard: Dashboard, spans: Memo<Vec<Span>>, step: Memo<Step>, show: Memo<Show>) -> impl IntoView {
    let open = RwSignal::new(false);
    let cell = move |query: Option<Query>, span: &Span, count: u64| {
        let bounds = Moment::parse(&span.from).zip(Moment::parse(&span.to));
        let href = query.zip(bounds).filter(|_| count > 0).map(|(query, (from, to))| rows(&within(&query, from, to), None));
        let number = number(count);
        match href {
            Some(href) => view! { <td class="number"><a href=href>{number}</a></td> }.into_any(),
            None => view! { <td class="number">{number}</td> }.into_any(),
        }
    };
    let body = move || {
        let asked = dashboard.asked.get();
        let (views, sessions) = (asked.of(Show::Views), asked.of(Show::Sessions));
        let (risky_views, risky_sessions) = (views.as_ref().and_then(risky), sessions.as_ref().and_then(risky));
        let step = step.get();
        let row = |span: &Span| {
            view! {
                <tr>
                    <th scope="row">{label(span, step)} {span.so_far.then(|| view! { <span class="muted">" " {say!("behavior.so-far")}</span> })}</th>
                    {cell(views.clone(), span, span.views.all)}
                    {cell(risky_views.clone(), span, span.views.risky)}
                    <td class="number">{number(span.views.before)}</td>
                    {cell(sessions.clone(), span, span.sessions.all)}
                    {cell(risky_sessions.clone(), span, span.sessions.risky)}
                    <td class="number">{number(span.sessions.before)}</td>
                </tr>
            }
        };
        spans.with(|spans| spans.iter().map(row).collect_view())
    };
    let table = move || {
        open.get().then(|| {
            let heads = [
                text!("behavior.views"),
                text!("behavior.with-risk"),
                text!("behavior.before"),
                text!("behavior.sessions"),
                text!("behavior.with-risk"),
                text!("behavior.before"),
            ];
            view! {
                <div class="wide-table" tabindex="0" role="region" aria-label=say!("behavior.numbers")>
                    <table>
                        <caption class="sr">{say!("behavior.numbers")}</caption>
                        <thead><tr><th scope="col">{say!("behavior.span")}</th>{heads.map(|head| view! { <th scope="col" class="number">{head.said()}</th> }).collect_view()}</tr></thead>
                        <tbody>{follow(body)}</tbody>
                    </table>
                </div>
            }
        })
    };
    let words = move || if open.get() { say!("behavior.hide-numbers") } else { say!("behavior.show-numbers") };
    let expanded = when(move || if open.get() { "true" } else { "false" });
    view! {
        <div class="chart-key muted">
            <span class="key bar"></span> {follow(move || if show.get() == Show::Sessions { say!("behavior.sessions") } else { say!("behavior.views") })}
            {follow(move || (show.get() == Show::Both).then(|| view! { <span class="key second"></span> {say!("behavior.sessions")} }))}
            <span class="key risk"></span> {say!("behavior.with-risk")}
            <span class="key before"></span> {say!("behavior.before")}
            <button type="button" class="link no-print" aria-expanded=expanded on:click=move |_| open.update(|open| *open = !*open)>{follow(words)}</button>
        </div>
        {follow(table)}
    }
    .into_any()
}
