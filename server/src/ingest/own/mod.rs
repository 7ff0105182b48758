//! Vigia's own events: a JSON object each. What it may hold: [`schema`], and `docs/integrations/vigia-json.md`.

mod read;
pub mod schema;
#[cfg(test)]
mod tests;

use super::envelope::without_ends;
use super::{Context, Format, Skip};
use crate::event::Event;
use std::sync::Arc;
use vigia_app::model::Timestamp;

/// Longest header of syslog before an object, in bytes.
const MAX_HEADER: usize = 1024;

/// Reads Vigia's own JSON.
pub struct Own {
    source: Arc<str>,
    context: Context,
}

impl Own {
    pub fn new(source: &str, context: &Context) -> Self {
        Self { source: source.into(), context: context.clone() }
    }
}

impl Format for Own {
    fn name(&self) -> &'static str {
        "list of events in Vigia's own JSON"
    }

    fn refuses(&self, head: &[u8]) -> Option<&'static str> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        head.trim_ascii_start().starts_with(b"[").then_some("The file is a JSON array; one JSON object a line is needed.")
    }

    fn line(&mut self, _number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        if line.trim().is_empty() {
            return Err(Skip::Unwanted("empty line"));
        }
        let read = read::event(object(line), &self.source, &self.context);
        out.push(read.map_err(|detail| Skip::Broken { reason: "not an event of Vigia", detail })?);
        Ok(())
    }

    fn written(&mut self, at: Option<Timestamp>) {
        self.context.written = at;
    }

    fn finish(&mut self, _: &mut Vec<Event>, _: &mut Vec<Skip>) {}
}

/// What is read of a line: what stands behind its header where a relay has put one (`<134>`...) before it.
fn object(line: &str) -> &str {
    let line = without_ends(line);
    let start = if line.starts_with('<') { line.bytes().take(MAX_HEADER).position(|byte| byte == b'{') } else { None };
    start.map_or(line, |start| &line[start..])
}
