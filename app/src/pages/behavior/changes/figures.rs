//! The figures: how operations stand now, and what became of those that were due in the period. Each leads to the rows it counts.

use super::ChangesBoard;
use crate::behavior::changes::{Outcome, OutcomeFigure, Standing};
use crate::components::follow::follow;
use crate::model::Query;
use crate::pages::behavior::card::{Card, change, percent, tenths};
use crate::pages::behavior::state::rows;
use crate::words::Text;
use crate::{say, text};
use leptos::prelude::*;

#[component]
pub fn Standings(board: ChangesBoard) -> impl IntoView {
    // Drawn again only where something has changed: what has the focus keeps it.
    let standing = Memo::new(move |_| board.of(|changes| changes.standing.clone()));
    let card = move |(standing, count): (Standing, u64)| {
        let name = match standing {
            Standing::Awaiting => text!("choice.operation-status.Awaiting approval"),
            Standing::Scheduled => text!("choice.operation-status.Scheduled"),
            Standing::Running => text!("choice.operation-status.Running"),
        };
        let href = leading(board.asked.with(|asked| standing.of(asked)));
        Card { class: "figure", name, count, share: None, change: say!("changes.now").to_owned() }.draw(href)
    };
    let cards = move || standing.get().into_iter().map(card).collect_view();
    view! { <section class="figures changes-now" aria-label=say!("changes.standing")>{follow(cards)}</section> }.into_any()
}

#[component]
pub fn Outcomes(board: ChangesBoard) -> impl IntoView {
    let outcomes = Memo::new(move |_| board.of(|changes| changes.outcomes.clone()));
    let cards = move || {
        let outcomes = outcomes.get();
        let ended =
            outcomes.iter().filter(|figure| matches!(figure.outcome, Outcome::Succeeded | Outcome::Failed)).map(|figure| figure.now).sum();
        outcomes.into_iter().map(|figure| card(figure, ended, board)).collect_view()
    };
    let notes = [text!("changes.exhausted.why"), text!("changes.unverified.why")];
    let notes = notes.map(|note| view! { <span>{note.said()}</span> " " });
    view! {
        <section class="figures" aria-label=say!("behavior.figures")>{follow(cards)}</section>
        <p class="muted figure-notes">{notes.collect_view()}</p>
    }
    .into_any()
}

fn card(figure: OutcomeFigure, ended: u64, board: ChangesBoard) -> AnyView {
    let OutcomeFigure { outcome, now, before } = figure;
    let (class, of_all) = match outcome {
        Outcome::Succeeded | Outcome::Failed => ("figure", true),
        Outcome::Exhausted | Outcome::Unverified => ("figure with-risk", false),
    };
    let share = of_all.then(|| say!("changes.share", percent = percent(tenths(now, ended))));
    let href = leading(board.asked.with(|asked| outcome.of(asked)));
    Card { class, name: name(outcome), count: now, share, change: change(now, before) }.draw(href)
}

/// What an outcome is called.
pub const fn name(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Succeeded => text!("changes.succeeded"),
        Outcome::Failed => text!("behavior.failed"),
        Outcome::Exhausted => text!("changes.exhausted"),
        Outcome::Unverified => text!("changes.unverified"),
    }
}

fn leading(query: Option<Query>) -> Option<String> {
    query.map(|query| rows(&query, None))
}
