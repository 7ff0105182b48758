//! Lines read by mappings.

use super::Mapping;
use super::apply::{By, Told, about};
use super::recent::Recent;
use crate::event::Event;
use crate::ingest::envelope::{Envelope, Record};
use crate::ingest::format::Decided;
use crate::ingest::{Context, Format, Skip};
use std::sync::Arc;
use vigia_app::model::Timestamp;

/// Reads lines with the first of some mappings that they belong to.
pub struct Mapped {
    name: String,
    mappings: Arc<[Arc<Mapping>]>,
    envelopes: Vec<Envelope>,
    source: Arc<str>,
    context: Context,
    recent: Recent,
    /// The mapping of the line that was read last, and what of it decided.
    last: Option<(usize, Option<By>)>,
}

impl Mapped {
    /// `name` is what the lines are called in a sentence; lines of another shape than `envelopes` are not understood.
    pub fn new(name: String, mappings: Arc<[Arc<Mapping>]>, envelopes: Vec<Envelope>, source: &str, context: &Context) -> Self {
        Self { name, mappings, envelopes, source: source.into(), context: context.clone(), recent: Recent::default(), last: None }
    }
}

impl Format for Mapped {
    fn name(&self) -> &str {
        &self.name
    }

    fn refuses(&self, _head: &[u8]) -> Option<&'static str> {
        None
    }

    fn decided(&self) -> Option<Decided> {
        let (at, by) = self.last?;
        let mapping = self.mappings.get(at)?;
        Some(Decided { format: mapping.name.clone(), why: by.map_or_else(String::new, |by| mapping.why(by)) })
    }

    fn written(&mut self, at: Option<Timestamp>) {
        self.context.written = at;
    }

    fn line(&mut self, number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        self.last = None;
        if line.trim().is_empty() {
            return Err(Skip::Unwanted("empty line"));
        }
        let broken = |detail| Skip::Broken { reason: "not understood", detail };
        let record = Record::read(line, &self.envelopes, &self.context).map_err(broken)?;
        if record.holds_another() {
            return Err(Skip::Broken { reason: "several events in one line", detail: "another one begins within it".to_owned() });
        }
        let mapping = self.mappings.iter().enumerate().find(|(_, mapping)| mapping.belongs(&record));
        let (at, mapping) = mapping.ok_or_else(|| Skip::Broken { reason: "no mapping", detail: about(&record) })?;
        let mut by = None;
        let read = mapping.event(&record, &self.source, &self.context, &mut by);
        self.last = Some((at, by));
        let (mut event, told) = read?;
        match told {
            Told::Id => {}
            Told::Place => event.source_id = format!("{}-line-{number}", event.source_id),
            Told::Words => {
                let number = self.recent.count(&event.source_id);
                if number > 1 {
                    event.source_id = format!("{}-{number}", event.source_id);
                }
            }
        }
        out.push(event);
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<Event>, _: &mut Vec<Skip>) {}
}

/// The mappings that can tell their product among lines of this shape.
pub fn forms(mappings: &[Arc<Mapping>], envelope: Envelope) -> Arc<[Arc<Mapping>]> {
    let tells = |mapping: &&Arc<Mapping>| mapping.envelopes.contains(&envelope) && mapping.tells_its_product();
    mappings.iter().filter(tells).cloned().collect()
}
