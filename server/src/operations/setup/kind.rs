//! What each kind of connector is told by the connectors file.

use super::span::{self, Span};
use crate::outgoing::Allowed;
use crate::secret::SecretFile;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use vigia_app::sentence;
use vigia_app::words::Sentence;

/// Longest that a callback, or a program that has taken operations, may be waited for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(7 * span::DAY);

/// A connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    OpenBao(OpenBao),
    Webhook(Webhook),
    Pull(Pull),
    Command(Command),
}

/// The connectors of this kind, by their word in the file.
pub const KINDS: [&str; 4] = ["openbao", "webhook", "pull", "command"];

/// Rotates what OpenBao or HashiCorp Vault keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenBao {
    /// `https://host:port`.
    pub address: String,
    pub namespace: Option<String>,
    /// Certificates (PEM) to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// Where the database engine is mounted, for operations that do not say.
    #[serde(default = "database")]
    pub mount: String,
    pub token_file: Option<SecretFile>,
    pub approle: Option<AppRole>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppRole {
    pub role_id: String,
    pub secret_id_file: SecretFile,
    #[serde(default = "approle")]
    pub mount: String,
}

/// Asks another system by a signed HTTP request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    pub url: String,
    /// Holds `whsec_` and the key in base64.
    pub secret_file: SecretFile,
    pub ca: Option<PathBuf>,
    /// Hosts (`pam.example.com`, `*.example.com`), addresses and networks; the URL's host where nothing is said.
    #[serde(default)]
    pub allow: Vec<Allowed>,
    /// How long it may take to call back, once it said that it will.
    #[serde(default = "hour")]
    pub answer_within: Span,
    #[serde(default)]
    pub parameters: BTreeMap<String, Need>,
}

/// Taken by programs that ask for operations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// How long a program may hold an operation without a word.
    #[serde(default = "minutes")]
    pub lease: Span,
    #[serde(default)]
    pub parameters: BTreeMap<String, Need>,
}

/// Runs a program of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The program, by its whole path, and its arguments. There is no shell.
    pub command: Vec<String>,
    /// The whole environment of the program.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    pub folder: Option<PathBuf>,
    #[serde(default)]
    pub parameters: BTreeMap<String, Need>,
}

/// Whether an operation has to have a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    Required,
    Optional,
}

impl Kind {
    /// The word of the connectors file.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OpenBao(_) => "openbao",
            Self::Webhook(_) => "webhook",
            Self::Pull(_) => "pull",
            Self::Command(_) => "command",
        }
    }

    /// The parameters its operations have, and whether they must be there.
    pub fn parameters(&self) -> Vec<(String, bool)> {
        match self {
            Self::OpenBao(_) => ["role", "connection", "mount"].map(|name| (name.to_owned(), false)).to_vec(),
            Self::Webhook(Webhook { parameters, .. }) | Self::Pull(Pull { parameters, .. }) | Self::Command(Command { parameters, .. }) => {
                parameters.iter().map(|(name, need)| (name.clone(), *need == Need::Required)).collect()
            }
        }
    }

    /// What is wrong with the parameters of an operation, beyond names; a sentence.
    pub(super) fn check(&self, parameters: &[(String, String)]) -> Result<(), Sentence> {
        let Self::OpenBao(_) = self else { return Ok(()) };
        let has = |name: &str| parameters.iter().any(|(known, _)| known == name);
        if has("role") == has("connection") {
            return Err(sentence!("connector.role-or-connection"));
        }
        match parameters.iter().find(|(name, value)| !is_name(value, name == "mount")) {
            Some((name, value)) => Err(sentence!("connector.openbao-name", parameter = name, value = format!("{value:?}"))),
            None => Ok(()),
        }
    }
}

/// Whether OpenBao takes it for a name; the mount of an engine may have `/` between names.
pub(super) fn is_name(text: &str, path: bool) -> bool {
    if path {
        return text.split('/').all(|part| is_name(part, false));
    }
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(|byte| word(byte) || matches!(byte, b'-' | b'.'))
        && text.bytes().next().is_some_and(word)
        && text.bytes().next_back().is_some_and(word)
}

fn database() -> String {
    "database".to_owned()
}

fn approle() -> String {
    "approle".to_owned()
}

fn hour() -> Span {
    Span(Duration::from_secs(60 * 60))
}

fn minutes() -> Span {
    Span(Duration::from_secs(5 * 60))
}
