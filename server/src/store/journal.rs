//! The order in which events arrived, changed and went.
//!
//! An event's id says when it was, not when it came. So every transaction that stores, changes or removes events says in the journal
//! which ones, and whoever derives something from the tables follows the journal:
//!
//! 1. [`Journal::register`] notes where the journal ends, and has it kept from there on.
//! 2. The follower reads the tables, which have all that the journal has said until then, and what is said meanwhile perhaps too.
//! 3. It reads the journal behind that position, looks at each event as it is *now*, or is not, and goes on from the last entry it has
//!    seen. What is looked at twice looks the same twice: to replay does no harm, and order hardly matters.
//! 4. When what it has made of the entries is durable, [`Journal::advance`] says so. A follower that is killed goes on from
//!    [`Journal::registered`].
//!
//! Nothing is passed over, whoever stores, however long a transaction takes, and whatever is killed: an entry is there if and only
//! if what it is about is, and is handed out when nothing can come before it any more.

use super::StoreError;
pub use super::extent::Extent;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::watch;
use vigia_app::model::{Report, Timestamp};

/// Entries that are kept for those who follow without a name.
pub const KEPT: u32 = 1_000;
/// How long the journal is kept for a follower that is not heard of, in milliseconds: a week.
pub const SILENT: i64 = 7 * 24 * 60 * 60 * 1000;
/// Entries that one call of [`Journal::trim`] removes at most.
pub(super) const TRIMMED: u32 = 10_000;
/// A process trims each time it has written to the journal so often.
pub(super) const TRIM_EVERY: u32 = 256;

/// Entries that are read ahead of those that may still come before them. Behind so many the others wait.
pub(super) const AHEAD: u32 = 1_000;

/// What is in the journal at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The last entry that nothing can come before any more.
    pub settled: Position,
    /// Those behind it, up to a thousand: others may still come before them.
    pub ahead: Vec<Position>,
}

/// Names an entry of one journal; ordered like the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The transaction, by PostgreSQL's count; 0 where only one writes at a time.
    pub(super) transaction: i64,
    pub(super) number: i64,
    /// Chosen by chance: tells the entry from those of the same number in other journals.
    pub(super) mark: i64,
}

/// What one transaction has done to events of a report; one that touches very many has several.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    pub at: Position,
    pub report: &'static Report,
    pub extent: Extent,
}

/// Why there is nothing to go on with.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Nobody was registered who needed what came behind the position, or not heard of for [`SILENT`].
    #[error("The journal was trimmed beyond this position. Register again, and build anew from the tables.")]
    Trimmed,
    /// The journal never had this position, or came to another entry there.
    #[error(
        "This position is of another journal: the database was copied, restored from a backup or replaced. Register again, and build \
         anew from the tables."
    )]
    OtherJournal,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The order of arrival.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The last entry: whoever reads the tables from now on finds all that it and those before it are about.
    async fn position(&self) -> Result<Position, StoreError>;
    /// What was committed until now: whoever has seen all of that finds what anybody has written before this was asked.
    async fn committed(&self) -> Result<Committed, StoreError> {
        Ok(Committed { settled: self.position().await?, ahead: Vec::new() })
    }
    /// The entries of [`Committed::ahead`]. [`Journal::read`] hands them out again, in their order, once they are settled.
    async fn ahead(&self) -> Result<Vec<JournalEntry>, StoreError> {
        Ok(Vec::new())
    }
    /// Up to `limit` entries behind a position, in their order; each has at most 10,000 ids.
    async fn read(&self, after: Position, limit: u32) -> Result<Vec<JournalEntry>, JournalError>;
    /// Has the journal kept for a follower from its end on, and says where that is; also for one that is registered already and has
    /// to build anew.
    async fn register(&self, follower: &str, now: Timestamp) -> Result<Position, StoreError>;
    /// Where a follower is that is registered.
    async fn registered(&self, follower: &str) -> Result<Option<Position>, StoreError>;
    /// The follower needs nothing before this position any more; on return that is durable. False when it is not registered.
    async fn advance(&self, follower: &str, to: Position, now: Timestamp) -> Result<bool, StoreError>;
    /// Nothing is kept for the follower from now on; false when it was not registered.
    async fn forget(&self, follower: &str) -> Result<bool, StoreError>;
    /// Removes some of the oldest entries that nobody needs, and says how many: all before the position of the slowest follower that
    /// was heard of within [`SILENT`], but never the last [`KEPT`].
    async fn trim(&self, now: Timestamp) -> Result<u64, StoreError>;
    /// Hears of what is written from now on.
    fn wakes(&self) -> Wakes;
}

/// Tells a follower when to read on.
pub struct Wakes(watch::Receiver<()>);

impl Wakes {
    /// What a longer transaction held back is announced before it can be read, and another process may write into a SQLite file
    /// without a word: so this is how long nothing is read at most.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// Returns once something was written since the last call, perhaps to the journal, and after a second at the latest.
    pub async fn next(&mut self) {
        let changed = async {
            if self.0.changed().await.is_err() {
                // The store is gone.
                std::future::pending::<()>().await;
            }
        };
        let _ = tokio::time::timeout(Self::PATIENCE, changed).await;
    }
}

/// Wakes those who follow in this process.
#[derive(Clone, Default)]
pub(super) struct Bell(watch::Sender<()>);

impl Bell {
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    pub fn wakes(&self) -> Wakes {
        Wakes(self.0.subscribe())
    }
}

/// An entry as it is kept: where it is, the report's key, and its events as [`Extent`] encodes them.
pub(super) type Row = (Position, String, Vec<u8>);

/// The entries behind a position, of the rows from it on. `oldest` is the first entry there is.
pub(super) fn behind(after: Position, rows: Vec<Row>, oldest: Position) -> Result<Vec<JournalEntry>, JournalError> {
    let mut rows = rows.into_iter();
    match rows.next() {
        Some((at, ..)) if at == after => {}
        _ if (after.transaction, after.number) < (oldest.transaction, oldest.number) => return Err(JournalError::Trimmed),
        _ => return Err(JournalError::OtherJournal),
    }
    rows.map(|row| Ok(entry(row)?)).collect()
}

/// The entry of a row.
pub(super) fn entry((at, report, events): Row) -> Result<JournalEntry, StoreError> {
    let unread = || StoreError::Failed(anyhow::anyhow!("entry {at:?} of the journal cannot be read"));
    let report = vigia_app::reports::by_key(&report).ok_or_else(unread)?;
    Ok(JournalEntry { at, report, extent: Extent::decode(&events).ok_or_else(unread)? })
}
