//! Keeps secrets out of events: texts of other systems are shown with what looks like a secret blotted out.
//!
//! A secret is told by the name before it ([`keys`]), by its own shape ([`tokens`]), or by where it stands (the password in a URL, the
//! credentials of an `Authorization` header, a private key). One pass of an automaton finds everything that may announce one, so that
//! a line without any costs next to nothing. Too much is masked rather than too little.

mod keys;
mod labels;
#[cfg(test)]
mod tests;
mod tokens;
mod value;

pub use value::is_hash;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands in place of a secret.
pub const MASKED: &str = "[masked]";

/// What may announce a secret.
#[derive(Clone, Copy)]
enum Sign {
    /// A name whose value is a secret.
    Key,
    /// The start of a token.
    Token,
    /// `://`, before a user and a password.
    Url,
    /// `-----BEGIN `.
    Pem,
    /// `Bearer ` or `Basic `.
    Scheme,
}

/// How far a value reaches that has no quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the next blank.
    Word,
    /// To the next ` key=`, as in CEF.
    Extension,
}

struct Signs {
    automaton: AhoCorasick,
    kinds: Vec<Sign>,
}

static SIGNS: LazyLock<Option<Signs>> = LazyLock::new(|| {
    let mut needles: Vec<&str> = Vec::new();
    let mut kinds = Vec::new();
    let words = keys::WORDS.iter().map(|word| (word.text, Sign::Key));
    let tokens = tokens::TOKENS.iter().map(|token| (token.prefix, Sign::Token));
    let others = [("://", Sign::Url), ("-----BEGIN ", Sign::Pem), ("bearer ", Sign::Scheme), ("basic ", Sign::Scheme)];
    for (needle, kind) in words.chain(tokens).chain(others) {
        needles.push(needle);
        kinds.push(kind);
    }
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(needles)
        .ok()?;
    Some(Signs { automaton, kinds })
});

/// Shortest text that can hold a secret with what announces it, in bytes.
const SHORTEST: usize = 4;

/// Whether there is anything in the text that may announce a secret, or, in a name, be the name of one.
pub fn announces(text: &str) -> bool {
    SIGNS.as_ref().is_none_or(|signs| signs.automaton.is_match(text))
}

/// Whether a field of this name, or one it is a member of, holds a secret.
pub fn is_secret_key(name: &str) -> bool {
    let Some(signs) = &*SIGNS else { return true };
    let mut at = 0;
    while let Some(found) = signs.automaton.find(Input::new(name).span(at..name.len())) {
        if matches!(signs.kinds[found.pattern().as_usize()], Sign::Key) && keys::names(name, found.start(), found.end()) {
            return true;
        }
        at = name.ceil_char_boundary(found.start() + 1);
    }
    false
}

/// The text with everything that looks like a secret replaced by [`MASKED`].
pub fn secrets(text: &str) -> Cow<'_, str> {
    blot(text, Reach::Word)
}

/// A whole line of a log, of any format, with everything that looks like a secret replaced by [`MASKED`].
pub fn line(line: &str) -> Cow<'_, str> {
    let head = &line.as_bytes()[..line.len().min(1024)];
    let extension = memchr::memmem::find(head, b"CEF:").is_some() || memchr::memmem::find(head, b"LEEF:").is_some();
    if !extension {
        return blot(line, Reach::Word);
    }
    match labels::blot(line) {
        Cow::Borrowed(line) => blot(line, Reach::Extension),
        Cow::Owned(labelled) => Cow::Owned(blot(&labelled, Reach::Extension).into_owned()),
    }
}

fn blot(text: &str, reach: Reach) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    let Some(signs) = &*SIGNS else { return Cow::Borrowed(MASKED) };
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = signs.automaton.find(Input::new(text).span(at..text.len())) {
        let (start, end) = (found.start(), found.end());
        let secret = match signs.kinds[found.pattern().as_usize()] {
            Sign::Key => keys::value(text, start, end, reach),
            Sign::Token => tokens::token(text, start),
            Sign::Url => tokens::url_password(text, end),
            Sign::Pem => tokens::private_key(text, start),
            Sign::Scheme => tokens::credentials(text, start, end),
        };
        // Signs may overlap: the next one may begin within this one.
        at = text.ceil_char_boundary(start + 1);
        if let Some((from, to)) = secret.filter(|(from, to)| from < to && *from >= kept) {
            out.push_str(&text[kept..from]);
            out.push_str(MASKED);
            kept = to;
            at = to;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}
