//! Lines of several formats in one stream, told apart by their marks: what the mapping of each product says its lines must be (`belongs`), and the members that
//! a line of a format has which is code. A line that none claims, or that two do, is kept aside with their names: whose it is is never guessed.

use super::envelope::{Envelope, Record};
use super::format::{Decided, Half};
use super::mapping::{Mapped, Mapping, about};
use super::{Context, Format, OpenBao, Skip};
use crate::event::Event;
use crate::ingest::own::Own;
use crate::mask;
use std::sync::Arc;
use vigia_app::model::Timestamp;

/// What `--format` calls it.
pub const AUTO: &str = "auto";

/// A format, and what a line must have to be of it.
struct Claim {
    name: String,
    marks: Marks,
    format: Box<dyn Format + Send>,
}

enum Marks {
    /// These members of a JSON object.
    Members(&'static [&'static str]),
    /// What the mapping says.
    Mapping(Arc<Mapping>),
}

impl Marks {
    fn hold(&self, records: &[Record<'_>]) -> bool {
        match self {
            Self::Members(names) => {
                let json = records.iter().find(|record| record.envelope == Envelope::Json);
                let has = |record: &Record<'_>, name: &str| {
                    record
                        .fields
                        .iter()
                        .any(|(known, _)| known.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
                };
                json.is_some_and(|record| names.iter().all(|name| has(record, name)))
            }
            Self::Mapping(mapping) => {
                // The shape that the mapping itself would read the line in.
                let own = records.iter().find(|record| mapping.envelopes.contains(&record.envelope));
                own.is_some_and(|record| mapping.claims(record))
            }
        }
    }

    fn reads(&self, envelope: Envelope) -> bool {
        match self {
            Self::Members(_) => envelope == Envelope::Json,
            Self::Mapping(mapping) => mapping.envelopes.contains(&envelope),
        }
    }
}

/// See the module.
pub struct Auto {
    claims: Vec<Claim>,
    /// The shapes that any of them reads.
    shapes: Vec<Envelope>,
    context: Context,
    last: Option<usize>,
}

impl Auto {
    /// Of Vigia's own formats and those of these mappings that say what their lines must be.
    pub fn new(mappings: &[Arc<Mapping>], source: &str, context: &Context) -> Self {
        let mut claims = vec![
            Claim {
                name: "openbao".to_owned(),
                marks: Marks::Members(&["time", "type", "request"]),
                format: Box::new(OpenBao::new(source)),
            },
            Claim {
                name: "vigia".to_owned(),
                marks: Marks::Members(&["report", "source_id"]),
                format: Box::new(Own::new(source, context)),
            },
        ];
        for mapping in mappings.iter().filter(|mapping| mapping.has_marks()) {
            let called = format!("log of the format {}", mapping.name);
            let format = Mapped::new(called, Arc::new([mapping.clone()]), mapping.envelopes.clone(), source, context);
            claims.push(Claim { name: mapping.name.clone(), marks: Marks::Mapping(mapping.clone()), format: Box::new(format) });
        }
        let shapes = Envelope::ALL.into_iter().filter(|shape| claims.iter().any(|claim| claim.marks.reads(*shape))).collect();
        Self { claims, shapes, context: context.clone(), last: None }
    }

    /// The places of those that claim a line, and the shapes it has.
    fn claimed<'l>(&self, line: &'l str) -> (Vec<usize>, Vec<Record<'l>>) {
        let mut records = Vec::new();
        for shape in &self.shapes {
            let shaped = |record: &Record<'_>| record.envelope == *shape;
            records.extend(Record::read(line, &[*shape], &self.context).ok().filter(shaped));
        }
        let claims = self.claims.iter().enumerate().filter(|(_, claim)| claim.marks.hold(&records));
        (claims.map(|(at, _)| at).collect(), records)
    }

    /// The only one that claims a line.
    fn only(&self, line: &str) -> Option<&Claim> {
        match self.claimed(line).0.as_slice() {
            [only] => self.claims.get(*only),
            _ => None,
        }
    }

    fn names(&self, places: impl Iterator<Item = usize>) -> String {
        places.filter_map(|at| self.claims.get(at)).map(|claim| claim.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Why nobody reads a line that has these shapes.
    fn unclaimed(&self, records: &[Record<'_>]) -> Skip {
        // Every line is a text.
        let Some(record) = records.iter().find(|record| record.envelope != Envelope::Text) else {
            return Skip::Broken { reason: "no format", detail: "the line has no shape that a format reads".to_owned() };
        };
        let reading = self.claims.iter().enumerate().filter(|(_, claim)| claim.marks.reads(record.envelope));
        let reading = self.names(reading.map(|(at, _)| at));
        Skip::Broken { reason: "no format", detail: format!("the {} has the marks of none of {reading}", about(record)) }
    }
}

impl Format for Auto {
    fn name(&self) -> &'static str {
        "log of several formats"
    }

    fn refuses(&self, _head: &[u8]) -> Option<&'static str> {
        None
    }

    fn line(&mut self, number: u64, line: &str, out: &mut Vec<Event>) -> Result<(), Skip> {
        self.last = None;
        if line.trim().is_empty() {
            return Err(Skip::Unwanted("empty line"));
        }
        let (claimed, records) = self.claimed(line);
        match claimed.as_slice() {
            [] => Err(self.unclaimed(&records)),
            [only] => {
                self.last = Some(*only);
                self.claims.get_mut(*only).map_or(Ok(()), |claim| claim.format.line(number, line, out))
            }
            several => Err(Skip::Broken {
                reason: "several formats",
                detail: format!("the line has the marks of {}; read it by the one it is of", self.names(several.iter().copied())),
            }),
        }
    }

    fn finish(&mut self, out: &mut Vec<Event>, skipped: &mut Vec<Skip>) {
        self.claims.iter_mut().for_each(|claim| claim.format.finish(out, skipped));
    }

    fn half(&self, line: &str) -> Option<Half> {
        self.only(line)?.format.half(line)
    }

    fn give_up(&mut self, out: &mut Vec<Event>) {
        self.claims.iter_mut().for_each(|claim| claim.format.give_up(out));
    }

    fn decided(&self) -> Option<Decided> {
        let claim = self.claims.get(self.last?)?;
        Some(claim.format.decided().unwrap_or_else(|| Decided { format: claim.name.clone(), why: String::new() }))
    }

    fn written(&mut self, at: Option<Timestamp>) {
        self.claims.iter_mut().for_each(|claim| claim.format.written(at));
    }

    fn masked(&self, line: &str) -> String {
        match self.only(line) {
            Some(claim) => claim.format.masked(line),
            // What may be a piece of an audit log holds more secrets than others.
            None if line.contains("\"request\"") => OpenBao::new(AUTO).masked(line),
            None => mask::line(line).into_owned(),
        }
    }
}

#[cfg(test)]
#[path = "auto_tests.rs"]
mod tests;
