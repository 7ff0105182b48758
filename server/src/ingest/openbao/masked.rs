//! A line as it may be kept: whole, but without what could be a secret when the log is raw.

use super::exchange_end::is_hashed;
use super::record;
use crate::ingest::json::Json;
use crate::mask::{self, MASKED};
use std::borrow::Cow;

/// Members of `data` whose values are names, not secrets; the ones an event is made from.
const NAMES: [&str; 7] = ["username", "db_name", "plugin_name", "lease_id", "version", "error", "http_status_code"];
/// Old servers take a token in the path: `auth/token/revoke/<token>`.
const TOKEN_PATHS: [&str; 4] = ["auth/token/lookup/", "auth/token/renew/", "auth/token/revoke/", "auth/token/revoke-orphan/"];
/// Members that hold a token or stand for one.
const TOKENS: [&str; 4] = ["client_token", "client_token_accessor", "accessor", "token"];

/// Members shown of a line that cannot be read, as one that was cut off: what they are part of is then not known.
const SHOWN: [&str; 7] = ["time", "type", "id", "operation", "mount_point", "mount_type", "remote_address"];

/// What was sent and answered (`data`) and tokens are left out unless the server hashed them; other texts are masked as usual. Of a line
/// that is not whole JSON nearly every value is left out.
pub(super) fn line(line: &str) -> String {
    let Some(Ok(mut json)) = record::json(line).map(Json::parse) else { return broken(line) };
    walk(&mut json, Within::Outside);
    serde_json::to_string(&json).unwrap_or_default()
}

/// Leaves out the texts behind `"name":`, whatever the text around them is.
fn broken(line: &str) -> String {
    let line = mask::secrets(line);
    let mut out = String::with_capacity(line.len());
    let mut rest = &*line;
    while let Some(at) = rest.find("\":") {
        let (before, after) = rest.split_at(at + 2);
        out.push_str(before);
        let name = &before[..at];
        let name = name.rsplit_once('"').map_or(name, |(_, name)| name);
        let blanks = after.len() - after.trim_start().len();
        rest = after;
        if !SHOWN.contains(&name) && rest[blanks..].starts_with('"') && !is_hashed(&rest[blanks + 1..]) {
            let text = &rest[blanks + 1..];
            let mut escaped = false;
            let end = text.bytes().position(|byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            });
            out.push_str(&format!("\"{MASKED}\""));
            rest = end.map_or("", |end| &text[end + 1..]);
        }
    }
    out.push_str(rest);
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Outside,
    /// Under `data`.
    Data,
    /// A value that is a name inside `data`, or one outside it.
    Name,
    Token,
}

fn walk(value: &mut Json<'_>, within: Within) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let inside = match (&**name, within) {
                    (name, Within::Data) if NAMES.contains(&name) => Within::Name,
                    (_, Within::Data) => Within::Data,
                    ("data", _) => Within::Data,
                    (name, _) if TOKENS.contains(&name) => Within::Token,
                    _ => Within::Outside,
                };
                walk(value, inside);
            }
        }
        Json::List(values) => values.iter_mut().for_each(|value| walk(value, within)),
        Json::Text(text) if is_hashed(text) || text.is_empty() => {}
        Json::Text(text) => match within {
            Within::Data | Within::Token => *text = Cow::Borrowed(MASKED),
            Within::Outside | Within::Name => {
                if let Cow::Owned(masked) = mask::secrets(text) {
                    *text = Cow::Owned(masked);
                }
                if let Some(end) = TOKEN_PATHS.iter().find_map(|path| Some(text.find(path)? + path.len())) {
                    *text = Cow::Owned(format!("{}{MASKED}", &text[..end]));
                }
            }
        },
        Json::Number(_) if within == Within::Data => *value = Json::Text(Cow::Borrowed(MASKED)),
        Json::Number(_) | Json::Flag(_) | Json::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_log_is_kept_without_what_was_sent_and_answered() {
        let raw = r#"{"time":"2026-11-22T14:03:27Z","type":"response","auth":{"client_token":"custom-1","display_name":"ana"},"request":{"id":"7","path":"auth/token/revoke/Tr0ub4dor","token":"hvs.CAESIJabcdefgh","data":{"username":"app1","pin":4711,"nested":{"x":["deep-secret"]},"hashed":"hmac-sha256:aa"}},"response":{"data":{"anything":"hunter2","data":null},"secret":{"lease_id":"database/creds/x/1"}}}"#;
        let kept = line(raw);
        for secret in ["custom-1", "Tr0ub4dor", "hvs.CAESIJabcdefgh", "4711", "deep-secret", "hunter2"] {
            assert!(!kept.contains(secret), "{secret} in {kept}");
        }
        for name in ["\"ana\"", "\"app1\"", "hmac-sha256:aa", "\"data\":null", "database/creds/x/1"] {
            assert!(kept.contains(name), "{name} in {kept}");
        }
        let cut = &raw[..raw.find(r#"ter2","data"#).expect("there")];
        let kept = line(cut);
        assert!(kept.contains("2026-11-22T14:03:27Z") && kept.contains("hmac-sha256:aa"), "{kept}");
        for secret in ["custom-1", "hvs.CAESIJabcdefgh", "hunt"] {
            assert!(!kept.contains(secret), "{secret} in {kept}");
        }
        assert_eq!(line("no JSON, password=hunter2"), "no JSON, password=[masked]");
    }
}
