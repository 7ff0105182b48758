//! The numbers of a chart as a table, and its files.

use super::save;
use crate::browser::intl::count as number;
use crate::components::follow::{follow, when};
use crate::pages::behavior::marks::{Chart, Mark};
use crate::pages::behavior::state::rows;
use crate::say;
use leptos::prelude::*;

/// The buttons, and the table once it is asked for.
pub fn numbers(chart: Chart) -> AnyView {
    let open = RwSignal::new(false);
    let words = move || if open.get() { say!("behavior.hide-numbers") } else { say!("behavior.show-numbers") };
    let expanded = when(move || if open.get() { "true" } else { "false" });
    view! {
        <span class="chart-files no-print">
            <button type="button" class="link" aria-expanded=expanded on:click=move |_| open.update(|open| *open = !*open)>{follow(words)}</button>
            {save::buttons(chart)}
        </span>
        {follow(move || open.get().then(|| table(chart)))}
    }
    .into_any()
}

fn table(chart: Chart) -> AnyView {
    let heads = move || {
        let names = chart.names.get();
        let all = [Some(names.all), Some(names.part), names.second, names.before];
        all.into_iter().flatten().map(|name| view! { <th scope="col" class="number">{name}</th> }).collect_view()
    };
    let body = move || {
        let names = chart.names.get();
        let row = |mark: &Mark| {
            let cells = mark.counts(names).into_iter().map(|(_, count, of)| {
                let query = of.filter(|_| count > 0).and_then(|of| chart.rows_of(mark, mark, of));
                let number = number(count);
                let cell = match query.map(|query| rows(&query, None)) {
                    Some(href) => view! { <a href=href>{number}</a> }.into_any(),
                    None => number.into_any(),
                };
                view! { <td class="number">{cell}</td> }
            });
            view! { <tr><th scope="row">{mark.label()} " " <span class="muted">{mark.remarks().join(", ")}</span></th>{cells.collect_view()}</tr> }
        };
        chart.marks.with(|marks| marks.iter().map(row).collect_view())
    };
    view! {
        <div class="wide-table" tabindex="0" role="region" aria-label=say!("behavior.numbers")>
            <table>
                <caption class="sr">{when(move || chart.title.get())}</caption>
                <thead><tr><th scope="col">{say!("behavior.span")}</th>{follow(heads)}</tr></thead>
                <tbody>{follow(body)}</tbody>
            </table>
        </div>
    }
    .into_any()
}
