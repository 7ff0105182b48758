//! Names whose value is a secret.

use super::value::{self, Quotes};
use super::{Reach, said};

/// A word that, at the end of a name, makes its value a secret.
pub(super) struct Word {
    pub text: &'static str,
    before: Before,
}

/// How a name may go on before a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// In any way: `newPassword` is a password.
    Anything,
    /// But for usual words that end so: `dbpass` is a `pass`, `bypass` is not.
    NoWord,
    /// Only where the word begins anew: `spinning` has no `pin`, `userPin` has.
    Nothing,
}

const fn word(text: &'static str) -> Word {
    Word { text, before: Before::Anything }
}

const fn ending(text: &'static str) -> Word {
    Word { text, before: Before::NoWord }
}

const fn alone(text: &'static str) -> Word {
    Word { text, before: Before::Nothing }
}

/// Usual words that end as the name of a secret does.
const USUAL: [&str; 10] = ["bypass", "compass", "encompass", "trespass", "surpass", "overpass", "underpass", "outpass", "repass", "ipass"];

pub(super) const WORDS: &[Word] = &[
    word("password"),
    word("passwd"),
    word("passwort"),
    word("passphrase"),
    word("passcode"),
    word("pass phrase"),
    word("kennwort"),
    ending("pass"),
    ending("pwd"),
    alone("pw"),
    word("rootpw"),
    word("bindpw"),
    word("userpw"),
    word("adminpw"),
    word("dbpw"),
    alone("pin"),
    // Portuguese and Spanish.
    word("senha"),
    word("palavra-passe"),
    word("palavra passe"),
    word("palavrapasse"),
    word("segredo"),
    word("contraseña"),
    word("contraseÑa"),
    word("contrasena"),
    alone("clave"),
    alone("secreto"),
    // French.
    word("mot de passe"),
    word("motdepasse"),
    word("mot_de_passe"),
    alone("mdp"),
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
    word("account_key"),
    word("accountkey"),
    word("sharedaccesskey"),
    word("sharedaccesssignature"),
    word("signing_key"),
    word("signingkey"),
    word("master_key"),
    word("masterkey"),
    word("pre-shared-key"),
    word("presharedkey"),
    word("passkey"),
    word("unseal_key"),
    word("unseal key"),
    word("recovery_key"),
    word("recovery key"),
    word("recovery_code"),
    word("seed_phrase"),
    alone("psk"),
    alone("jwt"),
    alone("sig"),
    word("x-amz-signature"),
    word("x-goog-signature"),
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
const ENDINGS: [&str; 27] = [
    "s",
    "value",
    "_value",
    "-value",
    "old",
    "_old",
    "new",
    "_new",
    "text",
    "_text",
    "plain",
    "_plain",
    "plaintext",
    "_plaintext",
    "nova",
    "_nova",
    "antiga",
    "_antiga",
    "atual",
    "_atual",
    "nueva",
    "_nueva",
    "anterior",
    "_anterior",
    "actual",
    "_actual",
    "_base64",
];

/// Whether the word at `start..end` makes this the name of a secret, or of a member of one (`password.old`).
pub(super) fn names(name: &str, start: usize, end: usize, word: &Word) -> bool {
    // Whatever is longer is no name of one.
    let near = &name[end..name.floor_char_boundary(end + 4 * MAX_REST)];
    let rest = near.split('.').next().unwrap_or_default();
    begins(name, start, end, word) && ends(rest.trim_end())
}

fn begins(text: &str, start: usize, end: usize, word: &Word) -> bool {
    if word.before == Before::Anything || start == 0 {
        return true;
    }
    let (before, first) = (text.as_bytes()[start - 1], text.as_bytes()[start]);
    if !before.is_ascii_alphanumeric() && before.is_ascii() || before.is_ascii_lowercase() && first.is_ascii_uppercase() {
        return true;
    }
    let letters = text.as_bytes()[..start].iter().rev().take(MAX_REST).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let whole = &text[start - letters..end];
    word.before == Before::NoWord && before.is_ascii() && !USUAL.iter().any(|usual| usual.eq_ignore_ascii_case(whole))
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
pub(super) fn value(text: &str, start: usize, end: usize, word: &Word, reach: Reach, quotes: &Quotes) -> Option<(usize, usize)> {
    let rest = text.as_bytes()[end..].iter().take(MAX_REST + 1).take_while(|byte| is_name(**byte)).count();
    if rest > MAX_REST || !begins(text, start, end, word) || !ends(text.get(end..end + rest)?) {
        return None;
    }
    value::after(text, word.text, start, end + rest, reach, quotes).or_else(|| said::after(text, start, end + rest))
}
