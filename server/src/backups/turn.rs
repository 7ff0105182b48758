//! One backup at a time, over all servers and commands on a database: whoever makes one has the turn, and says so again every few seconds.

use crate::clock::Clock;
use crate::process_name::process_name;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use vigia_app::model::Timestamp;

/// Where it is kept what backups have to remember.
pub(super) const SPACE: &str = "backups";
const KEY: &str = "turn";
/// How often it is said how far a backup is.
const SAID: Duration = Duration::from_secs(2);
/// Who has not said so for so long has ended without a word, in milliseconds.
const SILENT: i64 = 60_000;
/// Who could not say so for so long, by its own clock that nobody can set, ends before another can take the turn.
const GIVEN_UP: Duration = Duration::from_secs(40);
/// How long the database may take to hear it.
const HEARD: Duration = Duration::from_secs(10);

/// Who makes a backup, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Of the archive.
    pub name: String,
    pub reason: String,
    pub requested_by: String,
    /// Host and process.
    pub by: String,
    /// Tells one taking of the turn from another one.
    #[serde(default)]
    pub token: String,
    /// Milliseconds since 1970.
    pub said: i64,
    /// Lines that are in the archive, and how many there will be; bytes of the copy.
    pub done: u64,
    pub all: u64,
    /// Whether somebody wants it to end.
    pub cancelled: bool,
    /// Whether it is made already, and copied to further places; then bytes are counted.
    #[serde(default)]
    pub copying: bool,
}

/// What somebody wants the turn for.
pub(super) struct Work<'a> {
    /// Of the archive.
    pub name: &'a str,
    pub reason: &'a str,
    pub requested_by: &'a str,
    /// As in [`Turn`].
    pub copying: bool,
}

/// How far a backup is.
#[derive(Default)]
pub(super) struct Progress {
    /// Events that are in it, and how many there will be; bytes, of a copy.
    pub done: AtomicU64,
    pub all: AtomicU64,
    /// Cancelled where it is to end: somebody wants that, or has taken the turn.
    pub lost: CancellationToken,
}

/// Says every few seconds how far a backup is, whatever it waits for, until that has ended. One that is dropped falls silent: whoever had the work done
/// has given it up.
pub(super) struct Heart {
    ended: DropGuard,
    beating: JoinHandle<Held>,
}

impl Heart {
    pub(super) async fn beat(mut held: Held, progress: Arc<Progress>) -> Self {
        held.tell(&progress).await;
        let ended = CancellationToken::new();
        let until = ended.clone();
        let beating = tokio::spawn(async move {
            while timeout(SAID, until.cancelled()).await.is_err() {
                held.tell(&progress).await;
            }
            held
        });
        Self { ended: ended.drop_guard(), beating }
    }

    /// Gives the turn back.
    pub(super) async fn stop(self) -> Result<(), StoreError> {
        drop(self.ended);
        self.beating.await.map_err(|error| StoreError::Failed(error.into()))?.give_back().await
    }

    /// Says no more, and keeps the turn: whoever takes it from the silent one says how the backup stands.
    pub(super) fn fall_silent(self) {
        drop(self.ended);
    }
}

/// The turn of this process.
pub(super) struct Held {
    store: Arc<dyn Store>,
    clock: Clock,
    kept: String,
    turn: Turn,
    /// When it was last said for sure.
    said: Instant,
}

/// Why there is no turn to have, or no longer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoTurn {
    /// With how far that one is.
    #[error("{} is making or copying the backup {}", .0.by, .0.name)]
    Taken(Turn),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a process of this machine has ended.
fn is_gone(by: &str) -> bool {
    let mine = process_name();
    let (Some((host, pid)), Some((my_host, _))) = (by.rsplit_once(' '), mine.rsplit_once(' ')) else { return false };
    let pid = pid.parse().ok().and_then(rustix::process::Pid::from_raw);
    host == my_host && pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

/// Who has the turn, as it was said last; also who has ended without a word.
pub(super) async fn turn(store: &dyn Store) -> Result<Option<(String, Turn)>, StoreError> {
    let kept = store.kept().get(SPACE, KEY).await?;
    Ok(kept.and_then(|kept| Some((serde_json::from_str(&kept).ok()?, kept))).map(|(turn, kept)| (kept, turn)))
}

impl Turn {
    /// Whether whoever had it is gone: silent for too long, or a process of this machine that is not there any more.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now.millis() - self.said > SILENT || self.said > now.millis() + SILENT || is_gone(&self.by)
    }
}

impl Held {
    /// Takes the turn for a backup of this name, also from who has ended without a word, which is returned then.
    pub(super) async fn take(store: &Arc<dyn Store>, clock: &Clock, work: Work<'_>) -> Result<(Self, Option<Turn>), NoTurn> {
        let (asked, now) = (Instant::now(), clock());
        let was = turn(&**store).await?;
        if let Some((_, turn)) = was.as_ref().filter(|(_, turn)| !turn.is_over(now)) {
            return Err(NoTurn::Taken(turn.clone()));
        }
        let turn = Turn {
            name: work.name.to_owned(),
            reason: work.reason.to_owned(),
            requested_by: work.requested_by.to_owned(),
            by: process_name(),
            token: format!("{:016x}", rand::random::<u64>()),
            said: now.millis(),
            done: 0,
            all: 0,
            cancelled: false,
            copying: work.copying,
        };
        let kept = serde_json::to_string(&turn).unwrap_or_default();
        let had = was.as_ref().map(|(kept, _)| kept.as_str());
        if !store.kept().replace(SPACE, KEY, had, &kept).await? {
            return match self::turn(&**store).await? {
                Some((_, other)) => Err(NoTurn::Taken(other)),
                None => Err(NoTurn::Taken(turn)),
            };
        }
        Ok((Self { store: store.clone(), clock: clock.clone(), kept, turn, said: asked }, was.map(|(_, turn)| turn)))
    }

    /// Says how far a backup is, and has it end where it is to.
    async fn tell(&mut self, progress: &Progress) {
        let (done, all) = (progress.done.load(Ordering::Relaxed), progress.all.load(Ordering::Relaxed));
        let asked = Instant::now();
        match timeout(HEARD, self.say(done, all)).await {
            Ok(Ok(true)) => self.said = asked,
            Ok(Ok(false)) => progress.lost.cancel(),
            // It is tried again, until another may have the turn.
            _ if self.said.elapsed() > GIVEN_UP => progress.lost.cancel(),
            Ok(Err(error)) if !error.is_told() => tracing::warn!(error = %error, "how far a backup is could not be said"),
            _ => {}
        }
    }

    /// Says how far it is; false where it is to end: somebody wants that, or has taken the turn.
    async fn say(&mut self, done: u64, all: u64) -> Result<bool, StoreError> {
        let turn = Turn { said: (self.clock)().millis(), done, all, ..self.turn.clone() };
        let kept = serde_json::to_string(&turn).unwrap_or_default();
        if self.store.kept().replace(SPACE, KEY, Some(&self.kept), &kept).await? {
            (self.turn, self.kept) = (turn, kept);
            return Ok(true);
        }
        // What is another's now stays so; what was only cancelled is still ours to give back, and what we had said ourselves, without hearing that it was
        // heard, is ours as before.
        let Some((kept, turn)) = self.ours().await? else { return Ok(false) };
        (self.turn, self.kept) = (turn, kept);
        Ok(!self.turn.cancelled)
    }

    pub(super) async fn give_back(self) -> Result<(), StoreError> {
        if self.ours().await?.is_some() {
            self.store.kept().set(SPACE, vec![(KEY.to_owned(), None)]).await?;
        }
        Ok(())
    }

    /// The turn while it is the one that was taken here; also of the same backup there may be another one.
    async fn ours(&self) -> Result<Option<(String, Turn)>, StoreError> {
        Ok(turn(&*self.store).await?.filter(|(_, turn)| turn.token == self.turn.token))
    }
}

/// Nobody has the turn, whoever had it.
pub(super) async fn forget(store: &dyn Store) -> Result<(), StoreError> {
    store.kept().set(SPACE, vec![(KEY.to_owned(), None)]).await
}

/// Has the backup that is being made end; false where there is none.
pub(super) async fn cancel(store: &dyn Store) -> Result<bool, StoreError> {
    loop {
        let Some((kept, turn)) = turn(store).await? else { return Ok(false) };
        let cancelled = serde_json::to_string(&Turn { cancelled: true, ..turn }).unwrap_or_default();
        if store.kept().replace(SPACE, KEY, Some(&kept), &cancelled).await? {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::store;
    use rusqlite::Connection;

    async fn taken(store: &Arc<dyn Store>) -> (Held, Arc<Progress>) {
        let work = Work { name: "one", reason: "Manual", requested_by: "ana", copying: false };
        (Held::take(store, &clock::system(), work).await.expect("the turn").0, Arc::default())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_backup_that_could_not_say_so_ends_before_another_can_take_the_turn() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("vigia.db");
        let store = store::open(&format!("sqlite://{}", file.display()), Duration::from_secs(5)).await.expect("a database");
        let (mut held, progress) = taken(&store).await;
        Connection::open(&file).and_then(|other| other.execute_batch("DROP TABLE kept")).expect("nothing can be kept");
        held.tell(&progress).await;
        assert!(!progress.lost.is_cancelled(), "it may be heard the next time");
        held.said = Instant::now().checked_sub(GIVEN_UP + SAID).expect("a time");
        held.tell(&progress).await;
        assert!(progress.lost.is_cancelled());
        let (longest, silent) = (GIVEN_UP + SAID + HEARD, Duration::from_millis(SILENT.unsigned_abs()));
        assert!(longest < silent, "{longest:?} is before others see it as gone");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_given_up_falls_silent() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
        let store = store::open(&url, Duration::from_secs(5)).await.expect("a database");
        let (held, progress) = taken(&store).await;
        drop(Heart::beat(held, progress.clone()).await);
        progress.done.store(7, Ordering::Relaxed);
        tokio::time::sleep(SAID * 2).await;
        let left = turn(&*store).await.expect("an answer").expect("nobody has given it back");
        assert_eq!(left.1.done, 0, "nothing was said since");
        // The same backup, by the same process: another turn all the same.
        forget(&*store).await.expect("forgotten");
        let (mut first, _) = taken(&store).await;
        forget(&*store).await.expect("forgotten");
        let (second, _) = taken(&store).await;
        assert!(!first.say(1, 2).await.expect("an answer"), "another one has it");
        first.give_back().await.expect("an answer");
        assert!(turn(&*store).await.expect("an answer").is_some(), "and keeps it");
        second.give_back().await.expect("an answer");
        assert!(turn(&*store).await.expect("an answer").is_none());
    }
}
