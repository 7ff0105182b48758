//! Keeps secrets out of events: texts of other systems are shown with what looks like a secret blotted out.

use std::borrow::Cow;

/// What stands in place of a secret.
pub const MASKED: &str = "[masked]";

/// Prefixes of tokens, and how many characters must follow for it to be one.
const TOKENS: [(&str, usize); 6] = [("hvs.", 8), ("hvb.", 8), ("hvr.", 8), ("s.", 20), ("b.", 20), ("r.", 20)];

/// Words whose value, after `=` or after `":`, is a secret.
const SECRET_KEYS: [&str; 9] = ["password", "passwd", "pwd", "passphrase", "token", "secret", "secret_id", "private_key", "access_key"];

/// Whether a field of this name holds a secret.
pub fn is_secret_key(name: &str) -> bool {
    SECRET_KEYS.iter().any(|key| {
        let end = name.len().checked_sub(key.len()).and_then(|start| name.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(key))
    })
}

/// The text with tokens, passwords in URLs, values of `password=` and its like, and private keys replaced by [`MASKED`].
pub fn secrets(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    let mut at = 0;
    while at < text.len() {
        let Some((start, end)) = secret_at(text, at) else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        out.push_str(&text[kept..start]);
        out.push_str(MASKED);
        kept = end;
        at = end;
    }
    if out.is_empty() && kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

/// Where the secret lies that what stands at this place announces.
fn secret_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let rest = &text[at..];
    match bytes[at] {
        b':' if rest.starts_with("://") => url_password(text, at + 3),
        b'=' => value(text, at, at + 1),
        b'"' if rest.starts_with("\":") => value(text, at, at + 2),
        b'-' if rest.starts_with("-----BEGIN ") && rest[11..].lines().next().is_some_and(|kind| kind.contains("PRIVATE KEY")) => {
            let end = rest.find("-----END ").map_or(text.len(), |end| {
                let tail = &rest[end + 9..];
                at + end + 9 + tail.find("-----").map_or(tail.len(), |dashes| dashes + 5)
            });
            Some((at, end))
        }
        _ if at == 0 || !is_word(bytes[at - 1]) => token(text, at),
        _ => None,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b'.'
}

fn token(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = &text[at..];
    TOKENS.iter().find_map(|(prefix, least)| {
        let body = rest.strip_prefix(prefix)?;
        let length = body.bytes().take_while(|byte| is_word(*byte)).count();
        (length >= *least).then_some((at, at + prefix.len() + length))
    })
}

/// The password of `user:password@host`.
fn url_password(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let authority = &rest[..rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c)).unwrap_or(rest.len())];
    // A password may itself hold an `@`: the last one ends it.
    let end = authority.rfind('@')?;
    let colon = authority[..end].find(':')?;
    (colon + 1 < end).then_some((from + colon + 1, from + end))
}

/// The value after `=` or `":` whose key, which ends at `key_end`, is one of a secret.
fn value(text: &str, key_end: usize, from: usize) -> Option<(usize, usize)> {
    let before = &text.as_bytes()[..key_end];
    let start = before.iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').map_or(0, |at| at + 1);
    if !is_secret_key(text.get(start..key_end)?) {
        return None;
    }
    let rest = &text[from..];
    let from = from + (rest.len() - rest.trim_start_matches(' ').len());
    let rest = &text[from..];
    let (from, length) = match rest.bytes().next()? {
        quote @ (b'"' | b'\'') => (from + 1, rest[1..].bytes().position(|byte| byte == quote).unwrap_or(rest.len() - 1)),
        _ => (from, rest.find(|c: char| c.is_whitespace() || "&,;)}".contains(c)).unwrap_or(rest.len())),
    };
    (length > 0).then_some((from, from + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn masks(text: &str, expected: &str) {
        assert_eq!(secrets(text), expected);
    }

    #[test]
    fn a_text_without_a_secret_stays_as_it_is() {
        for text in ["permission denied", "pq: password authentication failed for user \"app1\"", "", "https://db.example:5432/x", "a=b"] {
            assert!(matches!(secrets(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn secrets_of_every_kind_are_blotted_out() {
        masks("dial postgres://root:S3cr:et@db:5432/erp failed", "dial postgres://root:[masked]@db:5432/erp failed");
        masks("postgres://root:p@ss@db/erp", "postgres://root:[masked]@db/erp");
        masks("auth/token/revoke/hvs.CAESIJabcdefgh", "auth/token/revoke/[masked]");
        masks("dsn: host=db PASSWORD=hunter2 user=app", "dsn: host=db PASSWORD=[masked] user=app");
        masks(r#"{"secret_id": "aé,b", "role":"x"}"#, r#"{"secret_id": "[masked]", "role":"x"}"#);
        masks("x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y", "x [masked] y");
    }

    proptest! {
        #[test]
        fn any_text_can_be_masked(text in r#"([ -~é\n]|"password":|://|hvs\.|-----BEGIN |PRIVATE KEY|=){0,40}"#) {
            let _ = secrets(&text);
        }

        #[test]
        fn a_token_never_stays(token in "hvs\\.[A-Za-z0-9]{24}", before in "([a-z :/]{0,10} )?", after in "( [a-z]{0,9})?") {
            let text = format!("{before}{token}{after}");
            prop_assert!(!secrets(&text).contains(&token));
        }
    }
}
