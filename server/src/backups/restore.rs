//! A backup into an empty database, of either kind.

use super::archive::keys::Identity;
use super::archive::lines::{EventLine, EventLines};
use super::archive::manifest::Manifest;
use super::archive::measured::hex;
use super::archive::note::Verifier;
use super::archive::read::{ReadError, read};
use super::verify::{Checked, checked};
use super::{links, turn};
use crate::store::copy::contents;
use crate::store::hold::{Hold, hold};
use crate::store::quarantine::Quarantined;
use crate::store::tokens::ApiToken;
use crate::store::whole::Whole;
use crate::store::{SCHEMA, Store, StoreError, User};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::Path;
use tokio::sync::mpsc;
use vigia_app::model::Report;
use vigia_app::reports;

/// Events that are stored at once.
const STEP: usize = 5_000;
const AHEAD: usize = 4;

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(
        "The target holds data already ({0}). Name a database that is empty; or give --force: what is restored takes its place then, and it is kept under another name."
    )]
    NotEmpty(String),
    #[error(
        "This backup is of a newer version of Vigia (its database had {0} migrations; this one has {SCHEMA}). Use that version to restore it."
    )]
    Newer(u32),
    #[error(
        "This backup has the tables of a {0} database as they were before an upgrade, which a database of this version does not take. `vigia restore` puts it into a new one."
    )]
    AsItWas(&'static str),
    #[error(
        "This backup has the tables of a {0} database as they were before an upgrade, and goes into one of that kind alone. Restore it into \
         a new one, as in --to {1}, and copy that into the other kind with `vigia db copy`."
    )]
    OtherKind(&'static str, &'static str),
    #[error("What is in the database now differs from the backup in {0}. Do not use it; restore into an empty one again.")]
    Differs(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Other(String),
}

/// How far a restore is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The archive is whole.
    Verified(Box<Manifest>),
    /// So many of all lines are in the database.
    Stored { done: u64, all: u64 },
    /// Both are equal in a table.
    Compared { table: String, rows: u64 },
}

/// What goes from the archive into the database.
enum Piece {
    Events(&'static Report, Vec<Whole>),
    User(User),
    Token(ApiToken),
    Kept(String, String, String),
    Secret(String, Vec<u8>),
    Quarantined(Vec<Quarantined>),
}

/// Puts a backup into an empty database: reads the archive once to know that it is whole, then again to store it, then compares both.
///
/// # Errors
/// When the archive cannot be read or is not whole: then nothing was stored. When the target is not empty, or fails: what is in it then is not to be used.
pub async fn restore(
    file: &Path,
    identities: Vec<Identity>,
    signer: Option<Verifier>,
    to: &dyn Store,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Manifest, RestoreError> {
    if let Some(what) = contents(to).await? {
        return Err(RestoreError::NotEmpty(what));
    }
    let Checked { manifest, identities, signer, path, most } = checked(file, identities, signer).await?;
    if let Some(kind) = manifest.database {
        return Err(RestoreError::AsItWas(kind.name()));
    }
    if manifest.schema > SCHEMA {
        return Err(RestoreError::Newer(manifest.schema));
    }
    tell(Progress::Verified(Box::new(manifest.clone())));
    // Before anything else is in it: a server that is started on what is half restored does not act either.
    hold(to, &Hold { backup: manifest.name.clone(), start: manifest.start.clone() }).await?;
    let (pieces, mut taken) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let file = File::open(&path).map_err(ReadError::Unreadable)?;
        let mut sorter = Sorter { pieces, report: None, events: Vec::new(), lines: Vec::new() };
        let manifest = read(file, &identities, signer.as_ref(), most, |table, line| sorter.take(table, line))?;
        sorter.flush().map_err(ReadError::Refused)?;
        Ok::<_, ReadError>(manifest)
    });
    let (mut done, all) = (0, manifest.rows());
    while let Some(piece) = taken.recv().await {
        done += store(to, piece).await?;
        tell(Progress::Stored { done, all });
    }
    reading.await.map_err(|error| RestoreError::Other(error.to_string()))??;
    to.settle().await;
    compare(to, &manifest, tell).await?;
    // Of the backup that was being made when this one was, and of those who were to download others.
    turn::forget(to).await?;
    links::forget(to).await?;
    Ok(manifest)
}

/// Sorts lines into pieces that are stored at once.
struct Sorter {
    pieces: mpsc::Sender<Piece>,
    report: Option<&'static Report>,
    events: Vec<Whole>,
    lines: Vec<Quarantined>,
}

impl Sorter {
    fn take(&mut self, table: &str, line: &[u8]) -> Result<(), String> {
        fn parse<'a, T: serde::Deserialize<'a>>(table: &str, line: &'a [u8]) -> Result<T, String> {
            serde_json::from_slice(line).map_err(|error| format!("A line of {table} in the backup cannot be read: {error}."))
        }
        if let Some(key) = table.strip_prefix("events/") {
            let report =
                reports::by_key(key).ok_or_else(|| format!("The backup has events of a report that this version does not know: {key}."))?;
            if self.report.is_none_or(|last| last.key != report.key) {
                self.flush()?;
                self.report = Some(report);
            }
            let line: EventLine = parse(table, line)?;
            self.events.push(line.event(report).map_err(|error| format!("A line of {table} in the backup is no event: {error}."))?);
            return if self.events.len() >= STEP { self.flush() } else { Ok(()) };
        }
        let piece = match table {
            "users" => Piece::User(parse(table, line)?),
            "tokens" => Piece::Token(parse(table, line)?),
            "kept" => {
                let (space, key, value) = parse(table, line)?;
                Piece::Kept(space, key, value)
            }
            "secrets" => {
                let (name, value) = parse(table, line)?;
                Piece::Secret(name, value)
            }
            "quarantine" => {
                self.lines.push(parse(table, line)?);
                return if self.lines.len() >= STEP { self.flush() } else { Ok(()) };
            }
            other => return Err(format!("The backup has a table that this version does not know: {other}.")),
        };
        self.send(piece)
    }

    fn flush(&mut self) -> Result<(), String> {
        if let Some(report) = self.report.filter(|_| !self.events.is_empty()) {
            let events = std::mem::take(&mut self.events);
            self.send(Piece::Events(report, events))?;
        }
        if !self.lines.is_empty() {
            let lines = std::mem::take(&mut self.lines);
            self.send(Piece::Quarantined(lines))?;
        }
        Ok(())
    }

    fn send(&self, piece: Piece) -> Result<(), String> {
        self.pieces.blocking_send(piece).map_err(|_| "The database did not take what was read.".to_owned())
    }
}

/// Stores a piece, and says how many lines it was.
async fn store(to: &dyn Store, piece: Piece) -> Result<u64, RestoreError> {
    let target = to.transfer();
    match piece {
        Piece::Events(report, events) => {
            let lines = events.len() as u64;
            target.put_events(report, events).await?;
            return Ok(lines);
        }
        Piece::Quarantined(lines) => {
            let number = lines.len() as u64;
            target.put_quarantined(lines).await?;
            return Ok(number);
        }
        Piece::User(user) => drop(to.add_user(user).await?),
        Piece::Token(token) => drop(to.tokens().add(token).await?),
        Piece::Kept(space, key, value) => to.kept().set(&space, vec![(key, Some(value))]).await?,
        Piece::Secret(name, value) => target.put_secrets(vec![(name, value)]).await?,
    }
    Ok(1)
}

/// Holds what the database has against the manifest: the lines that a backup of it would have.
async fn compare(to: &dyn Store, manifest: &Manifest, tell: &mut (dyn FnMut(Progress) + Send)) -> Result<(), RestoreError> {
    let mut still = to.transfer().still().await?;
    for table in &manifest.tables {
        let Some(report) = table.name.strip_prefix("events/").and_then(reports::by_key) else { continue };
        let lines = EventLines::new(report);
        let (mut hash, mut rows, mut after) = (Sha256::new(), 0, -1);
        loop {
            let events = still.events_after(report, after, i64::MAX, STEP as u32).await?;
            let Some(last) = events.last() else { break };
            after = last.id;
            for event in events {
                let line = lines.line(&event).map_err(|error| RestoreError::Other(error.to_string()))?;
                let mut line = serde_json::to_vec(&line).map_err(|error| RestoreError::Other(error.to_string()))?;
                line.push(b'\n');
                hash.update(&line);
                rows += 1;
            }
        }
        if rows != table.rows || hex(&hash.finalize()) != table.sha256 {
            return Err(RestoreError::Differs(table.name.clone()));
        }
        tell(Progress::Compared { table: table.name.clone(), rows });
    }
    Ok(())
}
