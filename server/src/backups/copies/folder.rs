//! A folder as a place for copies.

use super::copy_error::{CopyError, blocking, differs, original};
use super::measures::Measures;
use crate::backups::archive::measured::Measured;
use crate::backups::place::{Place, Stored};
use rustix::fs::{Advice, fadvise};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

/// Bytes that are copied at once.
const STEP: usize = 1 << 20;

pub(super) struct Folder {
    place: Place,
}

impl Folder {
    pub(super) fn open(folder: &Path, own: &Place) -> Result<Self, CopyError> {
        let is_own =
            folder == own.folder() || matches!((folder.canonicalize(), own.folder().canonicalize()), (Ok(one), Ok(other)) if one == other);
        if is_own {
            let wrong = "It is the folder of the backups themselves. Name another one in backup_copies, best on another machine.";
            return Err(CopyError::Place(wrong.to_owned()));
        }
        // One that is not mounted would be filled on the disk below it.
        if !folder.is_dir() {
            return Err(CopyError::Place(format!("{} is not a folder that is there. Make it, on what is mounted.", folder.display())));
        }
        Ok(Self { place: Place::new(folder.to_owned()) })
    }

    /// Where the archive of a backup is, or would be.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    /// Removes what is left of an instance's copies that were cut off.
    pub(super) async fn sweep(&self, instance: &str) -> Result<(), CopyError> {
        let (place, instance) = (self.place.clone(), instance.to_owned());
        blocking(move || place.sweep(&instance).map_err(|error| wrong(&error))).await
    }

    pub(super) async fn write(&self, stored: &Stored, lost: &CancellationToken) -> Result<(), CopyError> {
        let (place, stored, lost) = (self.place.clone(), stored.clone(), lost.clone());
        blocking(move || {
            let wanted = Measures::of(&stored)?;
            let mut from = Measured::new(File::open(&stored.path).map_err(|error| original(&error))?);
            let (begun, mut file) = place.begin(&stored.name).map_err(|error| wrong(&error))?;
            let mut bytes = vec![0; STEP];
            loop {
                let read = from.read(&mut bytes).map_err(|error| original(&error))?;
                if read == 0 {
                    break;
                }
                if lost.is_cancelled() {
                    return Err(CopyError::Cancelled);
                }
                file.write_all(&bytes[..read]).map_err(|error| named(&place, &error))?;
            }
            if from.finish().2 != wanted.sha256 {
                return Err(differs());
            }
            crate::crash::point("copy.sent");
            begun.settle(&file).map(drop).map_err(|error| named(&place, &error))
        })
        .await
    }

    pub(super) async fn holds(&self, stored: &Stored) -> Result<bool, CopyError> {
        let (place, stored) = (self.place.clone(), stored.clone());
        blocking(move || {
            let wanted = Measures::of(&stored)?;
            let file = match File::open(place.path(&stored.name)) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(named(&place, &error)),
            };
            // What the disk has, not what memory still knows; where that cannot be had, it is read as it is.
            let _ = fadvise(&file, 0, None, Advice::DontNeed);
            let mut file = Measured::new(file);
            io::copy(&mut file, &mut io::sink()).map_err(|error| named(&place, &error))?;
            let (_, size, sha256) = file.finish();
            Ok(size == wanted.size && sha256 == wanted.sha256)
        })
        .await
    }

    pub(super) async fn list(&self, stored: &Stored) -> Result<(), CopyError> {
        let (place, stored) = (self.place.clone(), stored.clone());
        blocking(move || {
            place.announce(&stored.name, &stored.note).map_err(|error| wrong(&error))?;
            match place.find(&stored.name) {
                Ok(Some(found)) if found.note == stored.note => Ok(()),
                _ => Err(CopyError::Place(format!("The manifest in {} is not what was written.", place.folder().display()))),
            }
        })
        .await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), CopyError> {
        let (place, name) = (self.place.clone(), name.to_owned());
        blocking(move || place.remove(&name).map_err(|error| wrong(&error))).await
    }

    pub(super) async fn read(&self, name: &str, mut into: File) -> Result<(), CopyError> {
        let (place, name) = (self.place.clone(), name.to_owned());
        blocking(move || {
            let mut file = File::open(place.path(&name)).map_err(|error| named(&place, &error))?;
            io::copy(&mut file, &mut into).map(drop).map_err(|error| named(&place, &error))
        })
        .await
    }
}

fn wrong(error: &io::Error) -> CopyError {
    CopyError::Place(format!("{error}."))
}

fn named(place: &Place, error: &io::Error) -> CopyError {
    CopyError::Place(format!("{}: {error}.", place.folder().display()))
}
