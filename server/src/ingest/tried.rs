//! What became of lines that were tried, as texts: for the API and the command line.

use super::trying::{Outcome, Tried};
use crate::event::Event;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A line, and what becomes of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedLine {
    /// Its number, from 1. What is made at the end, of lines that waited, has the number of the last line.
    line: u64,
    outcome: Outcome,
    /// The format that reads it; null where none claims it, or two do.
    #[schema(required)]
    format: Option<String>,
    /// Which rule of the format decided, or why the line becomes no event; empty where the format says no more.
    why: String,
    events: Vec<TriedEvent>,
    /// The line as it would be kept: its secrets masked.
    original: String,
}

impl From<Tried> for TriedLine {
    fn from(Tried { line, outcome, format, why, events, original }: Tried) -> Self {
        Self { line, outcome, format, why, events: events.into_iter().map(Into::into).collect(), original }
    }
}

/// An event that would be stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedEvent {
    /// Key of its report.
    pub report: &'static str,
    #[schema(format = DateTime)]
    pub time: String,
    /// What tells it from others of its source.
    pub source_id: String,
    /// Columns of the report that have a value, as texts.
    pub columns: BTreeMap<&'static str, String>,
    pub attempts: Vec<TriedAttempt>,
    /// What else the line says: name and value, as the details show them.
    #[schema(value_type = Vec<Vec<String>>)]
    pub extra: Vec<(String, String)>,
}

/// A try of an operation.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedAttempt {
    pub number: u32,
    pub result: String,
    pub executor: String,
    pub message: String,
}

impl From<Event> for TriedEvent {
    fn from(event: Event) -> Self {
        let columns = event.report.stored().filter(|column| column.key != "source").zip(&event.cells);
        let columns = columns.filter(|(_, cell)| !cell.is_empty()).map(|(column, cell)| (column.key, cell.plain())).collect();
        let attempts = event.attempts.into_iter().map(|attempt| TriedAttempt {
            number: attempt.number,
            result: attempt.result,
            executor: attempt.executor,
            message: attempt.message,
        });
        Self {
            report: event.report.key,
            time: event.time.rfc3339(),
            source_id: event.source_id,
            columns,
            attempts: attempts.collect(),
            extra: event.extra,
        }
    }
}
