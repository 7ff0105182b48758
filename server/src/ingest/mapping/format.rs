//! Lines read by mappings.

use super::Mapping;
use super::apply::about;
use super::recent::Recent;
use crate::event::Event;
use crate::ingest::envelope::{Envelope, Record};
use crate::ingest::{Context, Format, Skip};
use std::sync::Arc;

/// Reads lines with the first of some mappings that they belong to.
pub struct Mapped {
    name: String,
    mappings: Arc<[Arc<Mapping>]>,
    envelopes: Vec<Envelope>,
    source: Arc<str>,
    context: Context,
    recent: Recent,
}

impl Mapped {
    /// `name` is what the lines are called in a sentence; lines of another shape than `envelopes` are not understood.
    pub fn new(name: String, mappings: Arc<[Arc<Mapping>]>, envelopes: Vec<Envelope>, source: &str, context: &Context) -> Self {
        Self { name, mappings, envelopes, source: source.into(), context: context.clone(), recent: Recent::default() }
    }
}

impl Format for Mapped {
    fn name(&self) -> &str {
        &self.name
    }

    fn refuses(&self, head: &[u8]) -> Option<&'static str> {
        (head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff])).then_some("The file is UTF-16 text; save it as UTF-8.")
    }

    fn line(&mut self, _number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        if line.trim().is_empty() {
            return Err(Skip::Unwanted("empty line"));
        }
        let broken = |detail| Skip::Broken { reason: "not understood", detail };
        let record = Record::read(line, &self.envelopes, &self.context).map_err(broken)?;
        if record.holds_another() {
            return Err(Skip::Broken { reason: "several events in one line", detail: "another one begins within it".to_owned() });
        }
        let mapping = self.mappings.iter().find(|mapping| mapping.belongs(&record));
        let mapping = mapping.ok_or_else(|| Skip::Broken { reason: "no mapping", detail: about(&record) })?;
        let (mut event, own_id) = mapping.event(&record, &self.source, &self.context)?;
        if !own_id {
            let number = self.recent.count(&event.source_id);
            if number > 1 {
                event.source_id = format!("{}-{number}", event.source_id);
            }
        }
        out.push(event);
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<Event>, _: &mut Vec<Skip>) {}
}

/// The mappings that can tell their product among lines of this shape.
pub fn forms(mappings: &[Arc<Mapping>], envelope: Envelope) -> Arc<[Arc<Mapping>]> {
    let tells = |mapping: &&Arc<Mapping>| mapping.envelopes.contains(&envelope) && !mapping.belongs.is_empty();
    mappings.iter().filter(tells).cloned().collect()
}
