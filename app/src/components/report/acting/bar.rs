//! What can be done with the rows that are chosen.

use super::no_connector;
use crate::browser::focus::focus_soon;
use crate::components::follow::follow;
use crate::components::icon::icon;
use crate::components::report::selection::{Picked, takeable};
use crate::components::report::state::State;
use crate::components::said::span;
use crate::model::{Count, RowActions};
use crate::{say, text};
use leptos::prelude::*;

/// Takes the place of the line above the table while rows are chosen: nothing moves.
#[component]
pub fn SelectionBar(state: State, actions: &'static RowActions) -> impl IntoView {
    let selection = state.selection;
    let clear = move |_| {
        selection.clear();
        focus_soon(".pick-all".to_owned());
    };
    let chosen = move || {
        let count = selection.count();
        let all = selection.picked.with(|picked| matches!(picked, Picked::All(_)));
        if all { say!("selection.all", count = count) } else { say!("selection.some", count = count) }
    };
    let buttons = move || {
        let can = |action: crate::model::Action| {
            selection.picked.with(|picked| match picked {
                Picked::Rows(rows) => Some(rows.values().filter(|(status, standing)| standing.allows(action, *status)).count()),
                Picked::All(_) => None,
            })
        };
        let buttons = actions.all.iter().copied().filter(|action| can(*action) != Some(0)).map(|action| {
            let label = match can(action) {
                Some(count) => say!("selection.can", action = action.label(), number = count),
                None => action.label().said().to_owned(),
            };
            view! { <button type="button" class="button small" on:click=move |_| state.ask_about_selection(action)>{label}</button> }
        });
        let buttons: Vec<_> = buttons.collect();
        let none = buttons.is_empty().then(|| view! { <span class="muted">{say!("selection.none")}" "{no_connector(state)}</span> });
        view! { {buttons} {none} }
    };
    view! {
        <div class="selection-bar no-print" role="group" aria-label=say!("selection.label")>
            <span class="count" role="status">{follow(chosen)}</span>
            <Everything state />
            {follow(buttons)}
            <button type="button" class="button small quiet" on:click=clear>{icon("close")}{say!("selection.clear")}</button>
        </div>
    }
    .into_any()
}

/// From the rows of the page to all that the filter matches.
#[component]
fn Everything(state: State) -> impl IntoView {
    let selection = state.selection;
    let offer = move || {
        let rows = selection.picked.with(|picked| match picked {
            Picked::Rows(rows) => Some(rows.len()),
            Picked::All(_) => None,
        })?;
        match state.summary.value.get().filter(|_| !state.summary.busy.get())?.count {
            Count::Exactly(all) if takeable(all).is_none() => Some(span("muted", text!("selection.too-many"))),
            Count::Prepared(_) => None,
            Count::Exactly(all) => {
                let all = takeable(all).filter(|all| usize::try_from(*all).is_ok_and(|all| all > rows))?;
                Some(
                    view! {
                        <button type="button" class="link" on:click=move |_| selection.picked.set(Picked::All(all))>
                            {say!("selection.take-all", number = all)}
                        </button>
                    }
                    .into_any(),
                )
            }
        }
    };
    offer.into_any()
}
