//! The audit log of OpenBao and HashiCorp Vault: JSON, one object a line, two lines an exchange.
//!
//! The two lines of an exchange, request and response, are joined by their request id ([`pending`]). What they say is read by
//! [`record`] and [`exchange_end`], and becomes a view of a secret ([`view`]), an operation on a password ([`operation`]), a backup
//! ([`backup`]) or an audit trail ([`audit`]). What is mapped to what: `docs/integrations/openbao.md`.

mod audit;
mod backup;
mod credential;
mod data;
mod entity;
mod exchange;
mod exchange_end;
mod masked;
mod mount_path;
mod operation;
mod pending;
mod record;
mod text;
mod view;

use super::format::{self, Format, Skip};
use super::original::original;
use crate::event::Event;
use credential::Credential;
use exchange::Exchange;
use exchange_end::{ExchangeEnd, State};
use operation::Operation;
use pending::{Arrival, Half, Pending};
use record::{Record, Side};
use std::sync::Arc;
use vigia_app::model::Timestamp;

/// Reads the audit log of OpenBao or Vault.
#[derive(Debug)]
pub struct OpenBao {
    source: Arc<str>,
    pending: Pending,
    /// Time of the newest line.
    newest: Timestamp,
}

impl OpenBao {
    /// The source of its events unless another name is given.
    pub const SOURCE: &str = "openbao";

    /// `source` names the server the log comes from: two servers need two names.
    pub fn new(source: &str) -> Self {
        Self { source: source.into(), pending: Pending::default(), newest: Timestamp::MIN }
    }

    /// A request this close to the end of a log may still be answered, in milliseconds: a log that grows, or goes on in another
    /// file, is not misread. It is OpenBao's own limit (`default_max_request_duration`).
    const STILL_OPEN: i64 = 90_000;

    /// The events of an exchange whose other half was waiting. Their original is the response, whichever came first.
    fn join(&self, record: &Record<'_>, line: &str, other: &Half, out: &mut Vec<Event>) {
        let first = out.len();
        match record.side {
            Side::Response => {
                let earlier = if record.auth.display_name.is_empty() { Record::parse(&other.line).ok() } else { None };
                self.events(record, earlier.as_ref(), Some(other.time), out);
            }
            Side::Request => {
                if let Ok(response) = Record::parse(&other.line) {
                    self.events(&response, Some(record), Some(record.time), out);
                }
            }
        }
        original(out, first, || masked::line(if record.side == Side::Response { line } else { &other.line }));
    }

    /// The events of a line whose other half never came.
    fn alone(&self, half: &Half, out: &mut Vec<Event>) {
        if let Ok(record) = Record::parse(&half.line) {
            let first = out.len();
            self.events(&record, None, None, out);
            original(out, first, || masked::line(&half.line));
        }
    }

    fn events(&self, record: &Record<'_>, request: Option<&Record<'_>>, asked: Option<Timestamp>, out: &mut Vec<Event>) {
        let exchange = Exchange::new(record, request, asked, &self.source);
        if let Some(credential) = Credential::of(&exchange) {
            out.push(view::event(&exchange, &credential));
            if let Some(made) = Operation::making(&exchange, &credential) {
                out.push(operation::event(&exchange, &made));
            }
        } else if let Some(operation) = Operation::of(&exchange) {
            out.push(operation::event(&exchange, &operation));
        } else if let Some(backup) = backup::event(&exchange) {
            out.push(backup);
        } else {
            out.push(audit::event(&exchange));
        }
    }
}

impl Format for OpenBao {
    fn name(&self) -> &'static str {
        "OpenBao or Vault audit log"
    }

    fn refuses(&self, head: &[u8]) -> Option<&'static str> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let packed: [&[u8]; 3] = [b"PK\x03\x04", b"\xfd7zXZ", b"BZh"];
        if packed.iter().any(|magic| head.starts_with(magic)) {
            return Some("The file is packed in a way that is not read here; unpack it, or use gzip or zstd.");
        }
        // NUL is let through: a log that was truncated while it was written to starts with them.
        let binary = |byte: &u8| *byte < b' ' && !b"\t\r\n\0".contains(byte);
        if head.starts_with(b"\x89PNG") || head.iter().take(64).any(binary) {
            return Some("The file is binary. Give the log that the file audit device writes, plain or compressed with gzip or zstd.");
        }
        match head.trim_ascii_start() {
            [b'[', ..] => Some("The file is a JSON array; one JSON object a line is needed, as the file audit device writes it."),
            // A header of syslog starts with `<` and a number.
            [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?', ..] => {
                Some("The file is XML or HTML. Have the audit device write JSON (format=json).")
            }
            _ => None,
        }
    }

    fn line(&mut self, _number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        let record = Record::parse(line)?;
        self.newest = self.newest.max(record.time);
        if record.is_test() {
            return Err(Skip::Unwanted("test of an audit device (sys/audit/test)"));
        }
        if record.request.id.is_empty() {
            self.events(&record, None, None, out);
            return Ok(());
        }
        match self.pending.arrive(&record.request.id, record.side, record.time, line) {
            Arrival::Meets(other) => {
                self.join(&record, line, &other, out);
                self.pending.done(other);
            }
            Arrival::Again => return Err(Skip::Unwanted("logged twice")),
            Arrival::Waits => {
                while let Some(oldest) = self.pending.overflow() {
                    self.alone(&oldest, out);
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<Event>, skipped: &mut Vec<Skip>) {
        let mut open = Vec::new();
        while let Some(oldest) = self.pending.oldest() {
            let recent = self.newest.millis() - oldest.time.millis() < Self::STILL_OPEN;
            if recent && Record::parse(&oldest.line).is_ok_and(|record| ExchangeEnd::of(&record).state == State::Unknown) {
                open.push(oldest);
            } else {
                self.alone(&oldest, out);
            }
        }
        for half in open {
            skipped.push(Skip::Unwanted("its response is not in the log yet"));
            if let Ok(record) = Record::parse(&half.line) {
                self.pending.arrive(&record.request.id, half.side, half.time, &half.line);
            }
        }
    }

    fn half(&self, line: &str) -> Option<format::Half> {
        let record = Record::parse(line).ok().filter(|record| !record.request.id.is_empty() && !record.is_test())?;
        Some(format::Half { id: record.request.id.to_string(), side: record.side })
    }

    fn give_up(&mut self, out: &mut Vec<Event>) {
        while let Some(half) = self.pending.oldest() {
            self.alone(&half, out);
        }
    }

    fn masked(&self, line: &str) -> String {
        masked::line(line)
    }
}

#[cfg(test)]
mod tests;
