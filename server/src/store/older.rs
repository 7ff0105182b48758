//! A database as an earlier version has left it: read as it is before it is brought to this version, and made again of what was read.

use super::{Dialect, StoreError};
use async_trait::async_trait;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

/// What tables are in, of which there is one of each database's own.
pub const TABLES: &str = "tables/";
/// Signs of who is signed in or has failed to be: they are in no backup.
pub(super) const LEFT_OUT: [&str; 2] = ["session", "failure"];
/// Where all but events is kept that has to be remembered; see [`Kept`](super::Kept).
pub(super) const KEPT: &str = "kept";
/// Rows that are read at once, at most.
pub(super) const STEP: usize = 1_000;
/// Bytes that are read at once, roughly.
pub(super) const BYTES: usize = 1 << 20;

/// A part of what is in a database.
#[derive(Debug)]
pub enum Piece {
    /// The rows from here on are of this table.
    Table(String),
    /// JSON objects: the columns of a row by their names.
    Rows(Vec<Box<RawValue>>),
}

/// A value that is kept: its space, its key, and what it is from then on.
pub type Keeping = (&'static str, &'static str, Option<String>);

/// A database of an earlier version. While there is one, no other process has one of the same database.
#[async_trait]
pub trait Older: Send {
    fn kind(&self) -> Dialect;
    /// How many migrations it has gone through.
    fn schema(&self) -> u32;
    /// A value that is kept; `None` also where nothing is kept yet.
    async fn kept(&mut self, space: &str, key: &str) -> Result<Option<String>, StoreError>;
    /// Keeps a value; on return it is durable. False, and nothing done, where the database is from before there was a table for that.
    async fn keep(&mut self, space: &str, key: &str, value: &str) -> Result<bool, StoreError>;
    /// Hands over everything, as it is at one moment: every table of its own with all its rows, however long that takes. Ends early where nobody takes it.
    async fn read(&mut self, to: mpsc::Sender<Piece>) -> Result<(), StoreError>;
}

/// A database that is made again of what an [`Older`] has read. Until it is done, nobody takes it for one of Vigia's.
#[async_trait]
pub trait Rebuilt: Send {
    /// Stores rows of a table.
    async fn put(&mut self, table: String, rows: Vec<String>) -> Result<(), StoreError>;
    /// As that of [`Older`].
    async fn read(&mut self, to: mpsc::Sender<Piece>) -> Result<(), StoreError>;
    /// From here on it is a database of the version it was of; what is kept says this from its first moment on, where it is from after there was a table for that.
    async fn done(self: Box<Self>, keeping: Vec<Keeping>) -> Result<(), StoreError>;
}

/// Rows on their way: handed over when there are enough.
pub(super) struct Rows {
    rows: Vec<Box<RawValue>>,
    bytes: usize,
}

impl Rows {
    pub(super) const fn new() -> Self {
        Self { rows: Vec::new(), bytes: 0 }
    }

    /// Takes one more; what is to be handed over, where that is enough.
    pub(super) fn add(&mut self, row: Box<RawValue>) -> Option<Piece> {
        self.bytes += row.get().len();
        self.rows.push(row);
        if self.rows.len() >= STEP || self.bytes >= BYTES { self.rest() } else { None }
    }

    /// What is left.
    pub(super) fn rest(&mut self) -> Option<Piece> {
        self.bytes = 0;
        if self.rows.is_empty() { None } else { Some(Piece::Rows(std::mem::take(&mut self.rows))) }
    }
}

/// A name, as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Refuses a table that nobody knows.
pub(super) fn strange(table: &str) -> StoreError {
    StoreError::Unusable(format!("The backup has a table that a database of this version does not have: {table}."))
}

/// Refuses a target that holds something.
pub(super) fn not_vacant(what: &str) -> StoreError {
    StoreError::Unusable(format!(
        "{what} has tables already. Name one that is new; or give --force: what is restored takes its place then, and it is kept under another name."
    ))
}
