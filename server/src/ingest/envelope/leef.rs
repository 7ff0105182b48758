//! `LEEF:1.0|vendor|product|version|id|key=value<tab>key=value`; 2.0 may name the delimiter in a further header field.

use super::{Field, cef};
use std::borrow::Cow;

const HEADER: [&str; 4] = ["leef.vendor", "leef.product", "leef.version", "leef.id"];

pub(super) fn read<'a>(payload: &'a str, fields: &mut Vec<Field<'a>>) -> Result<(), String> {
    let (version, mut rest) = payload.split_once('|').ok_or("the LEEF header ends after its version")?;
    for name in HEADER {
        let Some((value, after)) = rest.split_once('|') else {
            return Err(format!("the LEEF header ends within {name}; it has four fields after the version, with | between them"));
        };
        fields.push((Cow::Borrowed(name), Cow::Borrowed(value.trim())));
        rest = after;
    }
    let mut delimiter = '\t';
    if version.starts_with("LEEF:2")
        && let Some((named, after)) = rest.split_once('|')
        && let Some(named) = delimiter_of(named)
    {
        (delimiter, rest) = (named, after);
    }
    if !rest.contains(delimiter) {
        // Tabs that a relay made blanks of.
        cef::extension(rest, fields);
        return Ok(());
    }
    for attribute in rest.split(delimiter) {
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
    Ok(())
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
