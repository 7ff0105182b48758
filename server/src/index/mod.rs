//! An index over the events of every report: any filter with any sort, exact counts, values with their counts, and histograms.
//!
//! The truth stays in the database. The index says which rows a question is about and in which order; rows are read by their ids and
//! tested again. It knows reports by their declarations and no dialect of SQL.
//!
//! - [`order`]: the one order of values.
//! - [`segment`]: rows that were written together, sorted every way, in memory or in a file that never changes.
//! - [`snapshot`]: the segments of a report at one moment.
//! - [`ask`]: what a question finds in a snapshot.
//! - [`shelf`]: how segments come, are merged and go.
//! - [`folder`]: what of them survives the process.
//! - [`follow`]: the journal is read, and the shelves are changed.
//! - [`pages`]: a question of a reader, answered by index and database together.
//! - [`caught_up`]: what is in it when all is, for whoever derives something.
//! - [`mixed`]: several questions, whose rows are in one order.
//! - [`room`]: how much a page may hold.
//! - [`run`]: all rows of a question, one after the other.
//! - [`veiled`]: a question of a reader who sees pseudonyms.
//! - [`check`]: the index is held against the tables.

pub mod ask;
mod cache;
mod caught_up;
mod check;
mod folder;
mod follow;
mod mixed;
mod order;
mod ordinals;
mod pages;
mod room;
mod run;
mod segment;
mod shelf;
mod snapshot;
mod veiled;

use crate::clock::Clock;
use crate::fold::text_key;
use crate::jobs::Job;
use crate::store::Store;
use crate::store::journal::{Committed, Position};
pub use ask::{Any, TooManyGroups};
use cache::Cache;
pub use check::Checked;
use folder::Folder;
pub use mixed::{Mixed, MixedPage};
pub use pages::{GroupRow, Groups, Known, TooMany, Values};
pub use room::PAGE_BYTES;
pub use run::Run;
use snapshot::{Held, Snapshot};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
pub use veiled::{pseudonym, seen_through};
use vigia_app::model::{Cell, Report};
use vigia_app::{reports, text};

/// How long a server that stops waits until what is in memory is kept.
const GRACE: Duration = Duration::from_secs(10);
/// How long a question waits until what was committed before it is in the index.
const PATIENCE: Duration = Duration::from_secs(1);
/// Rows that an index is built of within about that time: who asks meanwhile waits, too.
const SOON: u64 = 100_000;

/// The index of one server. Cheap to clone. It answers while somebody [follows](Index::job).
#[derive(Clone)]
pub struct Index(Arc<Shared>);

struct Shared {
    path: PathBuf,
    cache: Arc<Cache>,
    /// In the order of [`reports::ALL`].
    snapshots: Vec<RwLock<Arc<Snapshot>>>,
    followed: watch::Sender<Followed>,
    /// Events that are to be looked at again, though the journal does not say so.
    again: Mutex<Vec<(&'static Report, Vec<i64>)>>,
    /// A question met a segment that cannot be read.
    damaged: watch::Sender<bool>,
}

/// How far it is.
struct Followed {
    state: State,
    /// Entries of the journal that are in it already, though others may come before them.
    ahead: BTreeSet<Position>,
    /// Since when there has always been something more to take.
    since: Option<Instant>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody follows.
    Away,
    /// Being built from the tables.
    Building {
        /// Rows that were read.
        done: u64,
        all: u64,
    },
    /// All that the journal says up to here is in it.
    Ready(Position),
}

/// One that nobody follows: what the tables alone can answer is answered.
impl Default for Index {
    fn default() -> Self {
        Self::new(PathBuf::new(), 0)
    }
}

impl Index {
    /// An index in this folder, which need not be there, with a budget for its cache in bytes.
    pub fn new(path: PathBuf, budget: u64) -> Self {
        Self(Arc::new(Shared {
            path,
            cache: Arc::new(Cache::new(budget)),
            snapshots: reports::ALL.iter().map(|_| RwLock::default()).collect(),
            followed: watch::Sender::new(Followed { state: State::Away, ahead: BTreeSet::new(), since: None }),
            again: Mutex::default(),
            damaged: watch::Sender::new(false),
        }))
    }

    /// Follows the journal of a store.
    pub fn job(&self, store: Arc<dyn Store>, clock: Clock) -> Job {
        let index = self.clone();
        // What is asked meanwhile waits for it.
        self.set(State::Building { done: 0, all: 0 });
        Job::always("index", text!("job.purpose.index"), GRACE, move |stop| {
            let (index, store, clock) = (index.clone(), store.clone(), clock.clone());
            async move { index.follow(store, clock, stop).await }
        })
    }

    /// Follows the journal of a store until `stop`, then keeps what is not in files yet.
    ///
    /// # Errors
    /// When the database does not answer, or the folder cannot be written. It can be called again.
    pub async fn follow(&self, store: Arc<dyn Store>, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
        follow::follow(self, store, clock, stop).await
    }

    /// How it stands now.
    pub fn state(&self) -> State {
        self.0.followed.borrow().state
    }

    /// How much of it is there while it is built, in percent.
    pub fn prepared(&self) -> u8 {
        match self.state() {
            State::Building { done, all } => u8::try_from(done * 100 / all.max(1)).unwrap_or(100),
            State::Away | State::Ready(_) => 0,
        }
    }

    fn set(&self, state: State) {
        self.0.followed.send_modify(|followed| followed.state = state);
    }

    /// How long it has been since all that was stored was in it.
    pub fn behind(&self) -> Duration {
        self.0.followed.borrow().since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// There is something to take.
    fn has_more(&self) {
        self.0.followed.send_if_modified(|followed| {
            followed.since.get_or_insert_with(Instant::now);
            false
        });
    }

    /// All up to a position is in it, and these entries.
    fn is_at(&self, at: Position, ahead: BTreeSet<Position>, is_all: bool) {
        self.0.followed.send_modify(|followed| {
            let since = followed.since.filter(|_| !is_all);
            *followed = Followed { state: State::Ready(at), ahead, since };
        });
    }

    /// Has these events looked at as they are, soon.
    fn look_again(&self, report: &'static Report, ids: &[i64]) {
        self.0.again.lock().unwrap_or_else(PoisonError::into_inner).push((report, ids.to_vec()));
    }

    fn show(&self, place: usize, snapshot: Snapshot) {
        if let Some(shown) = self.0.snapshots.get(place) {
            *shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        }
    }

    /// What it knows of a report when it has seen what is committed, or when that takes too long; `None` while it is
    /// built.
    async fn snapshot(&self, report: &'static Report, committed: &Committed) -> Option<Arc<Snapshot>> {
        // What it knows after that time is told as it is.
        self.catches_up(committed).await;
        self.shown(report)
    }

    /// What it knows of a report; `None` while it is built.
    fn shown(&self, report: &'static Report) -> Option<Arc<Snapshot>> {
        if !matches!(self.state(), State::Ready(_)) {
            return None;
        }
        let place = reports::ALL.iter().position(|one| one.key == report.key)?;
        self.0.snapshots.get(place).map(|shown| shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Waits until it has seen what is committed; false where that takes too long, or it is being built.
    async fn catches_up(&self, committed: &Committed) -> bool {
        let mut followed = self.0.followed.subscribe();
        let caught_up = followed.wait_for(|followed| match followed.state {
            State::Away => true,
            State::Building { all, .. } => all > SOON,
            State::Ready(at) => {
                at >= committed.settled && committed.ahead.iter().all(|entry| *entry <= at || followed.ahead.contains(entry))
            }
        });
        let found = tokio::time::timeout(PATIENCE, caught_up).await;
        found.is_ok_and(|found| found.is_ok_and(|followed| matches!(followed.state, State::Ready(_))))
    }
}

/// What a cell of a column is to the index: texts that differ in case alone have the same key.
pub fn value_key(cell: &Cell) -> Vec<u8> {
    match cell {
        Cell::Text(text) => text_key(text).into_owned(),
        other => other.plain().into_bytes(),
    }
}

/// What a folder holds of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub report: &'static Report,
    pub segments: u64,
    /// Rows that live.
    pub rows: u64,
    pub dead: u64,
    pub bytes: u64,
}

/// What the index in a folder holds, as it was kept last; `None` where there is none. A process may be using it.
///
/// # Errors
/// When a file cannot be read: a process that uses the folder may have replaced it just now.
pub fn stored(path: &Path) -> anyhow::Result<Option<Vec<Stored>>> {
    let Some(manifest) = Folder::manifest_in(path) else { return Ok(None) };
    let cache = Arc::new(Cache::new(0));
    let mut stored = Vec::new();
    for (key, kept) in &manifest.reports {
        let Some(report) = reports::by_key(key) else { continue };
        let held = Folder::open_in(path, &cache, report, kept)?.0.held;
        let sum = |of: &dyn Fn(&Held) -> u64| held.iter().map(of).sum();
        stored.push(Stored {
            report,
            segments: held.len() as u64,
            rows: sum(&Held::rows),
            dead: sum(&|held| held.dead.len()),
            bytes: sum(&|held| held.segment.bytes()),
        });
    }
    Ok(Some(stored))
}

/// Whether a process uses the index in a folder.
///
/// # Errors
/// When that cannot be told.
pub fn is_used(path: &Path) -> anyhow::Result<bool> {
    Folder::is_taken(path)
}

/// Has the index in a folder, which nobody uses, built anew by the next one who does.
///
/// # Errors
/// When it cannot be removed.
pub fn forget(path: &Path) -> anyhow::Result<()> {
    Folder::take(path, Arc::new(Cache::new(0)))?.clear()
}
