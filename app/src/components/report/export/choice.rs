//! What the file is to be.

use super::super::address;
use super::super::state::State;
use super::going::Going;
use crate::api::exports::{offered_export, set_export_settings};
use crate::components::follow::{follow, when};
use crate::components::load::load;
use crate::components::notice::Problem;
use crate::model::{ExportFormat, Query, Separator};
use crate::say;
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Choice(state: State, going: Going) -> impl IntoView {
    let format = RwSignal::new(ExportFormat::Csv);
    let (separator, bom, all) = (RwSignal::new(Separator::Comma), RwSignal::new(false), RwSignal::new(false));
    let offer = load(
        move || state.counted.get(),
        move |query| async move { offered_export(state.report.key.to_owned(), address::question(&query)).await },
    );
    let rows = move || offer.value.with(|offer| offer.as_ref().map(|offer| say!("export.rows", count = offer.rows)));
    let wrong = Signal::derive(move || offer.error.with(|error| error.as_ref().map(|error| error.message.said().into_owned())));
    let begin = move |_| {
        let Some(query) = state.counted.get_untracked() else { return };
        let (shown, sort) = state.query.with_untracked(|query| (query.columns.clone(), query.sort));
        let columns = if all.get_untracked() { state.report.columns.iter().collect() } else { shown };
        let asked = address::question(&Query { columns, sort, limit: Query::DEFAULT_LIMIT, cursor: None, ..query });
        let mut path = format!("/api/v1/reports/{}/export?{asked}&format={}", state.report.key, format.get_untracked().name());
        if format.get_untracked() == ExportFormat::Csv {
            path.push_str(&format!(
                "&separator={}&bom={}",
                separator.get_untracked().name(),
                if bom.get_untracked() { "yes" } else { "no" }
            ));
        }
        going.begin(&path);
    };
    let csv = move || {
        (format.get() == ExportFormat::Csv).then(|| {
            let choices = [(Separator::Comma, say!("export.comma")), (Separator::Semicolon, say!("export.semicolon")), (Separator::Tab, say!("export.tab"))];
            let chosen = separator.get_untracked();
            view! {
                <label class="field">
                    <span>{say!("export.separator")}</span>
                    <select name="separator" on:change:target=move |event| {
                        let value = event.target().value();
                        separator.set(Separator::ALL.into_iter().find(|one| one.name() == value).unwrap_or_default());
                    }>
                        {choices.map(|(one, words)| view! { <option value=one.name() selected=one == chosen>{words}</option> }).collect_view()}
                    </select>
                </label>
                <label class="check">
                    <input type="checkbox" name="bom" prop:checked=bom on:change:target=move |event| bom.set(event.target().checked()) />
                    {say!("export.bom")}
                </label>
            }
        })
    };
    // An administrator says here who may, beside what it is about.
    let managers = Memo::new(move |_| offer.value.with(|offer| offer.as_ref().and_then(|offer| offer.managers)));
    let let_managers = move |may: bool| {
        spawn_local(async move {
            match set_export_settings(may).await {
                Ok(()) => offer.retry(),
                Err(error) => offer.error.set(Some(error)),
            }
        });
    };
    let switch = move || {
        managers.get().map(|may| {
            view! {
                <label class="check">
                    <input type="checkbox" name="managers" prop:checked=may on:change:target=move |event| let_managers(event.target().checked()) />
                    {say!("export.managers")}
                </label>
            }
        })
    };
    let formats = [(ExportFormat::Csv, say!("export.format.csv")), (ExportFormat::Ndjson, say!("export.format.ndjson"))];
    let may = move || offer.value.with(Option::is_some) && wrong.with(Option::is_none) && !going.is_going();
    view! {
        <div class="stack export">
            <label class="field">
                <span>{say!("export.format")}</span>
                <select name="format" on:change:target=move |event| {
                    let value = event.target().value();
                    format.set(ExportFormat::ALL.into_iter().find(|one| one.name() == value).unwrap_or(ExportFormat::Csv));
                }>
                    {formats.map(|(one, words)| view! { <option value=one.name()>{words}</option> }).collect_view()}
                </select>
            </label>
            <label class="field">
                <span>{say!("export.columns")}</span>
                <select name="columns" on:change:target=move |event| all.set(event.target().value() == "all")>
                    <option value="shown">{say!("export.columns.shown")}</option>
                    <option value="all">{say!("export.columns.all")}</option>
                </select>
            </label>
            {follow(csv)}
            <p role="status">{follow(rows)}</p>
            <p class="muted">{move || state.query.with(|query| say!("export.zone", zone = query.zone.clone()))}</p>
            <Problem message=wrong />
            {going.shown()}
            <button type="button" class="button primary" disabled=when(move || !may()) on:click=begin>{say!("export.begin")}</button>
            {follow(switch)}
        </div>
    }
    .into_any()
}
