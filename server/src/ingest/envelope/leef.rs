//! `LEEF:1.0|vendor|product|version|id|key=value<tab>key=value`; 2.0 may name the delimiter in a further header field.

use super::{Field, cef, relayed};
use std::borrow::Cow;

const HEADER: [&str; 4] = ["leef.vendor", "leef.product", "leef.version", "leef.id"];

/// Reads an event from its version on. Says how a relay wrote its tabs, where one did.
pub(super) fn read<'a>(text: &'a str, fields: &mut Vec<Field<'a>>) -> Result<Option<&'static str>, String> {
    let (version, mut rest) = text.split_once('|').ok_or("the LEEF header ends after its version")?;
    for name in HEADER {
        let Some((value, after)) = rest.split_once('|') else {
            return Err(format!("the LEEF header ends within {name}; it has four fields after the version, with | between them"));
        };
        fields.push((Cow::Borrowed(name), Cow::Borrowed(value.trim())));
        rest = after;
    }
    let mut delimiter = '\t';
    if version.starts_with('2')
        && let Some((named, after)) = rest.split_once('|')
        && let Some(named) = delimiter_of(named)
    {
        (delimiter, rest) = (named, after);
    }
    if delimiter == '\t'
        && let Some(tab) = relayed::tab(rest)
    {
        attributes(rest, tab, delimiter, fields);
        if tab.starts_with('#') {
            fields.iter_mut().for_each(|(_, value)| as_it_was(value));
        }
        return Ok(Some(tab));
    }
    if rest.contains(delimiter) {
        attributes(rest, delimiter.encode_utf8(&mut [0; 4]), delimiter, fields);
    } else {
        // Tabs that a relay made blanks of.
        cef::extension(rest, fields);
    }
    Ok(None)
}

/// Reads the attributes between which this text stands; where it stands inside a value, it is the delimiter that it is written for.
fn attributes<'a>(rest: &'a str, between: &str, delimiter: char, fields: &mut Vec<Field<'a>>) {
    for attribute in rest.split(between) {
        match attribute.split_once('=') {
            Some((name, value)) => fields.push((Cow::Borrowed(name.trim()), Cow::Borrowed(value.trim()))),
            // A delimiter inside a value.
            None => {
                if let Some((_, value)) = fields.last_mut().filter(|_| !attribute.trim().is_empty()) {
                    value.to_mut().push(delimiter);
                    value.to_mut().push_str(attribute.trim_end());
                }
            }
        }
    }
}

fn as_it_was(value: &mut Cow<'_, str>) {
    let was = match &*value {
        Cow::Borrowed(text) => relayed::value(text),
        Cow::Owned(text) => Cow::Owned(relayed::value(text).into_owned()),
    };
    *value = was;
}

/// A character itself, or its code as in `x09` and `0x5E`; an empty field means the tab.
fn delimiter_of(text: &str) -> Option<char> {
    let text = text.trim_matches(' ');
    if text.is_empty() {
        return Some('\t');
    }
    let mut characters = text.chars();
    let first = characters.next()?;
    if characters.next().is_none() {
        return Some(first);
    }
    let code = text.strip_prefix("0x").or_else(|| text.strip_prefix('x'))?;
    u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
}
