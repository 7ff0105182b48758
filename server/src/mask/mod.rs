//! Keeps secrets out of events: texts of other systems are shown with what looks like a secret blotted out.
//!
//! A secret is told by the name before it ([`keys`], [`said`]), by its own shape ([`tokens`]), or by where it stands (the password in a
//! URL, the credentials of an `Authorization` header, what a command is given: [`urls`], [`commands`]). One pass finds everything that may
//! announce one ([`signs`]), so that a line without any costs next to nothing; what is written with escapes is looked at once more
//! as it reads ([`spelling`]). Too much is masked rather than too little.
//!
//! Work is linear in the length of a text, whatever it says: what looks beyond a fixed number of bytes masks what it has looked at, or asks
//! for something that is found once.

mod commands;
mod harmless;
mod hashes;
mod keys;
mod labels;
mod said;
mod signs;
mod spelling;
#[cfg(test)]
mod tests;
mod tokens;
mod urls;
mod value;

pub use value::is_hash;

use harmless::Harmless;
use memchr::memmem::Finder;
use signs::{SIGNS, Sign};
use std::borrow::Cow;
use std::sync::LazyLock;
use value::Quotes;

/// What stands in place of a secret.
pub const MASKED: &str = "[masked]";

/// How far a value reaches that has no quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the next blank.
    Word,
    /// To the next ` key=`, as in CEF.
    Extension,
}

/// How often escapes are spelled out, one within another.
const MAX_SPELLED: usize = 3;

/// Shortest text that can hold a secret with what announces it, in bytes.
const SHORTEST: usize = 4;

/// How lines begin whose values reach to the next name.
static HEADS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [Finder::new("CEF:"), Finder::new("LEEF:")]);

/// Whether there is anything in the text that may announce a secret, or, in a name, be the name of one.
pub fn announces(text: &str) -> bool {
    !Harmless::is(&harmless::NAMES, text, || SIGNS.next(text, 0).is_none())
}

/// Whether a field of this name, or one it is a member of, holds a secret.
pub fn is_secret_key(name: &str) -> bool {
    let mut at = 0;
    while let Some(found) = SIGNS.next(name, at) {
        if let Sign::Key(word) = found.sign
            && keys::names(name, found.start, found.end, word)
        {
            return true;
        }
        at = found.start + 1;
    }
    false
}

/// The text with everything that looks like a secret replaced by [`MASKED`].
pub fn secrets(text: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(text);
    Harmless::is(&harmless::TEXTS, text, || {
        masked = blot(text, Reach::Word);
        matches!(masked, Cow::Borrowed(_))
    });
    masked
}

/// A whole line of a log, of any format, with everything that looks like a secret replaced by [`MASKED`].
pub fn line(line: &str) -> Cow<'_, str> {
    let head = &line.as_bytes()[..line.len().min(1024)];
    let is_extension = HEADS.iter().any(|it| it.find(head).is_some());
    if !is_extension {
        return blot(line, Reach::Word);
    }
    match labels::blot(line) {
        Cow::Borrowed(line) => blot(line, Reach::Extension),
        Cow::Owned(labelled) => Cow::Owned(blot(&labelled, Reach::Extension).into_owned()),
    }
}

fn blot(text: &str, reach: Reach) -> Cow<'_, str> {
    let secrets = found(text, reach, MAX_SPELLED);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    for (from, to) in secrets {
        out.push_str(&text[kept..from]);
        out.push_str(MASKED);
        kept = to;
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

/// Where secrets are, in their order; none touches another. What is written with escapes may be written so again, so many times.
fn found(text: &str, reach: Reach, deeper: usize) -> Vec<(usize, usize)> {
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let mut secrets = written(text, reach);
    if deeper > 0
        && let Some(spelled) = spelling::spelled(text)
    {
        let more = found(&spelled.text, reach, deeper - 1);
        secrets.extend(more.into_iter().map(|(from, to)| (spelled.origin(from), spelled.origin(to))));
        secrets.sort_unstable();
        secrets.dedup_by(|next, before| {
            let joined = next.0 <= before.1;
            before.1 = if joined { before.1.max(next.1) } else { before.1 };
            joined
        });
    }
    secrets
}

/// Where secrets are in a text as it is written.
fn written(text: &str, reach: Reach) -> Vec<(usize, usize)> {
    let mut secrets = Vec::new();
    let quotes = Quotes::default();
    let mut kept = 0;
    let mut at = 0;
    while let Some(found) = SIGNS.next(text, at) {
        let (start, end) = (found.start, found.end);
        let secret = match found.sign {
            Sign::Key(word) => keys::value(text, start, end, word, reach, &quotes),
            Sign::Token(token) => token.secret(text, start),
            Sign::Url => urls::password(text, end).or_else(|| urls::webhook(text, end)),
            Sign::Pem => tokens::private_key(text, start),
            Sign::Scheme => tokens::credentials(text, start, end),
            Sign::Hash => hashes::hash(text, start),
            Sign::NoLanman => hashes::windows_hash(text, end),
            Sign::Identified => said::identified(text, end),
            Sign::Command(command) => commands::secret(text, start, end, command),
            Sign::Changed => commands::changed(text, start, end),
        };
        // Signs may overlap: the next one may begin within this one.
        at = start + 1;
        if let Some((from, to)) = secret.filter(|(from, to)| from < to && *from >= kept) {
            secrets.push((from, to));
            kept = to;
            at = to;
        }
    }
    secrets
}
