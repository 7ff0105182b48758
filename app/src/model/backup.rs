//! Backups of Vigia itself, as administrators see them.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// How backups stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupsSeen {
    /// Where they are kept.
    pub folder: String,
    /// Further places that have a copy of each.
    pub places: Vec<String>,
    /// What is done by schedule.
    pub plans: Vec<BackupPlan>,
    /// Whether the next one is made for the instance alone.
    pub own_key_alone: bool,
    /// Whether it is made for keys alone that are kept elsewhere.
    pub offline_only: bool,
    /// The backup that this instance was restored from, where it does nothing by itself yet.
    pub held: Option<String>,
    pub running: Option<RunningBackup>,
    /// The last drill: when it ended, how long it took in milliseconds, and what was wrong.
    pub drill: Option<(Timestamp, i64, Option<String>)>,
    /// Those that are there, newest first.
    pub backups: Vec<BackupSeen>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    pub full: bool,
    /// As cron has it.
    pub cron: String,
    pub zone: String,
    pub next: Option<Timestamp>,
}

/// One that is being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningBackup {
    pub name: String,
    pub requested_by: String,
    /// Events that are in it, and how many there will be; bytes of the copy, of one that is copied.
    pub done: u64,
    pub all: u64,
    /// Whether it is made already, and copied to further places.
    pub copying: bool,
}

/// One that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupSeen {
    pub name: String,
    pub full: bool,
    pub start: Timestamp,
    /// Events and records.
    pub rows: u64,
    /// Bytes of the archive, and their SHA-256 in hexadecimal digits.
    pub size: u64,
    pub sha256: String,
    /// When it was last read from its beginning to its end, and what was wrong with it then; nothing where it was whole.
    pub checked: Option<(Timestamp, Option<String>)>,
    /// Whether only keys open it that are kept elsewhere: what was checked then is its hash, not its content.
    pub offline: bool,
    /// Whether that is too long ago.
    pub outdated: bool,
    /// Whether it goes after the next scheduled one.
    pub removable: bool,
    /// Whether the archive is in the folder.
    pub here: bool,
    /// Further places that have a copy.
    pub copies: Vec<String>,
    /// Further places that have none yet, or still have one, and why.
    pub uncopied: Vec<(String, String)>,
    /// Those that are good now, oldest first.
    pub links: Vec<BackupLink>,
}

impl BackupSeen {
    /// Whether there is anything to download: the archive, or a copy.
    pub fn is_there(&self) -> bool {
        self.here || !self.copies.is_empty()
    }
}

/// A link that downloads a backup without signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupLink {
    /// Tells it apart from others, and opens nothing.
    pub id: String,
    pub requested_by: String,
    pub expires: Timestamp,
}

/// A link that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBackupLink {
    /// Where it leads on the server. It is told this once.
    pub path: String,
    pub expires: Timestamp,
}
