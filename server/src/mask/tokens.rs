//! Secrets that are told by their own shape.

use super::value::looks_secret;

/// A token that begins in a way of its own.
pub(super) struct Token {
    pub prefix: &'static str,
    /// So many characters must follow.
    least: usize,
    /// Whether `+`, `/` and `=` may be among them.
    is_base64: bool,
}

const fn token_of(prefix: &'static str, least: usize) -> Token {
    Token { prefix, least, is_base64: false }
}

const fn base64_of(prefix: &'static str, least: usize) -> Token {
    Token { prefix, least, is_base64: true }
}

pub(super) const TOKENS: &[Token] = &[
    // Vigia's own: of the API, of operations that are handed out, of webhooks; and whose format webhooks have.
    token_of("vigia_", 20),
    token_of("vigiat_", 16),
    base64_of("whsec_", 16),
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
    token_of("sk_test_", 10),
    token_of("rk_test_", 10),
    token_of("xapp-", 10),
    token_of("xoxe-", 10),
    token_of("glrt-", 16),
    token_of("gldt-", 16),
    token_of("pypi-", 30),
    token_of("dckr_pat_", 16),
    token_of("shpat_", 20),
    token_of("hf_", 24),
    token_of("dop_v1_", 30),
    token_of("ATATT", 30),
    token_of("PMAK-", 20),
    token_of("AGE-SECRET-KEY-1", 40),
    // A JSON web token.
    token_of("eyJ", 10),
];

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b'.'
}

/// So much of a token is looked at to tell whether it is one, in bytes.
const MAX_LOOKED_AT: usize = 64;

impl Token {
    /// The token that begins here, where it is one.
    pub(super) fn secret(&self, text: &str, start: usize) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        if start > 0 && bytes[start - 1] != b'.' && is_word(bytes[start - 1]) {
            return None;
        }
        let body = text[start..].strip_prefix(self.prefix)?;
        let near = &body.as_bytes()[..body.len().min(MAX_LOOKED_AT)];
        let near = &near[..near.iter().take_while(|byte| is_word(**byte)).count()];
        let sound = match self.prefix {
            "AKIA" | "ASIA" => near.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
            // Not the name of a host.
            "s." | "b." | "r." => {
                let first = near.split(|byte| *byte == b'.').next().unwrap_or_default();
                first.len() >= self.least && first.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
            }
            "sk-" => near.iter().any(u8::is_ascii_digit),
            _ => true,
        };
        if near.len() < self.least || !sound {
            return None;
        }
        let length = body.bytes().take_while(|byte| is_word(*byte) || self.is_base64 && b"+/=".contains(byte)).count();
        if self.prefix == "eyJ" && !body[..length].contains('.') {
            return None;
        }
        let end = start + self.prefix.len() + length;
        Some((start, if self.prefix.ends_with("IA") { amazon_secret(text, end) } else { end }))
    }
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
