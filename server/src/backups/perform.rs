//! Making a backup: everything as it was at one moment goes into an archive, while others store.

use super::archive::FORMAT;
use super::archive::keys::Keys;
use super::archive::lines::EventLines;
use super::archive::manifest::{self, Contents, Manifest};
use super::archive::write::Writer;
use super::pace::Pace;
use super::place::{Begun, Place, Stored};
use super::rows::keys_of;
use super::turn::Progress;
use super::writing::Writing;
use crate::config::BackupPolicy;
use crate::store::whole::Whole;
use crate::store::{SCHEMA, Still, Store, StoreError, future};
use serde::Serialize;
use serde_json::value::RawValue;
use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use vigia_app::model::{EventId, Report, Timestamp};
use vigia_app::reports;

/// Events that are read at once.
const STEP: u32 = 1_000;
/// How long what is acknowledged may take to be in the tables before the view of a moment begins.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is to be made.
pub(super) struct Order {
    /// Of the archive.
    pub name: String,
    pub contents: Contents,
    /// In the words of the report.
    pub reason: String,
    pub requested_by: String,
    pub start: Timestamp,
    pub left_out: Vec<String>,
}

impl Order {
    /// What it says of itself, of a database of this version, before anything is in it.
    pub(super) fn manifest(self, keys: &Keys, policy: &BackupPolicy, end: String) -> Manifest {
        Manifest {
            format: FORMAT,
            vigia: env!("CARGO_PKG_VERSION").to_owned(),
            schema: SCHEMA,
            database: None,
            name: self.name,
            instance: keys.name.clone(),
            contents: self.contents,
            reason: self.reason,
            requested_by: self.requested_by,
            start: self.start.rfc3339(),
            end,
            newest: None,
            keys: keys_of(keys, policy),
            left_out: self.left_out,
            tables: Vec::new(),
            archive: None,
        }
    }
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    #[error("{0}")]
    NotWritten(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("it was cancelled")]
    Cancelled,
    #[error("{0}")]
    Other(String),
}

/// What goes to the thread that writes.
enum Piece {
    Table(String),
    Events(&'static Report, Vec<Whole>),
    Lines(Vec<Box<RawValue>>),
}

/// Makes a backup in a place, unless the turn is lost meanwhile.
pub(super) async fn perform(
    store: &dyn Store,
    keys: &Keys,
    policy: &BackupPolicy,
    place: &Place,
    order: Order,
    clock: &crate::clock::Clock,
    progress: &Progress,
) -> Result<Stored, PerformError> {
    let (begun, file) = place.begin(&order.name)?;
    let still = tokio::time::timeout(PATIENCE, store.transfer().still()).await;
    let mut still = still.map_err(|_| PerformError::Other("what was acknowledged did not come into the tables in time".to_owned()))??;
    let recipients = policy.keys(keys.recipient()).collect();
    let (pieces, writing) = Writing::start(file, recipients, order.start, write)?;
    let read = read(store, &mut *still, &order.contents, &pieces, progress, clock()).await;
    drop(pieces);
    drop(still);
    let writer = writing.end().await?;
    let newest = read?;
    if progress.lost.is_cancelled() {
        return Err(PerformError::Cancelled);
    }
    let name = order.name.clone();
    let mut manifest = order.manifest(keys, policy, clock().rfc3339());
    manifest.newest = newest.map(|id| id.time().rfc3339());
    let (file, note) = writer.finish(manifest, keys)?;
    let stored = keep(begun, file, note.clone()).await?;
    // Whoever has lost the turn while the disk took its time leaves nothing.
    if progress.lost.is_cancelled() {
        place.remove(&name)?;
        return Err(PerformError::Cancelled);
    }
    let manifest = super::archive::note::unverified(&note).and_then(|text| super::archive::read::manifest(text).ok());
    let manifest = manifest.ok_or_else(|| PerformError::Other("its manifest cannot be read".to_owned()))?;
    Ok(Stored { name, path: stored, note, manifest })
}

/// Puts an archive in its place, with its manifest; on return both are durable.
pub(super) async fn keep(begun: Begun, file: File, note: String) -> Result<std::path::PathBuf, PerformError> {
    let kept = tokio::task::spawn_blocking(move || begun.keep(&file, &note)).await;
    Ok(kept.map_err(|error| PerformError::Other(error.to_string()))??)
}

fn write(writer: &mut Writer<File>, piece: Piece) -> io::Result<()> {
    match piece {
        Piece::Table(name) => writer.begin(&name),
        Piece::Events(report, events) => {
            let lines = EventLines::new(report);
            events.iter().try_for_each(|event| writer.line(&lines.line(event).map_err(io::Error::other)?))
        }
        Piece::Lines(lines) => lines.iter().try_for_each(|line| writer.line(line)),
    }
}

/// Hands over everything that is to be in it, and says which event is the newest up to now.
async fn read(
    store: &dyn Store,
    still: &mut dyn Still,
    contents: &Contents,
    pieces: &mpsc::Sender<Piece>,
    progress: &Progress,
    now: Timestamp,
) -> Result<Option<EventId>, PerformError> {
    // Whoever takes the pieces says why it does not.
    let gone = |_| PerformError::Other("the thread that writes it ended".to_owned());
    let (mut newest, future) = (None, future(now));
    let reports: Vec<&'static Report> = contents.reports.iter().filter_map(|key| reports::by_key(key)).collect();
    let (from, below) = ids(contents);
    for report in &reports {
        progress.all.fetch_add(still.events(report, from..below).await?, Ordering::Relaxed);
    }
    let mut pace = Pace::new(store).await?;
    for report in reports {
        pieces.send(Piece::Table(format!("events/{}", report.key))).await.map_err(gone)?;
        let mut after = from - 1;
        loop {
            let events = still.events_after(report, after, below, STEP).await?;
            let Some(last) = events.last() else { break };
            after = last.id;
            let past = events.iter().rev().find(|event| event.id < future);
            newest = newest.max(past.and_then(|event| EventId::from_i64(event.id)));
            let done = events.len() as u64;
            pieces.send(Piece::Events(report, events)).await.map_err(gone)?;
            progress.done.fetch_add(done, Ordering::Relaxed);
            if progress.lost.is_cancelled() {
                return Err(PerformError::Cancelled);
            }
            pace.keep().await?;
        }
    }
    if contents.configuration {
        let table = async |name: &str, lines: Vec<Box<RawValue>>| {
            pieces.send(Piece::Table(name.to_owned())).await.map_err(gone)?;
            pieces.send(Piece::Lines(lines)).await.map_err(gone)
        };
        table("users", lines(&still.users().await?)?).await?;
        table("tokens", lines(&still.tokens().await?)?).await?;
        table("kept", lines(&still.all_kept().await?)?).await?;
        table("secrets", lines(&still.secrets().await?)?).await?;
        let mut after = -1;
        table("quarantine", Vec::new()).await?;
        loop {
            let some = still.quarantined_after(after, STEP).await?;
            let Some(last) = some.last() else { break };
            after = last.id;
            pieces.send(Piece::Lines(lines(&some)?)).await.map_err(gone)?;
        }
    }
    Ok(newest)
}

fn lines<T: Serialize>(records: &[T]) -> Result<Vec<Box<RawValue>>, PerformError> {
    let line = |record: &T| serde_json::value::to_raw_value(record).map_err(|error| PerformError::Other(error.to_string()));
    records.iter().map(line).collect()
}

/// The ids of the events that are in it, half-open.
fn ids(contents: &Contents) -> (i64, i64) {
    let id = |time: &Option<String>| time.as_deref().and_then(manifest::time).map(|time| EventId::first(time).get());
    (id(&contents.from).unwrap_or(0), id(&contents.to).unwrap_or(i64::MAX))
}
