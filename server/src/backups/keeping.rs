//! Archives that are there: verified, drilled and removed; their rows say so.

use super::archive::keys::Keys;
use super::archive::manifest::Type;
use super::copies::Known;
use super::drill::{DrillError, Drilled, drill};
use super::place::Stored;
use super::prune::{Candidate, removable};
use super::restore::RestoreError;
use super::rows::{self, Status};
use super::turn::SPACE;
use super::verify::verify;
use super::{BackupError, Backups, DAY};
use crate::event::Event;
use crate::identity::{Actor, Trail};
use crate::store::alarms::Trouble;
use std::collections::HashSet;
use vigia_app::model::Timestamp;

/// Where it is kept how the last drill went that passed.
const LAST_DRILL: &str = "last-drill";

impl Backups {
    /// Reads a backup from its beginning to its end. Its row says when it was found whole, or what is wrong with it; of one that only keys open that are kept
    /// elsewhere, that its hash was right, and that nobody has looked at its content.
    ///
    /// # Errors
    /// When there is none of this name, or it is not whole.
    pub async fn verify(&self, name: &str, actor: &Actor) -> Result<Stored, BackupError> {
        let (keys, stored) = self.own(name).await?;
        self.record(Trail::new("Verification", "Backup").on(name), actor).await?;
        let (identity, signer, of) = (keys.identity(), keys.verifier(), stored.clone());
        let verified = tokio::task::spawn_blocking(move || verify(&of, &[identity], &signer)).await.map_err(std::io::Error::other)?;
        self.still_there(name).await?;
        match verified {
            Ok(_) => {
                self.keep_checked(name, None).await?;
                self.say_whole(&stored).await?;
                Ok(stored)
            }
            Err(error) => {
                let why = error.to_string();
                self.alarm(Trouble::Damaged, name, &why).await?;
                self.keep_checked(name, Some(&why)).await?;
                let mut row = self.row(&stored, Status::Error).await?;
                row.add("Message", &*why);
                self.set(row).await?;
                tracing::error!(name, error = why, "a backup is not whole");
                Err(error.into())
            }
        }
    }

    /// The backups of this instance whose verification is missing, and then those where it is outdated, the oldest verification first.
    ///
    /// # Errors
    /// When the place cannot be read, or the database does not answer.
    pub async fn unverified(&self) -> Result<Vec<Stored>, BackupError> {
        let (all, instance) = (self.list().await?, self.keys().await?.name);
        let mut found = Vec::new();
        for stored in all.into_iter().filter(|stored| stored.manifest.instance == instance) {
            let at = self.checked(&stored.name).await?.map(|(at, _)| at);
            if at.is_none_or(|at| self.is_outdated(at)) {
                found.push((at, stored));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        Ok(found.into_iter().map(|(_, stored)| stored).collect())
    }

    /// Whether a verification of this time is too old to count.
    pub fn is_outdated(&self, verified: Timestamp) -> bool {
        (self.clock)().millis() - verified.millis() > i64::from(self.setup.policy.verify_days) * DAY
    }

    /// Which backups no rule of the settings keeps, oldest first.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub async fn removable(&self) -> Result<Vec<String>, BackupError> {
        let instance = self.keys().await?.name;
        let (mut candidates, mut alone) = (Vec::new(), Vec::new());
        // Others may keep theirs in the same folder.
        for Known { stored, here, copies } in self.everywhere().await?.iter().filter(|known| known.stored.manifest.instance == instance) {
            if *here {
                let damaged = self.checked(&stored.name).await?.is_some_and(|(_, wrong)| wrong.is_some());
                candidates.push(Candidate::new(stored, damaged));
            } else if !copies.unwanted {
                alone.push(Candidate::new(stored, false));
            }
        }
        let by_rules = |candidates| removable(candidates, &self.setup.policy.keep, self.setup.policy.zone, (self.clock)());
        let mut names = by_rules(candidates.clone());
        // Copies alone never make that an archive of the folder goes.
        let are_alone: HashSet<String> = alone.iter().map(|one| one.name.clone()).collect();
        candidates.extend(alone);
        names.extend(by_rules(candidates).into_iter().filter(|name| are_alone.contains(name)));
        names.sort_unstable();
        Ok(names)
    }

    /// Removes them, and their copies from every place that can be reached; says which those were.
    ///
    /// # Errors
    /// When the instance was restored and is not released; when one cannot be removed: those before it are gone.
    pub async fn prune(&self, actor: &Actor) -> Result<Vec<String>, BackupError> {
        self.check_released().await?;
        let names = self.removable().await?;
        for name in &names {
            let unknown = || BackupError::Unknown(name.clone(), self.place().folder().display().to_string());
            let stored = self.anywhere(name).await?.ok_or_else(unknown)?;
            self.record(Trail::new("Deletion", "Backup").on(&**name).changing().note("Rule", self.setup.policy.keep.to_string()), actor)
                .await?;
            // No row says of what is gone that it is there: one that is removed only in words is removed in the next round.
            self.say_removed(&stored).await?;
            crate::crash::point("backup.crossed");
            self.unwant(name).await?;
            crate::crash::point("backup.unwanted");
            let (place, of) = (self.place(), name.clone());
            tokio::task::spawn_blocking(move || place.remove(&of)).await.map_err(std::io::Error::other)??;
            self.store.kept().set(SPACE, vec![(checked(name), None), (drilled(name), None)]).await?;
        }
        // What a place does not let go is said in the row, and tried again in a later round.
        self.clear().await?;
        Ok(names)
    }

    /// When a backup was last read from its beginning to its end, and what was wrong with it then; nothing of the latter where it was whole.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checked(&self, name: &str) -> Result<Option<(Timestamp, Option<String>)>, BackupError> {
        let kept = self.store.kept().get(SPACE, &checked(name)).await?;
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
    }

    /// How the last drill of a backup went.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drilled(&self, name: &str) -> Result<Option<Drilled>, BackupError> {
        let kept = self.store.kept().get(SPACE, &drilled(name)).await?;
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
    }

    /// The last drill that passed, of whatever backup.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_drill(&self) -> Result<Option<Drilled>, BackupError> {
        let kept = self.store.kept().get(SPACE, LAST_DRILL).await?;
        Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
    }

    /// Restores a backup where nobody uses it, the newest full one that the instance opens where none is named, and says how that went; its row says when it last passed. Nothing is
    /// started on what is restored.
    ///
    /// # Errors
    /// When there is none, or it cannot be restored.
    pub async fn drill(&self, name: Option<&str>, actor: &Actor) -> Result<(Stored, Drilled), BackupError> {
        let keys = self.keys().await?;
        let stored = match name {
            Some(name) => self.to_restore(name).await?,
            None => {
                let is_meant = |stored: &Stored| {
                    let manifest = &stored.manifest;
                    manifest.instance == keys.name
                        && manifest.contents.r#type == Type::Full
                        && manifest.opens_here()
                        && manifest.database.is_none()
                };
                let newest = self.list().await?.into_iter().rfind(is_meant);
                newest.ok_or_else(|| BackupError::None(self.place().folder().display().to_string()))?
            }
        };
        if stored.manifest.database.is_some() {
            return Err(BackupError::AsItWas(stored.name));
        }
        self.record(Trail::new("Verification", "Backup").on(&*stored.name).note("What", "Restored for a drill"), actor).await?;
        let ended = drill(&stored.path, vec![keys.identity()], Some(keys.verifier()), self.place().folder()).await;
        self.still_there(&stored.name).await?;
        // A disk that is full says nothing of the backup.
        let is_damaged = matches!(&ended, Err(DrillError::Restore(RestoreError::Read(_) | RestoreError::Differs(_))));
        let (took, wrong) = match ended {
            Ok((_, took)) => (i64::try_from(took.as_millis()).unwrap_or(i64::MAX), None),
            Err(error) => (0, Some(error.to_string())),
        };
        if let Some(why) = &wrong {
            self.alarm(Trouble::DrillFailed, &stored.name, why).await?;
        }
        let gone = Drilled { at: (self.clock)(), took, wrong: wrong.clone() };
        let kept = serde_json::to_string(&gone).map_err(std::io::Error::other)?;
        let passed = wrong.is_none().then(|| (LAST_DRILL.to_owned(), Some(kept.clone())));
        self.store.kept().set(SPACE, [(drilled(&stored.name), Some(kept))].into_iter().chain(passed).collect()).await?;
        match wrong {
            None => {
                self.keep_checked(&stored.name, None).await?;
                self.say_whole(&stored).await?;
                Ok((stored, gone))
            }
            Some(why) => {
                if is_damaged {
                    self.keep_checked(&stored.name, Some(&why)).await?;
                }
                let is_damaged = is_damaged || self.checked(&stored.name).await?.is_some_and(|(_, wrong)| wrong.is_some());
                let mut row = self.row(&stored, if is_damaged { Status::Error } else { Status::Success }).await?;
                row.add("Message", format!("It could not be restored: {why}"));
                self.set(row).await?;
                tracing::error!(name = stored.name, error = why, "a backup could not be restored");
                Err(BackupError::Drill(stored.name, why))
            }
        }
    }

    /// Of one that was removed while it was read there is nothing to say any more.
    async fn still_there(&self, name: &str) -> Result<(), BackupError> {
        match self.find(name).await {
            Err(error @ BackupError::Unknown(..)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Has the row of a backup say that it is there, with what is known of it.
    pub(super) async fn say_whole(&self, stored: &Stored) -> Result<(), BackupError> {
        self.set(self.row(stored, Status::Success).await?).await
    }

    /// Has it say that no rule keeps it any more.
    pub(super) async fn say_removed(&self, stored: &Stored) -> Result<(), BackupError> {
        self.set(self.row(stored, Status::Removed).await?).await
    }

    /// The row of a backup, with what is known of it.
    async fn row(&self, stored: &Stored, status: Status) -> Result<Event, BackupError> {
        let verified = self.checked(&stored.name).await?.filter(|(_, wrong)| wrong.is_none()).map(|(at, _)| at);
        let drilled = self.drilled(&stored.name).await?.filter(|drilled| drilled.wrong.is_none()).map(|drilled| drilled.at);
        let copies = self.copies(&stored.name).await?;
        let copies = if matches!(status, Status::Removed) { copies.left() } else { copies };
        Ok(rows::stored(stored, status, verified, drilled, &copies))
    }

    async fn keep_checked(&self, name: &str, wrong: Option<&str>) -> Result<(), BackupError> {
        let kept = serde_json::to_string(&((self.clock)(), wrong)).map_err(std::io::Error::other)?;
        Ok(self.store.kept().set(SPACE, vec![(checked(name), Some(kept))]).await?)
    }

    /// A backup of this instance, with the keys that it was made with.
    async fn own(&self, name: &str) -> Result<(Keys, Stored), BackupError> {
        let (keys, stored) = (self.keys().await?, self.here(name).await?);
        if stored.manifest.instance == keys.name {
            Ok((keys, stored))
        } else {
            Err(BackupError::Foreign(stored.name, stored.manifest.instance))
        }
    }

    /// One that it opens as well.
    async fn to_restore(&self, name: &str) -> Result<Stored, BackupError> {
        let (_, stored) = self.own(name).await?;
        if stored.manifest.opens_here() { Ok(stored) } else { Err(BackupError::Offline(stored.name)) }
    }

    /// Begins to verify a backup, and returns meanwhile: its row says what came of it.
    ///
    /// # Errors
    /// When there is none of this name, or it is of another instance.
    pub async fn verify_soon(&self, name: String, actor: Actor) -> Result<(), BackupError> {
        self.own(&name).await?;
        let backups = self.clone();
        tokio::spawn(async move { backups.verify(&name, &actor).await });
        Ok(())
    }

    /// The same of a drill.
    ///
    /// # Errors
    /// As [`verify_soon`](Self::verify_soon); and when the instance does not open it.
    pub async fn drill_soon(&self, name: String, actor: Actor) -> Result<(), BackupError> {
        let stored = self.to_restore(&name).await?;
        if stored.manifest.database.is_some() {
            return Err(BackupError::AsItWas(stored.name));
        }
        let backups = self.clone();
        tokio::spawn(async move { backups.drill(Some(&name), &actor).await });
        Ok(())
    }
}

/// Where it is kept when a backup was verified, and what was wrong with it.
fn checked(name: &str) -> String {
    format!("checked/{name}")
}

/// Where it is kept how a drill went.
fn drilled(name: &str) -> String {
    format!("drilled/{name}")
}
