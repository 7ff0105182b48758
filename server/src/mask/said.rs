//! Secrets that stand behind their name with a blank: `--password x`, `PASSWORD 'x'`, `IDENTIFIED BY x`, `the password is x`.

use super::MASKED;
use super::value::{is_option, looks_secret};

/// Words between a name and its value: `password is x`, `enable secret 5 x`, `set password ENC x`.
const BETWEEN: [&str; 21] =
    ["is", "was", "to", "as", "be", "=", ":", "set", "changed", "now", "será", "es", "é", "para", "por", "0", "5", "7", "8", "9", "ENC"];
/// Most of them.
const MOST: usize = 3;
/// So much is looked at, in bytes.
const NEAR: usize = 256;

/// The secret behind the name that the word at `start` is in, and that ends at `end`.
pub(super) fn after(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let near = &text[..text.floor_char_boundary(end + NEAR)];
    let mut at = blank(near, end)?;
    if is_option(text, start) {
        let (from, to) = word(near, at)?;
        return Some((from, to)).filter(|(from, to)| !near[*from..*to].starts_with('-'));
    }
    let mut between = 0;
    loop {
        let rest = &near[at..];
        let next = rest.bytes().position(|byte| byte == b' ').unwrap_or(rest.len());
        if between < MOST && BETWEEN.contains(&&rest[..next]) {
            between += 1;
            at = blank(near, at + next)?;
            continue;
        }
        break;
    }
    let shouted = text[start..end].bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let (from, to) = word(near, at)?;
    let (quoted, secret) = (near[at..].starts_with(['"', '\'']), &near[from..to]);
    let is = quoted && shouted || is_strong(secret);
    is.then_some((from, to))
}

/// The secret behind `IDENTIFIED BY`, which ends at `end`.
pub(super) fn identified(text: &str, end: usize) -> Option<(usize, usize)> {
    let near = &text[..text.floor_char_boundary(end + NEAR)];
    let mut at = blank(near, end)?;
    for between in ["values", "password"] {
        if near.get(at..at + between.len()).is_some_and(|word| word.eq_ignore_ascii_case(between)) {
            at = blank(near, at + between.len())?;
        }
    }
    word(near, at)
}

/// Where what follows the blanks begins, of which there must be one.
fn blank(text: &str, from: usize) -> Option<usize> {
    let blanks = text[from..].len() - text[from..].trim_start_matches([' ', '\t']).len();
    (blanks > 0 && from + blanks < text.len()).then_some(from + blanks)
}

/// The word that stands here, without its quotes.
fn word(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    if rest.starts_with(MASKED) {
        return None;
    }
    let quotes = rest.len() - rest.trim_start_matches('\\').len();
    let (from, rest) = (from + quotes, &rest[quotes..]);
    if let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) {
        let inside = &rest[1..];
        let length = inside.find(quote).unwrap_or(inside.len());
        return (length > 0).then(|| (from + 1, from + 1 + inside[..length].trim_end_matches('\\').len()));
    }
    let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<')).unwrap_or(rest.len());
    let length = rest[..length].trim_end_matches([',', ';', ')', '.', '\\', '}', ']']).len();
    (length > 0).then_some((from, from + length))
}

/// Whether a word in a sentence about passwords is one: no date, number, address, path or ticket.
fn is_strong(word: &str) -> bool {
    if word.len() < 6 {
        return false;
    }
    let (mut letters, mut digits, mut special, mut at, mut dots, mut joins) = (0, 0, 0, 0, 0, 0);
    for byte in word.bytes() {
        match byte {
            b'/' | b'\\' | b'(' | b'[' | b'<' | b':' | b'=' | b'|' => return false,
            b'0'..=b'9' => digits += 1,
            b'.' => dots += 1,
            b'-' | b'_' => joins += 1,
            b'@' => at += 1,
            b'!' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'?' | b'~' => special += 1,
            _ => letters += usize::from(byte.is_ascii_alphabetic()),
        }
    }
    let is_host = dots > 0 && (special + at == 0 || at > 0);
    let ticket = || word.trim_end_matches(|c: char| c.is_ascii_digit()).bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    letters > 0 && digits + special + at > 0 && dots + joins <= 1 && !is_host && looks_secret(word) && !ticket() && !is_version(word)
}

/// `v12`, `db-1`, `app01`: letters, then at most two digits, as names of things are.
fn is_version(word: &str) -> bool {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    word.len() - name.len() <= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'))
}
