//! `CEF:0|vendor|product|version|id|name|severity|key=value key=value`.
//!
//! Writers forget to escape. A key is only what stands between a blank and `=`, so that an `=` in a value does no harm; a backslash
//! before anything else than what CEF escapes is a backslash, and ends of lines are escaped in messages only, for a path (`D:\netapp\root`) is seldom
//! escaped at all; header fields that are missing are empty.

use super::{Field, relayed};
use std::borrow::Cow;

const HEADER: [&str; 6] = ["cef.vendor", "cef.product", "cef.version", "cef.id", "cef.name", "cef.severity"];
/// Longest key, in bytes.
const MAX_KEY: usize = 128;
/// Digits of an escape of rsyslog, which look as if they were of the key behind it.
const ESCAPE: usize = 3;
/// Keys whose values are messages, which may have several lines.
const MESSAGES: [&str; 5] = ["msg", "message", "reason", "description", "rawEvent"];

/// Reads an event from its version on.
pub(super) fn read<'a>(text: &'a str, fields: &mut Vec<Field<'a>>) -> Result<(), String> {
    let (_, mut rest) = text.split_once('|').ok_or("the CEF header ends after its version")?;
    for name in HEADER {
        let (value, after) = until_pipe(rest);
        fields.push((Cow::Borrowed(name), header_value(value.trim())));
        match after {
            Some(after) => rest = after,
            None if name == "cef.severity" => return Ok(()),
            None => return Err(format!("the CEF header ends within {name}; it has six fields after the version, with | between them")),
        }
    }
    extension(rest, fields);
    Ok(())
}

/// The text before the next `|` that is not escaped, and what follows it.
fn until_pipe(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let end = memchr::memchr_iter(b'|', bytes).find(|at| bytes[..*at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0);
    end.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])))
}

fn header_value(text: &str) -> Cow<'_, str> {
    if text.contains('\\') { Cow::Owned(text.replace("\\|", "|").replace("\\\\", "\\")) } else { Cow::Borrowed(text) }
}

/// Reads `key=value key=value`.
pub(super) fn extension<'a>(text: &'a str, fields: &mut Vec<Field<'a>>) {
    let bytes = text.as_bytes();
    let mut open: Option<(&'a str, usize)> = None;
    for equals in memchr::memchr_iter(b'=', bytes) {
        let before = &bytes[..equals];
        let key = before.iter().rev().take(MAX_KEY).take_while(|byte| is_key(**byte)).count();
        let (mut start, mut end) = (equals - key, equals - key);
        if start + ESCAPE < equals
            && let Some(length) = relayed::escape_before(&bytes[..start + ESCAPE])
        {
            // A tab or the end of a line, as rsyslog writes it.
            (start, end) = (start + ESCAPE, start + ESCAPE - length);
        } else if !(start == 0 || bytes[start - 1].is_ascii_whitespace() || (open.is_none() && bytes[start - 1] == b'|')) {
            continue;
        }
        if key == 0 {
            continue;
        }
        if let Some((name, from)) = open {
            fields.push((Cow::Borrowed(name), value(name, &text[from..end.max(from)])));
        }
        open = Some((&text[start..equals], equals + 1));
    }
    if let Some((name, from)) = open {
        fields.push((Cow::Borrowed(name), value(name, &text[from..])));
    }
}

const fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']')
}

/// A value without its escapes. `\n` is one only in a message, and there not where it stands in a name: `CORP\nina` is a user of a domain and `D:\netapp`
/// a folder, whose writer did not escape.
fn value<'a>(name: &str, text: &'a str) -> Cow<'a, str> {
    let text = text.trim_end();
    // Some writers put quotes around the whole value.
    let text = text.trim_start().strip_prefix('"').and_then(|inside| inside.strip_suffix('"')).unwrap_or(text);
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let message = MESSAGES.contains(&name);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (character, taken) = match rest.as_bytes().get(at + 1) {
            Some(b'\\') => ('\\', 2),
            Some(b'=') => ('=', 2),
            Some(b'|') => ('|', 2),
            Some(b'n') if message && !within_name(rest.as_bytes(), at) => ('\n', 2),
            Some(b'r') if message && !within_name(rest.as_bytes(), at) => ('\r', 2),
            _ => ('\\', 1),
        };
        out.push(character);
        rest = &rest[at + taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether letters or digits stand before this escape, or a drive does, and behind it.
fn within_name(bytes: &[u8], at: usize) -> bool {
    let is = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let drive = at > 1 && bytes[at - 1] == b':' && bytes[at - 2].is_ascii_alphabetic() && (at == 2 || !is(at - 3));
    at > 0 && (is(at - 1) || drive) && is(at + 2)
}
