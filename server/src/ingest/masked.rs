//! A format whose events hold no secrets, whatever it is that it reads.

use super::format::{Decided, Half};
use super::{Format, Skip, text};
use crate::event::Event;
use crate::manner::Encoding;
use crate::mask;
use std::borrow::Cow;
use vigia_app::model::{Cell, Timestamp};

/// Masks everything a format hands over, and cuts it to what is kept of a text.
pub struct Masked {
    pub format: Box<dyn Format + Send>,
    pub encoding: Encoding,
}

impl Format for Masked {
    fn name(&self) -> &str {
        self.format.name()
    }

    fn refuses(&self, head: &[u8]) -> Option<&'static str> {
        self.format.refuses(head)
    }

    fn line(&mut self, number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        let before = out.len();
        let read = self.format.line(number, line, out);
        out[before..].iter_mut().for_each(clean);
        read.map_err(clean_skip)
    }

    fn finish(&mut self, out: &mut Vec<Event>, skipped: &mut Vec<Skip>) {
        let before = (out.len(), skipped.len());
        self.format.finish(out, skipped);
        out[before.0..].iter_mut().for_each(clean);
        for skip in &mut skipped[before.1..] {
            *skip = clean_skip(skip.clone());
        }
    }

    fn half(&self, line: &str) -> Option<Half> {
        self.format.half(line)
    }

    fn give_up(&mut self, out: &mut Vec<Event>) {
        let before = out.len();
        self.format.give_up(out);
        out[before..].iter_mut().for_each(clean);
    }

    fn decided(&self) -> Option<Decided> {
        self.format.decided()
    }

    fn encoding(&self) -> Encoding {
        self.encoding
    }

    fn written(&mut self, at: Option<Timestamp>) {
        self.format.written(at);
    }

    fn masked(&self, line: &str) -> String {
        self.format.masked(line)
    }
}

fn clean_skip(skip: Skip) -> Skip {
    match skip {
        Skip::Broken { reason, mut detail } => {
            clean_text(&mut detail, Event::MAX_TEXT);
            Skip::Broken { reason, detail }
        }
        unwanted @ Skip::Unwanted(_) => unwanted,
    }
}

fn clean(event: &mut Event) {
    clean_id(&mut event.source_id);
    for (cell, column) in event.cells.iter_mut().zip(event.report.stored()) {
        if let Cell::Text(text) = cell {
            clean_text(text, text::longest(column.kind));
        }
    }
    for (name, value) in &mut event.extra {
        if name.len() > Event::MAX_NAME || mask::announces(name) {
            // OpenBao's hash of a token is what ties together what was done with it.
            if mask::is_secret_key(name) && !mask::is_hash(value) {
                mask::MASKED.clone_into(value);
            }
            clean_text(name, Event::MAX_NAME);
        }
        clean_text(value, Event::MAX_TEXT);
    }
    for attempt in &mut event.attempts {
        clean_text(&mut attempt.executor, Event::MAX_NAME);
        clean_text(&mut attempt.error_class, Event::MAX_NAME);
        clean_text(&mut attempt.message, Event::MAX_TEXT);
    }
    if !event.original.is_empty() {
        event.original = text::cut(&mask::line(&event.original), Event::MAX_ORIGINAL).into_owned();
    }
}

/// An id that holds a secret or is too long is known by its hash: blotted out or cut off, two events might look like one.
fn clean_id(id: &mut String) {
    if id.len() > Event::MAX_NAME || matches!(mask::secrets(id), Cow::Owned(_)) {
        *id = text::hash(&[id.as_bytes()]);
    }
}

fn clean_text(text: &mut String, most: usize) {
    if let Cow::Owned(masked) = mask::secrets(text) {
        *text = masked;
    }
    if let Cow::Owned(short) = text::cut(text, most) {
        *text = short;
    }
}
