//! Backups: made, listed and verified. `docs/backups.md` says how, and what an archive is.
//!
//! - [`archive`]: the one file that a backup is.
//! - [`place`]: where archives are kept.
//! - [`turn`]: one backup at a time, over all servers.
//! - [`perform`]: everything as it was at one moment goes into an archive.
//! - [`verify`]: whether an archive is what its manifest says.
//! - [`slots`]: when backups are due, and which times went by.
//! - [`prune`]: which backups may go.
//! - [`rounds`]: what is done without anybody asking for it.
//! - [`restore`]: a backup into an empty database.
//! - [`drill`]: the same where nobody uses it.
//! - [`rows`]: backups as rows of the report.
//!
//! A row says `Success` when the archive and its manifest are durable; one that says `Running` while nobody has the turn is of a process that
//! has ended without a word, and whoever makes the next backup says how it stands.

pub mod archive;
pub mod drill;
mod perform;
pub mod place;
mod prune;
pub mod restore;
mod rounds;
mod rows;
mod slots;
mod turn;
mod verify;

use crate::clock::Clock;
use crate::config::{BackupPolicy, Schedule};
use crate::event::Event;
use crate::identity::{Actor, Identity, Trail};
use crate::store::{Store, StoreError};
use archive::keys::{Keys, UnreadableKeys};
use archive::manifest::{Contents, KeyOf, Type, name};
use archive::read::ReadError;
use drill::{DrillError, Drilled, drill};
pub use perform::PerformError;
use perform::{Order, perform};
use place::{Place, Stored};
use prune::{Candidate, removable};
use restore::RestoreError;
pub use rounds::job;
use rows::Status;
use std::path::PathBuf;
use std::sync::Arc;
pub use turn::Turn;
use turn::{Heart, Held, NoTurn, Progress, SPACE};
use vigia_app::model::{ApiError, BackupPlan, ErrorKind, Timestamp};
use vigia_app::{reports, sentence};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Where the keys are kept.
const KEYS: &str = "keys";
/// Where the name of the last backup is kept.
const LAST: &str = "last";

/// The backups of an instance. Cheap to clone.
#[derive(Clone)]
pub struct Backups {
    store: Arc<dyn Store>,
    clock: Clock,
    setup: Arc<BackupSetup>,
}

/// Where backups are kept, when they are made, and for whom.
#[derive(Debug, Clone, Default)]
pub struct BackupSetup {
    pub policy: BackupPolicy,
    pub folder: PathBuf,
    /// Files that the settings name, which are in no backup.
    pub left_out: Vec<String>,
}

/// A backup that is being made.
pub struct InTurn {
    backups: Backups,
    keys: Keys,
    order: Order,
    row: Event,
    held: Held,
}

impl InTurn {
    /// Of the archive.
    pub fn name(&self) -> &str {
        &self.order.name
    }

    /// Makes it. On return it is durable, and its row says so.
    ///
    /// # Errors
    /// When it cannot be made; its row says why.
    pub async fn finish(self) -> Result<Stored, BackupError> {
        let Self { backups, keys, order, row, held } = self;
        let name = order.name.clone();
        let progress = Arc::new(Progress::default());
        let heart = Heart::beat(held, progress.clone()).await;
        let (policy, place) = (&backups.setup.policy, backups.place());
        let made = perform(&*backups.store, &keys, &policy.recipients, &place, order, &backups.clock, &progress).await;
        let ended = backups.ended(made, row, &name).await;
        match &ended {
            // Its row does not say how it ended.
            Err(BackupError::Store(_)) => heart.fall_silent(),
            _ => heart.stop().await?,
        }
        ended
    }
}

/// What is to be backed up, and who wants it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub contents: Contents,
    /// In the words of the report.
    pub reason: &'static str,
    pub actor: Actor,
}

/// Why a backup was not made, or not found whole.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{by} is making the backup {name} just now. There is one at a time; wait until it is done, or have it end.")]
    Busy { by: String, name: String },
    #[error("There is no backup {0:?} in {1}.")]
    Unknown(String, String),
    #[error("The backup {0} was not made: {1}")]
    NotMade(String, String),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{0}")]
    Place(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keys(#[from] UnreadableKeys),
    #[error("There is no full backup in {0} to restore.")]
    None(String),
    #[error("The backup {0} could not be restored: {1}")]
    Drill(String, String),
    #[error("{0}")]
    Trail(String),
}

impl Contents {
    /// Everything.
    pub fn full() -> Self {
        let reports = reports::ALL.iter().map(|report| report.key.to_owned()).collect();
        Self { r#type: Type::Full, reports, from: None, to: None, configuration: true }
    }
}

impl Backups {
    pub fn new(store: Arc<dyn Store>, clock: Clock, setup: BackupSetup) -> Self {
        Self { store, clock, setup: Arc::new(setup) }
    }

    /// What a backup of a type has in it when nothing else is said.
    pub fn contents(&self, r#type: Type) -> Contents {
        match r#type {
            Type::Full => Contents::full(),
            Type::Partial => {
                let from = Timestamp::saturating((self.clock)().millis() - i64::from(self.setup.policy.partial_days) * DAY);
                Contents { r#type, from: Some(from.rfc3339()), ..Contents::full() }
            }
        }
    }

    /// Where they are kept.
    pub fn place(&self) -> Place {
        Place::new(self.setup.folder.clone())
    }

    /// The keys of the instance: made when they are asked for first, and the same for all its servers.
    ///
    /// # Errors
    /// When the database does not answer, or holds something else.
    pub async fn keys(&self) -> Result<Keys, BackupError> {
        if let Some(kept) = self.store.kept().get(SPACE, KEYS).await? {
            return Ok(Keys::read(&kept)?);
        }
        let (keys, text) = Keys::generate()?;
        if self.store.kept().replace(SPACE, KEYS, None, &text).await? {
            return Ok(keys);
        }
        let kept = self.store.kept().get(SPACE, KEYS).await?.unwrap_or_default();
        Ok(Keys::read(&kept)?)
    }

    /// The keys that the next backup will be made for.
    ///
    /// # Errors
    /// As [`keys`](Self::keys).
    pub async fn recipients(&self) -> Result<Vec<KeyOf>, BackupError> {
        Ok(rows::keys_of(&self.keys().await?, &self.setup.policy.recipients))
    }

    /// All archives that are there, oldest first.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub async fn list(&self) -> Result<Vec<Stored>, BackupError> {
        let place = self.place();
        Ok(tokio::task::spawn_blocking(move || place.list()).await.map_err(std::io::Error::other)??)
    }

    /// One of them.
    ///
    /// # Errors
    /// When there is none of this name, or its manifest cannot be read.
    pub async fn find(&self, name: &str) -> Result<Stored, BackupError> {
        let (place, wanted) = (self.place(), name.to_owned());
        let found = tokio::task::spawn_blocking(move || place.find(&wanted)).await.map_err(std::io::Error::other)??;
        found.ok_or_else(|| BackupError::Unknown(name.to_owned(), self.place().folder().display().to_string()))
    }

    /// The backup that is being made, with how far it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn running(&self) -> Result<Option<Turn>, BackupError> {
        let turn = turn::turn(&*self.store).await?;
        Ok(turn.map(|(_, turn)| turn).filter(|turn| !turn.is_over((self.clock)())))
    }

    /// Has the backup that is being made end; false where there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cancel(&self, actor: &Actor) -> Result<bool, BackupError> {
        let Some(turn) = self.running().await? else { return Ok(false) };
        self.record(Trail::new("Cancellation", "Backup").on(turn.name).changing(), actor).await?;
        Ok(turn::cancel(&*self.store).await?)
    }

    /// Makes a backup. On return it is durable, and its row says so.
    ///
    /// # Errors
    /// When another one is being made, or this one cannot be; its row says why.
    pub async fn make(&self, wanted: Wanted) -> Result<Stored, BackupError> {
        self.begin(wanted).await?.finish().await
    }

    /// Begins a backup: on return it has the turn, and a row. Whoever begins it finishes it.
    ///
    /// # Errors
    /// When another one is being made, or the database does not answer.
    pub async fn begin(&self, wanted: Wanted) -> Result<InTurn, BackupError> {
        let Wanted { contents, reason, actor } = wanted;
        let keys = self.keys().await?;
        let start = self.next_start().await?;
        let name = name(&keys.name, start, contents.r#type);
        let (held, before) = match Held::take(&self.store, &self.clock, (&name, reason, &actor.username)).await {
            Ok(taken) => taken,
            Err(NoTurn::Taken(turn)) => return Err(BackupError::Busy { by: turn.by, name: turn.name }),
            Err(NoTurn::Store(error)) => return Err(error.into()),
        };
        let row = rows::begun(&name, start, contents.r#type, reason, &actor.username, &rows::keys_of(&keys, &self.setup.policy.recipients));
        let begun = async {
            if let Some(before) = before {
                self.close(&before).await?;
            }
            let trail = Trail::new("Creation", "Backup").on(&*name).note("Type", contents.r#type.word()).note("Reason", reason);
            self.record(trail, &actor).await?;
            self.store.kept().set(SPACE, vec![(LAST.to_owned(), Some(name.clone()))]).await?;
            self.store.append(vec![row.clone()]).await?;
            Ok::<_, BackupError>(())
        };
        if let Err(error) = begun.await {
            held.give_back().await?;
            return Err(error);
        }
        crate::crash::point("backup.begun");
        let left_out = self.setup.left_out.clone();
        let order = Order { name, contents, reason: reason.to_owned(), requested_by: actor.username, start, left_out };
        Ok(InTurn { backups: self.clone(), keys, order, row, held })
    }

    /// Says in a backup's row how it ended.
    async fn ended(&self, made: Result<Stored, PerformError>, row: Event, name: &str) -> Result<Stored, BackupError> {
        match made {
            Ok(stored) => {
                self.set(rows::stored(&stored, Status::Success, None, None)).await?;
                crate::crash::point("backup.said");
                tracing::info!(name, rows = stored.manifest.rows(), "made a backup");
                Ok(stored)
            }
            Err(error) => {
                let status = if matches!(error, PerformError::Cancelled) { Status::Canceled } else { Status::Error };
                let why = error.to_string();
                self.set(rows::ended(row, (self.clock)(), status, &why)).await?;
                tracing::error!(name, error = why, "no backup was made");
                Err(BackupError::NotMade(name.to_owned(), why))
            }
        }
    }

    /// Reads a backup from its beginning to its end. Its row says when it was found whole, or what is wrong with it.
    ///
    /// # Errors
    /// When there is none of this name, or it is not whole.
    pub async fn verify(&self, name: &str, actor: &Actor) -> Result<Stored, BackupError> {
        let (keys, stored) = (self.keys().await?, self.find(name).await?);
        self.record(Trail::new("Verification", "Backup").on(name), actor).await?;
        let (identity, signer, of) = (keys.identity(), keys.verifier(), stored.clone());
        let verified =
            tokio::task::spawn_blocking(move || verify::verify(&of, &[identity], &signer)).await.map_err(std::io::Error::other)?;
        match verified {
            Ok(_) => {
                self.keep_checked(name, None).await?;
                self.set(self.row(&stored, Status::Success).await?).await?;
                Ok(stored)
            }
            Err(error) => {
                let why = error.to_string();
                self.keep_checked(name, Some(&why)).await?;
                let mut row = self.row(&stored, Status::Error).await?;
                row.add("Message", &*why);
                self.set(row).await?;
                tracing::error!(name, error = why, "a backup is not whole");
                Err(error.into())
            }
        }
    }

    /// Which backups no rule of the settings keeps, oldest first.
    ///
    /// # Errors
    /// When the place cannot be read.
    pub async fn removable(&self) -> Result<Vec<String>, BackupError> {
        let (all, instance) = (self.list().await?, self.keys().await?.name);
        let mut candidates = Vec::with_capacity(all.len());
        // Others may keep theirs in the same folder.
        for stored in all.iter().filter(|stored| stored.manifest.instance == instance) {
            let damaged = self.checked(&stored.name).await?.is_some_and(|(_, wrong)| wrong.is_some());
            candidates.push(Candidate::new(stored, damaged));
        }
        Ok(removable(candidates, &self.setup.policy.keep, self.setup.policy.zone, (self.clock)()))
    }

    /// Removes them, and says which those were.
    ///
    /// # Errors
    /// When one cannot be removed; those before it are gone.
    pub async fn prune(&self, actor: &Actor) -> Result<Vec<String>, BackupError> {
        let names = self.removable().await?;
        for name in &names {
            let stored = self.find(name).await?;
            self.record(Trail::new("Deletion", "Backup").on(&**name).changing().note("Rule", self.setup.policy.keep.to_string()), actor)
                .await?;
            // No row says of what is gone that it is there: one that is removed only in words is removed in the next round.
            self.set(self.row(&stored, Status::Removed).await?).await?;
            crate::crash::point("backup.crossed");
            let (place, of) = (self.place(), name.clone());
            tokio::task::spawn_blocking(move || place.remove(&of)).await.map_err(std::io::Error::other)??;
            self.store.kept().set(SPACE, vec![(checked(name), None), (drilled(name), None)]).await?;
        }
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

    /// Restores a backup where nobody uses it, the newest full one where none is named, and says how that went; its row says when it last passed. Nothing is
    /// started on what is restored.
    ///
    /// # Errors
    /// When there is none, or it cannot be restored.
    pub async fn drill(&self, name: Option<&str>, actor: &Actor) -> Result<(Stored, Drilled), BackupError> {
        let stored = match name {
            Some(name) => self.find(name).await?,
            None => {
                let newest = self.list().await?.into_iter().rfind(|stored| stored.manifest.contents.r#type == Type::Full);
                newest.ok_or_else(|| BackupError::None(self.place().folder().display().to_string()))?
            }
        };
        let keys = self.keys().await?;
        self.record(Trail::new("Verification", "Backup").on(&*stored.name).note("What", "Restored for a drill"), actor).await?;
        let ended = drill(&stored.path, vec![keys.identity()], Some(keys.verifier()), self.place().folder()).await;
        // A disk that is full says nothing of the backup.
        let is_damaged = matches!(&ended, Err(DrillError::Restore(RestoreError::Read(_) | RestoreError::Differs(_))));
        let (took, wrong) = match ended {
            Ok((_, took)) => (i64::try_from(took.as_millis()).unwrap_or(i64::MAX), None),
            Err(error) => (0, Some(error.to_string())),
        };
        let gone = Drilled { at: (self.clock)(), took, wrong: wrong.clone() };
        let kept = serde_json::to_string(&gone).map_err(std::io::Error::other)?;
        self.store.kept().set(SPACE, vec![(drilled(&stored.name), Some(kept))]).await?;
        match wrong {
            None => {
                self.keep_checked(&stored.name, None).await?;
                self.set(self.row(&stored, Status::Success).await?).await?;
                Ok((stored, gone))
            }
            Some(why) => {
                let mut row = self.row(&stored, if is_damaged { Status::Error } else { Status::Success }).await?;
                row.add("Message", format!("It could not be restored: {why}"));
                self.set(row).await?;
                tracing::error!(name = stored.name, error = why, "a backup could not be restored");
                Err(BackupError::Drill(stored.name, why))
            }
        }
    }

    /// The row of a backup that is there, with what is known of it.
    async fn row(&self, stored: &Stored, status: Status) -> Result<Event, BackupError> {
        let verified = self.checked(&stored.name).await?.filter(|(_, wrong)| wrong.is_none()).map(|(at, _)| at);
        let drilled = self.drilled(&stored.name).await?.filter(|drilled| drilled.wrong.is_none()).map(|drilled| drilled.at);
        Ok(rows::stored(stored, status, verified, drilled))
    }

    async fn keep_checked(&self, name: &str, wrong: Option<&str>) -> Result<(), BackupError> {
        let kept = serde_json::to_string(&((self.clock)(), wrong)).map_err(std::io::Error::other)?;
        Ok(self.store.kept().set(SPACE, vec![(checked(name), Some(kept))]).await?)
    }

    /// What is done by schedule.
    pub fn plans(&self) -> Vec<BackupPlan> {
        let BackupPolicy { full, partial, zone, .. } = &self.setup.policy;
        let plan = |(full, schedule): (bool, &Option<Schedule>)| {
            let schedule = schedule.as_ref()?;
            let next = slots::next(schedule, *zone, (self.clock)());
            Some(BackupPlan { full, cron: schedule.to_string(), zone: zone.name().to_owned(), next })
        };
        [(true, full), (false, partial)].into_iter().filter_map(plan).collect()
    }

    /// Says how the backup stands whose process has ended without a word, if there is one.
    async fn recover(&self) -> Result<(), BackupError> {
        let Some((_, turn)) = turn::turn(&*self.store).await?.filter(|(_, turn)| turn.is_over((self.clock)())) else { return Ok(()) };
        match Held::take(&self.store, &self.clock, (&turn.name, &turn.reason, &turn.requested_by)).await {
            Ok((held, before)) => {
                if let Some(before) = before {
                    self.close(&before).await?;
                }
                Ok(held.give_back().await?)
            }
            // Another one was faster.
            Err(NoTurn::Taken(_)) => Ok(()),
            Err(NoTurn::Store(error)) => Err(error.into()),
        }
    }

    /// Says how a backup stands that a process was making when it ended without a word; and removes what is left of it where it was not whole.
    async fn close(&self, turn: &Turn) -> Result<(), BackupError> {
        let name = turn.name.as_str();
        let (place, instance) = (self.place(), self.keys().await?.name);
        tokio::task::spawn_blocking(move || place.sweep(&instance)).await.map_err(std::io::Error::other)??;
        match self.find(name).await {
            Ok(stored) => self.set(rows::stored(&stored, Status::Success, None, None)).await,
            Err(BackupError::Unknown(..)) => {
                let Some((start, r#type)) = self.of_name(name).await? else { return Ok(()) };
                let keys = rows::keys_of(&self.keys().await?, &self.setup.policy.recipients);
                let row = rows::begun(name, start, r#type, &turn.reason, &turn.requested_by, &keys);
                self.set(rows::ended(row, (self.clock)(), Status::Error, "The process that made it ended without a word.")).await
            }
            Err(error) => Err(error),
        }
    }

    /// When a backup of this instance began, and of which type it is; `None` where the name says nothing of the kind.
    async fn of_name(&self, name: &str) -> Result<Option<(Timestamp, Type)>, BackupError> {
        let keys = self.keys().await?;
        let Some(rest) = name.strip_prefix(&keys.name).and_then(|rest| rest.strip_prefix('-')) else { return Ok(None) };
        let Some((time, r#type)) = rest.split_once('-') else { return Ok(None) };
        let time = chrono::NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%S%.3fZ").map(|time| Timestamp::from(time.and_utc()));
        let r#type = Type::ALL.into_iter().find(|one| one.word().eq_ignore_ascii_case(r#type));
        Ok(time.ok().zip(r#type))
    }

    /// When the next backup may say that it began: later than all before it, whatever the clock says.
    async fn next_start(&self) -> Result<Timestamp, BackupError> {
        let last = self.store.kept().get(SPACE, LAST).await?;
        let now = (self.clock)();
        let Some(last) = last else { return Ok(now) };
        let began = self.of_name(&last).await?;
        Ok(began.map_or(now, |(began, _)| now.max(Timestamp::saturating(began.millis() + 1))))
    }

    /// Has the row of a backup say this; makes it where it is missing.
    async fn set(&self, row: Event) -> Result<(), BackupError> {
        if !self.store.amend(row.clone()).await? {
            self.store.append(vec![row]).await?;
        }
        Ok(())
    }

    async fn record(&self, trail: Trail, actor: &Actor) -> Result<(), BackupError> {
        let identity = Identity::new(self.store.clone(), self.clock.clone());
        identity.record(trail, actor).await.map_err(|error| BackupError::Trail(error.message.to_string()))
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

/// What a person is told of it.
pub fn refusal(error: BackupError) -> ApiError {
    match error {
        BackupError::Busy { by, name } => ApiError::new(ErrorKind::Unavailable, sentence!("backup.busy", by = by, name = name)),
        BackupError::Unknown(name, _) => ApiError::new(ErrorKind::NotFound, sentence!("backup.unknown", name = name)),
        BackupError::Store(error) => error.into(),
        other => {
            tracing::error!(error = %other, "a backup");
            ApiError::new(ErrorKind::Unavailable, sentence!("backup.wrong", wrong = other.to_string()))
        }
    }
}
