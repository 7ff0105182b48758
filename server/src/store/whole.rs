//! Events as they are kept, with everything that belongs to them: what a store writes, and what a copy of a database moves.

use super::steps::{self, Entry};
use super::value::{MISSING, Value, clean, cut, keep, shortened};
use crate::event::Event;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vigia_app::model::{Attempt, Cell, HistoryEntry, Report, Timestamp};

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    /// An [`EventId`](vigia_app::model::EventId).
    pub id: i64,
    /// First 16 bytes of the SHA-256 of source and source id: what names the event, whatever it says.
    pub key: [u8; 16],
    /// A value for each of [`Report::stored`]'s columns. In a copy those that are derived are missing: its own server finds them out.
    pub cells: Vec<Value>,
    pub source_id: String,
    /// Milliseconds since 1970.
    pub received: i64,
    /// JSON: `[[name, value], ...]`.
    pub extra: String,
    pub original: String,
    pub attempts: Vec<Attempt>,
    /// Of an operation of the queue.
    pub queued: Option<Queued>,
}

/// What is kept of an operation of the queue beside its row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    pub entry: Entry,
    /// SHA-256 of what a callback proves itself with; empty for none.
    pub ticket: Vec<u8>,
    /// Oldest first; each with the idempotency key of whoever asked, empty for none.
    pub history: Vec<(HistoryEntry, String)>,
}

impl Whole {
    /// The same without what was found out about it.
    pub fn underived(mut self, report: &'static Report) -> Self {
        for (value, _) in self.cells.iter_mut().zip(report.stored()).filter(|(_, column)| column.derived) {
            *value = Value::Number(MISSING);
        }
        self
    }

    /// The columns that an event says itself, with their values.
    pub(super) fn said(self, report: &'static Report) -> Vec<(&'static str, Value)> {
        report
            .stored()
            .zip(self.cells)
            .filter(|(column, _)| !column.derived && !column.standing)
            .map(|(column, value)| (column.key, value))
            .collect()
    }

    /// The event under this id, cut to what is kept.
    pub(super) fn new(event: Event, key: [u8; 16], id: i64, received: Timestamp) -> Self {
        let source = Cell::text(&*event.source);
        let attempt = |attempt: &Attempt| Attempt {
            executor: clean(&attempt.executor).into_owned(),
            result: clean(&attempt.result).into_owned(),
            error_class: clean(&attempt.error_class).into_owned(),
            message: cut(&attempt.message, Event::MAX_TEXT).into_owned(),
            connector: clean(&attempt.connector).into_owned(),
            template: cut(&attempt.template, Event::MAX_NAME).into_owned(),
            version: cut(&attempt.version, Event::MAX_NAME).into_owned(),
            log: steps::log(&attempt.log),
            ..*attempt
        };
        Self {
            id,
            key,
            cells: event.report.stored().zip(event.cells.into_iter().chain([source])).map(|(column, cell)| keep(column, cell)).collect(),
            source_id: shortened(event.source_id, Event::MAX_NAME),
            received: received.millis(),
            extra: if event.extra.is_empty() { "[]".to_owned() } else { serde_json::to_string(&event.extra).unwrap_or_default() },
            original: shortened(event.original, Event::MAX_ORIGINAL),
            attempts: event.attempts.iter().map(attempt).collect(),
            queued: None,
        }
    }
}

/// What names an event: see [`Whole::key`].
pub(super) fn key(event: &Event) -> [u8; 16] {
    key_of(&event.source, &event.source_id)
}

/// The key of the event that came from a source under this id of the source's.
pub(super) fn key_of(source: &str, source_id: &str) -> [u8; 16] {
    let digest = Sha256::new().chain_update(source.as_bytes()).chain_update([0]).chain_update(source_id.as_bytes()).finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}
