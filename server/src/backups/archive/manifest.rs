//! What a backup says of itself.

use crate::store::Dialect;
use serde::{Deserialize, Serialize};
use vigia_app::model::Timestamp;

/// What a backup says of itself, in the archive and in the file beside it, which are JSON, each signed. Times are RFC 3339, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT`](super::FORMAT).
    pub format: u32,
    /// Version of the program that made it.
    pub vigia: String,
    /// How many migrations its database had gone through.
    pub schema: u32,
    /// Where its tables are those of a database as they were before an upgrade: of which kind. It is restored into the same kind alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Dialect>,
    /// Of the archive, without what it ends with.
    pub name: String,
    /// Of the keys that it was signed with.
    pub instance: String,
    pub contents: Contents,
    /// `Scheduled`, `Manual`, `Before upgrade`, `On change`.
    pub reason: String,
    pub requested_by: String,
    pub start: String,
    pub end: String,
    /// When the newest event was, of all that are in it and did not lie in the future then.
    pub newest: Option<String>,
    pub keys: Vec<KeyOf>,
    /// Files that the settings name and that are not in it: whoever restores has to have them.
    pub left_out: Vec<String>,
    pub tables: Vec<Table>,
    /// Of the archive; only in the file beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
}

/// What is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// `Full` or `Partial`.
    pub r#type: Type,
    /// Keys of the reports whose events are in it.
    pub reports: Vec<String>,
    /// Events from then on; all earlier ones where there is nothing.
    pub from: Option<String>,
    /// Events before.
    pub to: Option<String>,
    /// Whether users, tokens, the quarantine, settings and secrets are.
    pub configuration: bool,
}

/// Everything, or a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BackupType)]
pub enum Type {
    Full,
    Partial,
}

impl Type {
    pub const ALL: [Self; 2] = [Self::Full, Self::Partial];

    /// As the report has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "Full",
            Self::Partial => "Partial",
        }
    }
}

/// A key that opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOf {
    /// `age1...`
    pub recipient: String,
    /// Whether it is the instance's own, or one that is kept elsewhere.
    pub own: bool,
}

/// A table of it: files of JSON lines in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Of the folder.
    pub name: String,
    pub rows: u64,
    /// Of all its lines, one after another.
    pub sha256: String,
}

/// The file of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    pub size: u64,
    pub sha256: String,
    /// Of the tar in it.
    pub plain_size: u64,
    pub plain_sha256: String,
}

impl Manifest {
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// Whether the instance that made it opens it: where it does not, only keys that are kept elsewhere do.
    pub fn opens_here(&self) -> bool {
        self.keys.iter().any(|key| key.own)
    }

    /// When it was begun.
    pub fn began(&self) -> Timestamp {
        time(&self.start).unwrap_or(Timestamp::MIN)
    }

    /// When it had ended.
    pub fn ended(&self) -> Timestamp {
        time(&self.end).unwrap_or(Timestamp::MIN)
    }

    /// As it is signed.
    pub fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }
}

/// A time as manifests have them.
pub fn time(text: &str) -> Option<Timestamp> {
    text.parse::<chrono::DateTime<chrono::Utc>>().ok().map(Timestamp::from)
}

/// The name of an archive of an instance that was begun at a time, without what it ends with: later ones sort behind.
pub fn name(instance: &str, start: Timestamp, r#type: Type) -> String {
    let digits: String = start.rfc3339().chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    format!("{instance}-{digits}-{}", r#type.word().to_lowercase())
}
