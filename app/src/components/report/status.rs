//! What stands in the table's place when it has no rows.

use super::state::State;
use super::tools::ReportTools;
use crate::components::follow::follow;
use crate::components::said::paragraph;
use crate::model::{ApiError, ErrorKind, Query};
use crate::{say, text};
use leptos::prelude::*;

/// Why there are no rows, and the way out; nothing while there are some.
#[component]
pub fn InsteadOfRows(state: State) -> impl IntoView {
    // A sentence that changes while the server is asked again leaves the button in its place, and the focus on it.
    let wrong = Memo::new(move |_| state.error().map(|error| (error.kind, error.field)));
    follow(move || instead_of_rows(state, wrong.get()))
}

fn instead_of_rows(state: State, wrong: Option<(ErrorKind, Option<String>)>) -> Option<AnyView> {
    // What is wrong with an address, and why there are no rows, is among the words that come late.
    let tools = expect_context::<ReportTools>();
    let late = move || {
        if !tools.words.are_there() {
            tools.prefetch();
        }
    };
    if let Some((kind, field)) = wrong {
        late();
        return Some(failed(state, kind, field));
    }
    let none = state.rows.value.with(|shown| shown.as_ref().is_some_and(|shown| shown.page.rows.is_empty()));
    if !none {
        return None;
    }
    late();
    let query = state.query.get();
    // Known once the rows have been counted.
    let empty = state.summary.value.with(|summary| summary.map(|summary| summary.empty));
    Some(if empty == Some(true) || (!query.is_filtered() && query.cursor.is_none()) {
        view! {
            <div class="state">
                <h2>{say!("empty.title")}</h2>
                <p>{say!("empty.why", report = state.report.words.title)}</p>
                <p><code>"vigia import --format openbao audit.log"</code></p>
                {paragraph("muted", text!("empty.demo"))}
            </div>
        }
        .into_any()
    } else if query.is_narrowed() {
        nothing(say!("empty.no-match").to_owned(), say!("empty.no-match.why"), say!("filters.clear"), move || state.clear())
    } else if let (Some(view), None) = (query.ready_view().and_then(|at| state.report.views.get(at)), &query.cursor) {
        empty?;
        let all = query.in_view(&Query::all(state.report));
        let title = say!("empty.view", view = view.name);
        nothing(title, say!("empty.view.why"), say!("empty.show-all"), move || state.ask(all.clone()))
    } else {
        let title = say!("empty.past-end").to_owned();
        nothing(title, say!("empty.past-end.why"), say!("empty.first-page"), move || state.ask(state.query.get_untracked()))
    })
}

fn nothing(title: String, words: &'static str, way: &'static str, out: impl Fn() + 'static) -> AnyView {
    fn drawn(title: String, words: &'static str, way: &'static str, out: Box<dyn Fn()>) -> AnyView {
        view! {
            <div class="state">
                <h2>{title}</h2>
                <p>{words}</p>
                <p><button type="button" class="button primary" on:click=move |_| out()>{way}</button></p>
            </div>
        }
        .into_any()
    }
    drawn(title, words, way, Box::new(out))
}

fn failed(state: State, kind: ErrorKind, field: Option<String>) -> AnyView {
    let title = match kind {
        ErrorKind::Invalid => say!("failed.invalid"),
        ErrorKind::Forbidden => say!("failed.forbidden"),
        ErrorKind::Offline => say!("failed.offline"),
        _ => say!("failed.rows"),
    };
    let sentence = move || {
        let ApiError { field, message, .. } = state.error()?;
        Some(match field {
            Some(field) => format!("{field}: {}", message.said()),
            None => message.said().into_owned(),
        })
    };
    let way_out = match field {
        Some(field) => {
            let words = if field == "cursor" { say!("empty.first-page").to_owned() } else { say!("failed.remove", parameter = &field) };
            view! {
                <button type="button" class="button primary" on:click=move |_| state.drop_parameter(&field)>{words}</button>
                <button type="button" class="button" on:click=move |_| state.clear()>{say!("filters.clear")}</button>
            }
            .into_any()
        }
        None => {
            view! { <button type="button" class="button primary" on:click=move |_| state.rows.retry()>{say!("retry")}</button> }.into_any()
        }
    };
    view! {
        <div class="state" role="alert">
            <h2>{title}</h2>
            <p>{follow(sentence)}</p>
            <p class="row">{way_out}</p>
        </div>
    }
    .into_any()
}
