//! The board of password changes: how they stand, what became of those that were due, and why some failed.

mod chart;
mod failed;
mod figures;

use super::patterns::numbers::numbers;
use super::state::Board;
use super::trouble::dashboard_failed;
use crate::api::behavior::changes_shown;
use crate::behavior::changes::{Changes, ChangesAsked, Of};
use crate::components::follow::{follow, when};
use crate::components::late_part::bones;
use crate::components::load::{load, renew_every};
use crate::components::report::filters::FilterLine;
use crate::components::said::paragraph;
use crate::{say, text};
use chart::Days;
use failed::Failed;
use figures::{Outcomes, Standings};
use leptos::prelude::*;

type ChangesBoard = Board<ChangesAsked>;

/// How often the figures are asked for again, in milliseconds.
const EVERY: u32 = 10_000;

#[component]
pub fn ChangesPage() -> impl IntoView {
    let shown =
        |parsed: Memo<Result<ChangesAsked, _>>| load(move || parsed.get().ok(), |asked| async move { changes_shown(asked.encode()).await });
    let board = ChangesBoard::new(shown);
    board.numbers.set(Some(numbers));
    board.complete_address();
    renew_every(board.shown, EVERY);
    let there = Memo::new(move |_| board.shown.value.with(Option::is_some));
    let empty = Memo::new(move |_| board.of(is_empty));
    let wrong = Memo::new(move |_| board.error().is_some());
    let period = move || {
        if empty.get() {
            view! {
                <div class="state">
                    <h2>{say!("changes.empty")}</h2>
                    {paragraph("muted", text!("changes.empty.why"))}
                </div>
            }
            .into_any()
        } else {
            view! {
                <Outcomes board />
                <Days board />
                <Failed board />
            }
            .into_any()
        }
    };
    let body = move || {
        if wrong.get() {
            dashboard_failed(board)
        } else if !there.get() {
            bones(12)
        } else {
            view! {
                <Standings board />
                {follow(period)}
            }
            .into_any()
        }
    };
    view! {
        <div class="behavior changes">
            <header class="page-head">
                <div>
                    <h1>{say!("page.changes")}</h1>
                    {paragraph("muted", text!("changes.purpose"))}
                </div>
                <Choices board />
            </header>
            <FilterLine narrowing=board.narrowing() />
            {follow(body)}
        </div>
    }
    .into_any()
}

/// Whether nothing can have been due in the period.
fn is_empty(changes: &Changes) -> bool {
    changes.spans.is_empty()
}

/// Which operations the board is of.
#[component]
fn Choices(board: ChangesBoard) -> impl IntoView {
    let shown = Memo::new(move |_| board.asked.with(|asked| asked.of));
    let choice = move |of: Of| {
        let words = match of {
            Of::Changes => text!("page.changes"),
            Of::All => text!("changes.all"),
        };
        let pressed = when(move || if shown.get() == of { "true" } else { "false" });
        view! { <button type="button" class="button small" aria-pressed=pressed on:click=move |_| board.ask(|asked| asked.of = of)>{words.said()}</button> }
    };
    view! { <div class="row no-print" role="group" aria-label=say!("changes.choose")>{Of::ALL.map(choice).collect_view()}</div> }.into_any()
}
