//! Following the journal: what was stored, changed or removed comes into the segments, and is kept in files now and then.
//!
//! Nothing has to be durable at once: the journal says it again. A process that is killed begins with the last manifest and reads the
//! journal from there; where that is not possible (no manifest, a file that is damaged, a journal that was trimmed or is another one, reports that
//! are declared differently) it builds everything from the tables.

use super::folder::{Folder, Manifest};
use super::segment::{Builder, Damaged, Segment};
use super::shelf::{LargeMerge, Shelf};
use super::{Index, State};
use crate::clock::Clock;
use crate::crash;
use crate::store::journal::{Extent, JournalEntry, JournalError, Position};
use crate::store::{Store, StoreError};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;
use vigia_app::model::{Direction, EventId, Report};
use vigia_app::reports;

/// Entries of the journal that are read at once: some thousand events at most, mostly.
const ENTRIES: u32 = 64;
/// Rows that are read at once.
const ROWS: u32 = 5_000;
/// Rows of a segment while all is built: as many as can be collected in some tens of megabytes.
const BUILT: u32 = 1 << 17;
/// So many rows in memory are kept in files.
const MANY: u64 = 64 << 10;
/// What is in memory is kept in files after so long.
const LONG: Duration = Duration::from_secs(300);

/// How it goes on.
enum Next {
    Stop,
    /// The index is of no use any more.
    Rebuild,
}

/// However following ends, by a panic too: what is not followed any more does not answer.
struct AwayInTheEnd<'a>(&'a Index);

impl Drop for AwayInTheEnd<'_> {
    fn drop(&mut self) {
        self.0.set(State::Away);
    }
}

/// Follows until `stop`.
pub async fn follow(index: &Index, store: Arc<dyn Store>, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
    let away = AwayInTheEnd(index);
    let (path, cache) = (index.0.path.clone(), index.0.cache.clone());
    let folder = Arc::new(spawn_blocking(move || Folder::take(&path, cache)).await??);
    let ended = async {
        let mut follower = match Follower::open(index, &store, &clock, &folder).await? {
            Some(follower) => follower,
            None => Follower::build(index, &store, &clock, &folder, &stop).await?,
        };
        while let Next::Rebuild = follower.run(&stop).await? {
            folder.clear()?;
            follower = Follower::build(index, &store, &clock, &folder, &stop).await?;
        }
        Ok(())
    }
    .await;
    drop(away);
    if ended.as_ref().is_err_and(|error: &anyhow::Error| error.downcast_ref::<Damaged>().is_some()) {
        folder.clear()?;
    }
    ended
}

/// A large merge that is done, and the segment it has made with the number of its file.
type Merged = (LargeMerge, Result<Option<(u64, Segment)>, Damaged>);

struct Follower<'a> {
    index: &'a Index,
    store: &'a Arc<dyn Store>,
    clock: &'a Clock,
    folder: &'a Arc<Folder>,
    /// Its name in the journal.
    name: String,
    /// All up to here is in the shelves.
    at: Position,
    shelves: Vec<Shelf>,
    /// The report of the merge that is at work, and what it makes.
    merging: Option<(usize, JoinHandle<Merged>)>,
    kept: Instant,
    /// Where it was when it was last kept.
    kept_at: Position,
}

impl<'a> Follower<'a> {
    /// Goes on from the manifest, if that is possible.
    async fn open(index: &'a Index, store: &'a Arc<dyn Store>, clock: &'a Clock, folder: &'a Arc<Folder>) -> anyhow::Result<Option<Self>> {
        let opened = {
            let folder = folder.clone();
            spawn_blocking(move || -> Result<_, Damaged> {
                let Some(manifest) = folder.manifest() else { return Ok(None) };
                let mut shelves = Vec::new();
                for report in reports::ALL {
                    let Some((_, kept)) = manifest.reports.iter().find(|(key, _)| key == report.key) else { return Ok(None) };
                    shelves.push(Shelf::open(report, &folder, kept)?);
                }
                Ok(Some((manifest, shelves)))
            })
            .await?
        };
        let (manifest, shelves) = match opened {
            Ok(Some(opened)) => opened,
            Ok(None) => return Ok(None),
            Err(damaged) => {
                tracing::warn!(%damaged, "the index is built anew");
                return Ok(None);
            }
        };
        if store.journal().registered(&manifest.follower).await?.is_none() {
            return Ok(None);
        }
        match store.journal().read(manifest.at, 1).await {
            Ok(_) => {}
            Err(JournalError::Store(error)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "the index is built anew");
                return Ok(None);
            }
        }
        let (name, at) = (manifest.follower, manifest.at);
        Ok(Some(Self { index, store, clock, folder, name, at, shelves, merging: None, kept: Instant::now(), kept_at: at }))
    }

    /// Builds everything from the tables.
    async fn build(
        index: &'a Index,
        store: &'a Arc<dyn Store>,
        clock: &'a Clock,
        folder: &'a Arc<Folder>,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        if let Some(manifest) = folder.manifest() {
            store.journal().forget(&manifest.follower).await?;
        }
        folder.clear()?;
        let name = format!("index-{:016x}", rand::random::<u64>());
        // Before the tables are read: what changes meanwhile is said again.
        let at = store.journal().register(&name, clock()).await?;
        let (mut shelves, mut all, mut done) = (Vec::new(), 0, 0);
        for report in reports::ALL {
            all += store.transfer().events(report).await?;
        }
        index.set(State::Building { done, all });
        for report in reports::ALL {
            let mut shelf = Shelf::new(report);
            let (mut builder, mut after) = (Builder::new(report), 0);
            loop {
                let rows = store.rows().rows_within(report, after..i64::MAX, Direction::Ascending, ROWS).await?;
                let (count, last) = (rows.len() as u32, rows.last().map(|(id, _)| *id));
                let folder = folder.clone();
                (builder, shelf) = spawn_blocking(move || -> Result<_, Damaged> {
                    rows.into_iter().for_each(|(id, values)| builder.push(id, values));
                    let end = count < ROWS;
                    if builder.len() >= BUILT || end && !builder.is_empty() {
                        let full = std::mem::replace(&mut builder, Builder::new(report));
                        shelf.add_kept(folder.keep(report, |path| full.write(path).map(|()| true))?);
                    }
                    Ok((builder, shelf))
                })
                .await??;
                done += u64::from(count);
                index.set(State::Building { done, all: all.max(done) });
                match last {
                    Some(last) if count == ROWS => after = last + 1,
                    _ => break,
                }
                anyhow::ensure!(!stop.is_cancelled(), "the server stops");
            }
            shelves.push(shelf);
        }
        crash::point("index.built");
        tracing::info!(rows = done, seconds = begun.elapsed().as_secs_f64(), folder = %folder.path().display(), "the index is built");
        let mut follower = Self { index, store, clock, folder, name, at, shelves, merging: None, kept: Instant::now(), kept_at: at };
        follower.keep().await?;
        Ok(follower)
    }

    async fn run(&mut self, stop: &CancellationToken) -> anyhow::Result<Next> {
        let mut wakes = self.store.journal().wakes();
        let mut damaged = self.index.0.damaged.subscribe();
        let mut seen = BTreeSet::new();
        loop {
            if stop.is_cancelled() {
                self.keep().await?;
                return Ok(Next::Stop);
            }
            if *damaged.borrow_and_update() {
                self.index.0.damaged.send_replace(false);
                return Ok(Next::Rebuild);
            }
            let entries = match self.store.journal().read(self.at, ENTRIES).await {
                Ok(entries) => entries,
                Err(JournalError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(%error, "the index is built anew");
                    return Ok(Next::Rebuild);
                }
            };
            let (last, more) = (entries.last().map(|entry| entry.at), entries.len() == ENTRIES as usize);
            if !entries.is_empty() {
                self.index.has_more();
            }
            self.take(&entries).await?;
            let ahead = if more { BTreeSet::new() } else { self.take_ahead(&seen).await? };
            self.look_again().await?;
            self.merge().await?;
            self.publish();
            if let Some(last) = last {
                self.at = last;
            }
            metrics::gauge!("vigia_index_lag_seconds").set(self.index.behind().as_secs_f64());
            self.index.is_at(self.at, ahead.clone(), !more);
            seen = ahead;
            let in_memory: u64 = self.shelves.iter().map(Shelf::rows_in_memory).sum();
            if in_memory >= MANY || self.kept.elapsed() >= LONG && self.at != self.kept_at {
                self.keep().await?;
            }
            if last.is_none() {
                tokio::select! {
                    () = wakes.next() => {}
                    () = stop.cancelled() => {}
                    _ = damaged.changed() => {}
                }
            }
        }
    }

    /// Looks at each event that the entries name as it is now.
    async fn take(&mut self, entries: &[JournalEntry]) -> anyhow::Result<()> {
        for place in 0..self.shelves.len() {
            let report = self.shelves[place].report;
            let (mut ids, mut below) = (BTreeSet::new(), None);
            for entry in entries.iter().filter(|entry| entry.report == report) {
                match &entry.extent {
                    Extent::Events(events) => ids.extend(events.iter().copied().map(EventId::get)),
                    Extent::Below(id) => below = below.max(Some(id.get())),
                }
            }
            if let Some(below) = below {
                let left = self.left(report, below).await?;
                self.shelve(place, move |shelf| shelf.leave_below(below, &left)).await?;
            }
            self.look_at(place, ids.into_iter().collect()).await?;
        }
        Ok(())
    }

    /// Takes what is committed already though other entries may come before it, where it was not `seen` before; says which entries those are.
    /// They are taken again in their order: it is not known before what comes first.
    async fn take_ahead(&mut self, seen: &BTreeSet<Position>) -> anyhow::Result<BTreeSet<Position>> {
        let mut entries = self.store.journal().ahead().await?;
        let ahead = entries.iter().map(|entry| entry.at).collect();
        entries.retain(|entry| !seen.contains(&entry.at));
        self.take(&entries).await?;
        Ok(ahead)
    }

    /// Takes events as they are now.
    async fn look_at(&mut self, place: usize, ids: Vec<i64>) -> anyhow::Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let report = self.shelves[place].report;
        let mut rows = Vec::new();
        for ids in ids.chunks(ROWS as usize) {
            rows.extend(self.store.rows().rows_of(report, ids.to_vec()).await?);
        }
        self.shelve(place, move |shelf| {
            shelf.replace(&ids, rows)?;
            shelf.tidy()
        })
        .await
    }

    /// Takes what was found to differ.
    async fn look_again(&mut self) -> anyhow::Result<()> {
        let again = std::mem::take(&mut *self.index.0.again.lock().unwrap_or_else(PoisonError::into_inner));
        for (report, ids) in again {
            if let Some(place) = self.shelves.iter().position(|shelf| shelf.report == report) {
                self.look_at(place, ids).await?;
            }
        }
        Ok(())
    }

    /// The ids below one that are there.
    async fn left(&self, report: &'static Report, below: i64) -> Result<Vec<i64>, StoreError> {
        let mut left = Vec::new();
        loop {
            let after = left.last().copied().unwrap_or(-1);
            let more = self.store.rows().ids_after(report, after, ROWS).await?;
            let end = more.len() < ROWS as usize || more.last().is_some_and(|last| *last >= below);
            left.extend(more.into_iter().filter(|id| *id < below));
            if end {
                return Ok(left);
            }
        }
    }

    /// Changes a shelf where it may take its time.
    async fn shelve<T: Send + 'static>(
        &mut self,
        place: usize,
        work: impl FnOnce(&mut Shelf) -> Result<T, Damaged> + Send + 'static,
    ) -> anyhow::Result<T> {
        let report = self.shelves[place].report;
        let mut shelf = std::mem::replace(&mut self.shelves[place], Shelf::new(report));
        let (shelf, done) = spawn_blocking(move || {
            let done = work(&mut shelf);
            (shelf, done)
        })
        .await?;
        self.shelves[place] = shelf;
        Ok(done?)
    }

    /// Begins a large merge where one is due, or takes what one has made.
    async fn merge(&mut self) -> anyhow::Result<()> {
        if let Some((place, task)) = self.merging.take_if(|(_, task)| task.is_finished()) {
            let (merge, made) = task.await?;
            let made = made?;
            crash::point("index.merged");
            self.shelve(place, move |shelf| shelf.merged(&merge, made)).await?;
        }
        if self.merging.is_none()
            && let Some((place, merge)) = self.shelves.iter_mut().enumerate().find_map(|(at, shelf)| Some((at, shelf.large_merge()?)))
        {
            let folder = self.folder.clone();
            let task = spawn_blocking(move || {
                let made = merge.make(&folder);
                (merge, made)
            });
            self.merging = Some((place, task));
        }
        Ok(())
    }

    fn publish(&self) {
        for (place, shelf) in self.shelves.iter().enumerate() {
            let snapshot = shelf.snapshot();
            let gauge = |name: &'static str, value: u64| metrics::gauge!(name, "report" => shelf.report.key).set(value as f64);
            gauge("vigia_index_rows", snapshot.rows());
            gauge("vigia_index_segments", snapshot.held.len() as u64);
            gauge("vigia_index_bytes", snapshot.held.iter().map(|held| held.segment.bytes()).sum());
            self.index.show(place, snapshot);
        }
        metrics::gauge!("vigia_index_cache_bytes").set(self.index.0.cache.bytes() as f64);
    }

    /// Keeps everything in files, and tells the journal that nothing before is needed any more.
    async fn keep(&mut self) -> anyhow::Result<()> {
        let mut kept = Vec::new();
        for place in 0..self.shelves.len() {
            let folder = self.folder.clone();
            let report = self.shelves[place].report;
            kept.push((report.key.to_owned(), self.shelve(place, move |shelf| shelf.keep(&folder)).await?));
        }
        let manifest = Manifest { follower: self.name.clone(), at: self.at, reports: kept };
        let (folder, writing) = (self.folder.clone(), self.merging.is_some());
        spawn_blocking(move || folder.commit(&manifest, writing)).await??;
        self.publish();
        crash::point("index.kept");
        self.store.journal().advance(&self.name, self.at, (self.clock)()).await?;
        (self.kept, self.kept_at) = (Instant::now(), self.at);
        Ok(())
    }
}
