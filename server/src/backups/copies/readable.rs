//! Copies that are read where they are, as downloads do.

use super::bucket::Bucket;
use super::copy_error::{CopyError, blocking};
use super::elsewhere::Known;
use super::folder::Folder;
use super::measures::Measures;
use super::object::Object;
use super::record::Copies;
use crate::backups::place::Stored;
use crate::backups::{BackupError, Backups};
use crate::config::CopyPlace;
use std::path::PathBuf;

/// A copy where it is.
pub enum Readable {
    File(PathBuf),
    Object(Object),
}

impl Backups {
    /// A backup that is in the folder, or in a place that has a copy of it.
    ///
    /// # Errors
    /// When there is none of this name, no rule keeps what is in copies alone, or its manifest cannot be read.
    pub async fn known(&self, name: &str) -> Result<Known, BackupError> {
        let (found, copies) = (self.find(name).await, self.copies(name).await?);
        match found {
            Ok(stored) => Ok(Known { stored, here: true, copies }),
            Err(error @ BackupError::Unknown(..)) => {
                let is_there = self.with_copy(&copies).next().is_some();
                let remembered = if is_there { self.remembered(name).await? } else { None };
                Ok(Known { stored: remembered.ok_or(error)?, here: false, copies })
            }
            Err(error) => Err(error),
        }
    }

    /// The places that have a copy which is to stay, in the order of the settings.
    pub fn with_copy(&self, copies: &Copies) -> impl Iterator<Item = &CopyPlace> {
        self.places().filter(|place| !copies.unwanted && copies.checked().any(|at| at == place.to_string()))
    }

    /// Opens the copy of a backup in a place. Of what is in a bucket nobody has asked yet.
    ///
    /// # Errors
    /// When the place is not there, or the settings cannot be right: a sentence.
    pub async fn readable(&self, place: &CopyPlace, stored: &Stored) -> Result<Readable, CopyError> {
        match place {
            CopyPlace::Folder(folder) => {
                let (folder, own, name) = (folder.clone(), self.place(), stored.name.clone());
                let path = blocking(move || Ok(Folder::open(&folder, &own)?.path(&name)));
                Ok(Readable::File(path.await?))
            }
            CopyPlace::Bucket { bucket, prefix } => {
                let bucket = Bucket::to_read(bucket, prefix, &self.setup.stores)?;
                let path = bucket.archive(&stored.name);
                Ok(Readable::Object(Object::new(bucket, path, Measures::of(stored)?.size)))
            }
        }
    }
}
