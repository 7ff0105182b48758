//! Secrets that are told by their own shape.

use super::value::looks_secret;

/// A token that begins in a way of its own.
pub(super) struct Token {
    pub prefix: &'static str,
    /// So many characters must follow.
    least: usize,
}

const fn token_of(prefix: &'static str, least: usize) -> Token {
    Token { prefix, least }
}

pub(super) const TOKENS: &[Token] = &[
    // OpenBao and Vault: service, batch and recovery tokens.
    token_of("hvs.", 8),
    token_of("hvb.", 8),
    token_of("hvr.", 8),
    token_of("s.", 20),
    token_of("b.", 20),
    token_of("r.", 20),
    // Amazon: access keys, permanent and for a while.
    token_of("AKIA", 16),
    token_of("ASIA", 16),
    // GitHub, GitLab, Slack, Stripe, Google, npm, OpenAI, SendGrid.
    token_of("ghp_", 20),
    token_of("gho_", 20),
    token_of("ghu_", 20),
    token_of("ghs_", 20),
    token_of("ghr_", 20),
    token_of("github_pat_", 20),
    token_of("glpat-", 16),
    token_of("xoxb-", 10),
    token_of("xoxp-", 10),
    token_of("xoxa-", 10),
    token_of("xoxs-", 10),
    token_of("sk_live_", 10),
    token_of("rk_live_", 10),
    token_of("AIza", 30),
    token_of("ya29.", 20),
    token_of("npm_", 30),
    token_of("sk-", 32),
    token_of("SG.", 20),
    // A JSON web token.
    token_of("eyJ", 10),
];

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b'.'
}

/// The token that begins here.
pub(super) fn token(text: &str, start: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    if start > 0 && bytes[start - 1] != b'.' && is_word(bytes[start - 1]) {
        return None;
    }
    let rest = &text[start..];
    TOKENS.iter().find_map(|token| {
        let body = rest.strip_prefix(token.prefix)?;
        let length = body.bytes().take_while(|byte| is_word(*byte)).count();
        let body = &body[..length];
        let sound = match token.prefix {
            "eyJ" => body.contains('.'),
            "AKIA" | "ASIA" => body.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
            // Not the name of a host.
            "s." | "b." | "r." => {
                let first = body.split('.').next().unwrap_or_default();
                first.len() >= token.least && first.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
            }
            "sk-" => body.bytes().any(|byte| byte.is_ascii_digit()),
            _ => true,
        };
        let end = start + token.prefix.len() + length;
        (length >= token.least && sound).then(|| (start, if token.prefix.ends_with("IA") { amazon_secret(text, end) } else { end }))
    })
}

/// The secret key that often stands right behind the id of an Amazon access key: 40 characters.
fn amazon_secret(text: &str, end: usize) -> usize {
    const BETWEEN: usize = 8;
    const LENGTH: usize = 40;
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'+';
    let rest = &text.as_bytes()[end..];
    let between = rest.iter().take(BETWEEN).take_while(|byte| !is_key(**byte) && byte.is_ascii()).count();
    let key = rest[between..].iter().take_while(|byte| is_key(**byte)).count();
    if between > 0 && key == LENGTH { end + between + key } else { end }
}

/// The password of `user:password@host`, which stands at `from`.
pub(super) fn url_password(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let authority = &rest[..rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c)).unwrap_or(rest.len())];
    // A password may itself hold an `@`: the last one ends it.
    let end = authority.rfind('@')?;
    let colon = authority[..end].find(':')?;
    (colon + 1 < end).then_some((from + colon + 1, from + end))
}

/// A private key in PEM; one whose end is missing goes to the end of the text.
pub(super) fn private_key(text: &str, start: usize) -> Option<(usize, usize)> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let rest = &text[start..];
    let kind = rest.get(BEGIN.len()..).and_then(|rest| rest.split("-----").next())?;
    if !kind.get(..kind.floor_char_boundary(64))?.to_ascii_uppercase().contains("PRIVATE KEY") {
        return None;
    }
    let end = rest.find(END).map_or(text.len(), |end| {
        let tail = &rest[end + END.len()..];
        start + end + END.len() + tail.find("-----").map_or(tail.len(), |dashes| dashes + 5)
    });
    Some((start, end))
}

/// The credentials after `Bearer ` or `Basic `.
pub(super) fn credentials(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    if start > 0 && is_word(text.as_bytes()[start - 1]) {
        return None;
    }
    let length = text.as_bytes()[end..].iter().take_while(|byte| is_word(**byte) || b"+/=~".contains(byte)).count();
    let word = &text[end..end + length];
    (length >= 8 && looks_secret(word)).then_some((end, end + length))
}
