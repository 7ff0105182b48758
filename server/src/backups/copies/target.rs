//! A place that takes copies, of either kind.

use super::bucket::Bucket;
use super::copy_error::CopyError;
use super::folder::Folder;
use super::variables::StoreVariables;
use crate::backups::place::{Place, Stored};
use crate::backups::turn::Progress;
use crate::config::CopyPlace;
use std::fs::File;

/// A place that takes copies.
pub(super) enum Target {
    Folder(Folder),
    Bucket(Bucket),
}

impl Target {
    /// `own` is where the originals are.
    ///
    /// # Errors
    /// When the settings cannot be right.
    pub(super) fn open(place: &CopyPlace, variables: &StoreVariables, own: &Place) -> Result<Self, CopyError> {
        Ok(match place {
            CopyPlace::Folder(folder) => Self::Folder(Folder::open(folder, own)?),
            CopyPlace::Bucket { bucket, prefix } => Self::Bucket(Bucket::open(bucket, prefix, variables)?),
        })
    }

    /// Makes ready for an archive. Where it will be sent in parts, says which upload that is: whoever does not end it has to take it back.
    pub(super) async fn begin(&self, stored: &Stored) -> Result<Option<String>, CopyError> {
        match self {
            Self::Folder(folder) => folder.sweep(&stored.manifest.instance).await.map(|()| None),
            Self::Bucket(bucket) => bucket.begin(stored).await,
        }
    }

    /// Copies the archive. On return it is durable, as far as the place says so; nobody has looked what is there.
    pub(super) async fn write(&self, stored: &Stored, upload: Option<&str>, progress: &Progress) -> Result<(), CopyError> {
        match self {
            Self::Folder(folder) => folder.write(stored, &progress.lost).await,
            Self::Bucket(bucket) => bucket.write(stored, upload, progress).await,
        }
    }

    /// Takes back an upload that nobody ends, with its parts.
    pub(super) async fn abort(&self, name: &str, upload: &str) -> Result<(), CopyError> {
        match self {
            Self::Folder(_) => Ok(()),
            Self::Bucket(bucket) => bucket.abort(name, upload).await,
        }
    }

    /// Whether the archive is there, byte by byte: it is read from its beginning to its end.
    pub(super) async fn holds(&self, stored: &Stored) -> Result<bool, CopyError> {
        match self {
            Self::Folder(folder) => folder.holds(stored).await,
            Self::Bucket(bucket) => bucket.holds(stored).await,
        }
    }

    /// Puts the manifest beside the archive, which is there from then on; and reads it back.
    pub(super) async fn list(&self, stored: &Stored) -> Result<(), CopyError> {
        match self {
            Self::Folder(folder) => folder.list(stored).await,
            Self::Bucket(bucket) => bucket.list(stored).await,
        }
    }

    /// Removes a copy, its manifest first. One that is not there is removed.
    pub(super) async fn remove(&self, name: &str) -> Result<(), CopyError> {
        match self {
            Self::Folder(folder) => folder.remove(name).await,
            Self::Bucket(bucket) => bucket.remove(name).await,
        }
    }

    /// Copies an archive back into a file. Nobody has looked what it is.
    pub(super) async fn read(&self, name: &str, into: File) -> Result<(), CopyError> {
        match self {
            Self::Folder(folder) => folder.read(name, into).await,
            Self::Bucket(bucket) => bucket.read(name, into).await,
        }
    }
}
