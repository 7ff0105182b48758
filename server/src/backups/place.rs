//! Where archives are kept: a folder, with a file beside each archive that has its manifest.
//!
//! An archive is there when its manifest is: that is the last thing that is put in place. What was begun and did not get so far has a name that
//! ends in `.part`.

use super::archive::manifest::Manifest;
use super::archive::note;
use super::archive::read::{self, ReadError};
use super::archive::{EXTENSION, MANIFEST};
use crate::crash;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What a file that is being written ends with.
const PART: &str = ".part";
/// Largest manifest that is read.
const MOST: u64 = 4 << 20;

/// A folder with archives. Drills have a folder in it, which is not looked at.
#[derive(Debug, Clone)]
pub struct Place {
    folder: PathBuf,
}

/// An archive that is being written.
pub struct Begun {
    part: PathBuf,
    name: String,
    folder: PathBuf,
    kept: bool,
}

/// An archive with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub name: String,
    pub path: PathBuf,
    /// The signed manifest, as it stands there: nobody has looked who signed it.
    pub note: String,
    pub manifest: Manifest,
}

impl Place {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where an archive of this name is, if it is there.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{EXTENSION}"))
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{EXTENSION}{MANIFEST}"))
    }

    /// Begins an archive, in a file for its owner alone. Makes the folder where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be written, with its path.
    pub fn begin(&self, name: &str) -> io::Result<(Begun, File)> {
        let part = self.folder.join(format!("{name}{EXTENSION}{PART}"));
        let work = || {
            fs::create_dir_all(&self.folder)?;
            OpenOptions::new().create_new(true).write(true).mode(0o600).open(&part)
        };
        let file = work().map_err(|error| named(&self.folder, &error))?;
        Ok((Begun { part, name: name.to_owned(), folder: self.folder.clone(), kept: false }, file))
    }

    /// Removes what is left of an archive that was begun. Not while it is being written.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn unbegin(&self, name: &str) -> io::Result<()> {
        remove(&self.folder.join(format!("{name}{EXTENSION}{PART}")))
    }

    /// All archives, in the order of their names; those whose manifest cannot be read are passed over, with a line in the log.
    ///
    /// # Errors
    /// When the folder cannot be read. One that is not there is empty.
    pub fn list(&self) -> io::Result<Vec<Stored>> {
        let read = |name: String| match self.find(&name) {
            Ok(stored) => stored,
            Err(error) => {
                tracing::warn!(name, error = %error, "the manifest of a backup cannot be read");
                None
            }
        };
        Ok(self.names()?.into_iter().filter_map(read).collect())
    }

    /// The names of all archives, in their order.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(named(&self.folder, &error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(|error| named(&self.folder, &error))?.file_name();
            names.extend(name.to_str().and_then(|name| name.strip_suffix(MANIFEST)?.strip_suffix(EXTENSION)).map(str::to_owned));
        }
        names.sort_unstable();
        Ok(names)
    }

    /// An archive by its name; `None` where there is none.
    ///
    /// # Errors
    /// When its manifest cannot be read.
    pub fn find(&self, name: &str) -> Result<Option<Stored>, ReadError> {
        let is_name = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
            && !name.starts_with('.');
        if !is_name {
            return Ok(None);
        }
        let note = match file_text(&self.beside(name)) {
            Ok(note) => note,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ReadError::Unreadable(named(&self.beside(name), &error))),
        };
        let text = note::unverified(&note).ok_or(note::NoteError::Unsigned)?;
        let manifest = read::manifest(text)?;
        Ok(Some(Stored { name: name.to_owned(), path: self.path(name), manifest, note }))
    }

    /// Puts the manifest of an archive beside it: from then on the archive is there. On return that is durable.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn announce(&self, name: &str, note: &str) -> io::Result<()> {
        crate::file::put(&self.beside(name), note.as_bytes())
    }

    /// Removes an archive: its manifest first, so that what is left of it, should the process die, is not taken for one.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        remove(&self.beside(name))?;
        self.sync()?;
        crash::point("backup.unlisted");
        remove(&self.path(name))?;
        self.sync()
    }

    /// Removes what was begun of an archive and is not whole; what is, stays. Not while it is being written.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn clear(&self, name: &str) -> io::Result<()> {
        self.unbegin(name)?;
        let beside = self.beside(name);
        remove(&beside.with_added_extension("new"))?;
        if beside.exists() { Ok(()) } else { remove(&self.path(name)) }
    }

    /// Removes what an instance has begun and will not end, and archives of it without a manifest. Not while it makes one.
    ///
    /// # Errors
    /// When the folder cannot be read, or a file not removed.
    pub fn sweep(&self, instance: &str) -> io::Result<()> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(named(&self.folder, &error)),
        };
        for entry in entries {
            let path = entry?.path();
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let is_own = file.strip_prefix(instance).is_some_and(|rest| rest.starts_with('-'));
            let is_rest = file.ends_with(PART) && file.contains(EXTENSION)
                || file.strip_suffix(EXTENSION).is_some_and(|name| !self.beside(name).exists());
            if is_rest && is_own {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all().map_err(|error| named(&self.folder, &error))
    }
}

impl Begun {
    /// Puts the archive in its place, and its manifest beside it; on return both are durable. `file` is what was written.
    ///
    /// # Errors
    /// When that cannot be done; then there is no such archive.
    pub fn keep(self, file: &File, note: &str) -> io::Result<PathBuf> {
        let (place, name) = (Place::new(self.folder.clone()), self.name.clone());
        let path = self.settle(file)?;
        place.announce(&name, note)?;
        crash::point("backup.kept");
        Ok(path)
    }

    /// Puts the archive in its place, without a manifest; on return it is durable.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn settle(mut self, file: &File) -> io::Result<PathBuf> {
        let place = Place::new(self.folder.clone());
        let path = place.path(&self.name);
        file.sync_all()?;
        crash::point("backup.written");
        fs::rename(&self.part, &path)?;
        self.kept = true;
        crash::point("backup.renamed");
        place.sync()?;
        Ok(path)
    }

    /// The file as long as it is not in its place.
    pub fn path(&self) -> &Path {
        &self.part
    }
}

/// What was begun and not kept leaves nothing.
impl Drop for Begun {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.part);
        }
    }
}

fn file_text(path: &Path) -> io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    File::open(path)?.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(|error| named(path, &error)),
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
