//! Backups: made, listed and verified. `docs/backups.md` says how, and what an archive is.
//!
//! - [`archive`]: the one file that a backup is.
//! - [`place`]: where archives are kept.
//! - [`copies`]: further places that have each of them.
//! - [`turn`]: one backup at a time, over all servers.
//! - [`making`]: from who wants one to its row.
//! - [`part`]: what is to be in it.
//! - [`perform`]: everything as it was at one moment goes into an archive.
//! - [`pace`]: who reads lets those go first who store.
//! - [`writing`]: the thread that writes it.
//! - [`before`]: a database of an earlier version, before it is brought to this one.
//! - [`as_it_was`]: that one into a new database.
//! - [`verify`]: whether an archive is what its manifest says.
//! - [`keeping`]: archives that are there are verified, drilled and removed, and their rows say so.
//! - [`slots`]: when backups are due, and which times went by.
//! - [`standing`]: whether the policy is kept, and what would be lost.
//! - [`counted`]: what became of scheduled times.
//! - [`prune`]: which backups may go.
//! - [`rounds`]: what is done without anybody asking for it.
//! - [`links`]: what downloads a backup without signing in.
//! - [`restore`]: a backup into an empty database.
//! - [`drill`]: the same where nobody uses it.
//! - [`rows`]: backups as rows of the report.
//!
//! A row says `Success` when the archive and its manifest are durable; one that says `Running` while nobody has the turn is of a process that
//! has ended without a word, and whoever makes the next backup says how it stands.

pub mod archive;
pub mod as_it_was;
pub mod before;
pub mod copies;
mod counted;
pub mod drill;
mod keeping;
pub mod links;
mod making;
mod pace;
mod part;
mod perform;
pub mod place;
mod prune;
pub mod restore;
mod rounds;
mod rows;
mod slots;
mod standing;
mod turn;
mod verify;
mod writing;

use crate::clock::Clock;
use crate::config::{BackupPolicy, CopyPlace, Rate, Schedule};
use crate::event::Event;
use crate::identity::{Actor, Identity, Trail};
use crate::store::alarms::{self, Trouble};
use crate::store::{Store, StoreError, hold};
use archive::keys::{Keys, UnreadableKeys};
use archive::manifest::{Contents, KeyOf, Type};
use archive::read::ReadError;
use copies::StoreVariables;
pub use making::{InTurn, Wanted};
pub use part::{Configuration, Part};
pub use perform::PerformError;
use place::{Place, Stored};
pub use rounds::{copies_job, job};
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;
use turn::SPACE;
pub use turn::Turn;
use vigia_app::model::{ApiError, BackupPlan, ErrorKind, Timestamp};
use vigia_app::sentence;

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
    /// What the environment says of the stores that copies go to.
    pub stores: StoreVariables,
}

/// Why a backup was not made, or not found whole.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{by} is making or copying the backup {name} just now. There is one at a time; wait until it is done, or have it end.")]
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
    #[error("The backup {0} is of another instance, {1}: that one has the key it was signed with.")]
    Foreign(String, String),
    #[error(
        "The database is of an earlier version, and was left as it is, since no backup of it could be made before: {0} See to that and start again; or set \
         backup_before_upgrade to false to go on without one."
    )]
    BeforeUpgrade(String),
    #[error(
        "The backup {0} has the tables of a database as they were before an upgrade, which no drill restores. `vigia restore` puts it into a new database."
    )]
    AsItWas(String),
    #[error("There is no full backup in {0} that this instance opens, to restore it.")]
    None(String),
    #[error("The backup {0} could not be restored: {1}")]
    Drill(String, String),
    #[error(
        "Only keys that are kept elsewhere open the backup {0}: this instance cannot restore it. `vigia backup drill FILE --identity KEY` does, with the path of its archive."
    )]
    Offline(String),
    #[error("The backup {0} is not in the folder any more, but in {1}. `vigia backup fetch {0}` puts it back.")]
    Elsewhere(String, String),
    /// What is to be in it makes no sense.
    #[error(transparent)]
    Part(#[from] ApiError),
    #[error(
        "This instance was restored from {0} and does nothing by itself yet: its backups would go where those of the old one are. `vigia release` lets it act."
    )]
    Restored(String),
    #[error("The backup was not fetched: {0}")]
    Fetch(String),
    #[error("{0}")]
    Trail(String),
}

impl Backups {
    pub fn new(store: Arc<dyn Store>, clock: Clock, setup: BackupSetup) -> Self {
        Self { store, clock, setup: Arc::new(setup) }
    }

    /// What a backup of a type has in it, where no more is said than this.
    ///
    /// # Errors
    /// As [`Contents::of`].
    pub fn contents(&self, r#type: Type, part: Part) -> Result<Contents, ApiError> {
        Contents::of(r#type, part, &self.setup.policy, (self.clock)())
    }

    /// Bytes a second that each download gets at most.
    pub fn download_rate(&self) -> Option<NonZeroU64> {
        self.setup.policy.download_rate.map(Rate::bytes)
    }

    /// Where they are kept.
    pub fn place(&self) -> Place {
        Place::new(self.setup.folder.clone())
    }

    /// Further places that have a copy of each.
    pub fn places(&self) -> impl Iterator<Item = &CopyPlace> {
        self.setup.policy.copies.iter()
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
        Ok(rows::keys_of(&self.keys().await?, &self.setup.policy))
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
        found.ok_or_else(|| self.unknown(name))
    }

    /// Nothing is put where the backups of the old instance are, nor taken away there, before somebody has released this one.
    async fn check_released(&self) -> Result<(), BackupError> {
        match hold::held(&*self.store).await? {
            Some(held) => Err(BackupError::Restored(held.backup)),
            None => Ok(()),
        }
    }

    /// There is none of this name.
    fn unknown(&self, name: &str) -> BackupError {
        BackupError::Unknown(name.to_owned(), self.place().folder().display().to_string())
    }

    /// Whether the next backup is made for keys alone that are kept elsewhere.
    pub fn is_offline_only(&self) -> bool {
        self.setup.policy.offline_only
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

    /// Has an instance that was restored act from now on.
    ///
    /// # Errors
    /// When the trail cannot be written, and nothing is changed; or the database fails.
    pub async fn release(&self, actor: &Actor) -> Result<(), BackupError> {
        self.record(Trail::new("Update", "Instance").on("Released").changing(), actor).await?;
        Ok(hold::release(&*self.store).await?)
    }

    /// Has the row of a backup say this; makes it where it is missing.
    async fn set(&self, row: Event) -> Result<(), BackupError> {
        if !self.store.amend(row.clone()).await? {
            self.store.append(vec![row]).await?;
        }
        Ok(())
    }

    /// Has those told of it who want to be. It comes before what the row says: who dies in between does it again, and they are told once.
    async fn alarm(&self, trouble: Trouble, name: &str, message: &str) -> Result<(), BackupError> {
        Ok(alarms::note(&*self.store, trouble, name, message).await?)
    }

    async fn record(&self, trail: Trail, actor: &Actor) -> Result<(), BackupError> {
        let identity = Identity::new(self.store.clone(), self.clock.clone());
        identity.record(trail, actor).await.map_err(|error| BackupError::Trail(error.message.to_string()))
    }
}

/// When a backup of an instance began, and of which type it is; `None` where the name says nothing of the kind.
fn began(instance: &str, name: &str) -> Option<(Timestamp, Type)> {
    let (time, r#type) = name.strip_prefix(instance)?.strip_prefix('-')?.split_once('-')?;
    let time = chrono::NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%S%.3fZ").map(|time| Timestamp::from(time.and_utc()));
    let r#type = Type::ALL.into_iter().find(|one| one.word().eq_ignore_ascii_case(r#type));
    time.ok().zip(r#type)
}

/// When the next backup of an instance may say that it began: later than the last one, whatever the clock says.
fn after(instance: &str, last: Option<&str>, now: Timestamp) -> Timestamp {
    let began = last.and_then(|last| began(instance, last));
    began.map_or(now, |(began, _)| now.max(Timestamp::saturating(began.millis() + 1)))
}

/// What a person is told of it.
pub fn refusal(error: BackupError) -> ApiError {
    match error {
        BackupError::Busy { by, name } => ApiError::new(ErrorKind::Unavailable, sentence!("backup.busy", by = by, name = name)),
        BackupError::Unknown(name, _) => ApiError::new(ErrorKind::NotFound, sentence!("backup.unknown", name = name)),
        BackupError::Elsewhere(name, places) => {
            ApiError::new(ErrorKind::NotFound, sentence!("backup.elsewhere", name = name, places = places))
        }
        BackupError::Offline(name) => ApiError::invalid("name", sentence!("backup.offline", name = name)),
        BackupError::AsItWas(name) => ApiError::invalid("name", sentence!("backup.as-it-was", name = name)),
        BackupError::Foreign(name, instance) => ApiError::invalid("name", sentence!("backup.foreign", name = name, instance = instance)),
        BackupError::Restored(from) => ApiError::new(ErrorKind::Unavailable, sentence!("backup.restored", from = from)),
        BackupError::Part(error) => error,
        BackupError::Store(error) => error.into(),
        other => {
            tracing::error!(error = %other, "a backup");
            ApiError::new(ErrorKind::Unavailable, sentence!("backup.wrong", wrong = other.to_string()))
        }
    }
}
