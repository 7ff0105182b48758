//! Choosing columns and their order.

use super::state::State;
use super::tools::{ReportTool, ReportTools};
use crate::browser::focus::focus_soon;
use crate::components::follow::{follow, when};
use crate::components::icon::icon;
use crate::components::late_part::bones;
use crate::components::popover::Popover;
use crate::components::prefs::Prefs;
use crate::components::rows::kept::keep_columns;
use crate::components::session::Session;
use crate::model::Column;
use crate::say;
use leptos::prelude::*;

#[component]
pub fn ColumnChooser(state: State) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = Signal::derive(move || match state.fit().away.len() {
        0 => say!("columns.label").to_owned(),
        away => say!("columns.label-hidden", number = away),
    });
    let tools = expect_context::<ReportTools>();
    view! {
        <Popover open label symbol="columns" class="end quiet-popover">
            {tools.popover(move || ReportTool::Columns(state), |wrong| wrong.unwrap_or_else(|| bones(8)))}
        </Popover>
    }
    .into_any()
}

/// The columns in their order, those that are not shown behind them.
#[component]
pub fn Chooser(state: State) -> impl IntoView {
    let session = expect_context::<Session>();
    let giving = expect_context::<Prefs>().columns;
    let away = Memo::new(move |_| {
        let fit = state.fit();
        state.drawn.with(|query| fit.away.iter().filter_map(|at| query.columns.get(*at).copied()).collect::<Vec<_>>())
    });
    let chosen = Memo::new(move |_| state.query.with(|query| query.columns.clone()));
    let choose = move |columns: Vec<&'static Column>| {
        let own = columns.iter().copied().eq(state.report.shown());
        let keys = columns.iter().map(|column| column.key).collect::<Vec<_>>().join(",");
        session.viewer.with_untracked(|viewer| {
            if let Some(viewer) = viewer {
                keep_columns(&viewer.username, state.report, (!own).then_some(keys.as_str()));
            }
        });
        state.rearrange(columns);
    };
    let toggle = move |column: &'static Column| {
        let mut columns = chosen.get_untracked();
        match columns.iter().position(|other| *other == column) {
            Some(at) => {
                columns.remove(at);
            }
            None => columns.push(column),
        }
        choose(columns);
        focus_soon(format!("[data-column='{}'] input", column.key));
    };
    let shift = move |at: usize, up: bool| {
        let mut columns = chosen.get_untracked();
        let to = if up { at.wrapping_sub(1) } else { at + 1 };
        if to < columns.len() {
            columns.swap(at, to);
            // At either end the button that was pressed is gone.
            let still = if to != 0 && (up || to + 1 == columns.len()) { "up" } else { "down" };
            focus_soon(format!("[data-column='{}'] [data-shift='{still}']", columns[to].key));
            choose(columns);
        }
    };
    let list = move || {
        let chosen = chosen.get();
        let away = away.get();
        let count = chosen.len();
        let rest = state.report.columns.iter().filter(|column| !chosen.contains(column));
        chosen
            .iter()
            .copied()
            .enumerate()
            .map(|(at, column)| (column, Some(at)))
            .chain(rest.map(|column| (column, None)))
            .map(|(column, at)| {
                let arrow = |up: bool, at: usize| {
                    let name = column.label.said();
                    let (words, way) = if up { (say!("columns.up", column = name), "up") } else { (say!("columns.down", column = name), "down") };
                    view! {
                        <button type="button" class="button small square" data-shift=way aria-label=words
                            disabled=if up { at == 0 } else { at + 1 == count } on:click=move |_| shift(at, up)>{icon(way)}</button>
                    }
                };
                view! {
                    <li data-column=column.key>
                        <label class="check" title=column.help.said()>
                            <input type="checkbox" prop:checked=at.is_some() disabled=at.is_some() && count == 1 on:change=move |_| toggle(column) />
                            {column.label.said()}
                            {away.contains(&column).then(|| say!("columns.no-room"))}
                        </label>
                        {at.map(|at| view! { {arrow(true, at)} {arrow(false, at)} })}
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <ul class="column-list" aria-label=say!("columns.list")>{follow(list)}</ul>
        <label class="check">
            <input type="checkbox" prop:checked=when(move || giving.is("fit"))
                on:change:target=move |event| giving.set(if event.target().checked() { "fit" } else { "all" }) />
            {say!("columns.give-way")}
        </label>
        <button type="button" class="button" on:click=move |_| choose(state.report.shown().collect())>{say!("columns.reset")}</button>
    }
    .into_any()
}
