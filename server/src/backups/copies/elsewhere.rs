//! Backups wherever they are: in their folder, in copies, or both.

use super::copy_error::CopyError;
use super::record::{self, Copies};
use super::target::Target;
use crate::backups::archive::{note, read};
use crate::backups::place::Stored;
use crate::backups::{BackupError, Backups};
use crate::identity::Actor;
use std::collections::BTreeMap;

/// A backup, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub stored: Stored,
    /// Whether the archive is in the folder of backups.
    pub here: bool,
    pub copies: Copies,
}

impl Backups {
    /// Where the copies of a backup are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn copies(&self, name: &str) -> Result<Copies, BackupError> {
        Ok(self.asked_for(record::get(&*self.store, name).await?.unwrap_or_default()))
    }

    /// The same of every backup that has any, or is to have.
    pub(in crate::backups) async fn all_copies(&self) -> Result<BTreeMap<String, Copies>, BackupError> {
        Ok(record::all(&*self.store).await?)
    }

    /// All backups, oldest first: those in the folder, and those of which there are copies alone.
    ///
    /// # Errors
    /// When the folder cannot be read, or the database does not answer.
    pub async fn everywhere(&self) -> Result<Vec<Known>, BackupError> {
        let mut copies = self.all_copies().await?;
        let mut all: Vec<_> = self.list().await?.into_iter().map(|stored| (stored, true)).collect();
        for (name, copies) in &copies {
            if copies.checked().next().is_some()
                && !all.iter().any(|(stored, _)| stored.name == *name)
                && let Some(stored) = self.remembered(name).await?
            {
                all.push((stored, false));
            }
        }
        all.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        let known = |(stored, here): (Stored, bool)| {
            let copies = self.asked_for(copies.remove(&stored.name).unwrap_or_default());
            Known { stored, here, copies }
        };
        Ok(all.into_iter().map(known).collect())
    }

    /// Without the places that the settings do not name any more.
    fn asked_for(&self, mut copies: Copies) -> Copies {
        copies.places.retain(|place, _| self.places().any(|one| one.to_string() == *place));
        copies
    }

    /// A backup that is in the folder, or of which there are copies; nothing where nobody knows it.
    pub(in crate::backups) async fn anywhere(&self, name: &str) -> Result<Option<Stored>, BackupError> {
        match self.find(name).await {
            Ok(stored) => Ok(Some(stored)),
            Err(BackupError::Unknown(..)) => self.remembered(name).await,
            Err(error) => Err(error),
        }
    }

    /// One that is in the folder.
    ///
    /// # Errors
    /// As [`find`](Self::find); where there are copies alone, with their places.
    pub async fn here(&self, name: &str) -> Result<Stored, BackupError> {
        let found = self.find(name).await;
        if !matches!(found, Err(BackupError::Unknown(..))) {
            return found;
        }
        let copies = self.copies(name).await?;
        let places: Vec<_> = copies.checked().collect();
        if places.is_empty() { found } else { Err(BackupError::Elsewhere(name.to_owned(), places.join(", "))) }
    }

    /// What is remembered of a backup that was copied.
    pub(super) async fn remembered(&self, name: &str) -> Result<Option<Stored>, BackupError> {
        let Some(note) = record::note(&*self.store, name).await? else { return Ok(None) };
        let manifest = note::unverified(&note).and_then(|text| read::manifest(text).ok());
        Ok(manifest.map(|manifest| Stored { name: name.to_owned(), path: self.place().path(name), note, manifest }))
    }

    /// Has a backup that is wanted no more go from every place, as soon as that can be.
    pub(in crate::backups) async fn unwant(&self, name: &str) -> Result<(), BackupError> {
        // Also where it is just being copied for the first time.
        if self.places().next().is_some() || record::get(&*self.store, name).await?.is_some() {
            record::change(&*self.store, name, |copies| copies.unwanted = true).await?;
        }
        Ok(())
    }

    /// The names of this instance's backups in the folder that a place has no copy of, newest first.
    pub(in crate::backups) async fn uncopied(&self) -> Result<Vec<String>, BackupError> {
        if self.places().next().is_none() {
            return Ok(Vec::new());
        }
        let (place, copies, instance) = (self.place(), self.all_copies().await?, self.keys().await?.name);
        let names = tokio::task::spawn_blocking(move || place.names()).await.map_err(std::io::Error::other)??;
        let places: Vec<_> = self.places().map(ToString::to_string).collect();
        let lacks = |copies: &Copies| {
            !copies.unwanted && places.iter().any(|place| copies.places.get(place).is_none_or(|copy| copy.checked.is_none()))
        };
        let mut uncopied = Vec::new();
        for name in names.into_iter().rev().filter(|name| name.strip_prefix(&*instance).is_some_and(|rest| rest.starts_with('-'))) {
            let is_damaged = || async { Ok::<_, BackupError>(self.checked(&name).await?.is_some_and(|(_, wrong)| wrong.is_some())) };
            if copies.get(&name).is_none_or(lacks) && !is_damaged().await? {
                uncopied.push(name);
            }
        }
        Ok(uncopied)
    }

    /// Puts a backup into the folder again, from a place that has a copy; also in the place of one that was found damaged. On return it is durable, and verified.
    ///
    /// # Errors
    /// When it is in the folder already, no place has it, or none gives it whole.
    pub async fn fetch(&self, name: &str, actor: &Actor) -> Result<Stored, BackupError> {
        let is_damaged = self.checked(name).await?.is_some_and(|(_, wrong)| wrong.is_some());
        if let Ok(stored) = self.find(name).await
            && !is_damaged
        {
            return Err(BackupError::Fetch(format!("{name} is in {} already.", stored.path.display())));
        }
        let copies = self.copies(name).await?;
        let Some(stored) = self.remembered(name).await?.filter(|_| !copies.unwanted && copies.checked().next().is_some()) else {
            return Err(BackupError::Fetch(format!("No place has a copy of {name}.")));
        };
        let size = stored.manifest.archive.as_ref().map_or(0, |archive| archive.size);
        let Some((heart, _)) = self.at_work(name, size).await? else {
            return Err(BackupError::Fetch("A backup is being made or copied just now. Wait until that is done.".to_owned()));
        };
        let fetched = self.fetch_in_turn(&stored, &copies).await;
        heart.stop().await?;
        fetched?;
        self.verify(name, actor).await
    }

    async fn fetch_in_turn(&self, stored: &Stored, copies: &Copies) -> Result<(), BackupError> {
        // Of a process that died while it fetched.
        self.place().unbegin(&stored.name)?;
        let mut wrong = Vec::new();
        for place in self.with_copy(copies) {
            match self.fetch_from(&Target::open(place, &self.setup.stores, &self.place()), stored).await {
                Ok(()) => return Ok(()),
                Err(why) => wrong.push(format!("{place}: {why}")),
            }
        }
        Err(BackupError::Fetch(wrong.join(" ")))
    }

    async fn fetch_from(&self, target: &Result<Target, CopyError>, stored: &Stored) -> Result<(), String> {
        let target = target.as_ref().map_err(ToString::to_string)?;
        let (begun, file) = self.place().begin(&stored.name).map_err(|error| format!("{error}."))?;
        let into = file.try_clone().map_err(|error| format!("{error}."))?;
        target.read(&stored.name, into).await.map_err(|error| error.to_string())?;
        let (path, of) = (begun.path().to_owned(), stored.clone());
        let kept = tokio::task::spawn_blocking(move || {
            let wanted = of.manifest.archive.as_ref().map(|archive| archive.sha256.as_str());
            let mut read = crate::backups::archive::measured::Measured::new(std::fs::File::open(&path)?);
            std::io::copy(&mut read, &mut std::io::sink())?;
            if wanted != Some(read.finish().2.as_str()) {
                return Err(std::io::Error::other("what is there is not what its manifest says"));
            }
            begun.keep(&file, &of.note)
        });
        kept.await.map_err(|error| error.to_string())?.map(drop).map_err(|error| format!("{error}."))
    }
}
