//! Where a secret lies whose name is known.

use super::{Reach, hashes};
use std::cell::OnceCell;

/// Where the last quotes of a text are: looked for once, however many secrets ask.
#[derive(Default)]
pub(super) struct Quotes {
    double: OnceCell<Option<usize>>,
    single: OnceCell<Option<usize>>,
}

impl Quotes {
    fn last(&self, text: &str, quote: u8) -> Option<usize> {
        let last = if quote == b'"' { &self.double } else { &self.single };
        *last.get_or_init(|| memchr::memrchr(quote, text.as_bytes()))
    }
}

/// Schemes of an `Authorization` header.
const SCHEMES: [&str; 8] = ["bearer", "basic", "digest", "token", "negotiate", "ntlm", "apikey", "aws4-hmac-sha256"];
/// Longest name of an XML element that is looked at, in bytes.
const MAX_ELEMENT: usize = 64;

/// So much of a word is looked at to tell whether it is a secret, in bytes.
const MAX_WORD: usize = 64;

/// So much is looked at between the name of a secret and its value, where each is a member of its own, in bytes.
const MAX_BETWEEN: usize = 96;

/// Words that say how a password is, or what is to be done with it.
const USUAL: [&str; 52] = [
    "expired",
    "changed",
    "required",
    "invalid",
    "wrong",
    "incorrect",
    "unknown",
    "missing",
    "reset",
    "none",
    "null",
    "true",
    "false",
    "need",
    "needs",
    "must",
    "should",
    "does",
    "cannot",
    "could",
    "user",
    "account",
    "this",
    "that",
    "rotated",
    "rotation",
    "verified",
    "viewed",
    "copied",
    "failed",
    "failure",
    "success",
    "denied",
    "allowed",
    "granted",
    "revoked",
    "empty",
    "hidden",
    "masked",
    "redacted",
    "blue",
    "with",
    "without",
    "from",
    "when",
    "please",
    "not-set",
    "unset",
    "default",
    "enabled",
    "disabled",
    "admin",
];

/// How the name is tied to what follows.
#[derive(PartialEq, Eq)]
enum Tie {
    /// `=` or `":`: what follows is its value.
    Value,
    /// `: `, as also people write: what follows is its value if it looks like one.
    Colon,
    /// `<name>`.
    Element,
}

/// The value of the name that ends at `end`; `word` is the part of it that starts at `start`.
pub(super) fn after(text: &str, word: &str, start: usize, end: usize, reach: Reach, quotes: &Quotes) -> Option<(usize, usize)> {
    let (tie, from) = tie(text, start, end)?;
    let rest = &text[from..];
    if tie == Tie::Element {
        return Some((from, from + rest.find('<').unwrap_or(rest.len())));
    }
    let from = from + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let rest = &text[from..];
    if rest.starts_with("null") || rest.starts_with(super::MASKED) || is_hash(rest.trim_start_matches(['\\', '"'])) {
        return None;
    }
    if let Some(hash) = hashes::known(text, from) {
        return Some(hash);
    }
    if let Some(length) = quoted(text, from, quotes).or_else(|| nested(rest)) {
        return Some((from, from + length));
    }
    let near = &rest[..rest.floor_char_boundary(MAX_WORD)];
    let first = &near[..near.find(char::is_whitespace).unwrap_or(near.len())];
    let header = word.eq_ignore_ascii_case("authorization") && SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(first))
        || word.eq_ignore_ascii_case("cookie") && first.contains('=');
    if header {
        let length = rest.find(['\r', '\n', '"']).unwrap_or(rest.len());
        return Some((from, from + length));
    }
    if tie == Tie::Colon && !looks_secret(first) && !is_lone(rest, first) {
        return None;
    }
    let length = if reach == Reach::Extension { until_key(rest) } else { plain(rest) };
    Some((from, from + length))
}

fn tie(text: &str, start: usize, end: usize) -> Option<(Tie, usize)> {
    let bytes = text.as_bytes();
    let mut at = end;
    while bytes.get(at) == Some(&b'\\') {
        at += 1;
    }
    // `password[]=x`.
    if bytes[at..].starts_with(b"[]") {
        at += 2;
    }
    let closed = matches!(bytes.get(at), Some(b'"' | b'\'' | b']'));
    if closed {
        at += 1;
    }
    let blanks = bytes[at..].iter().take_while(|byte| **byte == b' ').count().min(8);
    match bytes.get(at + blanks)? {
        b'=' => {
            let arrow = usize::from(bytes.get(at + blanks + 1) == Some(&b'>'));
            // `password = x`, but not `is the password == x`.
            Some((Tie::Value, at + blanks + 1 + arrow))
        }
        // As LDIF writes what is in base64.
        b':' if bytes.get(at + blanks + 1) == Some(&b':') => Some((Tie::Value, at + blanks + 2)),
        b':' => Some((if closed { Tie::Value } else { Tie::Colon }, at + blanks + 1)),
        b'%' if text.get(at..at + 3).is_some_and(|code| code.eq_ignore_ascii_case("%3d")) => Some((Tie::Value, at + 3)),
        b'>' if blanks == 0 && !closed => is_element(text, start).then_some((Tie::Element, at + 1)),
        // `<password type="text">x`.
        _ if blanks > 0 && !closed && is_element(text, start) => {
            let near = &text[at..text.floor_char_boundary(at + MAX_BETWEEN)];
            Some((Tie::Element, at + near.find('>')? + 1))
        }
        // `<param name="password">x`.
        b'>' if blanks == 0 => Some((Tie::Element, at + 1)).filter(|_| text[..start].ends_with(['"', '\''])),
        // `PASSWORD('x')`.
        b'(' if !closed => text[at + blanks + 1..].starts_with(['\'', '"']).then_some((Tie::Value, at + blanks + 1)),
        // `<add key="password" value="x"/>`.
        b'v' | b'V' if closed && blanks > 0 => {
            let tail = text.get(at + blanks..at + blanks + 6).filter(|name| name.eq_ignore_ascii_case("value="));
            tail.map(|_| (Tie::Value, at + blanks + 6))
        }
        // `{"Name":"password","Value":"x"}`, with another member or two between, and `["--password","x"]`.
        b',' if closed => {
            let from = at + blanks + 1;
            if is_option(text, start) {
                return Some((Tie::Value, from));
            }
            let near = &text[from..text.floor_char_boundary(from + MAX_BETWEEN)];
            let near = &near[..near.find(['{', '}']).unwrap_or(near.len())];
            near.match_indices([':']).find_map(|(colon, _)| {
                let name = near[..colon].trim_end_matches(['\\', '"', '\'', ' ']);
                let tail = name.get(name.len().checked_sub(5)?..)?;
                tail.eq_ignore_ascii_case("value").then_some((Tie::Value, from + colon + 1))
            })
        }
        _ => None,
    }
}

/// Whether the name that the word at `start` is in is the name of an element of XML.
fn is_element(text: &str, start: usize) -> bool {
    let before = &text.as_bytes()[..start];
    let name = before.iter().rev().take(MAX_ELEMENT).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte)).count();
    before[..start - name].last() == Some(&b'<')
}

/// A value that stands for a secret without being one, as OpenBao logs it.
pub fn is_hash(text: &str) -> bool {
    let Some(hash) = text.strip_prefix("hmac-sha256:") else { return false };
    hash.bytes().take(64).filter(u8::is_ascii_hexdigit).count() == 64 && !hash.as_bytes().get(64).is_some_and(u8::is_ascii_alphanumeric)
}

/// Length of the value in quotes that stands here, with them; quotes may be escaped together (`\"`), and stand doubled or bare inside.
fn quoted(text: &str, from: usize, quotes: &Quotes) -> Option<usize> {
    let (whole, text) = (text, &text[from..]);
    let escapes = text.bytes().take_while(|byte| *byte == b'\\').count();
    let quote = *text.as_bytes().get(escapes)?;
    if quote != b'"' && quote != b'\'' {
        return None;
    }
    let inside = escapes + 1;
    let bytes = text.as_bytes();
    let last = quotes.last(whole, quote).and_then(|last| last.checked_sub(from));
    let closes = |at: usize| {
        let before = bytes[inside..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        let after = match bytes.get(at + 1) {
            None => true,
            // Before a blank a quote may also be a part of the value: then another one follows that ends it.
            Some(next) if next.is_ascii_whitespace() => last == Some(at) || starts_pair(bytes[at + 1..].trim_ascii_start()),
            Some(next) => b",;:&)}]>|\\".contains(next),
        };
        before == escapes && after
    };
    let end = memchr::memchr_iter(quote, &bytes[inside..]).map(|at| at + inside).find(|at| closes(*at));
    Some(end.map_or(text.len(), |at| at + 1))
}

/// Length of an object or a list, with its brackets.
fn nested(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    if !text.starts_with(['{', '[']) {
        return None;
    }
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => open += 1,
            b'}' | b']' if !quoted => {
                open -= 1;
                if open == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    Some(text.len())
}

/// Length of a value without quotes: to the next blank, or to what separates it from the next value.
fn plain(text: &str) -> usize {
    let bytes = text.as_bytes();
    let over = |at: usize, more: &[u8]| bytes.get(at + 1).is_none_or(|next| next.is_ascii_whitespace() || more.contains(next));
    let ends = |at: &usize| match bytes[*at] {
        b'&' | b';' | b',' => over(*at, b"\"") || starts_pair(&bytes[at + 1..]),
        b')' | b'}' | b']' | b'>' => over(*at, b"\""),
        b'"' | b'\'' => over(*at, b",;)}]"),
        // A line end, or a quote, that is written out.
        b'\\' => matches!(bytes.get(at + 1), Some(b'n' | b'r' | b'"')),
        byte => byte.is_ascii_whitespace(),
    };
    let mut end = 0;
    loop {
        end = (end..bytes.len()).find(ends).unwrap_or(bytes.len());
        // The name of another value at the end of this one: its value is next.
        if end == 0 || end == bytes.len() || !matches!(bytes[end - 1], b':' | b'=') {
            return end;
        }
        end += text[end..].len() - text[end..].trim_start_matches(' ').len();
        if text[end..].starts_with(|c: char| !c.is_alphanumeric()) {
            return end;
        }
    }
}

/// Whether `key=` or `"key":` comes next.
fn starts_pair(bytes: &[u8]) -> bool {
    let key = bytes.iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.\"".contains(byte)).count();
    key > 0 && matches!(bytes.get(key), Some(b'=' | b':'))
}

/// Length of a value of CEF or LEEF: to the next ` key=`, tab or line end.
pub(super) fn until_key(text: &str) -> usize {
    let bytes = text.as_bytes();
    let begins = |at: &usize| match bytes[*at] {
        b'\t' | b'\n' => true,
        b' ' | b'^' | b'|' => {
            let key = bytes[at + 1..].iter().take(64).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
            key > 0 && bytes.get(at + 1 + key) == Some(&b'=')
        }
        _ => false,
    };
    (0..bytes.len()).find(begins).unwrap_or(bytes.len())
}

/// Whether the word that stands here is the only one of its sentence, and none that says how a password is.
fn is_lone(text: &str, word: &str) -> bool {
    let plain = word.trim_end_matches(['.', ',', ';', ')', '"', '\'', '}', ']']);
    let ends = word.len() > plain.len() || text.len() == word.len() || starts_pair(text.as_bytes()[word.len()..].trim_ascii_start());
    ends && plain.len() >= 6 && plain.bytes().all(|byte| byte.is_ascii_lowercase()) && !USUAL.contains(&plain)
}

/// Whether the name that the word at `start` is in begins as an option does: `--db-password`.
pub(super) fn is_option(text: &str, start: usize) -> bool {
    let before = &text.as_bytes()[..start];
    let name = before.iter().rev().take(MAX_ELEMENT).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
    let begin = start - name;
    let behind = begin.checked_sub(1).map(|last| before[last]);
    text[begin..].starts_with('-') && behind.is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`[,(=".contains(&byte))
}

/// Whether a word is one that nobody would write in a sentence.
pub(super) fn looks_secret(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', ')', '!', '?', '"', '\'']);
    let odd = word.bytes().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*_+=~|<>/\\".contains(&byte));
    let case = word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase()) && word.bytes().any(|byte| byte.is_ascii_lowercase());
    word.len() >= 4 && (odd || case)
}
