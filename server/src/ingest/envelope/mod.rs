//! What a line is wrapped in, whatever product wrote it: a syslog header, and in it CEF, LEEF, `key="value"` pairs or JSON.
//!
//! Real lines break every rule of these formats. What can be understood is read; only a line without any shape is an error.

mod cef;
mod leef;
mod object;
mod pairs;
mod syslog;
#[cfg(test)]
mod tests;

use super::Context;
use std::borrow::Cow;
use std::fmt;
use vigia_app::model::Timestamp;

/// The shapes a payload may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// ArcSight's Common Event Format.
    Cef,
    /// QRadar's Log Event Extended Format, 1.0 and 2.0.
    Leef,
    /// A JSON object.
    Json,
    /// `key="value"` pairs.
    Pairs,
    /// Any text.
    Text,
}

impl Envelope {
    pub const ALL: [Self; 5] = [Self::Cef, Self::Leef, Self::Json, Self::Pairs, Self::Text];

    /// What mapping files call it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cef => "cef",
            Self::Leef => "leef",
            Self::Json => "json",
            Self::Pairs => "pairs",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cef => "CEF event",
            Self::Leef => "LEEF event",
            Self::Json => "JSON object",
            Self::Pairs => "line of key=\"value\" pairs",
            Self::Text => "line of text",
        })
    }
}

/// Name and value.
pub type Field<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A line, taken apart. A name may appear twice; values may be empty.
#[derive(Debug)]
pub struct Record<'a> {
    pub envelope: Envelope,
    pub fields: Vec<Field<'a>>,
    /// The line without what the transport put before it.
    pub payload: &'a str,
    /// The time the transport gives.
    pub header_time: Option<Timestamp>,
}

/// The field with what stands before a JSON object, which a line's own member of that name comes before. It is not kept.
pub const JSON_BEFORE: &str = "json.before";

/// Fields of the header before the first of the payload's own.
const ROOM: usize = 48;
/// A payload starts within this many bytes of a message, or the message has none.
const MAX_BEFORE: usize = 1024;

impl<'a> Record<'a> {
    /// Takes a line apart. Of the shapes in `wanted`, the first that the line has; the error says what is wrong with it, and
    /// never quotes it.
    pub fn read(line: &'a str, wanted: &[Envelope], context: &Context) -> Result<Self, String> {
        let mut fields = Vec::with_capacity(ROOM);
        let line = line.trim_start_matches('\u{feff}').trim();
        let announced = [(Envelope::Cef, "CEF:"), (Envelope::Leef, "LEEF:")];
        let announced = announced.iter().filter(|(envelope, _)| wanted.contains(envelope));
        if let Some((envelope, start)) = announced.filter_map(|(envelope, word)| Some((*envelope, start(line, word)?))).next() {
            // Headers before it are seldom whole.
            let header_time = syslog::read(&line[..start], &mut fields, context).time;
            let payload = &line[start..];
            if envelope == Envelope::Cef {
                cef::read(payload, &mut fields)?;
            } else {
                leef::read(payload, &mut fields)?;
            }
            return Ok(Self { envelope, fields, payload, header_time });
        }
        let header = syslog::read(line, &mut fields, context);
        let mut record = Self { envelope: Envelope::Text, fields, payload: header.message, header_time: header.time };
        let wants = |envelope| wanted.contains(&envelope);
        if wants(Envelope::Json)
            && let Some(start) = header.message.bytes().take(MAX_BEFORE).position(|byte| byte == b'{')
        {
            record.payload = header.message.get(start..).unwrap_or_default();
            record.envelope = Envelope::Json;
            object::read(record.payload, &mut record.fields)?;
            let before = header.message.get(..start).unwrap_or_default().trim_end();
            if !before.is_empty() {
                record.fields.push((Cow::Borrowed(JSON_BEFORE), Cow::Borrowed(before)));
            }
        } else if wants(Envelope::Pairs) && pairs::read(record.payload, &mut record.fields) {
            record.envelope = Envelope::Pairs;
        } else if wants(Envelope::Text) {
            record.fields.push((Cow::Borrowed("text"), Cow::Borrowed(record.payload)));
        } else {
            let wanted: Vec<_> = wanted.iter().map(|envelope| format!("a {envelope}")).collect();
            return Err(match wanted.as_slice() {
                [only] => format!("it is not {only}"),
                several => format!("it is neither {}", several.join(" nor ")),
            });
        }
        Ok(record)
    }

    /// The value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, value)| known == name && !value.is_empty()).map_or("", |(_, value)| value)
    }
}

/// Where a payload starts that announces itself with this word and a version.
fn start(line: &str, word: &str) -> Option<usize> {
    let head = &line.as_bytes()[..line.len().min(MAX_BEFORE + word.len() + 1)];
    memchr::memmem::find_iter(head, word.as_bytes())
        .find(|at| head.get(at + word.len()).is_some_and(u8::is_ascii_digit) && (*at == 0 || !head[at - 1].is_ascii_alphanumeric()))
}
