//! What administrators see and send: tokens of the API, and the quarantine.

use super::Timestamp;
use crate::text;
use crate::words::Text;
use serde::{Deserialize, Serialize};

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read the reports, as an auditor does.
    Read,
    /// Send events.
    Write,
    /// Create operations, and do with them what administrators do.
    Operate,
    /// Carry operations of pull connectors out.
    Execute,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Operate, Self::Execute];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Operate => "operate",
            Self::Execute => "execute",
        }
    }

    /// What its bearer may do, for people.
    pub const fn words(self) -> Text {
        match self {
            Self::Read => text!("scope.read"),
            Self::Write => text!("scope.write"),
            Self::Operate => text!("scope.operate"),
            Self::Execute => text!("scope.execute"),
        }
    }

    /// What a token can be bound to: sources or connectors.
    pub const fn bound_to(self) -> Option<Text> {
        match self {
            Self::Read | Self::Operate => None,
            Self::Write => Some(text!("scope.sources")),
            Self::Execute => Some(text!("scope.connectors")),
        }
    }
}

/// A token, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    pub name: String,
    pub scope: Scope,
    /// The sources a writer may send for, or the connectors whose operations may be carried out; none for any.
    pub sources: Vec<String>,
    pub created: Timestamp,
    /// User name of the admin who made it.
    pub created_by: String,
    /// `None` for one that does not expire.
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
    /// To about a minute; `None` for one that was not used yet.
    pub last_used: Option<Timestamp>,
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    pub name: String,
    pub scope: Scope,
    pub sources: Vec<String>,
    /// How long it is good for; `None` for ever.
    pub days: Option<u32>,
}

/// A line in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineLine {
    pub id: i64,
    pub received: Timestamp,
    pub source: String,
    pub format: String,
    pub reason: String,
    pub detail: String,
    /// Masked, and cut after 16 KiB.
    pub original: String,
}

/// Lines of one source and format with the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineGroup {
    pub source: String,
    pub format: String,
    pub reason: String,
    pub lines: u64,
}

/// Some lines of the quarantine, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QuarantinePage {
    pub lines: Vec<QuarantineLine>,
    /// Where the next page starts; `None` after the last.
    pub next: Option<i64>,
}

/// What became of lines that were read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Replayed {
    /// Lines that were understood now, and are gone from the quarantine.
    pub understood: u64,
    /// Events that came out of them and are new.
    pub stored: u64,
    /// Events that were there already.
    pub duplicate: u64,
    /// Lines that are still broken, and stay.
    pub broken: u64,
}
