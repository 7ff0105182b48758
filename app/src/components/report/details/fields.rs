//! The fields of an event, by the question they answer.

use super::Copier;
use crate::components::icon::icon;
use crate::components::report::cell::{self, Clock};
use crate::components::said::paragraph;
use crate::model::{Cell, Column, Delay, DelayMark, Group, Record, Report, Tone, duration, visible};
use crate::{say, text};
use leptos::prelude::*;

pub(super) fn fields(report: &'static Report, record: &Record, clock: &Clock, copied: Copier) -> AnyView {
    let groups = Group::ALL.into_iter().filter_map(|group| {
        let of_group = report.columns.iter().zip(&record.cells).filter(|(column, _)| column.group == group);
        let mut rows: Vec<AnyView> = of_group.map(|(column, cell)| column_field(column, cell, clock, copied)).collect();
        if group == Group::Record {
            let source_id = record.source_id.clone();
            rows.push(field(
                say!("details.source-id"),
                say!("details.source-id.help"),
                visible(&source_id).into_owned().into_any(),
                source_id,
                "id",
                copied,
            ));
            rows.push(received(report, record, clock, copied));
        }
        (!rows.is_empty()).then(|| section(group.label().said(), rows))
    });
    view! {
        {groups.collect_view()}
        {extra(record, copied)}
        {original(record, copied)}
    }
    .into_any()
}

/// When the event arrived, and how long after it happened.
fn received(report: &Report, record: &Record, clock: &Clock, copied: Copier) -> AnyView {
    let delay = Delay::of(report, record.id.time(), record.received);
    let apart = duration::words(delay.millis.abs());
    let (words, tone) = match delay.mark {
        Some(DelayMark::Future) => (say!("details.future", span = apart), Tone::Warning),
        Some(DelayMark::Late) => (say!("details.late", span = apart), Tone::Warning),
        None if delay.millis < 0 => (say!("details.before", span = apart), Tone::Muted),
        None => (say!("details.after", span = apart), Tone::Muted),
    };
    let value = view! { {clock.time(record.received)} " " {cell::toned(words, tone)} }.into_any();
    field(say!("details.received"), say!("details.received.help"), value, record.received.rfc3339(), "time", copied)
}

/// The line the event was read from.
fn original(record: &Record, copied: Copier) -> Option<AnyView> {
    let line = record.original.as_ref().filter(|line| !line.is_empty())?;
    let shown = visible(line).into_owned();
    Some(
        view! {
            <section>
                <h3>{say!("details.original")}</h3>
                <div class="original"><pre tabindex="0" aria-label=say!("details.original")>{shown}</pre>{copy_button(say!("details.original.name").to_owned(), line.clone(), copied)}</div>
            </section>
        }
        .into_any(),
    )
}

/// What the source said beyond the report's columns.
fn extra(record: &Record, copied: Copier) -> AnyView {
    match &record.extra {
        None => paragraph("muted", text!("details.more-for")),
        Some(extra) if extra.is_empty() => ().into_any(),
        Some(extra) => {
            let rows = extra.iter().map(|(name, value)| extra_field(name, value, copied)).collect();
            section(say!("details.further"), rows)
        }
    }
}

fn section(title: &'static str, rows: Vec<AnyView>) -> AnyView {
    view! {
        <section>
            <h3>{title}</h3>
            <dl class="fields">{rows}</dl>
        </section>
    }
    .into_any()
}

fn column_field(column: &'static Column, cell: &Cell, clock: &Clock, copied: Copier) -> AnyView {
    let drawn = cell::draw(column, cell, clock);
    field(column.label.said(), column.help.said(), drawn, cell.plain(), cell::class(column.kind), copied)
}

fn field(label: &'static str, help: &'static str, value: AnyView, plain: String, class: &'static str, copied: Copier) -> AnyView {
    view! {
        <div class="field-row">
            <dt>{label}</dt>
            <dd class=class>{value}{copy_button(label.to_owned(), plain, copied)}</dd>
            <dd class="help">{help}</dd>
        </div>
    }
    .into_any()
}

fn extra_field(name: &str, value: &str, copied: Copier) -> AnyView {
    view! {
        <div class="field-row">
            <dt class="mono">{visible(name).into_owned()}</dt>
            <dd class="long">{visible(value).into_owned()}{copy_button(name.to_owned(), value.to_owned(), copied)}</dd>
        </div>
    }
    .into_any()
}

fn copy_button(name: String, text: String, copied: Copier) -> Option<AnyView> {
    (!text.is_empty()).then(|| {
        let label = say!("copy.of", what = &name);
        view! {
            <button type="button" class="copy" aria-label=label.clone() title=label on:click=move |_| copied.copy(&name, &text)>{icon("copy")}</button>
        }
        .into_any()
    })
}
