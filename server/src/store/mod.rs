//! Where events and users are kept, behind one trait, so that the database can be chosen by its URL.

pub mod alarms;
mod changed;
pub mod copy;
pub mod cursor;
mod enqueue;
mod extent;
pub mod hold;
pub mod journal;
pub mod kept;
mod limits;
mod live;
mod migrations;
pub mod older;
pub mod operations;
pub mod postgres;
pub mod quarantine;
pub mod query;
mod replace;
pub mod reviews;
pub mod rows;
pub mod schema;
pub mod scores;
pub mod sqlite;
pub mod standings;
mod steps;
pub mod still;
pub mod tokens;
mod told;
pub mod transfer;
pub mod value;
pub mod week;
pub mod whole;

use crate::event::Event;
use async_trait::async_trait;
pub use cursor::Signer;
pub use journal::Journal;
pub use kept::Kept;
pub use migrations::{SCHEMA, known};
pub use older::{Older, Rebuilt};
pub use operations::Operations;
pub use postgres::PostgresStore;
pub use quarantine::Quarantine;
pub use query::ResolvedQuery;
pub use replace::Replacement;
pub use reviews::Reviews;
pub use rows::Rows;
pub use schema::Dialect;
pub use scores::Scores;
use serde::{Deserialize, Serialize};
pub use sqlite::SqliteStore;
pub use standings::Standings;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
pub use still::Still;
pub use tokens::Tokens;
pub use transfer::Transfer;
use vigia_app::model::{EventId, Record, Report, Role, Timestamp};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The cursor was not made by this store for this query.
    #[error("The cursor does not belong to this query, or was changed. Start again from the first page.")]
    Cursor,
    /// The query ran into its time limit.
    #[error("The search took longer than {0} s and was stopped. Narrow the time range, or add a filter.")]
    TooSlow(u64),
    /// A change ran into the time limit of its statement; nothing of it was done.
    #[error("The database did not come to an end with a change within {0} s, and nothing was changed. Try again.")]
    Unfinished(u64),
    /// Another process has kept the database locked.
    #[error("The database is locked by another process. Stop the other one, or wait until it is done, and try again.")]
    Locked,
    /// The database server does not answer, or ended the connection. A store that goes on trying says so in the log once, and once when it answers
    /// again: see [`StoreError::is_told`].
    #[error("The database cannot be reached: {0}. Check that its server runs and is the one the database URL names, and try again.")]
    Unreachable(String),
    /// The database did not do this, which says nothing of what else it does.
    #[error("The database did not do what it was asked: {0}. Try again.")]
    Busy(String),
    /// The disk is full or the file cannot be written.
    #[error("The database cannot be written: {0}. Nothing was stored; free space or fix the permissions, and try again.")]
    NotWritable(String),
    /// The database cannot be used as it is.
    #[error("{0}")]
    Unusable(String),
    /// What the database said; for the log.
    #[error("the database failed")]
    Failed(#[source] anyhow::Error),
}

impl StoreError {
    /// Whether the log says so already: a database that cannot be reached is one trouble, however many are told of it.
    pub const fn is_told(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

/// The first id that lies in the future. The newest event is the last one before it, whatever is planned, or said by a clock that is wrong, for later.
pub fn future(now: Timestamp) -> i64 {
    EventId::first(now).get().saturating_add(EventId::PER_MILLISECOND)
}

/// What became of the events that were handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    pub stored: u64,
    /// Were there already.
    pub duplicate: u64,
}

/// Events: append, read. Everything returned as done is durable.
#[async_trait]
pub trait Events: Send + Sync {
    /// Stores events, all or none; on return they are durable, and soon can be read: see [`Events::settle`]. Those that are there
    /// already are counted, not stored again. Of two who send the same event at the same moment, both may be told that it is new;
    /// it is one row all the same.
    async fn append(&self, events: Vec<Event>) -> Result<Appended, StoreError>;
    /// Has the event of the same report, source and source id say this instead of what it said: its columns and its extra fields. Its
    /// id and with it its time, its attempts, the line it was read from and what was found out about it stay. False, and nothing done,
    /// where there is no such event; on return it is durable. It is for what Vigia itself has stored; what is of the queue, the queue
    /// moves.
    async fn amend(&self, event: Event) -> Result<bool, StoreError>;
    /// Returns when everything that was acknowledged until now can be read: while many send at once, that may take a moment longer.
    async fn settle(&self) {}
    /// Time of the report's newest event up to now; of the next one, where all lie in the future; `None` for an empty report.
    async fn newest(&self, report: &'static Report, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;
    /// One event, whole.
    async fn record(&self, report: &'static Report, id: EventId) -> Result<Option<Record>, StoreError>;
    /// Removes every event of a source, and says how many there were.
    async fn remove_source(&self, source: &str) -> Result<u64, StoreError>;
    /// Removes up to `limit` of the oldest events before a time, of one source where one is named, and says how many there were; it
    /// may be more where a database can drop whole months.
    async fn remove_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
    /// How many events there are before a time, of one source where one is named; counts no further than `most`.
    async fn count_before(&self, report: &'static Report, source: Option<&str>, before: Timestamp, most: u32) -> Result<u32, StoreError>;
    /// The sources that a report has events of, in lower case where the database keeps them so.
    async fn sources(&self, report: &'static Report) -> Result<Vec<String>, StoreError>;
    /// Whether any event of the source is there.
    async fn has_source(&self, source: &str) -> Result<bool, StoreError>;
}

/// Someone who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Name used to sign in; unique whatever its case.
    pub username: String,
    /// Name for people.
    pub name: String,
    pub role: Role,
    /// A PHC string (argon2id).
    pub password_hash: String,
    pub disabled: bool,
    /// Until when a password that is good for one sign-in is; 1970 once it was used. `None` for one that the user has chosen, or was given to keep.
    #[serde(default)]
    pub one_time: Option<Timestamp>,
}

/// A sign-in that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the token in the cookie: who reads the database cannot take sessions over.
    pub token_hash: [u8; 32],
    pub username: String,
    pub created: Timestamp,
    pub expires: Timestamp,
    /// When it was used last, to about a minute.
    pub used: Timestamp,
}

/// Failed sign-ins of one key (a user name, or an address).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    pub count: u32,
    pub last: Timestamp,
}

/// Users, sessions and failed sign-ins.
#[async_trait]
pub trait Identities: Send + Sync {
    async fn users(&self) -> Result<Vec<User>, StoreError>;
    /// By name, whatever its case.
    async fn user(&self, username: &str) -> Result<Option<User>, StoreError>;
    /// Adds the user; false, and nothing done, when the name is taken.
    async fn add_user(&self, user: User) -> Result<bool, StoreError>;
    /// Sets a new hash and ends the user's sessions; `one_time` as in [`User::one_time`]. False when there is no such user.
    async fn set_password(&self, username: &str, hash: &str, one_time: Option<Timestamp>) -> Result<bool, StoreError>;
    /// Sets a hash of the user's own choice, ends their sessions and opens this one, all together; false, and nothing done, unless their hash
    /// is still `was` and they are not disabled.
    async fn replace_password(&self, was: &str, hash: &str, session: SessionRow) -> Result<bool, StoreError>;
    /// Disabling ends the user's sessions; false when there is no such user.
    async fn set_disabled(&self, username: &str, disabled: bool) -> Result<bool, StoreError>;
    /// Opens a session whose user has proved to know the password of `hash`; false, and nothing done, unless that is still their hash and they
    /// are not disabled: both may have changed while the password was looked at. A password for one sign-in is used up by it.
    async fn add_session(&self, session: SessionRow, hash: &str) -> Result<bool, StoreError>;
    /// The session and its user, if the session has not expired by `now`, was used after `idle_since`, and the user is not disabled.
    async fn session(&self, token_hash: [u8; 32], now: Timestamp, idle_since: Timestamp) -> Result<Option<(SessionRow, User)>, StoreError>;
    /// Notes when a session was used last.
    async fn use_session(&self, token_hash: [u8; 32], at: Timestamp) -> Result<(), StoreError>;
    async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError>;
    /// Removes expired sessions and failures older than a day.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError>;
    async fn failures(&self, key: &str) -> Result<Option<Failures>, StoreError>;
    /// Counts one more failure and returns the new state.
    async fn add_failure(&self, key: &str, now: Timestamp) -> Result<Failures, StoreError>;
    /// Takes back a failure that was counted at `counted` and was none: `last` is when the one before it was.
    async fn take_failure_back(&self, key: &str, counted: Timestamp, last: Timestamp) -> Result<(), StoreError>;
    /// Forgets the failures of a key, and of those that begin with it and a `|`.
    async fn clear_failures(&self, key: &str) -> Result<(), StoreError>;
}

/// All that is kept.
pub trait Store: Events + Identities {
    /// The database's kind and place, without secrets.
    fn describe(&self) -> String;
    fn tokens(&self) -> &dyn Tokens;
    fn quarantine(&self) -> &dyn Quarantine;
    fn kept(&self) -> &dyn Kept;
    fn transfer(&self) -> &dyn Transfer;
    fn rows(&self) -> &dyn Rows;
    fn scores(&self) -> &dyn Scores;
    fn standings(&self) -> &dyn Standings;
    fn reviews(&self) -> &dyn Reviews;
    /// Signs the cursors of all servers on the database.
    fn signer(&self) -> &Signer;
    fn operations(&self) -> &dyn Operations;
    fn journal(&self) -> &dyn Journal;
}

/// Opens the database a URL names: `sqlite://PATH`, the path relative to the working folder or absolute; or
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
///
/// `limit` is how long one question may take.
pub async fn open(url: &str, limit: Duration) -> Result<Arc<dyn Store>, StoreError> {
    match kind(url) {
        Some(Dialect::Postgres) => Ok(Arc::new(PostgresStore::open(url, limit).await?)),
        Some(Dialect::Sqlite) => {
            let path = path(url);
            let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&path, limit)).await;
            Ok(Arc::new(opened.map_err(|error| StoreError::Failed(error.into()))??))
        }
        None => Err(unknown(url)),
    }
}

/// The database a URL names, if it is one of an earlier version that [`open`] would bring to this one; nothing where it is not, or cannot be used for
/// a reason that opening it says. Waits until no other process has it.
pub async fn older(url: &str) -> Result<Option<Box<dyn Older>>, StoreError> {
    match kind(url) {
        Some(Dialect::Postgres) => postgres::older(url).await,
        Some(Dialect::Sqlite) => {
            let path = path(url);
            let opened = tokio::task::spawn_blocking(move || sqlite::older(&path)).await;
            opened.map_err(|error| StoreError::Failed(error.into()))?
        }
        None => Ok(None),
    }
}

/// Begins a database that is to be as one was that had gone through so many migrations; the one that the URL names has to be new.
pub async fn rebuilt(url: &str, schema: u32) -> Result<Box<dyn Rebuilt>, StoreError> {
    match kind(url) {
        Some(Dialect::Postgres) => postgres::rebuilt(url, schema).await,
        Some(Dialect::Sqlite) => {
            let path = path(url);
            let begun = tokio::task::spawn_blocking(move || sqlite::rebuilt(&path, schema)).await;
            begun.map_err(|error| StoreError::Failed(error.into()))?
        }
        None => Err(unknown(url)),
    }
}

/// Begins a database that is to take the place of the one that a URL names; nothing where there is nothing in that one.
pub async fn replacement(url: &str) -> Result<Option<Box<dyn Replacement>>, StoreError> {
    match kind(url) {
        Some(Dialect::Postgres) => postgres::replacement(url).await,
        Some(Dialect::Sqlite) => sqlite::replacement(&path(url)).await,
        None => Err(unknown(url)),
    }
}

/// Which kind of database a URL names.
pub fn kind(url: &str) -> Option<Dialect> {
    match url.split_once(':').map_or(url, |(scheme, _)| scheme) {
        "postgres" | "postgresql" => Some(Dialect::Postgres),
        "sqlite" => Some(Dialect::Sqlite),
        _ => None,
    }
}

fn path(url: &str) -> PathBuf {
    let rest = url.split_once(':').map_or("", |(_, rest)| rest);
    PathBuf::from(rest.strip_prefix("//").unwrap_or(rest))
}

fn unknown(url: &str) -> StoreError {
    let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
    StoreError::Unusable(format!(
        "{scheme:?} is not a database Vigia can use. Write sqlite://data/vigia.db for a file, or postgres://USER:PASSWORD@HOST/DATABASE."
    ))
}
