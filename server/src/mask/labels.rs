//! CEF names some fields by a label of their own: `cs1Label=Password cs1=...`.

use super::{MASKED, is_secret_key, value};
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::sync::LazyLock;

static LABEL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("Label="));
/// So much of a label is looked at, in bytes.
const MAX_NAME: usize = 64;
/// A line with more labels of secrets than this is masked whole.
const MOST: usize = 32;

/// The line without the values of fields that a label says are secrets.
pub(super) fn blot(line: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(line);
    let mut secret = 0;
    for at in LABEL.find_iter(line.as_bytes()) {
        let from = at + LABEL.needle().len();
        let near = &line[from..line.floor_char_boundary(from + 2 * MAX_NAME)];
        if !is_secret_key(&near[..value::until_key(near).min(near.floor_char_boundary(MAX_NAME))]) {
            continue;
        }
        secret += 1;
        if secret > MOST {
            return Cow::Borrowed(MASKED);
        }
        let length = line.as_bytes()[..at].iter().rev().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = &line[at - length..at];
        if let Some((from, to)) = value_of(&out, name) {
            out.to_mut().replace_range(from..to, MASKED);
        }
    }
    out
}

fn value_of(line: &str, name: &str) -> Option<(usize, usize)> {
    let bytes = line.as_bytes();
    let at = memchr::memmem::find_iter(bytes, name.as_bytes()).find(|at| {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        bytes.get(at + name.len()) == Some(&b'=') && before.is_some_and(|byte| matches!(byte, b' ' | b'|' | b'\t' | b'^'))
    })?;
    let from = at + name.len() + 1;
    Some((from, from + value::until_key(&line[from..])))
}
