//! A backup that was made before an upgrade, into a new database of the same kind: first as it was, and then brought to this version.

use super::archive::keys::Identity;
use super::archive::manifest::Manifest;
use super::archive::note::Verifier;
use super::archive::read::{ReadError, first_table, read};
use super::before::BEGUN;
use super::links;
use super::restore::{Progress, RestoreError};
use super::turn::{self, SPACE};
use super::verify::{Checked, checked};
use crate::store::copy::Sum;
use crate::store::hold::{Hold, hold};
use crate::store::older::{Keeping, Piece};
use crate::store::{self, Rebuilt, Store, known};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Rows that are stored at once, and how many bytes of them, roughly.
const STEP: usize = 2_000;
const BYTES: usize = 4 << 20;
const AHEAD: usize = 4;

/// Whether an archive has the tables of a database as they were, as its beginning says: whoever restores it finds out whether that is so.
///
/// # Errors
/// When it cannot be read so far.
pub fn is_as_it_was(file: &Path, identities: &[Identity]) -> Result<bool, ReadError> {
    let first = first_table(File::open(file).map_err(ReadError::Unreadable)?, identities)?;
    Ok(first.is_some_and(|table| table.starts_with(store::older::TABLES) || table == "partitions"))
}

/// Puts such a backup into the new database that a URL names, holds what is in it against the archive, brings it to this version and opens it.
///
/// # Errors
/// As those of [`restore`](super::restore::restore); also where the archive is of another kind of database.
pub async fn restore(
    file: &Path,
    identities: Vec<Identity>,
    signer: Option<Verifier>,
    url: &str,
    limit: Duration,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Manifest, Arc<dyn Store>), RestoreError> {
    let whole = checked(file, identities, signer).await?;
    let manifest = whole.manifest.clone();
    let Some(kind) = manifest.database else { return Err(RestoreError::Other("It is no backup of a database as it was.".to_owned())) };
    if store::kind(url) != Some(kind) {
        return Err(RestoreError::OtherKind(kind.name(), kind.example()));
    }
    if manifest.schema > known() {
        return Err(RestoreError::Newer(manifest.schema));
    }
    tell(Progress::Verified(Box::new(manifest.clone())));
    let mut to = store::rebuilt(url, manifest.schema).await?;
    let sums = fill(&mut *to, whole, &manifest, tell).await?;
    compare(&mut *to, sums, tell).await?;
    let held = Hold { backup: manifest.name.clone(), start: manifest.start.clone() };
    // It is held from its first moment on. That its backup has no row yet is said of the instance it was made of.
    let keeping: Vec<Keeping> = vec![held.keeping()?, (SPACE, BEGUN, None)];
    to.done(keeping).await?;
    let store = store::open(url, limit).await?;
    hold(&*store, &held).await?;
    turn::forget(&*store).await?;
    links::forget(&*store).await?;
    Ok((manifest, store))
}

/// Stores all rows, and says what each table has then.
async fn fill(
    to: &mut dyn Rebuilt,
    whole: Checked,
    manifest: &Manifest,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<BTreeMap<String, Sum>, RestoreError> {
    let (pieces, mut taken) = mpsc::channel::<(String, Vec<String>)>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let file = File::open(&whole.path).map_err(ReadError::Unreadable)?;
        let (mut of, mut rows, mut bytes) = (String::new(), Vec::new(), 0);
        let send = |of: &str, rows: Vec<String>| {
            let sent = if rows.is_empty() { Ok(()) } else { pieces.blocking_send((of.to_owned(), rows)) };
            sent.map_err(|_| "The database did not take what was read.".to_owned())
        };
        read(file, &whole.identities, whole.signer.as_ref(), whole.most, |table, line| {
            let line = str::from_utf8(line).map_err(|_| format!("A line of {table} in the backup is not text."))?;
            if table != of || rows.len() >= STEP || bytes >= BYTES {
                send(&of, std::mem::take(&mut rows))?;
                table.clone_into(&mut of);
                bytes = 0;
            }
            bytes += line.len();
            rows.push(line.to_owned());
            Ok(())
        })?;
        send(&of, rows).map_err(ReadError::Refused)
    });
    let mut sums: BTreeMap<String, Sum> = manifest.tables.iter().map(|table| (table.name.clone(), Sum::default())).collect();
    let (mut done, all) = (0, manifest.rows());
    while let Some((table, rows)) = taken.recv().await {
        let sum = sums.entry(table.clone()).or_default();
        rows.iter().for_each(|row| sum.add(row.as_bytes()));
        done += rows.len() as u64;
        to.put(table, rows).await?;
        tell(Progress::Stored { done, all });
    }
    reading.await.map_err(|error| RestoreError::Other(error.to_string()))??;
    Ok(sums)
}

/// Holds what is in the database now against what the archive has: neither has a row that the other has not.
async fn compare(
    to: &mut dyn Rebuilt,
    mut sums: BTreeMap<String, Sum>,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), RestoreError> {
    let (pieces, mut taken) = mpsc::channel(AHEAD);
    let counting = tokio::spawn(async move {
        let (mut found, mut of) = (BTreeMap::<String, Sum>::new(), String::new());
        while let Some(piece) = taken.recv().await {
            match piece {
                Piece::Table(table) => {
                    found.entry(table.clone()).or_default();
                    of = table;
                }
                Piece::Rows(rows) => rows.iter().for_each(|row| found.entry(of.clone()).or_default().add(row.get().as_bytes())),
            }
        }
        found
    });
    to.read(pieces).await?;
    let found = counting.await.map_err(|error| RestoreError::Other(error.to_string()))?;
    for (table, found) in found {
        // A table that was dropped already when the backup was made has no rows.
        if sums.remove(&table).unwrap_or_default() != found {
            return Err(RestoreError::Differs(table));
        }
        tell(Progress::Compared { table, rows: found.records });
    }
    sums.into_iter().find(|(_, sum)| sum.records > 0).map_or(Ok(()), |(table, _)| Err(RestoreError::Differs(table)))
}
