//! Reads a whole stream, and hands its events over in batches.

use super::lines::{Lines, decompress};
use super::original::original;
use super::{Format, Skip, Summary, encoding, text};
use crate::event::Event;
use crate::store::{Appended, StoreError};
use std::io::{self, Read};
use vigia_app::model::{Cell, Report};

/// A report's events are handed over once there are this many: the store is fastest with large groups.
const BATCH: usize = 20_000;
/// All events are handed over once they hold about this many bytes.
const BATCH_BYTES: usize = 24 << 20;
/// Broken lines are handed over once there are this many.
const BROKEN: usize = 1_000;
/// A file of which the first lines, this many, are all broken is not of the format.
const GIVE_UP: u64 = 1_000;

/// Why an import stopped. What was stored until then stays; the same file can be imported again, rows are stored once.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("This is not in the format \"{format}\". {why} Nothing was stored.")]
    NotThisFormat { format: String, why: String },
    #[error(
        "Reading stopped after line {line}; {stored} rows were stored until then. Import the whole file again: rows that are there are not stored twice."
    )]
    Read { line: u64, stored: u64, source: io::Error },
    #[error("Storing stopped at line {line}; {stored} rows were stored until then. Import the file again once that is solved.")]
    Store { line: u64, stored: u64, source: StoreError },
}

/// A line that could not be read, for the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub reason: &'static str,
    pub detail: String,
    /// The line, masked and cut.
    pub original: String,
}

/// Where an import goes.
pub trait Sink {
    /// Stores events of one report.
    fn append(&mut self, events: Vec<Event>) -> Result<Appended, StoreError>;
    /// Keeps lines that could not be read; says how many.
    fn refuse(&mut self, lines: Vec<Broken>) -> Result<u64, StoreError>;
}

/// A function takes events alone: broken lines are counted and not kept.
impl<F: FnMut(Vec<Event>) -> Result<Appended, StoreError>> Sink for F {
    fn append(&mut self, events: Vec<Event>) -> Result<Appended, StoreError> {
        self(events)
    }

    fn refuse(&mut self, _: Vec<Broken>) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// Reads the stream to its end, and hands events and broken lines to `sink`.
///
/// Memory stays flat: at most a batch of events, and what the format holds back.
pub fn import(reader: impl Read + Send, format: &mut dyn Format, sink: &mut dyn Sink) -> Result<Summary, ImportError> {
    let mut summary = Summary::default();
    let opened = decompress(reader).and_then(|reader| {
        let mut lines = Lines::new(reader);
        let refused = format.refuses(lines.head()?);
        Ok((lines, refused))
    });
    let (mut lines, refused) = opened.map_err(|source| ImportError::Read { line: 0, stored: 0, source })?;
    if let Some(why) = refused {
        return Err(ImportError::NotThisFormat { format: format.name().to_owned(), why: why.to_owned() });
    }
    let mut batches = Batches { sink, waiting: Vec::new(), broken: Vec::new(), bytes: 0 };
    let mut events = Vec::new();
    let mut recognised = false;
    loop {
        let read = match lines.next_line() {
            Ok(Some((number, Ok(line)))) => understood(format, number, line, &mut events, &mut batches),
            Ok(Some((_, Err(no_text)))) => {
                let (number, bytes) = (lines.number(), lines.bytes());
                if let Some(line) = encoding::decoded(no_text, bytes, format.encoding()) {
                    understood(format, number, &line, &mut events, &mut batches)
                } else {
                    let (reason, detail, shown) = encoding::refused(no_text, &bytes[..bytes.len().min(Event::MAX_ORIGINAL)]);
                    batches.refuse(reason, detail, &format.masked(&shown));
                    Err(Skip::Broken { reason, detail: detail.to_owned() })
                }
            }
            Ok(None) => break,
            Err(source) => {
                let line = lines.number();
                batches.take(&mut events, line, &mut summary)?;
                batches.flush(line, &mut summary)?;
                return Err(ImportError::Read { line, stored: summary.stored(), source });
            }
        };
        summary.lines = lines.number();
        match read {
            Ok(()) => recognised = true,
            Err(skip) => {
                recognised |= matches!(skip, Skip::Unwanted(_));
                summary.skip(summary.lines, &skip);
            }
        }
        if !recognised && summary.broken_lines >= GIVE_UP {
            break;
        }
        batches.take(&mut events, summary.lines, &mut summary)?;
        // Not before it is sure that the file is of the format.
        if recognised && batches.broken.len() >= BROKEN {
            batches.flush(summary.lines, &mut summary)?;
        }
    }
    if !recognised && let Some(first) = summary.broken.first() {
        let why = format!("None of its {} lines could be read; line {}: {}.", summary.lines, first.number, first.reason);
        return Err(ImportError::NotThisFormat { format: format.name().to_owned(), why });
    }
    let mut left = Vec::new();
    format.finish(&mut events, &mut left);
    for skip in &left {
        summary.skip(summary.lines, skip);
    }
    batches.take(&mut events, summary.lines, &mut summary)?;
    batches.flush(summary.lines, &mut summary)?;
    Ok(summary)
}

/// Reads a line that is text.
fn understood(format: &mut dyn Format, number: u64, line: &str, events: &mut Vec<Event>, batches: &mut Batches<'_>) -> Result<(), Skip> {
    let read = format.line(number, line, events);
    original(events, 0, || format.masked(line));
    if let Err(Skip::Broken { reason, detail }) = &read {
        batches.refuse(reason, detail, &format.masked(line));
    }
    read
}

/// Events on their way to the sink, apart by report, so that what was stored can be counted by report.
struct Batches<'a> {
    sink: &'a mut dyn Sink,
    broken: Vec<Broken>,
    waiting: Vec<(&'static Report, Vec<Event>)>,
    bytes: usize,
}

impl Batches<'_> {
    fn take(&mut self, events: &mut Vec<Event>, line: u64, summary: &mut Summary) -> Result<(), ImportError> {
        for event in events.drain(..) {
            self.bytes += size(&event);
            let report = event.report;
            let at = self.waiting.iter().position(|(known, _)| known.key == report.key).unwrap_or_else(|| {
                self.waiting.push((report, Vec::new()));
                self.waiting.len() - 1
            });
            if let Some((_, batch)) = self.waiting.get_mut(at) {
                batch.push(event);
                if batch.len() >= BATCH {
                    let batch = std::mem::take(batch);
                    self.bytes = self.bytes.saturating_sub(batch.iter().map(size).sum());
                    self.store(report, batch, line, summary)?;
                }
            }
        }
        if self.bytes >= BATCH_BYTES { self.flush(line, summary) } else { Ok(()) }
    }

    fn flush(&mut self, line: u64, summary: &mut Summary) -> Result<(), ImportError> {
        self.bytes = 0;
        for (report, batch) in std::mem::take(&mut self.waiting) {
            self.store(report, batch, line, summary)?;
        }
        if !self.broken.is_empty() {
            let kept = self.sink.refuse(std::mem::take(&mut self.broken));
            summary.quarantined += kept.map_err(|source| ImportError::Store { line, stored: summary.stored(), source })?;
        }
        Ok(())
    }

    fn refuse(&mut self, reason: &'static str, detail: &str, masked: &str) {
        let original = text::cut(masked, Event::MAX_ORIGINAL).into_owned();
        self.broken.push(Broken { reason, detail: detail.to_owned(), original });
    }

    fn store(&mut self, report: &'static Report, batch: Vec<Event>, line: u64, summary: &mut Summary) -> Result<(), ImportError> {
        if batch.is_empty() {
            return Ok(());
        }
        let appended = self.sink.append(batch).map_err(|source| ImportError::Store { line, stored: summary.stored(), source })?;
        summary.append(report, appended);
        Ok(())
    }
}

/// About how many bytes of memory an event takes.
fn size(event: &Event) -> usize {
    let cells: usize = event.cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 }).sum();
    let extra: usize = event.extra.iter().map(|(name, value)| name.len() + value.len() + 48).sum();
    let attempts: usize = event.attempts.iter().map(|attempt| attempt.message.len() + 128).sum();
    size_of::<Event>() + event.source_id.len() + event.original.len() + event.cells.len() * size_of::<Cell>() + cells + extra + attempts
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
