//! A backup of a database of an earlier version, as it is, before it is brought to this one.
//!
//! Its tables are the database's own: what this version makes of them is not known to be right yet. The order of what is made durable: the name of the
//! archive, in the database; the archive; the database of this version; the row. Whoever dies in between leaves a name, by which the next one finds
//! what is left to do.

use super::archive::keys::Keys;
use super::archive::manifest::{Contents, Type, name};
use super::archive::write::Writer;
use super::perform::{Order, PerformError, keep};
use super::place::Place;
use super::turn::SPACE;
use super::writing::Writing;
use super::{BackupError, BackupSetup, Backups, KEYS, LAST};
use crate::clock::Clock;
use crate::config::BackupPolicy;
use crate::crash;
use crate::identity::{Actor, Trail};
use crate::store::older::Piece;
use crate::store::{self, Older, Store};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Where the names of archives are kept that were begun before an upgrade, and have no row yet.
pub(super) const BEGUN: &str = "before-upgrade";
/// In the words of the report.
pub(super) const REASON: &str = "Before upgrade";

/// Opens a database as [`store::open`] does; where that brings it to this version, and the policy wants it, after a backup of it as it is.
///
/// # Errors
/// As those of [`store::open`]; also where there is no such backup: then the database is as it was.
pub async fn open(url: &str, limit: Duration, clock: &Clock, setup: &BackupSetup) -> Result<Arc<dyn Store>, BackupError> {
    let older = if setup.policy.before_upgrade() { store::older(url).await? } else { None };
    let Some(mut older) = older else { return Ok(store::open(url, limit).await?) };
    // Held until the database is of this version.
    let (name, unkept) = made(&mut *older, clock, setup).await.map_err(|error| BackupError::BeforeUpgrade(error.to_string()))?;
    crash::point("upgrade.saved");
    let store = store::open(url, limit).await?;
    crash::point("upgrade.migrated");
    if let Some(keys) = unkept {
        store.kept().replace(SPACE, KEYS, None, &keys).await?;
        let begun = serde_json::to_string(&[&name]).map_err(io::Error::other)?;
        store.kept().set(SPACE, vec![(BEGUN.to_owned(), Some(begun)), (LAST.to_owned(), Some(name))]).await?;
    }
    let backups = Backups::new(store.clone(), clock.clone(), setup.clone());
    if let Err(error) = backups.say_upgraded().await {
        tracing::warn!(%error, "the row of the backup before the upgrade could not be written yet");
    }
    drop(older);
    Ok(store)
}

/// Makes the backup, and says its name; and the keys it was made with, where the database has no place for them, nor for the name, yet.
async fn made(older: &mut dyn Older, clock: &Clock, setup: &BackupSetup) -> Result<(String, Option<String>), BackupError> {
    let place = Place::new(setup.folder.clone());
    let (keys, unkept) = keys(older).await?;
    // What earlier tries have left: the one that is made now has all of it.
    let earlier = older.kept(SPACE, BEGUN).await?.and_then(|kept| serde_json::from_str::<Vec<String>>(&kept).ok()).unwrap_or_default();
    let mut whole = Vec::new();
    for name in earlier {
        place.clear(&name)?;
        if place.find(&name)?.is_some() {
            whole.push(name);
        }
    }
    let last = older.kept(SPACE, LAST).await?;
    let start = super::after(&keys.name, last.as_deref(), clock());
    let name = name(&keys.name, start, Type::Full);
    let begun: Vec<&String> = whole.iter().chain([&name]).collect();
    older.keep(SPACE, BEGUN, &serde_json::to_string(&begun).map_err(io::Error::other)?).await?;
    older.keep(SPACE, LAST, &name).await?;
    tracing::info!(
        name,
        schema = older.schema(),
        "the database is of an earlier version: a backup of it is made before it is brought to this one"
    );
    let order = Order {
        name: name.clone(),
        contents: Contents::full(),
        reason: REASON.to_owned(),
        requested_by: Actor::vigia().username,
        start,
        left_out: setup.left_out.clone(),
    };
    perform(older, &keys, &setup.policy, &place, order, clock)
        .await
        .map_err(|error| BackupError::NotMade(name.clone(), error.to_string()))?;
    for earlier in &whole {
        place.remove(earlier)?;
    }
    if !whole.is_empty() {
        older.keep(SPACE, BEGUN, &serde_json::to_string(&[&name]).map_err(io::Error::other)?).await?;
    }
    Ok((name, unkept))
}

/// The keys of the instance: new ones where it has none. Those that could not be kept yet, too.
async fn keys(older: &mut dyn Older) -> Result<(Keys, Option<String>), BackupError> {
    if let Some(kept) = older.kept(SPACE, KEYS).await? {
        return Ok((Keys::read(&kept)?, None));
    }
    let (keys, text) = Keys::generate()?;
    let is_kept = older.keep(SPACE, KEYS, &text).await?;
    Ok((keys, (!is_kept).then_some(text)))
}

async fn perform(
    older: &mut dyn Older,
    keys: &Keys,
    policy: &BackupPolicy,
    place: &Place,
    order: Order,
    clock: &Clock,
) -> Result<(), PerformError> {
    let (begun, file) = place.begin(&order.name)?;
    let (pieces, writing) = Writing::start(file, policy.keys(keys.recipient()).collect(), order.start, write)?;
    let read = older.read(pieces).await;
    let writer = writing.end().await?;
    read?;
    let mut manifest = order.manifest(keys, policy, clock().rfc3339());
    (manifest.schema, manifest.database) = (older.schema(), Some(older.kind()));
    let (file, note) = writer.finish(manifest, keys)?;
    keep(begun, file, note).await.map(drop)
}

fn write(writer: &mut Writer<File>, piece: Piece) -> io::Result<()> {
    match piece {
        Piece::Table(name) => writer.begin(&name),
        Piece::Rows(rows) => rows.iter().try_for_each(|row| writer.line(row)),
    }
}

impl Backups {
    /// Has the backups that were made before the database was brought to this version have their rows.
    pub(super) async fn say_upgraded(&self) -> Result<(), BackupError> {
        let Some(kept) = self.store.kept().get(SPACE, BEGUN).await? else { return Ok(()) };
        for name in serde_json::from_str::<Vec<String>>(&kept).unwrap_or_default() {
            let stored = match self.find(&name).await {
                Ok(stored) => stored,
                // It was not whole when its process ended.
                Err(BackupError::Unknown(..) | BackupError::Read(_)) => continue,
                Err(error) => return Err(error),
            };
            let word = stored.manifest.contents.r#type.word();
            let trail = Trail::new("Creation", "Backup").on(&*name).note("Type", word).note("Reason", &*stored.manifest.reason);
            self.record(trail, &Actor::vigia()).await?;
            self.say_whole(&stored).await?;
            crash::point("upgrade.said");
        }
        Ok(self.store.kept().set(SPACE, vec![(BEGUN.to_owned(), None)]).await?)
    }
}
