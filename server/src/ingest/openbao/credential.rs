//! Which requests hand a secret or a credential out.

use super::exchange::Exchange;
use super::exchange_end::is_hashed;
use super::mount_path::MountPath;

/// A secret or credential somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    /// What it gives access to, as far as the path says.
    pub device: &'a str,
    /// Whose it is: the account where the log has it in the clear, else the role or the last part of the path.
    pub username: &'a str,
    pub kind: &'static str,
    /// The word of the report.
    pub operation: &'static str,
    /// It is made for this request, and removed when its lease ends.
    pub ephemeral: bool,
}

/// How an engine hands credentials out: below this folder, by these operations.
struct Rule {
    engines: &'static [&'static str],
    folder: &'static str,
    operations: &'static [&'static str],
}

const READ: &[&str] = &["read"];
const WRITE: &[&str] = &["update", "create"];
const BOTH: &[&str] = &["read", "update", "create"];

const RULES: &[Rule] = &[
    Rule { engines: &["ssh", "kubernetes"], folder: "creds", operations: WRITE },
    Rule { engines: &["aws"], folder: "creds", operations: BOTH },
    Rule { engines: &["aws"], folder: "sts", operations: BOTH },
    Rule { engines: &["ldap", "openldap", "ad"], folder: "static-cred", operations: READ },
    Rule { engines: &["gcp"], folder: "key", operations: BOTH },
    Rule { engines: &["gcp"], folder: "token", operations: BOTH },
    Rule { engines: &["ssh"], folder: "sign", operations: WRITE },
    Rule { engines: &["ssh", "pki"], folder: "issue", operations: WRITE },
    Rule { engines: &["totp"], folder: "code", operations: READ },
    Rule { engines: &["transit"], folder: "export", operations: READ },
    // Every engine, those of plugins too, but the ones above that do otherwise.
    Rule { engines: &[], folder: "creds", operations: READ },
    Rule { engines: &[], folder: "static-creds", operations: READ },
];

/// Engines whose `creds/` are accounts made for the request.
const EPHEMERAL: &[&str] = &[
    "database",
    "ldap",
    "openldap",
    "aws",
    "azure",
    "gcp",
    "alicloud",
    "consul",
    "nomad",
    "rabbitmq",
    "mongodbatlas",
    "terraform",
    "kubernetes",
];

/// The kind of credential an engine deals with, in the words of the reports where they have one.
pub(super) fn credential_type(engine: &str) -> &'static str {
    match engine {
        "ssh" => "SSH Key",
        "aws" | "azure" | "gcp" | "alicloud" => "Cloud",
        "ldap" | "openldap" | "ad" => "Domain User",
        "pki" => "Certificate",
        "transit" => "Encryption key",
        "totp" => "One-time code",
        _ => "Application",
    }
}

impl<'a> Credential<'a> {
    /// The credential asked for; `None` when the request is about something else.
    pub(super) fn of(exchange: &'a Exchange<'a>) -> Option<Self> {
        let MountPath { mount, kind, auth, rest } = exchange.place;
        let operation = exchange.operation();
        if auth {
            return None;
        }
        let view = |device, username, ephemeral| {
            Some(Self { device, username, kind: credential_type(kind), operation: "View password", ephemeral })
        };
        match kind {
            "kv" => {
                let path = secret(exchange).filter(|_| operation == "read")?;
                let (device, username) = path.rsplit_once('/').unwrap_or((mount, path));
                view(device, username, false)
            }
            "cubbyhole" => (operation == "read" && !rest.is_empty()).then(|| view("cubbyhole", rest, false)).flatten(),
            "system" => {
                let signed_in = exchange.record.response.as_ref().is_some_and(|response| response.auth.is_some());
                let unwraps = rest == "wrapping/unwrap" && WRITE.contains(&operation) && !signed_in;
                unwraps.then_some(Self { device: "", username: "", kind: "", operation: "View password", ephemeral: false })
            }
            "identity" => None,
            "ldap" | "openldap" | "ad" if rest.starts_with("library/") => {
                let set = exchange.place.inside("library")?.strip_suffix("/check-out").filter(|_| WRITE.contains(&operation))?;
                let account = account(exchange).unwrap_or(set);
                Some(Self { device: mount, username: account, kind: credential_type(kind), operation: "Checkout", ephemeral: false })
            }
            "gcp" if (rest.ends_with("/key") || rest.ends_with("/token")) && BOTH.contains(&operation) => {
                view(mount, rest.rsplit('/').nth(1)?, false)
            }
            _ => {
                let (rule, role) = RULES.iter().find_map(|rule| {
                    let role = exchange.place.inside(rule.folder)?;
                    (rule.engines.is_empty() || rule.engines.contains(&kind)).then_some((rule, role))
                })?;
                if !rule.operations.contains(&operation) {
                    return None;
                }
                let ephemeral = rule.folder == "creds" && EPHEMERAL.contains(&kind);
                view(mount, account(exchange).unwrap_or(role), ephemeral)
            }
        }
    }
}

/// The account the answer names, where the log has it in the clear.
fn account<'a>(exchange: &'a Exchange<'a>) -> Option<&'a str> {
    let username = &*exchange.record.response.as_ref()?.data.as_ref()?.username;
    (!username.is_empty() && !is_hashed(username)).then_some(username)
}

/// The path of the secret a kv request is about; `None` when it is about the engine's bookkeeping, which holds no secret.
///
/// Both versions have the type `kv`. Version 2 has its secrets below `data/` and bookkeeping beside it; in version 1 those
/// are paths like others. An answer tells: where it has no field of bookkeeping, it was a secret of version 1.
fn secret<'a>(exchange: &'a Exchange<'a>) -> Option<&'a str> {
    let MountPath { rest, .. } = exchange.place;
    if rest.is_empty() {
        return None;
    }
    if let Some(path) = exchange.place.inside("data") {
        return Some(path);
    }
    let bookkeeping = rest == "config" || ["metadata/", "subkeys/"].iter().any(|folder| rest.starts_with(folder));
    let answered = exchange.record.response.as_ref().and_then(|response| response.data.as_ref());
    let secret = !bookkeeping || (exchange.outcome.is_done() && answered.is_some_and(|data| data.fields > 0 && !data.bookkeeping));
    secret.then_some(rest)
}
