//! One event: every member is what the report says, or the error names it.

use crate::event::Event;
use crate::ingest::context::ARRIVED;
use crate::ingest::json::{Json, Members};
use crate::ingest::{Context, text, time};
use crate::source_name;
use std::borrow::Cow;
use std::sync::Arc;
use vigia_app::model::{Attempt, Cell, Column, Kind, Report, Timestamp};
use vigia_app::reports;

/// How an attempt may have gone.
pub(super) const RESULTS: [&str; 4] = ["Success", "Error", "Running", "Unknown"];
pub(super) const TIME: &str = "write RFC 3339 as in \"2026-11-22T14:03:27.120Z\", or a number of seconds, milliseconds, microseconds or nanoseconds since 1970, of 9 or 10, 12 or 13, 15 or 16, 18 or 19 digits; from 1970 to 2248";

/// The event of a line; the error says which member is at fault, why, and what would be right.
pub(super) fn event(line: &str, source: &Arc<str>, context: &Context) -> Result<Event, String> {
    let mut members = match Json::parse(line)? {
        Json::Object(members) => members,
        other => return Err(format!("it is {}; write a JSON object", other.kind())),
    };
    let [of, id, sent_for, at] = taken(&mut members, ["report", "source_id", "source", "time"])?;
    let report = report(of)?;
    let source_id = source_id(id)?;
    check_source(sent_for, source)?;
    let mut arrived = None;
    let [own] = taken(&mut members, [report.time])?;
    let time = match (at, own) {
        (Json::Null, Json::Null) if context.arrival => {
            let (time, how) = context.arrived();
            arrived = Some(how);
            time
        }
        (Json::Null, Json::Null) => return Err(format!("time: it is missing; {TIME}")),
        (Json::Null, given) => time(report.time, &given)?,
        (given, Json::Null) => time("time", &given)?,
        _ => return Err(format!("{}: it says the same as time; leave one of them out", report.time)),
    };
    let mut event = Event::new(report, source, source_id, time);
    event.add(ARRIVED, arrived.unwrap_or_default());
    let mut given = Vec::new();
    for (name, value) in members {
        match report.given().find(|column| column.key == name) {
            _ if value == Json::Null => {}
            _ if name == "extra" => extra(&mut event, value)?,
            Some(column) if given.contains(&column.key) => return Err(twice(column.key)),
            Some(column) if report.attempts && name == "attempts" && matches!(value, Json::List(_)) => {
                given.push(column.key);
                event.set_attempts(attempts(value)?);
                let tried = event.attempts.iter().map(|attempt| attempt.number).max();
                event.set(column.key, tried);
            }
            Some(column) => {
                given.push(column.key);
                event.set(column.key, cell(column, value)?);
            }
            None => {
                event.add(name, value.into_text());
            }
        }
    }
    Ok(event)
}

/// Takes the members of these names out, in one pass; null for one that is not there. The error names one that is there twice.
fn taken<'a, const N: usize>(members: &mut Members<'a>, names: [&str; N]) -> Result<[Json<'a>; N], String> {
    let mut values = [const { None }; N];
    let mut doubled = None;
    members.retain_mut(|(name, value)| {
        let Some(at) = names.iter().position(|taken| **name == **taken) else { return true };
        doubled = doubled.or(values[at].replace(std::mem::replace(value, Json::Null)).map(|_| names[at]));
        false
    });
    match doubled {
        Some(name) => Err(twice(name)),
        None => Ok(values.map(|value| value.unwrap_or(Json::Null))),
    }
}

/// Which of the two is meant, nobody knows.
fn twice(name: &str) -> String {
    format!("{name}: it is there twice; give each member once")
}

fn report(value: Json<'_>) -> Result<&'static Report, String> {
    let keys = || reports::ALL.map(|report| report.key).join(", ");
    match value {
        Json::Text(key) => reports::by_key(&key).ok_or_else(|| format!("report: there is no such report; write one of {}", keys())),
        Json::Null => Err(format!("report: it is missing; write one of {}", keys())),
        other => Err(format!("report: it is {}; write one of {}", other.kind(), keys())),
    }
}

fn source_id(value: Json<'_>) -> Result<String, String> {
    let right = "write a text that no other event of this source has, of 1 to 512 bytes";
    match value {
        Json::Text(id) if (1..=Event::MAX_NAME).contains(&id.len()) => Ok(id.into_owned()),
        Json::Text(id) if id.is_empty() => Err(format!("source_id: it is empty; {right}")),
        Json::Text(id) => Err(format!("source_id: it has {} bytes; {right}", id.len())),
        Json::Null => Err(format!("source_id: it is missing; {right}")),
        other => Err(format!("source_id: it is {}; {right}", other.kind())),
    }
}

/// An event may say again whom it is sent for, and nobody else.
fn check_source(value: Json<'_>, source: &str) -> Result<(), String> {
    match value {
        Json::Null => Ok(()),
        Json::Text(named) if named.eq_ignore_ascii_case(source) => Ok(()),
        Json::Text(named) => {
            let named = text::cut(&named, 64);
            let right = format!("the event is sent for {source:?}: write that, or leave it out");
            match source_name::check(&named) {
                Ok(()) => Err(format!("source: it is {named:?}, and {right}")),
                Err(wrong) => Err(format!("source: {named:?} cannot be: {wrong}; {right}")),
            }
        }
        other => Err(format!("source: it is {}; leave it out", other.kind())),
    }
}

fn time(name: &str, value: &Json<'_>) -> Result<Timestamp, String> {
    let time = match value {
        Json::Number(number) => match number.as_i64() {
            Some(whole) => time::whole(whole),
            None => time::epoch(&number.to_string()),
        },
        Json::Text(text) => time::exact(text),
        _ => None,
    };
    time.ok_or_else(|| format!("{name}: it is not a time; {TIME}"))
}

fn text_of<'a>(name: &str, value: Json<'a>, most: usize) -> Result<Cow<'a, str>, String> {
    match value {
        Json::Text(text) if text.len() <= most => Ok(text),
        Json::Text(text) => Ok(Cow::Owned(text::cut(&text, most).into_owned())),
        other => Err(format!("{name}: it is {}; write a text", other.kind())),
    }
}

fn cell(column: &Column, value: Json<'_>) -> Result<Cell, String> {
    let name = column.key;
    match column.kind {
        Kind::Text | Kind::LongText | Kind::Id | Kind::Choice { open: true, .. } => {
            text_of(name, value, text::longest(column.kind)).map(Cell::text)
        }
        Kind::Choice { values, open: false } => {
            let words = || values.iter().map(|choice| choice.name).collect::<Vec<_>>().join(", ");
            match value {
                Json::Text(text) if text.is_empty() => Ok(Cell::Empty),
                Json::Text(text) => {
                    let known = values.iter().find(|choice| choice.name.eq_ignore_ascii_case(&text));
                    known
                        .map(|choice| Cell::text(choice.name))
                        .ok_or_else(|| format!("{name}: it is none of its words; write one of {}", words()))
                }
                other => Err(format!("{name}: it is {}; write one of {}", other.kind(), words())),
            }
        }
        Kind::Time => match value {
            Json::Text(text) if text.is_empty() => Ok(Cell::Empty),
            value => time(name, &value).map(Cell::Time),
        },
        Kind::Number | Kind::Bytes | Kind::Duration => {
            let number = if let Json::Number(number) = &value { number.as_i64().filter(|number| *number >= 0) } else { None };
            number
                .map(Cell::Number)
                .ok_or_else(|| format!("{name}: it is not a whole number of 0 or more; write one without quotation marks"))
        }
        Kind::Ip => {
            let text = text_of(name, value, Event::MAX_TEXT)?;
            let ip = text::ip(&text);
            if ip.is_empty() && !text.is_empty() {
                return Err(format!("{name}: it is not an IP address; write one as in 192.0.2.7 or 2001:db8::7"));
            }
            Ok(ip)
        }
        Kind::Flag => match value {
            Json::Flag(flag) => Ok(Cell::Flag(flag)),
            other => Err(format!("{name}: it is {}; write true or false", other.kind())),
        },
    }
}

fn extra(event: &mut Event, value: Json<'_>) -> Result<(), String> {
    let Json::Object(members) = value else {
        return Err(format!("extra: it is {}; write an object of names and texts", value.kind()));
    };
    for (name, value) in members {
        event.add(name, value.into_text());
    }
    Ok(())
}

fn attempts(value: Json<'_>) -> Result<Vec<Attempt>, String> {
    let Json::List(list) = value else { return Ok(Vec::new()) };
    let mut attempts = list.into_iter().enumerate().map(|(at, value)| attempt(at, value)).collect::<Result<Vec<_>, _>>()?;
    attempts.sort_by_key(|attempt| attempt.number);
    if let Some(twice) = attempts.windows(2).find(|pair| pair[0].number == pair[1].number) {
        return Err(format!("attempts: number {} appears twice; give each attempt its own", twice[0].number));
    }
    Ok(attempts)
}

fn attempt(at: usize, value: Json<'_>) -> Result<Attempt, String> {
    let place = format!("attempts[{at}]");
    let Json::Object(mut members) = value else { return Err(format!("{place}: it is {}; write an object", value.kind())) };
    let names = ["number", "start", "end", "executor", "result", "error_class", "message"];
    let [number, start, end, executor, result, error_class, message] = taken(&mut members, names)?;
    let text = |name: &str, value: Json<'_>, most: usize| match value {
        Json::Null => Ok(String::new()),
        value => text_of(&format!("{place}.{name}"), value, most).map(Cow::into_owned),
    };
    let executor = text("executor", executor, Event::MAX_NAME)?;
    let error_class = text("error_class", error_class, Event::MAX_NAME)?;
    let message = text("message", message, Event::MAX_TEXT)?;
    let result = text("result", result, Event::MAX_NAME)?;
    let known = RESULTS.into_iter().find(|known| known.eq_ignore_ascii_case(&result));
    let result = known.ok_or_else(|| format!("{place}.result: it is missing or none of its words; write one of {}", RESULTS.join(", ")))?;
    let start = time(&format!("{place}.start"), &start)?;
    let end = match end {
        Json::Null => None,
        value => Some(time(&format!("{place}.end"), &value)?),
    };
    let number = match number {
        Json::Null => u32::try_from(at + 1).ok(),
        Json::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0),
        _ => None,
    };
    let number = number.ok_or_else(|| format!("{place}.number: it is not a whole number of 1 or more"))?;
    if let Some((unknown, _)) = members.iter().find(|(_, value)| *value != Json::Null) {
        let unknown = text::cut(unknown, 64);
        return Err(format!("{place}: an attempt has no {unknown:?}; it has {}", names.join(", ")));
    }
    Ok(Attempt { end, executor, result: result.to_owned(), error_class, message, ..Attempt::begun(number, start) })
}
