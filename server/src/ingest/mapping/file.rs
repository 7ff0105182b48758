//! Reading a mapping file, and checking everything in it.

use super::apply::EVENT_TIME;
use super::capture::{self, Capture};
use super::condition::{Condition, Patterns, words};
use super::list::{self, List};
use super::names::Names;
use super::template::{Table, Template, Value};
use super::{AttemptRule, Ignored, Kept, Mapping, Mark, Rule};
use crate::ingest::envelope::Envelope;
use crate::manner::{self, WithoutTime};
use chrono::format::{Fixed, Item, StrftimeItems};
use serde::Deserialize;
use std::collections::BTreeMap;
use vigia_app::model::{ActorKind, Column, Kind, Report};
use vigia_app::reports;

type Entries = toml::Table;

/// The file as it is written; what may take several forms is looked at below.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    reads: String,
    envelope: toml::Value,
    #[serde(default)]
    belongs: Entries,
    #[serde(default)]
    marks: Entries,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    time: Vec<String>,
    #[serde(default)]
    time_formats: Vec<String>,
    without_time: Option<String>,
    #[serde(default)]
    id: Vec<String>,
    about: Option<String>,
    keep: Option<Vec<String>>,
    #[serde(default)]
    drop: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, toml::Value>,
    #[serde(default)]
    tables: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    capture: Vec<capture::Entry>,
    #[serde(default)]
    list: Vec<list::Entry>,
    #[serde(default)]
    defaults: BTreeMap<String, Entries>,
    #[serde(default)]
    ignore: Vec<IgnoreEntry>,
    #[serde(default)]
    actor: Vec<ActorEntry>,
    #[serde(default)]
    event: Vec<EventEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreEntry {
    when: Entries,
    /// For whoever reads the file, or asks what becomes of a line.
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorEntry {
    is: String,
    when: Entries,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventEntry {
    /// For whoever reads the file, and for messages about it.
    name: String,
    #[serde(default)]
    when: Entries,
    report: String,
    #[serde(default)]
    set: Entries,
    attempt: Option<Entries>,
}

/// Reads a mapping; the error names the file, the key, what is wrong with it, and what would be right.
pub(super) fn read(file: &str, text: &str) -> Result<Mapping, String> {
    let parsed: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
        let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
        format!("The mapping {file}{line}: {}.", error.message())
    })?;
    mapping(parsed).map_err(|wrong| format!("The mapping {file}: {wrong}."))
}

fn mapping(file: File) -> Result<Mapping, String> {
    let mut names = Names::default();
    name(&file.name).map_err(|wrong| format!("name: {wrong}"))?;
    for alias in &file.aliases {
        name(alias).map_err(|wrong| format!("aliases: {wrong}"))?;
    }
    for (name, of) in &file.fields {
        names.declare(name, &words(of).map_err(|wrong| format!("fields.{name}: {wrong}"))?);
    }
    let mut captures = Vec::new();
    for (at, entry) in file.capture.iter().enumerate() {
        captures.push(Capture::read(entry, &mut names).map_err(|wrong| format!("capture {}: {wrong}", at + 1))?);
    }
    let mut made = vec![EVENT_TIME.to_owned()];
    // What narrows down a field of the line keeps the field's name.
    let refined = |name: &str| file.capture.iter().any(|entry| entry.of == name);
    let captured = captures.iter().flat_map(|capture| capture.pattern.capture_names().flatten());
    made.extend(captured.filter(|name| !refined(name)).map(str::to_owned));
    let mut lists = Vec::new();
    for (at, entry) in file.list.into_iter().enumerate() {
        lists.push(List::read(entry, &mut names, &mut made).map_err(|wrong| format!("list {}: {wrong}", at + 1))?);
    }
    for format in &file.time_formats {
        if StrftimeItems::new(format).any(|item| item == Item::Error) {
            return Err(format!("time_formats: {format:?} is not a format of a time; write one as in \"%d/%m/%Y %H:%M:%S\""));
        }
        if StrftimeItems::new(format).any(|item| item == Item::Fixed(Fixed::TimezoneName)) {
            return Err(format!("time_formats: %Z in {format:?} reads past the name of a zone, whatever it is; write %z for an offset"));
        }
    }
    let all_of = |key: &str, entries: &Entries| -> Result<Vec<Mark>, String> {
        let mark = |(field, value): (&String, &toml::Value)| {
            let names = file.fields.get(field).and_then(|of| words(of).ok()).unwrap_or_else(|| vec![field.clone()]);
            single(value).map(|(condition, patterns)| (names, condition, patterns)).map_err(|wrong| format!("{key}.{field}: {wrong}"))
        };
        entries.iter().map(mark).collect()
    };
    let (belongs, marks) = (all_of("belongs", &file.belongs)?, all_of("marks", &file.marks)?);
    let time = templates("time", &file.time, &mut names)?;
    let id = templates("id", &file.id, &mut names)?;
    let about =
        file.about.as_deref().map(|text| Template::read(text, &mut names)).transpose().map_err(|wrong| format!("about: {wrong}"))?;
    let mut ignore = Vec::new();
    for (at, entry) in file.ignore.iter().enumerate() {
        let when = conditions(&entry.when, &mut names).map_err(|wrong| format!("ignore {}: {wrong}", at + 1))?;
        ignore.push(Ignored { when, why: entry.why.clone() });
    }
    let mut actors = Vec::new();
    for (at, entry) in file.actor.iter().enumerate() {
        actors.push(actor(entry, &mut names).map_err(|wrong| format!("actor {}: {wrong}", at + 1))?);
    }
    for (key, entries) in &file.defaults {
        let report = report(key).map_err(|wrong| format!("defaults: {wrong}"))?;
        cells(report, entries, &file.tables, &mut names).map_err(|wrong| format!("defaults.{key}.{wrong}"))?;
    }
    let mut rules = Vec::new();
    for (at, entry) in file.event.iter().enumerate() {
        let place = |wrong| format!("event {} ({}): {wrong}", at + 1, entry.name);
        rules.push(rule(entry, &file.defaults, &file.tables, &mut names).map_err(place)?);
    }
    if rules.is_empty() {
        return Err("event: there is none; write [[event]] for each kind of line that is to be reported".to_owned());
    }
    let without_time = file.without_time.as_deref().map(manner::word::<WithoutTime>).transpose();
    let arrival = without_time.map_err(|wrong| format!("without_time: {wrong}"))? == Some(WithoutTime::Arrival);
    names.close(&made);
    let when = rules.iter_mut().map(|rule| &mut rule.when).chain(actors.iter_mut().map(|(when, _)| when));
    let patterns = Patterns::of(ignore.iter_mut().map(|ignored| &mut ignored.when).chain(when).flatten())?;
    let when = rules.iter().map(|rule| &rule.when).chain(actors.iter().map(|(when, _)| when));
    let judged = ignore.iter().map(|ignored| &ignored.when).chain(when).flatten().map(|(slot, _)| *slot);
    let written = time.iter().chain(&id).chain(&about).flat_map(Template::slots);
    let deciding: Vec<_> = judged.chain(written).chain(lists.iter().map(|list| list.of)).collect();
    let deciding = capture::needed(deciding, &captures, &lists, &names);
    for rule in &mut rules {
        rule.captures = capture::needed(rule.fields(), &captures, &lists, &names);
        rule.captures.retain(|at| !deciding.contains(at));
    }
    Ok(Mapping {
        envelopes: envelopes(&file.envelope).map_err(|wrong| format!("envelope: {wrong}"))?,
        name: file.name,
        aliases: file.aliases,
        reads: file.reads,
        belongs,
        marks,
        names,
        missing: file.missing,
        captures,
        deciding,
        lists,
        time,
        time_formats: file.time_formats,
        arrival,
        id,
        about,
        ignore,
        actors,
        rules,
        patterns,
        kept: Kept { only: file.keep, not: file.drop },
    })
}

fn single(value: &toml::Value) -> Result<(Condition, Vec<Patterns>), String> {
    let mut condition = (0, Condition::read(value)?);
    let patterns = Patterns::of(std::iter::once(&mut condition))?;
    Ok((condition.1, patterns))
}

fn name(name: &str) -> Result<(), String> {
    let sound =
        (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if sound { Ok(()) } else { Err(format!("{name:?} is not a name of a format; use 1 to 32 of a-z, 0-9 and -")) }
}

fn envelopes(value: &toml::Value) -> Result<Vec<Envelope>, String> {
    let words = words(value)?;
    let keys = Envelope::ALL.map(Envelope::key).join(", ");
    let read = |word: &String| Envelope::ALL.into_iter().find(|envelope| envelope.key() == word);
    let envelopes: Option<Vec<_>> = words.iter().map(read).collect();
    envelopes.filter(|envelopes| !envelopes.is_empty()).ok_or_else(|| format!("write one or a list of {keys}"))
}

fn conditions(entries: &Entries, names: &mut Names) -> Result<Vec<(usize, Condition)>, String> {
    let read = |(field, value): (&String, &toml::Value)| {
        Condition::read(value).map(|condition| (names.slot(field), condition)).map_err(|wrong| format!("when.{field}: {wrong}"))
    };
    entries.iter().map(read).collect()
}

fn actor(entry: &ActorEntry, names: &mut Names) -> Result<(Vec<(usize, Condition)>, ActorKind), String> {
    let kind = ActorKind::read(&entry.is).ok_or_else(|| {
        format!("is: {:?} is no kind of actor; write one of {}", entry.is, ActorKind::ALL.map(ActorKind::word).join(", "))
    })?;
    Ok((conditions(&entry.when, names)?, kind))
}

fn templates(key: &str, texts: &[String], names: &mut Names) -> Result<Vec<Template>, String> {
    texts.iter().map(|text| Template::read(text, names)).collect::<Result<_, _>>().map_err(|wrong| format!("{key}: {wrong}"))
}

fn report(key: &str) -> Result<&'static Report, String> {
    let keys = reports::ALL.map(|report| report.key).join(", ");
    reports::by_key(key).ok_or_else(|| format!("report: there is no report {key:?}; write one of {keys}"))
}

type Tables = BTreeMap<String, BTreeMap<String, String>>;

fn rule(entry: &EventEntry, defaults: &BTreeMap<String, Entries>, tables: &Tables, names: &mut Names) -> Result<Rule, String> {
    let report = report(&entry.report)?;
    let mut set = defaults.get(report.key).cloned().unwrap_or_default();
    set.extend(entry.set.clone());
    let attempt = match &entry.attempt {
        None => None,
        Some(_) if !report.attempts => return Err(format!("attempt: the report {} has no attempts", report.key)),
        Some(entries) => Some(attempt(entries, tables, names).map_err(|wrong| format!("attempt.{wrong}"))?),
    };
    let cells = cells(report, &set, tables, names).map_err(|wrong| format!("set.{wrong}"))?;
    Ok(Rule { name: entry.name.clone(), when: conditions(&entry.when, names)?, report, cells, attempt, captures: Vec::new() })
}

fn cells(report: &'static Report, entries: &Entries, tables: &Tables, names: &mut Names) -> Result<Vec<(&'static Column, Value)>, String> {
    let mut cells = Vec::new();
    for (key, value) in entries {
        let column = report.given().find(|column| column.key == key).ok_or_else(|| {
            let keys: Vec<_> = report.given().map(|column| column.key).collect();
            format!("{key}: {} has no such column that can be set; it has {}", report.key, keys.join(", "))
        })?;
        let value = self::value(value, tables, names).map_err(|wrong| format!("{key}: {wrong}"))?;
        check(column, &value).map_err(|wrong| format!("{key}: {wrong}"))?;
        cells.push((column, value));
    }
    Ok(cells)
}

fn attempt(entries: &Entries, tables: &Tables, names: &mut Names) -> Result<AttemptRule, String> {
    let mut rule = AttemptRule::default();
    for (key, value) in entries {
        let part = match key.as_str() {
            "number" => &mut rule.number,
            "executor" => &mut rule.executor,
            "result" => &mut rule.result,
            "error_class" => &mut rule.error_class,
            "message" => &mut rule.message,
            _ => return Err(format!("{key}: an attempt has number, executor, result, error_class and message")),
        };
        *part = Some(self::value(value, tables, names).map_err(|wrong| format!("{key}: {wrong}"))?);
    }
    Ok(rule)
}

/// `"text with {fields}"`, a list of them, or `{ of = ..., table = "...", default = "...", unless = "...", plus = 1 }`.
fn value(value: &toml::Value, tables: &Tables, names: &mut Names) -> Result<Value, String> {
    let read = |texts: Vec<String>, names: &mut Names| texts.iter().map(|text| Template::read(text, names)).collect::<Result<Vec<_>, _>>();
    let toml::Value::Table(entries) = value else {
        return Ok(Value { of: read(words(value)?, names)?, ..Value::default() });
    };
    let mut out = Value::default();
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("of", value) => out.of = read(words(value)?, names)?,
            ("default", toml::Value::String(text)) => out.default = Some(Template::read(text, names)?),
            ("unless", toml::Value::String(text)) => out.unless = Some(Template::read(text, names)?),
            ("plus", toml::Value::Integer(number)) => {
                out.plus = u32::try_from(*number).map_err(|_| "plus: write a whole number from 0".to_owned())?;
            }
            ("table", toml::Value::String(name)) => {
                let table = tables.get(name).ok_or_else(|| {
                    format!(
                        "there is no table {name:?}; write [tables.{name}], or one of {}",
                        tables.keys().cloned().collect::<Vec<_>>().join(", ")
                    )
                })?;
                out.table = Some(table.iter().map(|(word, becomes)| (word.clone(), becomes.clone())).collect::<Table>());
            }
            (other, _) => {
                return Err(format!(
                    "{other:?} is not understood; write of (a text or a list of texts), table, default and unless (texts) and plus (a number)"
                ));
            }
        }
    }
    if out.of.is_empty() { Err("of: it is missing; write the field to look at, as in of = \"{name}\"".to_owned()) } else { Ok(out) }
}

/// What is written in the file itself must be of the column's kind.
fn check(column: &Column, value: &Value) -> Result<(), String> {
    let written = value.table.iter().flatten().map(|(_, becomes)| becomes.as_str());
    let constants = value.of.iter().filter(|_| value.table.is_none()).chain(&value.default).filter_map(Template::constant);
    for text in written.chain(constants).filter(|text| !text.is_empty()) {
        match column.kind {
            Kind::Choice { values, open: false } if !values.iter().any(|choice| choice.name == text) => {
                let words: Vec<_> = values.iter().map(|choice| choice.name).collect();
                return Err(format!("{text:?} is none of its words; write one of {}", words.join(", ")));
            }
            Kind::Flag if super::apply::flag(text).is_none() => return Err(format!("{text:?} is neither yes nor no")),
            Kind::Number | Kind::Bytes | Kind::Duration if text.parse::<u32>().is_err() => {
                return Err(format!("{text:?} is not a whole number"));
            }
            _ => {}
        }
    }
    Ok(())
}
