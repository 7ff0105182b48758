//! Lines that no format understood: kept with the reason until somebody has a format that does.

use super::StoreError;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use vigia_app::model::Timestamp;

/// A line on its way into the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The system it came from.
    pub source: Arc<str>,
    /// Name of the format that was to read it.
    pub format: String,
    /// In a few words; lines are counted by it.
    pub reason: String,
    /// What exactly is wrong; may be empty. Never quotes a secret.
    pub detail: String,
    /// The line, with its secrets masked and not longer than an event's original.
    pub original: String,
}

impl Refused {
    /// First 16 bytes of the SHA-256 of source, format and line: what tells one line from another.
    pub fn hash(&self) -> [u8; 16] {
        let mut digest = Sha256::new();
        for part in [&*self.source, &self.format, &self.original] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest.finalize()[..16]);
        hash
    }
}

/// A line in the quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Grows with each line.
    pub id: i64,
    pub received: Timestamp,
    pub line: Refused,
}

/// Which lines; each part narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    pub source: Option<String>,
    pub format: Option<String>,
    pub reason: Option<String>,
}

/// How many lines there are of a source, format and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineCount {
    pub source: String,
    pub format: String,
    pub reason: String,
    pub lines: u64,
}

#[async_trait]
pub trait Quarantine: Send + Sync {
    /// Keeps lines; on return they are durable. Says how many were not there yet: the same line of a source and format is kept once.
    async fn add(&self, lines: Vec<Refused>, received: Timestamp) -> Result<u64, StoreError>;
    /// Up to `limit` lines with ids below `before`, the newest first.
    async fn list(&self, filter: &QuarantineFilter, before: Option<i64>, limit: u32) -> Result<Vec<Quarantined>, StoreError>;
    async fn get(&self, id: i64) -> Result<Option<Quarantined>, StoreError>;
    /// The most frequent first.
    async fn counts(&self) -> Result<Vec<QuarantineCount>, StoreError>;
    /// Removes lines, and says how many were there.
    async fn remove(&self, ids: &[i64]) -> Result<u64, StoreError>;
}
