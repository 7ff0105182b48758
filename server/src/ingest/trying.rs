//! What becomes of lines, tried: nothing is stored.

use super::understanding::understood;
use super::{AUTO, Format, Intake, Skip};
use crate::event::Event;
use crate::manner::{Manner, WithoutTime};
use serde::Serialize;
use utoipa::ToSchema;
use vigia_app::model::{ApiError, TriedTry};
use vigia_app::sentence;

/// The source that events have which are tried.
pub const SOURCE: &str = "tried";

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It becomes events.
    Event,
    /// It waits for the other half of its exchange.
    Waiting,
    /// It says nothing to report.
    LeftOut,
    /// It cannot be read, and would be in the quarantine.
    Refused,
}

/// A line, and what becomes of it.
#[derive(Debug)]
pub struct Tried {
    /// Its number, from 1. What is made at the end, of lines that waited, has the number of the last line.
    pub line: u64,
    pub outcome: Outcome,
    /// The format that reads it; `None` where none claims it, or two do.
    pub format: Option<String>,
    /// Which rule of the format decided, or why the line becomes no event; empty where the format says no more.
    pub why: String,
    /// What would be stored.
    pub events: Vec<Event>,
    /// The line as it would be kept: its secrets masked.
    pub original: String,
}

/// Lines that are tried one after the other.
pub struct Trying {
    /// Name of the format, where the lines do not tell.
    named: String,
    format: Box<dyn Format + Send>,
    line: u64,
}

impl Trying {
    /// By a format that was opened, of this name.
    pub fn new(named: &str, format: Box<dyn Format + Send>) -> Self {
        Self { named: named.to_owned(), format, line: 0 }
    }

    pub fn line(&mut self, line: &str) -> Tried {
        self.line += 1;
        let mut events = Vec::new();
        let read = self.format.line(self.line, line, &mut events);
        let decided = self.format.decided();
        let of_many = self.named == AUTO;
        let (format, by) = match decided {
            Some(decided) => (Some(decided.format), decided.why),
            None => ((!of_many).then(|| self.named.clone()), String::new()),
        };
        let (outcome, why) = match read {
            Ok(()) if events.is_empty() => (Outcome::Waiting, "it waits for the other half of its exchange".to_owned()),
            Ok(()) => (Outcome::Event, by),
            Err(Skip::Unwanted(reason)) => (Outcome::LeftOut, if by.is_empty() { reason.to_owned() } else { by }),
            Err(Skip::Broken { reason, detail }) if detail.is_empty() => (Outcome::Refused, reason.to_owned()),
            Err(Skip::Broken { reason, detail }) => (Outcome::Refused, format!("{reason}: {detail}")),
        };
        let original = super::text::cut(&self.format.masked(line), Event::MAX_ORIGINAL).into_owned();
        Tried { line: self.line, outcome, format, why, events, original }
    }

    /// A line that is no text.
    pub fn no_text(&mut self, why: super::lines::NoText, bytes: &[u8]) -> Tried {
        if let Some(line) = super::encoding::decoded(why, bytes, self.format.encoding()) {
            return self.line(&line);
        }
        self.line += 1;
        let (reason, detail, shown) = super::encoding::refused(why, &bytes[..bytes.len().min(Event::MAX_ORIGINAL)]);
        let why = if detail.is_empty() { reason.to_owned() } else { format!("{reason}: {detail}") };
        Tried { line: self.line, outcome: Outcome::Refused, format: None, why, events: Vec::new(), original: self.format.masked(&shown) }
    }

    /// What is made of lines that waited; `None` where none did.
    pub fn end(&mut self) -> Option<Tried> {
        let (mut events, mut skipped) = (Vec::new(), Vec::new());
        self.format.finish(&mut events, &mut skipped);
        let why = match skipped.first() {
            Some(skip) => skip.reason().to_owned(),
            None if events.is_empty() => return None,
            None => "lines that waited for the other half of their exchange".to_owned(),
        };
        let outcome = if events.is_empty() { Outcome::LeftOut } else { Outcome::Event };
        Some(Tried { line: self.line, outcome, format: Some(self.named.clone()), why, events, original: String::new() })
    }
}

/// What would become of lines that come in, by the format of this name, or by their marks where none is named. Errors name what cannot be: `lines`, where
/// there are none or more than [`TriedTry::MOST_LINES`], or `format`.
pub async fn try_lines(
    intake: &Intake,
    lines: Vec<String>,
    format: Option<&str>,
    without_time: WithoutTime,
) -> Result<Vec<Tried>, ApiError> {
    if !(1..=TriedTry::MOST_LINES).contains(&lines.len()) {
        return Err(ApiError::invalid("lines", sentence!("quarantine.limit", most = TriedTry::MOST_LINES)));
    }
    let named = intake.formats.named(format.unwrap_or(AUTO));
    let known = named.map_err(|error| ApiError::invalid("format", error))?.clone();
    let known = known.read_in(Manner { without_time, ..Manner::default() });
    let mut trying = Trying::new(&known.name, known.open(SOURCE, &intake.context));
    let bytes = lines.iter().map(String::len).sum();
    let all = understood(bytes, move || {
        let mut tried: Vec<_> = lines.iter().map(|line| trying.line(line)).collect();
        tried.extend(trying.end());
        tried
    });
    Ok(all.await)
}
