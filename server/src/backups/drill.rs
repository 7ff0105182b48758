//! Restoring a backup where nobody uses it: what proves that it could be.

use super::archive::keys::Identity;
use super::archive::manifest::Manifest;
use super::archive::note::Verifier;
use super::restore::{RestoreError, restore};
use crate::store::{self, StoreError, sqlite};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vigia_app::model::Timestamp;

/// What the names of folders begin with that drills restore to.
const SCRATCH: &str = "drill-";
/// A folder of a drill that is older is of one that was ended.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// One question reads or stores some thousand whole events, also on a slow disk.
const LIMIT: Duration = Duration::from_secs(600);

/// How a drill went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drilled {
    /// When it ended.
    pub at: Timestamp,
    /// How long it took from an archive to a database that is equal to it, in milliseconds.
    pub took: i64,
    /// What was wrong; nothing where it passed.
    pub wrong: Option<String>,
}

/// Why a drill did not pass.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    #[error("the folder for it cannot be used: {0}")]
    Scratch(#[from] io::Error),
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes what was restored, however the drill ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Restores an archive into a database of its own in `folder`, which is gone afterwards: the archive is whole, every event in the database is as in the archive, and
/// the database itself is sound. Nothing is started on it. Says how long that took.
///
/// # Errors
/// With the first thing that is wrong.
pub async fn drill(
    archive: &Path,
    identities: Vec<Identity>,
    signer: Option<Verifier>,
    folder: &Path,
) -> Result<(Manifest, Duration), DrillError> {
    let begun = Instant::now();
    sweep(folder);
    // Several may be at it.
    let scratch = Scratch(folder.join(format!("{SCRATCH}{:016x}", rand::random::<u64>())));
    fs::create_dir_all(&scratch.0)?;
    let file = scratch.0.join("drill.db");
    let store = store::open(&format!("sqlite://{}", file.display()), LIMIT).await?;
    let manifest = restore(archive, identities, signer, &*store, &mut |_| {}).await?;
    drop(store);
    let took = begun.elapsed();
    let sound = tokio::task::spawn_blocking(move || sqlite::check(&file)).await;
    sound.map_err(|error| StoreError::Failed(error.into()))??;
    Ok((manifest, took))
}

/// Removes what drills have left that were ended.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_old = entry.metadata().and_then(|found| found.modified()).is_ok_and(|at| at.elapsed().is_ok_and(|age| age > OLD));
        if is_old && entry.file_name().to_string_lossy().starts_with(SCRATCH) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
