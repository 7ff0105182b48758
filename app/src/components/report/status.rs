//! What stands in the table's place when it has no rows.

use super::state::State;
use crate::model::{ErrorKind, Query};
use leptos::prelude::*;

/// Why there are no rows, and the way out; nothing while there are some.
pub fn instead_of_rows(state: State) -> Option<AnyView> {
    if let Some(error) = state.error() {
        return Some(failed(state, error.kind, error.field, error.message));
    }
    let none = state.rows.value.with(|shown| shown.as_ref().is_some_and(|shown| shown.page.rows.is_empty()));
    if !none {
        return None;
    }
    let query = state.query.get();
    // Known once the rows have been counted.
    let empty = state.summary.value.with(|summary| summary.map(|summary| summary.empty));
    Some(if empty == Some(true) || (!query.is_filtered() && query.cursor.is_none()) {
        view! {
            <div class="state">
                <h2>"No events yet"</h2>
                <p>{format!("Nothing has been recorded for {} so far. Events come from other systems, or from a file:", state.report.title)}</p>
                <p><code>"vigia import --format openbao audit.log"</code></p>
                <p class="muted">"What "<code>"vigia demo"</code>" fills in is made up, and can be removed again."</p>
            </div>
        }
        .into_any()
    } else if query.is_narrowed() {
        let words = "The report has events, but none that meets all the filters, the search and the time range.";
        nothing("No event matches".to_owned(), words, "Clear", move || state.clear())
    } else if let (Some(view), None) = (query.ready_view().and_then(|at| state.report.views.get(at)), &query.cursor) {
        empty?;
        let all = query.in_view(&Query::all(state.report));
        let words = "The report has events, but none that belongs here.";
        nothing(format!("Nothing under {}", view.name), words, "Show all", move || state.ask(all.clone()))
    } else {
        let words = "There are fewer rows than there were.";
        nothing("This page is past the end".to_owned(), words, "Go to the first page", move || state.ask(state.query.get_untracked()))
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

fn failed(state: State, kind: ErrorKind, field: Option<String>, message: String) -> AnyView {
    let title = match kind {
        ErrorKind::Invalid => "The address asks for something that cannot be read",
        ErrorKind::Forbidden => "Your role does not allow this",
        ErrorKind::Offline => "The server cannot be reached",
        _ => "The rows could not be read",
    };
    let sentence = match &field {
        Some(field) => format!("{field}: {message}"),
        None => message,
    };
    let way_out = match field {
        Some(field) => {
            let words = if field == "cursor" { "Go to the first page".to_owned() } else { format!("Remove {field}") };
            view! {
                <button type="button" class="button primary" on:click=move |_| state.drop_parameter(&field)>{words}</button>
                <button type="button" class="button" on:click=move |_| state.clear()>"Clear"</button>
            }
            .into_any()
        }
        None => view! { <button type="button" class="button primary" on:click=move |_| state.rows.retry()>"Retry"</button> }.into_any(),
    };
    view! {
        <div class="state" role="alert">
            <h2>{title}</h2>
            <p>{sentence}</p>
            <p class="row">{way_out}</p>
        </div>
    }
    .into_any()
}
