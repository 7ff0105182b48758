//! Views over time: bars, a line of those with risk, and behind them the period before. A column leads to its rows, a stretch of columns to theirs.

use super::frame::ChartFrame;
use super::marks::{Chart, Count, Mark, Names};
use super::state::Dashboard;
use crate::behavior::{Asked, Show, Span, Step, risky};
use crate::components::follow::{follow, when};
use crate::{say, text};
use leptos::prelude::*;

/// Pixels of the picture.
const HEIGHT: u32 = 180;

#[component]
pub fn Days(dashboard: Dashboard) -> impl IntoView {
    let show = Memo::new(move |_| dashboard.asked.with(|asked| asked.show));
    let marks = Memo::new(move |_| {
        let show = show.get();
        dashboard.of(|behavior| behavior.spans.iter().map(|span| mark(span, behavior.step, show)).collect())
    });
    let step = Memo::new(move |_| dashboard.of(|behavior| behavior.step));
    let title = Memo::new(move |_| title(show.get(), step.get()));
    let rows = Callback::new(move |count| dashboard.asked.with(|asked| counted(asked, count)));
    let chart = Chart { name: "views", title: title.into(), marks, names: Memo::new(move |_| names(show.get())), height: HEIGHT, rows };
    view! {
        <section class="panel days">
            <header class="panel-head">
                <h2>{follow(move || title.get())}</h2>
                <Choices dashboard show />
            </header>
            <ChartFrame chart numbers=dashboard.numbers />
        </section>
    }
    .into_any()
}

/// The rows that a number counts, of whatever time.
fn counted(asked: &Asked, count: Count) -> Option<crate::model::Query> {
    let first = asked.of(if asked.show == Show::Sessions { Show::Sessions } else { Show::Views });
    match count {
        Count::Column => asked.shown(),
        Count::All => first,
        Count::Part => first.as_ref().and_then(risky),
        Count::Second => asked.of(Show::Sessions),
    }
}

fn mark(span: &Span, step: Step, show: Show) -> Mark {
    let tally = if show == Show::Sessions { span.sessions } else { span.views };
    Mark {
        from: span.from.clone(),
        to: span.to.clone(),
        step,
        all: tally.all,
        part: tally.risky,
        second: (show == Show::Both).then_some(span.sessions.all),
        before: Some(tally.before),
        so_far: span.so_far,
        silent: span.silent,
    }
}

fn names(show: Show) -> Names {
    Names {
        all: if show == Show::Sessions { say!("behavior.sessions") } else { say!("behavior.views") },
        part: say!("behavior.with-risk"),
        second: (show == Show::Both).then(|| say!("behavior.sessions")),
        before: Some(say!("behavior.before")),
    }
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
