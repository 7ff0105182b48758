//! What relays do to a line on its way, told where it is certain.
//!
//! rsyslog takes the word before the first colon for the name of a program, and writes what it forwards with a blank behind it: `CEF: 0|`. In RFC 5424
//! the same word is the APP-NAME, and the message begins with the version. Control characters it writes as `#` and three octal digits, unless it is
//! told not to, and a `#` that was there before as itself: so `#011` is read as a tab only where a tab has to be.

use std::borrow::Cow;

/// How a relay writes a tab: rsyslog as it comes, and with `parser.escapeControlCharactersCStyle`.
const TABS: [&str; 2] = ["#011", "\\t"];
/// Longest key of a pair, in bytes.
const MAX_KEY: usize = 128;
/// Most blanks between the word that announces an event and its version.
const MAX_BLANKS: usize = 8;

/// Where the version of an event ends that starts at the beginning of this text: `0|`, `1.0|`.
pub(super) fn version(text: &str) -> Option<usize> {
    let end = text.bytes().take(8).position(|byte| byte == b'|')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let version = text[..end].trim_end();
    match version.split_once('.') {
        Some((major, minor)) => digits(major) && digits(minor),
        None => digits(version),
    }
    .then_some(end)
}

/// The text behind the blanks with which it begins, where they are few.
pub(super) fn behind_blanks(text: &str) -> Option<&str> {
    let behind = text.trim_start_matches(' ');
    (behind.len() < text.len() && text.len() - behind.len() <= MAX_BLANKS).then_some(behind)
}

/// How the tabs between the pairs of this text were written by a relay; `None` where there is a tab, or nothing that stands for one.
pub(super) fn tab(pairs: &str) -> Option<&'static str> {
    if pairs.contains('\t') {
        return None;
    }
    TABS.into_iter().find(|tab| memchr::memmem::find_iter(pairs.as_bytes(), tab).any(|at| begins_pair(&pairs[at + tab.len()..])))
}

fn begins_pair(text: &str) -> bool {
    let key = text.bytes().take(MAX_KEY).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')).count();
    key > 0 && text.as_bytes().get(key) == Some(&b'=')
}

/// Control characters that stand between two things or behind the last, as rsyslog writes them: tab, line feed, carriage return, NUL.
const BETWEEN: [&str; 4] = ["#011", "#012", "#015", "#000"];

/// How many bytes at the end of this text are such a control character.
pub(super) fn escape_before(text: &[u8]) -> Option<usize> {
    BETWEEN.iter().any(|escape| text.ends_with(escape.as_bytes())).then_some(BETWEEN[0].len())
}

/// The text behind such control characters at its beginning.
pub(super) fn behind_escapes(mut text: &str) -> &str {
    while let Some(rest) = BETWEEN.iter().find_map(|escape| text.strip_prefix(escape)) {
        text = rest;
    }
    text
}

/// A JSON text, or a line of quoted values, without what rsyslog made of ends of lines behind it.
pub fn without_ends(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some(length) = escape_before(text.as_bytes()) {
        text = text[..text.len() - length].trim_end();
    }
    text
}

/// A value of a line whose control characters a relay wrote with `#`, as it was.
pub(super) fn value(text: &str) -> Cow<'_, str> {
    if !text.contains('#') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('#') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match control(rest.as_bytes()) {
            Some(character) => {
                out.push(character);
                rest = &rest[4..];
            }
            None => {
                out.push('#');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The control character that these bytes begin with: `#` and three octal digits.
fn control(bytes: &[u8]) -> Option<char> {
    let [b'#', digits @ ..] = bytes.get(..4)? else { return None };
    let code = digits.iter().try_fold(0_u32, |code, digit| matches!(digit, b'0'..=b'7').then(|| code * 8 + u32::from(digit - b'0')))?;
    char::from_u32(code).filter(|character| character.is_ascii_control() && *character != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_read_only_where_one_has_to_be() {
        assert_eq!(tab("a=1#011b=2"), Some("#011"));
        assert_eq!(tab(r"a=1\tb=2"), Some(r"\t"));
        for other in ["a=1\tb=#011c=2", "a=1 b=ticket #011", r"a=C:\tools b=2", "a=1"] {
            assert_eq!(tab(other), None, "{other}");
        }
    }

    #[test]
    fn escapes_of_rsyslog_are_octal_and_control_characters_only() {
        assert_eq!(value("two#012lines#041 #000 #01"), "two\nlines#041 #000 #01");
        assert_eq!(value("none"), "none");
        assert_eq!(without_ends("{}#015#012 "), "{}");
    }
}
