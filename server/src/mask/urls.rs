//! Secrets in addresses: the password before the host, and the address itself where whoever knows it may use it.

/// The password of `user:password@host`, which stands at `from`.
pub(super) fn password(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let authority = &rest[..rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c)).unwrap_or(rest.len())];
    // A password may itself hold an `@`: the last one ends it.
    let end = authority.rfind('@')?;
    let colon = authority[..end].find(':')?;
    (colon + 1 < end).then_some((from + colon + 1, from + end))
}

/// Addresses that are a secret from here on: webhooks and bots of chat systems.
const WEBHOOKS: [&str; 11] = [
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "outlook.office.com/webhook/",
    "outlook.office365.com/webhook/",
    ".webhook.office.com/",
    "api.telegram.org/bot",
    "chat.googleapis.com/v1/spaces/",
    "open.feishu.cn/open-apis/bot/",
];
/// So much of an address is looked at for one of them, in bytes.
const MAX_HOST: usize = 128;

/// What is secret of the address of a webhook, whose host stands at `from`.
pub(super) fn webhook(text: &str, from: usize) -> Option<(usize, usize)> {
    let near = &text[from..text.floor_char_boundary(from + MAX_HOST)];
    let host = near.find('/')? + 1;
    let known = WEBHOOKS.iter().find_map(|known| match known.starts_with('.') {
        true => near[..host].get(host.checked_sub(known.len())?..).filter(|end| end.eq_ignore_ascii_case(known)).map(|_| host),
        false => near.get(..known.len()).filter(|begin| begin.eq_ignore_ascii_case(known)).map(str::len),
    })?;
    let path = text.as_bytes()[from + known..].iter().take_while(|byte| byte.is_ascii_graphic() && !b"\"'<>),\\".contains(byte)).count();
    let is_masked = text[from + known..].starts_with(super::MASKED);
    (path >= 8 && !is_masked).then_some((from + known, from + known + path))
}
