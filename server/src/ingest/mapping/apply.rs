//! A line becomes an event.

use super::condition::{Condition, Patterns};
use super::names::{Doubled, Filled, Labels};
use super::template::{Template, Value};
use super::{AttemptRule, Mapping, Mark, Rule};
use crate::event::Event;
use crate::ingest::context::ARRIVED;
use crate::ingest::envelope::{Envelope, JSON_BEFORE, Record};
use crate::ingest::{Context, Skip, text, time};
use crate::mask;
use std::borrow::Cow;
use std::sync::Arc;
use vigia_app::model::{Attempt, Cell, Column, Kind, Timestamp};

/// A field every line has: the time of its event.
pub(super) const EVENT_TIME: &str = "event.time";

/// The column that says who or what acts.
const ACTOR_KIND: &str = "actor_kind";

/// What a line is counted under that the mapping leaves out by name.
const LEFT_OUT: &str = "left out by its mapping";

/// What of a mapping decided what becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The rule of this place.
    Rule(usize),
    /// What is left out, of this place.
    Ignored(usize),
    /// A word of one of its lists, which is left out.
    List,
}

/// What an event is told from others by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The source's own id.
    Id,
    /// What its line says, with its time.
    Words,
    /// What its line says, and where in its file that stands: it says no time.
    Place,
}

/// A value for each field the mapping speaks of.
type Line<'v> = Vec<Option<Filled<'v>>>;

impl Mapping {
    /// Whether the line is of this mapping's product.
    pub(super) fn belongs(&self, record: &Record<'_>) -> bool {
        self.holds(&self.belongs, record)
    }

    /// Whether the line is of this mapping's product, among those of others.
    pub fn claims(&self, record: &Record<'_>) -> bool {
        self.belongs(record) && self.holds(&self.marks, record)
    }

    fn holds(&self, marks: &[Mark], record: &Record<'_>) -> bool {
        let value = |names: &[String]| names.iter().map(|name| record.get(name).trim()).find(|value| !value.is_empty()).unwrap_or_default();
        self.envelopes.contains(&record.envelope)
            && marks.iter().all(|(names, condition, patterns)| condition.holds(value(names), patterns, &Patterns::unseen(patterns)))
    }

    /// The event of a line that belongs, and what it is told from others by; `by` is what decided. Where that is no id, it has a hash of what the line says.
    pub(super) fn event(
        &self,
        record: &Record<'_>,
        source: &Arc<str>,
        context: &Context,
        by: &mut Option<By>,
    ) -> Result<(Event, Told), Skip> {
        let when;
        let mut line = self.names.fill(&record.fields, &self.missing).map_err(|Doubled(name)| Skip::Broken {
            reason: "said twice",
            detail: format!("the field {} stands in the line with different values", text::cut(&name, 128)),
        })?;
        for at in &self.deciding {
            self.captures[*at].look(&mut line, &self.names);
        }
        let mut out = false;
        for list in &self.lists {
            out |= list.look(&mut line);
        }
        if out {
            *by = Some(By::List);
            return Err(Skip::Unwanted(LEFT_OUT));
        }
        self.names.resolve(&mut line);
        let fits = Patterns::unseen(&self.patterns);
        let holds = |when: &Vec<(usize, Condition)>| {
            let value = |slot: usize| line[slot].map_or("", |(value, _)| value);
            when.iter().all(|(slot, condition)| condition.holds(value(*slot), &self.patterns, &fits))
        };
        if let Some(at) = self.ignore.iter().position(|ignored| holds(&ignored.when)) {
            *by = Some(By::Ignored(at));
            return Err(Skip::Unwanted(LEFT_OUT));
        }
        let (at, rule) = self
            .rules
            .iter()
            .enumerate()
            .find(|(_, rule)| holds(&rule.when))
            .ok_or_else(|| Skip::Broken { reason: "no mapping", detail: self.about(record, &line) })?;
        *by = Some(By::Rule(at));
        let actor = self.actors.iter().find(|(when, _)| holds(when)).map(|(_, kind)| *kind);
        for capture in &rule.captures {
            self.captures[*capture].look(&mut line, &self.names);
        }
        let own_time = self.time(&line, context);
        let said = own_time.map(|(time, _)| time).or(record.header_time);
        let (time, arrived) = match said {
            Some(time) => (time, None),
            None if self.arrival || context.arrival => {
                let (time, how) = context.arrived();
                (time, Some(how))
            }
            None => {
                let detail = format!("the {} has no time that can be read", self.about(record, &line));
                return Err(Skip::Broken { reason: "no time", detail });
            }
        };
        let own_id = self.id.iter().find_map(|template| Some((template.fill(&line)?, template)));
        let id = match &own_id {
            Some((id, _)) => id.clone().into_owned(),
            None => hash(&record.payload, if own_time.is_some() { None } else { Some(time) }),
        };
        let has_id = own_id.is_some();
        if let Some(slot) = self.names.find(EVENT_TIME) {
            when = time.rfc3339();
            line[slot] = Some((&when, None));
        }
        let mut event = Event::new(rule.report, source, id, time);
        event.add(ARRIVED, arrived.unwrap_or_default());
        let mut used = fill(&mut event, rule, &line, record.fields.len(), &|text| self.read_time(text, context));
        if rule.report.column(ACTOR_KIND).is_some() && event.get(ACTOR_KIND).is_empty() {
            event.set(ACTOR_KIND, actor);
        }
        for template in own_time.map(|(_, template)| template).into_iter().chain(own_id.map(|(_, template)| template)) {
            template.fields(&line).for_each(|at| used[at] = true);
        }
        if let Some(attempt) = &rule.attempt {
            event.set_attempts(vec![tried(attempt, &line, time)]);
        }
        let labels = Labels::of(&record.fields);
        for (at, (name, value)) in record.fields.iter().enumerate() {
            let value = value.trim();
            if !value.is_empty()
                && !used[at]
                && self.keeps(name)
                && let Some(name) = labels.shown(name)
            {
                event.add(name, value);
            }
        }
        let told = if has_id {
            Told::Id
        } else if arrived.is_some() && context.written.is_some() {
            Told::Place
        } else {
            Told::Words
        };
        Ok((event, told))
    }

    /// What decided, in words.
    pub(super) fn why(&self, by: By) -> String {
        match by {
            By::Rule(at) => self.rules.get(at).map_or_else(String::new, |rule| format!("event {:?}", rule.name)),
            By::Ignored(at) => self.ignore.get(at).map_or_else(String::new, |ignored| format!("left out: {}", ignored.why)),
            By::List => "left out by its list of the vendor's events".to_owned(),
        }
    }

    /// The time the line itself gives, and the template it is of.
    fn time(&self, line: &Line<'_>, context: &Context) -> Option<(Timestamp, &Template)> {
        self.time.iter().find_map(|template| Some((self.read_time(&template.fill(line)?, context)?, template)))
    }

    fn read_time(&self, text: &str, context: &Context) -> Option<Timestamp> {
        time::parse_as(text, &self.time_formats, context).or_else(|| time::parse(text, context))
    }

    fn keeps(&self, name: &str) -> bool {
        let is = |known: &String| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == known,
        };
        // The whole text of a line is its original.
        name != "text"
            && name != JSON_BEFORE
            && self.kept.only.as_ref().is_none_or(|only| only.iter().any(is))
            && !self.kept.not.iter().any(is)
    }

    /// What a line that nothing maps is, without its values.
    fn about(&self, record: &Record<'_>, line: &Line<'_>) -> String {
        let own = self.about.as_ref().and_then(|template| template.fill(line));
        own.map_or_else(|| about(record), |own| format!("{} {}", record.envelope, text::cut(&own, 128)))
    }
}

/// What a line is: the names its header has for it, or the names of its fields.
pub fn about(record: &Record<'_>) -> String {
    let header = |prefix: &str| {
        let part = |name: &str| record.get(&format!("{prefix}.{name}")).to_owned();
        format!("{} {} of {} {}", record.envelope, part("id"), part("vendor"), part("product"))
    };
    let about = match record.envelope {
        Envelope::Cef => header("cef"),
        Envelope::Leef => header("leef"),
        _ => {
            let own = record
                .fields
                .iter()
                .map(|(name, _)| &**name)
                .filter(|name| !name.starts_with("syslog.") && !name.starts_with("sd.") && *name != JSON_BEFORE);
            format!("{} with the fields {}", record.envelope, own.take(8).collect::<Vec<_>>().join(", "))
        }
    };
    text::cut(&about, 256).into_owned()
}

/// Sets the columns, and says which of the line's fields were used up.
fn fill(event: &mut Event, rule: &Rule, line: &Line<'_>, fields: usize, time: &dyn Fn(&str) -> Option<Timestamp>) -> Vec<bool> {
    let mut used = vec![false; fields];
    for (column, value) in &rule.cells {
        for (text, template) in value.texts(line) {
            let cell = cell(column, &text, time);
            if cell.is_empty() {
                continue;
            }
            event.set(column.key, cell);
            // What a table made of a field says less than the field.
            if value.table.is_none()
                && let Some(template) = template
            {
                template.fields(line).for_each(|at| used[at] = true);
            }
            break;
        }
    }
    used
}

fn cell(column: &Column, text: &str, time: &dyn Fn(&str) -> Option<Timestamp>) -> Cell {
    match column.kind {
        Kind::Id | Kind::Text | Kind::LongText | Kind::Choice { open: true, .. } => Cell::text(text.trim()),
        Kind::Choice { values, open: false } => {
            values.iter().find(|choice| choice.name.eq_ignore_ascii_case(text.trim())).map_or(Cell::Empty, |choice| Cell::text(choice.name))
        }
        Kind::Time => time(text).into(),
        Kind::Number | Kind::Bytes | Kind::Duration => {
            text.trim().parse::<i64>().ok().filter(|number| *number >= 0).map_or(Cell::Empty, Cell::Number)
        }
        Kind::Ip => text::ip(text),
        Kind::Flag => flag(text).into(),
    }
}

/// Yes or no, as systems write it.
pub(super) fn flag(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    if is(&["yes", "true", "1", "y"]) {
        Some(true)
    } else if is(&["no", "false", "0", "n"]) {
        Some(false)
    } else {
        None
    }
}

fn tried(rule: &AttemptRule, line: &Line<'_>, time: Timestamp) -> Attempt {
    let text = |value: &Option<Value>| value.as_ref().and_then(|value| value.text(line)).map(Cow::into_owned).unwrap_or_default();
    let result = text(&rule.result);
    Attempt {
        end: Some(time),
        executor: text(&rule.executor),
        result: if result.is_empty() { "Unknown".to_owned() } else { result },
        error_class: text(&rule.error_class),
        message: text(&rule.message),
        ..Attempt::begun(text(&rule.number).parse().ok().filter(|number| *number > 0).unwrap_or(1), time)
    }
}

/// An id of a line that has none: of what it says, with its secrets masked, as it is kept; and of the transport's time where it has
/// none of its own.
fn hash(payload: &str, time: Option<Timestamp>) -> String {
    let time = time.map(|time| time.millis().to_le_bytes());
    text::hash(&[mask::line(payload).as_bytes(), time.as_ref().map_or(&[], |time| time.as_slice())])
}
