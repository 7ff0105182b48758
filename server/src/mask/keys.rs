//! Names whose value is a secret.

use super::Reach;
use super::value;

/// A word that, at the end of a name, makes its value a secret.
pub(super) struct Word {
    pub text: &'static str,
    /// Whether a name may go on before it: `newPassword` is a password, `bypass` is not a `pass`.
    inside: bool,
}

const fn word(text: &'static str) -> Word {
    Word { text, inside: true }
}

const fn alone(text: &'static str) -> Word {
    Word { text, inside: false }
}

pub(super) const WORDS: &[Word] = &[
    word("password"),
    word("passwd"),
    word("passwort"),
    word("passphrase"),
    word("passcode"),
    alone("pass"),
    alone("pwd"),
    alone("pw"),
    alone("pin"),
    alone("senha"),
    alone("contraseña"),
    alone("contrasena"),
    word("secret"),
    word("secret_id"),
    word("secret_key"),
    word("secret-key"),
    word("secretkey"),
    word("token"),
    word("api_key"),
    word("api-key"),
    word("apikey"),
    word("access_key"),
    word("access-key"),
    word("accesskey"),
    word("private_key"),
    word("private-key"),
    word("privatekey"),
    word("encryption_key"),
    word("encryptionkey"),
    word("credential_value"),
    word("credentialvalue"),
    word("authorization"),
    word("cookie"),
    alone("otp"),
    alone("totp"),
];

/// What may follow the word and still be the same name.
const ENDINGS: [&str; 12] = ["s", "value", "_value", "-value", "old", "_old", "new", "_new", "text", "_text", "plain", "_plain"];

/// Whether the word at `start..end` makes this the name of a secret, or of a member of one (`password.old`).
pub(super) fn names(name: &str, start: usize, end: usize) -> bool {
    let rest = name[end..].split('.').next().unwrap_or_default();
    word_of(&name[start..end]).is_some_and(|word| begins(name, start, word)) && ends(rest.trim_end())
}

fn word_of(found: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.text.eq_ignore_ascii_case(found))
}

fn begins(text: &str, start: usize, word: &Word) -> bool {
    if word.inside || start == 0 {
        return true;
    }
    let (before, first) = (text.as_bytes()[start - 1], text.as_bytes()[start]);
    !before.is_ascii_alphanumeric() && before.is_ascii() || before.is_ascii_lowercase() && first.is_ascii_uppercase()
}

/// Whether the rest of a name keeps it the name of a secret.
fn ends(rest: &str) -> bool {
    let rest = rest.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['_', '-']);
    rest.is_empty() || ENDINGS.iter().any(|ending| ending.eq_ignore_ascii_case(rest))
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Longest rest of a name after a word, in bytes.
const MAX_REST: usize = 16;

/// The secret that a name announces of which the word at `start..end` is a part.
pub(super) fn value(text: &str, start: usize, end: usize, reach: Reach) -> Option<(usize, usize)> {
    let found = &text[start..end];
    let word = word_of(found)?;
    let rest = text.as_bytes()[end..].iter().take(MAX_REST + 1).take_while(|byte| is_name(**byte)).count();
    if rest > MAX_REST || !begins(text, start, word) || !ends(text.get(end..end + rest)?) {
        return None;
    }
    value::after(text, found, start, end + rest, reach)
}
