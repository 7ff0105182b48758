//! What became of the operations over time: those that succeeded, beside them those that failed, and behind them the period before.

use super::ChangesBoard;
use super::figures::name;
use crate::behavior::Step;
use crate::behavior::changes::{ChangesAsked, ChangesSpan, Outcome, again, ended};
use crate::components::follow::follow;
use crate::model::Query;
use crate::pages::behavior::frame::ChartFrame;
use crate::pages::behavior::marks::{Chart, Count, Mark, Names};
use crate::say;
use leptos::prelude::*;

/// Pixels of the picture.
const HEIGHT: u32 = 180;

#[component]
pub fn Days(board: ChangesBoard) -> impl IntoView {
    let marks = Memo::new(move |_| board.of(|changes| changes.spans.iter().map(|span| mark(span, changes.step)).collect()));
    let step = Memo::new(move |_| board.of(|changes| changes.step));
    let title = Memo::new(move |_| title(step.get()));
    let rows = Callback::new(move |count| board.asked.with(|asked| counted(asked, count)));
    let names = Names {
        all: name(Outcome::Succeeded).said(),
        part: say!("changes.again"),
        second: Some(name(Outcome::Failed).said()),
        before: Some(say!("changes.before")),
    };
    let chart = Chart { name: "changes", title: title.into(), marks, names: Memo::new(move |_| names), height: HEIGHT, rows };
    view! {
        <section class="panel days">
            <header class="panel-head"><h2>{follow(move || title.get())}</h2></header>
            <ChartFrame chart numbers=board.numbers />
        </section>
    }
    .into_any()
}

/// The rows that a number counts, of whatever time.
fn counted(asked: &ChangesAsked, count: Count) -> Option<Query> {
    match count {
        Count::Column => ended(asked),
        Count::All => Outcome::Succeeded.of(asked),
        Count::Part => Outcome::Succeeded.of(asked).as_ref().and_then(again),
        Count::Second => Outcome::Failed.of(asked),
    }
}

fn mark(span: &ChangesSpan, step: Step) -> Mark {
    Mark {
        from: span.from.clone(),
        to: span.to.clone(),
        step,
        all: span.succeeded,
        part: span.again,
        second: Some(span.failed),
        before: Some(span.before),
        so_far: span.so_far,
        silent: false,
    }
}

fn title(step: Step) -> String {
    let what = say!("changes.ended");
    match step {
        Step::Hour => say!("behavior.by-hour", what = what),
        Step::Day => say!("behavior.by-day", what = what),
        Step::Week => say!("behavior.by-week", what = what),
        Step::Month => say!("behavior.by-month", what = what),
    }
}
