//! `[tag] key="value" key=value ...`, as far as a line has it.
//!
//! Inside quotes a quote may be escaped, doubled, or simply stand there: one ends the value only where the line ends or the next key
//! begins.

use super::{Field, relayed};
use std::borrow::Cow;

/// Longest key, in bytes.
const MAX_KEY: usize = 128;

/// Adds the pairs of a line; false where it has none. What stands in brackets before the first is the field `tag`.
pub(super) fn read<'a>(line: &'a str, fields: &mut Vec<Field<'a>>) -> bool {
    let mut rest = line;
    // Before the first pair, perhaps behind what is left of a syslog header.
    let head = &line[..line.find('=').unwrap_or(line.len())];
    if let Some((before, inside)) = head.split_once('[')
        && let Some((tag, _)) = inside.split_once(']')
    {
        fields.push((Cow::Borrowed("tag"), Cow::Borrowed(tag.trim())));
        rest = &line[before.len() + tag.len() + 2..];
    }
    let mut found = false;
    while let Some((key, after)) = next_key(rest) {
        let (value, after) = value(after);
        fields.push((Cow::Borrowed(key), value));
        found = true;
        rest = after;
    }
    found
}

/// The next `key=` and what follows it.
fn next_key(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'=', bytes).find_map(|equals| {
        let key = bytes[..equals].iter().rev().take(MAX_KEY).take_while(|byte| is_key(**byte)).count();
        let start = equals - key;
        let begins = start == 0 || !bytes[start - 1].is_ascii_alphanumeric() && bytes[start - 1].is_ascii();
        (key > 0 && begins).then(|| (&text[start..equals], &text[equals + 1..]))
    })
}

const fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// A value, and what follows it.
fn value(text: &str) -> (Cow<'_, str>, &str) {
    let Some(inside) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return (Cow::Borrowed(text[..end].trim_end_matches(',')), &text[end..]);
    };
    let bytes = inside.as_bytes();
    let end = memchr::memchr_iter(b'"', bytes).find(|at| ends(inside, *at)).unwrap_or(inside.len());
    let value = &inside[..end];
    let value = if value.contains("\\\"") || value.contains("\"\"") {
        Cow::Owned(value.replace("\\\"", "\"").replace("\"\"", "\""))
    } else {
        Cow::Borrowed(value)
    };
    (value, relayed::behind_escapes(inside.get(end + 1..).unwrap_or_default()))
}

/// Whether the quote at this place ends a value.
fn ends(inside: &str, at: usize) -> bool {
    let bytes = inside.as_bytes();
    let escaped = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
    let rest = relayed::behind_escapes(inside[at + 1..].trim_start_matches([',', ';', ']']));
    let next = rest.trim_start();
    if next.is_empty() {
        return true;
    }
    if escaped || next.len() == rest.len() && rest.len() == inside.len() - at - 1 {
        return false;
    }
    let key = next.bytes().take(MAX_KEY).take_while(|byte| is_key(*byte)).count();
    key > 0 && next.as_bytes().get(key) == Some(&b'=')
}
