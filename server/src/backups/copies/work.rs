//! Copying backups to every place, and removing them from there.

use super::copy_error::CopyError;
use super::record::{self, Copies, Copy};
use super::target::Target;
use crate::backups::place::Stored;
use crate::backups::turn::{Heart, Held, NoTurn, Progress, Work};
use crate::backups::{BackupError, Backups};
use crate::config::CopyPlace;
use crate::identity::Actor;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::timeout;

/// How long taking back an upload that went wrong may take.
const TAKEN_BACK: Duration = Duration::from_secs(10);
/// Why a copy is still there that is being downloaded.
const READ: &str = "It is being downloaded.";
/// Who asks for copies.
const ASKED_BY: &str = "Vigia";

impl Backups {
    /// Copies a backup to every place that does not have it, but for those that `away` names; places that fail are added to them. What is wrong is said in the row
    /// of the backup, and returned. Nothing is done while another backup is made or copied.
    ///
    /// # Errors
    /// When the database does not answer, or the original cannot be looked at.
    pub(in crate::backups) async fn copy(&self, name: &str, away: &mut BTreeSet<String>) -> Result<Vec<String>, BackupError> {
        if self.places().all(|place| away.contains(&place.to_string())) {
            return Ok(Vec::new());
        }
        let size = self.find(name).await?.manifest.archive.map_or(0, |archive| archive.size);
        let Some((heart, progress)) = self.at_work(name, size).await? else { return Ok(Vec::new()) };
        // It may have been removed before the turn was there.
        let copied = match self.find(name).await {
            Ok(stored) => self.copy_in_turn(&stored, away, &progress).await,
            Err(error) => Err(error),
        };
        heart.stop().await?;
        copied
    }

    async fn copy_in_turn(&self, stored: &Stored, away: &mut BTreeSet<String>, progress: &Progress) -> Result<Vec<String>, BackupError> {
        let name = stored.name.as_str();
        record::keep_note(&*self.store, name, &stored.note).await?;
        let mut wrong = Vec::new();
        for place in self.places() {
            let at = place.to_string();
            let mut known = record::get(&*self.store, name).await?.unwrap_or_default();
            if known.unwanted || known.of(&at).checked.is_some() || away.contains(&at) {
                continue;
            }
            progress.done.store(0, Ordering::Relaxed);
            match self.copy_to(place, stored, progress).await? {
                Ok(()) => tracing::info!(name, place = at, "copied a backup, and read it back"),
                Err(error) => {
                    tracing::error!(name, place = at, error = %error, "a backup could not be copied");
                    let why = error.to_string();
                    wrong.push(format!("{name} has no copy in {at}: {why}"));
                    record::change(&*self.store, name, |copies| copies.of(&at).wrong = Some(why.clone())).await?;
                    match error {
                        CopyError::Place(_) => drop(away.insert(at)),
                        CopyError::Cancelled => {
                            // Whoever wants that wants the turn: what else there is to copy waits for the next round.
                            away.extend(self.places().map(ToString::to_string));
                            break;
                        }
                        CopyError::Original(_) => {
                            // Its row says so, unless it was removed meanwhile.
                            if self.find(name).await.is_ok() {
                                let _ = self.verify(name, &Actor::vigia()).await;
                            }
                            break;
                        }
                    }
                }
            }
        }
        self.say_copies(stored).await?;
        Ok(wrong)
    }

    /// Copies a backup to a place, and reads it back.
    async fn copy_to(&self, place: &CopyPlace, stored: &Stored, progress: &Progress) -> Result<Result<(), CopyError>, BackupError> {
        let (store, name, at) = (&*self.store, stored.name.as_str(), place.to_string());
        // From here on something of it may be there.
        let begun = record::change(store, name, |copies| {
            copies.of(&at);
        })
        .await?;
        if begun.unwanted {
            return Ok(Err(CopyError::Cancelled));
        }
        crate::crash::point("copy.begun");
        let target = match Target::open(place, &self.setup.stores, &self.place()) {
            Ok(target) => target,
            Err(error) => return Ok(Err(error)),
        };
        let unended = begun.places.get(&at).and_then(|copy| copy.upload.clone());
        let sent = async {
            if let Some(upload) = &unended {
                target.abort(name, upload).await?;
            }
            if target.holds(stored).await? { Ok(None) } else { target.begin(stored).await.map(Some) }
        };
        let upload = match until(progress, sent).await {
            Ok(upload) => upload,
            Err(error) => return Ok(Err(error)),
        };
        if let Some(upload) = upload {
            record::change(store, name, |copies| copies.of(&at).upload.clone_from(&upload)).await?;
            crate::crash::point("copy.opened");
            let upload = upload.as_deref();
            let written = async {
                target.write(stored, upload, progress).await?;
                crate::crash::point("copy.written");
                if target.holds(stored).await? {
                    Ok(())
                } else {
                    Err(CopyError::Place("What is read back there is not what was written.".to_owned()))
                }
            };
            if let Err(error) = until(progress, written).await {
                // What cannot be taken back now is taken back the next time.
                let is_back = match upload {
                    Some(_) if matches!(error, CopyError::Cancelled) => false,
                    Some(upload) => matches!(timeout(TAKEN_BACK, target.abort(name, upload)).await, Ok(Ok(()))),
                    None => true,
                };
                if is_back {
                    record::change(store, name, |copies| copies.of(&at).upload = None).await?;
                }
                return Ok(Err(error));
            }
        }
        crate::crash::point("copy.checked");
        if let Err(error) = until(progress, target.list(stored)).await {
            return Ok(Err(error));
        }
        crate::crash::point("copy.listed");
        let whole = Copy { checked: Some((self.clock)()), ..Copy::default() };
        record::change(store, name, |copies| *copies.of(&at) = whole.clone()).await?;
        crate::crash::point("copy.kept");
        Ok(Ok(()))
    }

    /// Removes from every place what no rule keeps any more, and says what could not be removed. Nothing is done while a backup is made or copied.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(in crate::backups) async fn clear(&self) -> Result<Vec<String>, BackupError> {
        let unwanted: Vec<_> = self.all_copies().await?.into_iter().filter(|(_, copies)| copies.unwanted).collect();
        let Some((first, _)) = unwanted.first() else { return Ok(Vec::new()) };
        let Some((heart, progress)) = self.at_work(first, 0).await? else { return Ok(Vec::new()) };
        let mut wrong = Vec::new();
        let cleared = async {
            let mut away = BTreeSet::new();
            for (name, copies) in &unwanted {
                match self.clear_one(name, copies, &mut away, &progress).await {
                    Ok(more) => wrong.extend(more),
                    Err(error @ BackupError::Store(_)) => return Err(error),
                    // The others have nothing to do with it.
                    Err(error) => wrong.push(format!("{name}: {error}")),
                }
            }
            Ok(())
        };
        let cleared = cleared.await;
        heart.stop().await?;
        cleared.map(|()| wrong)
    }

    async fn clear_one(
        &self,
        name: &str,
        copies: &Copies,
        away: &mut BTreeSet<String>,
        progress: &Progress,
    ) -> Result<Vec<String>, BackupError> {
        let known = self.anywhere(name).await?;
        // Whoever wanted it gone may not have got so far.
        let (own, of) = (self.place(), name.to_owned());
        tokio::task::spawn_blocking(move || own.remove(&of)).await.map_err(std::io::Error::other)??;
        let (mut wrong, mut gone) = (Vec::new(), Vec::new());
        let is_read = copies.read_until.is_some_and(|until| until > (self.clock)());
        for (at, copy) in &copies.places {
            if is_read {
                record::change(&*self.store, name, |copies| copies.of(at).wrong = Some(READ.to_owned())).await?;
                continue;
            }
            // What the settings do not name any more is left alone.
            let Some(place) = self.places().find(|place| place.to_string() == *at) else {
                gone.push(at.clone());
                continue;
            };
            if away.contains(at) {
                continue;
            }
            let removed = async {
                let target = Target::open(place, &self.setup.stores, &self.place())?;
                if let Some(upload) = &copy.upload {
                    target.abort(name, upload).await?;
                }
                target.remove(name).await
            };
            // What is half removed is no copy.
            record::change(&*self.store, name, |copies| copies.of(at).checked = None).await?;
            match until(progress, removed).await {
                Ok(()) => gone.push(at.clone()),
                Err(error) => {
                    tracing::error!(name, place = at, error = %error, "a copy of a backup could not be removed");
                    let why = error.to_string();
                    wrong.push(format!("{name} could not be removed from {at}: {why}"));
                    record::change(&*self.store, name, |copies| copies.of(at).wrong = Some(why.clone())).await?;
                    away.insert(at.clone());
                }
            }
        }
        let left = record::change(&*self.store, name, |copies| copies.places.retain(|place, _| !gone.contains(place))).await?;
        crate::crash::point("copy.removed");
        if let Some(stored) = known {
            self.say_removed(&stored).await?;
        }
        if left.places.is_empty() {
            record::forget(&*self.store, name).await?;
        }
        Ok(wrong)
    }

    /// Has the row of a backup say where its copies are.
    async fn say_copies(&self, stored: &Stored) -> Result<(), BackupError> {
        let is_unwanted = record::get(&*self.store, &stored.name).await?.is_some_and(|copies| copies.unwanted);
        // Whoever removes it says so.
        if is_unwanted {
            return Ok(());
        }
        let is_damaged = self.checked(&stored.name).await?.is_some_and(|(_, wrong)| wrong.is_some());
        if !is_damaged {
            self.say_whole(stored).await?;
        }
        Ok(())
    }

    /// Takes the turn for copies of a backup of so many bytes; nothing where another has it.
    pub(super) async fn at_work(&self, name: &str, size: u64) -> Result<Option<(Heart, Arc<Progress>)>, BackupError> {
        // Under its own name: whoever dies now leaves it to the next one.
        self.recover().await?;
        let work = Work { name, reason: "Copy", requested_by: ASKED_BY, copying: true };
        let (held, before) = match Held::take(&self.store, &self.clock, work).await {
            Ok(taken) => taken,
            Err(NoTurn::Taken(_)) => return Ok(None),
            Err(NoTurn::Store(error)) => return Err(error.into()),
        };
        let progress = Arc::new(Progress::default());
        progress.all.store(size, Ordering::Relaxed);
        if let Some(before) = before
            && let Err(error) = self.close(&before).await
        {
            held.give_back().await?;
            return Err(error);
        }
        Ok(Some((Heart::beat(held, progress.clone()).await, progress)))
    }
}

/// Does something, unless the turn is lost meanwhile.
async fn until<T>(progress: &Progress, work: impl Future<Output = Result<T, CopyError>>) -> Result<T, CopyError> {
    tokio::select! {
        done = work => done,
        () = progress.lost.cancelled() => Err(CopyError::Cancelled),
    }
}
