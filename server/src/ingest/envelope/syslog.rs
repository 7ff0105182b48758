//! The header of syslog: RFC 5424 with structured data, RFC 3164 with or without year and zone; with or without priority.

use super::Field;
use crate::ingest::{Context, time};
use std::borrow::Cow;
use vigia_app::model::Timestamp;

/// What came before the message.
pub(super) struct Header<'a> {
    pub time: Option<Timestamp>,
    pub message: &'a str,
}

/// Longest tag (`sshd[42]:`) of a message, in bytes.
const MAX_TAG: usize = 64;

/// Reads the header, if there is one. Host, program, process and structured data become fields. Where a relay has put a header of its own before the
/// sender's, the sender's counts.
pub(super) fn read<'a>(line: &'a str, fields: &mut Vec<Field<'a>>, context: &Context) -> Header<'a> {
    let before = fields.len();
    let relays = one(line, fields, context);
    if relays.time.is_none() || !relays.message.starts_with('<') {
        return relays;
    }
    let between = fields.len();
    let senders = one(relays.message, fields, context);
    if senders.time.is_none() {
        fields.truncate(between);
        return relays;
    }
    fields.drain(before..between);
    senders
}

fn one<'a>(line: &'a str, fields: &mut Vec<Field<'a>>, context: &Context) -> Header<'a> {
    let rest = without_priority(line);
    let version = rest.split_once(' ').filter(|(version, _)| *version == "1");
    if let Some((_, rest)) = version
        && let Some(header) = rfc5424(rest, fields, context)
    {
        return header;
    }
    let (time, rest) = timestamp(rest, context);
    if time.is_none() {
        return Header { time: None, message: rest };
    }
    let mut rest = rest.trim_start();
    // The host, unless the program follows at once.
    let (word, after) = word(rest);
    if !word.is_empty() && !word.ends_with(':') && !word.contains(['{', '=', '"', '[', '|']) {
        add(fields, "syslog.host", word);
        rest = after;
    }
    Header { time, message: tag(rest, fields) }
}

fn without_priority(line: &str) -> &str {
    let inside = line.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    match inside {
        Some((number, rest)) if (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) => rest.trim_start(),
        _ => line,
    }
}

/// `sshd[42]:` before the message.
fn tag<'a>(rest: &'a str, fields: &mut Vec<Field<'a>>) -> &'a str {
    let (word, after) = word(rest);
    let Some(tag) = word.strip_suffix(':').filter(|tag| tag.len() <= MAX_TAG && !tag.contains(['{', '=', '"'])) else { return rest };
    let (program, process) = tag.strip_suffix(']').and_then(|tag| tag.rsplit_once('[')).unwrap_or((tag, ""));
    if program.is_empty() {
        return rest;
    }
    add(fields, "syslog.program", program);
    add(fields, "syslog.process", process);
    after
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

fn add<'a>(fields: &mut Vec<Field<'a>>, name: &'static str, value: &'a str) {
    if !matches!(value, "" | "-") {
        fields.push((Cow::Borrowed(name), Cow::Borrowed(value)));
    }
}

/// A time at the start, and what follows it.
fn timestamp<'a>(text: &'a str, context: &Context) -> (Option<Timestamp>, &'a str) {
    time::start(text, context).map_or((None, text), |(time, rest)| (Some(time), rest))
}

fn rfc5424<'a>(rest: &'a str, fields: &mut Vec<Field<'a>>, context: &Context) -> Option<Header<'a>> {
    let mut parts = [""; 5];
    let mut rest = rest;
    for (at, part) in parts.iter_mut().enumerate() {
        // Some writers go from the host straight to the message.
        if at < 2 || !rest.starts_with(['{', '[']) {
            (*part, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        }
    }
    let [when, host, program, process, message_id] = parts;
    let time = time::parse(when, context);
    if time.is_none() && when != "-" {
        return None;
    }
    add(fields, "syslog.host", host);
    add(fields, "syslog.program", program);
    add(fields, "syslog.process", process);
    add(fields, "syslog.message_id", message_id);
    let rest = match rest.strip_prefix('-') {
        Some(rest) => rest,
        None if message_id.is_empty() => rest,
        None => structured(rest, fields),
    };
    Some(Header { time, message: rest.trim_start_matches([' ', '\u{feff}']) })
}

/// `[id name="value" ...]...`: each value becomes a field `sd.name`.
fn structured<'a>(mut rest: &'a str, fields: &mut Vec<Field<'a>>) -> &'a str {
    while let Some(inside) = rest.strip_prefix('[') {
        let Some(mut at) = inside.find([' ', ']']) else { return rest };
        loop {
            let after = inside[at..].trim_start();
            if let Some(after) = after.strip_prefix(']') {
                rest = after;
                break;
            }
            let Some((name, after)) = after.split_once("=\"") else { return rest };
            let Some(end) = quoted_end(after) else { return rest };
            let value = &after[..end];
            let value = if value.contains('\\') {
                Cow::Owned(value.replace("\\\"", "\"").replace("\\]", "]").replace("\\\\", "\\"))
            } else {
                Cow::Borrowed(value)
            };
            fields.push((Cow::Owned(format!("sd.{name}")), value));
            at = inside.len() - after.len() + end + 1;
        }
    }
    rest
}

/// Where the quote is that is not escaped.
fn quoted_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'"', bytes).find(|at| bytes[..*at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0)
}
