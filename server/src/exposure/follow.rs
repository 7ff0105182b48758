//! Sets, of each view, when its password was first changed after it: as views and operations come, in whatever order, and again when an operation turns
//! out otherwise.
//!
//! The journal says what was stored or has changed. A view is looked at against the changes of its credential; an operation that gives another password
//! has the views of its credential looked at. Both are found by the index, which is asked only when it has all that was committed. What is done is done again
//! after a kill, and finds nothing to set.
//!
//! What is there before anybody followed (a database of an earlier version, or one that was restored) is gone through credential by credential; how far that
//! is, is kept. A change that retention has removed stays one for the views that were known to lie before it.

use super::changes::{self, changed_by, time_of};
use super::credential::{Credential, Key, filter, number, question};
use crate::clock::Clock;
use crate::crash;
use crate::index::{Index, Known};
use crate::jobs::{Job, On};
use crate::store::journal::{Extent, JournalError, Position};
use crate::store::rows::KeptRow;
use crate::store::value::MISSING;
use crate::store::{Store, StoreError};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use vigia_app::model::{Cell, Direction, EventId, Filter, Moment, Test, Timestamp};
use vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW};
use vigia_app::text;

/// Between two looks into the journal.
const ROUND: Duration = Duration::from_secs(1);
/// Its name among those who follow the journal.
const FOLLOWER: &str = "exposure";
/// Where it is kept how far it is with what was there before.
const SPACE: &str = "exposure";
/// The id of the first operation that was not gone through; not there when all were.
const BEFORE: &str = "before";
/// The column that is set.
const CHANGED: &str = "changed";
/// Entries of the journal that are read at once.
const ENTRIES: u32 = 64;
/// Rows that are read at once, and set in one transaction.
const ROWS: usize = 2_000;
/// Credentials whose changes are remembered.
const REMEMBERED: usize = 50_000;

/// Sets when passwords were changed after they were seen.
pub fn job(store: Arc<dyn Store>, clock: Clock, index: Index) -> Job {
    let follower = Arc::new(Follower::new(store, clock, index));
    Job::every("exposure", text!("job.purpose.exposure"), ROUND, On::One, move || {
        let follower = follower.clone();
        async move { follower.round().await.map(drop) }
    })
}

/// Follows a store.
pub struct Follower {
    store: Arc<dyn Store>,
    clock: Clock,
    index: Index,
    memory: Mutex<Memory>,
}

/// The changes of credentials that were looked up, as they are at a position of the journal.
#[derive(Default)]
struct Memory {
    at: Option<Position>,
    changes: HashMap<Key, Arc<Vec<i64>>>,
}

/// What the index knows, with all that is committed.
struct Look {
    views: Known,
    operations: Known,
    /// Time of the first operation there is: what was changed before is not known any more, and stays changed.
    oldest: i64,
}

impl Follower {
    pub fn new(store: Arc<dyn Store>, clock: Clock, index: Index) -> Self {
        Self { store, clock, index, memory: Mutex::default() }
    }

    /// Looks at all that was stored or has changed since the last round, and at what was there before, as far as the index is. True where
    /// nothing was left.
    ///
    /// # Errors
    /// When the database does not answer: the next round goes on from there.
    pub async fn round(&self) -> anyhow::Result<bool> {
        let mut memory = self.memory.lock().await;
        let done = self.go(&mut memory).await;
        if done.is_err() {
            *memory = Memory::default();
        }
        done
    }

    async fn go(&self, memory: &mut Memory) -> anyhow::Result<bool> {
        let kept = self.store.kept();
        if self.store.journal().registered(FOLLOWER).await?.is_none() {
            self.anew().await?;
        }
        let mut done = HashSet::new();
        loop {
            if !self.follow(memory).await? {
                return Ok(false);
            }
            let Some(before) = kept.get(SPACE, BEFORE).await? else { return Ok(true) };
            let from = before.parse().unwrap_or(0);
            let rows = self.store.rows().rows_within(&PASSWORD_OPERATION, from..i64::MAX, Direction::Ascending, ROWS as u32).await?;
            let Some(look) = self.look().await? else { return Ok(false) };
            for credential in rows.iter().filter_map(changed_by) {
                if done.insert(credential.key()) && !self.settle(&look, memory, &credential, None).await? {
                    return Ok(false);
                }
            }
            let next = rows.last().filter(|_| rows.len() == ROWS).map(|(id, _)| (id + 1).to_string());
            kept.set(SPACE, vec![(BEFORE.to_owned(), next)]).await?;
            crash::point("exposure.before");
        }
    }

    /// Begins to follow, and to go through what is there. That it is gone through is kept first: whoever is killed before it follows begins once more.
    async fn anew(&self) -> Result<(), StoreError> {
        self.store.kept().set(SPACE, vec![(BEFORE.to_owned(), Some("0".to_owned()))]).await?;
        crash::point("exposure.anew");
        self.store.journal().register(FOLLOWER, (self.clock)()).await.map(drop)
    }

    /// Looks at what the journal says until its end; false where the index is not that far.
    async fn follow(&self, memory: &mut Memory) -> anyhow::Result<bool> {
        let journal = self.store.journal();
        let Some(mut at) = journal.registered(FOLLOWER).await? else { return Ok(false) };
        if memory.at != Some(at) {
            // Another server has followed meanwhile.
            *memory = Memory { at: Some(at), ..Memory::default() };
        }
        loop {
            let entries = match journal.read(at, ENTRIES).await {
                Ok(entries) => entries,
                Err(JournalError::Store(error)) => return Err(error.into()),
                Err(JournalError::Trimmed | JournalError::OtherJournal) => {
                    *memory = Memory::default();
                    self.anew().await?;
                    return Ok(false);
                }
            };
            let Some(last) = entries.last().map(|entry| entry.at) else { return Ok(true) };
            let (mut views, mut operations) = (BTreeSet::new(), BTreeSet::new());
            for entry in &entries {
                let ids = match entry.report.key {
                    key if key == PASSWORD_VIEW.key => &mut views,
                    key if key == PASSWORD_OPERATION.key => &mut operations,
                    _ => continue,
                };
                match &entry.extent {
                    Extent::Events(events) => ids.extend(events.iter().copied().map(EventId::get)),
                    // What is gone is not remembered either.
                    Extent::Below(_) => memory.changes.clear(),
                }
            }
            if !views.is_empty() || !operations.is_empty() {
                let Some(look) = self.look().await? else { return Ok(false) };
                if !self.heed(&look, memory, operations.into_iter().collect()).await? || !self.view(&look, memory, views).await? {
                    return Ok(false);
                }
            }
            crash::point("exposure.followed");
            journal.advance(FOLLOWER, last, (self.clock)()).await?;
            (at, memory.at) = (last, Some(last));
        }
    }

    async fn look(&self) -> Result<Option<Look>, StoreError> {
        let found = self.index.caught_up(&*self.store, [&PASSWORD_VIEW, &PASSWORD_OPERATION]).await?;
        let first = self.store.rows().ids_after(&PASSWORD_OPERATION, -1, 1).await?;
        let oldest = first.first().and_then(|id| EventId::from_i64(*id)).map_or(i64::MAX, |id| id.time().millis());
        Ok(found.map(|[views, operations]| Look { views, operations, oldest }))
    }

    /// Looks at operations.
    async fn heed(&self, look: &Look, memory: &mut Memory, ids: Vec<i64>) -> Result<bool, StoreError> {
        let mut touched: HashMap<Key, (Credential, Vec<i64>)> = HashMap::new();
        for ids in ids.chunks(ROWS) {
            for row in self.store.rows().rows_of(&PASSWORD_OPERATION, ids.to_vec()).await? {
                let Some(credential) = changed_by(&row) else { continue };
                let (_, times) = touched.entry(credential.key()).or_insert_with(|| (credential, Vec::new()));
                times.extend(time_of(&row));
            }
        }
        for (key, (credential, times)) in touched {
            memory.changes.remove(&key);
            if !self.settle(look, memory, &credential, Some(times)).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Looks at the views of a credential that these changes, or all, make ones of passwords that were changed, and at those that no operation says any more
    /// were.
    async fn settle(&self, look: &Look, memory: &mut Memory, credential: &Credential, times: Option<Vec<i64>>) -> Result<bool, StoreError> {
        let Some(changes) = self.changes(look, memory, credential).await? else { return Ok(false) };
        let (all, Some(column)) = (Timestamp::MIN..Timestamp::MAX, PASSWORD_VIEW.column(CHANGED)) else { return Ok(true) };
        let of = |test: Test, range| {
            let filters: Vec<Filter> =
                credential.filters(&PASSWORD_VIEW).into_iter().chain(filter(&PASSWORD_VIEW, CHANGED, test)).collect();
            question(&PASSWORD_VIEW, filters, range)
        };
        let at = |time: i64| {
            let [from, to] = [time, time + 1].map(|time| Some(Moment::utc(Timestamp::saturating(time))));
            Test::Time { from, to }
        };
        let mut questions = Vec::new();
        if let Some(last) = changes.last() {
            questions.push(of(Test::Empty(true), Timestamp::MIN..Timestamp::saturating(*last))?);
        }
        let Some((set, there)) = look.views.values(&of(Test::Empty(false), all.clone())?, column, usize::MAX).await? else {
            return Ok(false);
        };
        let set: BTreeSet<i64> =
            set.into_iter().filter_map(|(value, _)| if let Cell::Time(time) = value { Some(time.millis()) } else { None }).collect();
        if set.len() < there {
            // More than one answer holds.
            questions.push(of(Test::Empty(false), all)?);
        } else {
            for time in set.iter().filter(|time| changes.binary_search(time).is_err()) {
                questions.push(of(at(*time), all.clone())?);
            }
            for time in times.as_ref().unwrap_or(&changes) {
                // What lies before it was known to be changed by the next one.
                let next = changes.partition_point(|change| change <= time);
                if let Some(next) = changes.get(next).filter(|next| set.contains(next)) {
                    questions.push(of(at(*next), Timestamp::MIN..Timestamp::saturating(*time))?);
                }
            }
        }
        let mut ids = BTreeSet::new();
        for question in questions {
            let Some(found) = look.views.ids(&question).await? else { return Ok(false) };
            ids.extend(found);
        }
        self.view(look, memory, ids).await
    }

    /// Sets of these views when their passwords were changed after them, where that is not what they say.
    async fn view(&self, look: &Look, memory: &mut Memory, ids: BTreeSet<i64>) -> Result<bool, StoreError> {
        let Some(column) = PASSWORD_VIEW.column(CHANGED) else { return Ok(true) };
        let ids: Vec<i64> = ids.into_iter().collect();
        for ids in ids.chunks(ROWS) {
            let mut set = Vec::new();
            for row in self.store.rows().rows_of(&PASSWORD_VIEW, ids.to_vec()).await? {
                let Some(credential) = Credential::of(&PASSWORD_VIEW, &row.1) else { continue };
                let Some(changes) = self.changes(look, memory, &credential).await? else { return Ok(false) };
                set.extend(look.other(&row, &changes).map(|changed| (row.0, changed)));
            }
            if !set.is_empty() {
                self.store.standings().set_standing(&PASSWORD_VIEW, column, set).await?;
                crash::point("exposure.set");
            }
        }
        Ok(true)
    }

    /// The changes of a credential, in their order.
    async fn changes(&self, look: &Look, memory: &mut Memory, credential: &Credential) -> Result<Option<Arc<Vec<i64>>>, StoreError> {
        if memory.changes.len() >= REMEMBERED {
            memory.changes.clear();
        }
        match memory.changes.entry(credential.key()) {
            Entry::Occupied(known) => Ok(Some(known.get().clone())),
            Entry::Vacant(place) => {
                let changes = changes::of(&*self.store, &look.operations, credential).await?;
                Ok(changes.map(|changes| place.insert(Arc::new(changes)).clone()))
            }
        }
    }
}

impl Look {
    /// What a view has to say of when its password was changed after it, where it says otherwise.
    fn other(&self, (id, values): &KeptRow, changes: &[i64]) -> Option<i64> {
        let seen = EventId::from_i64(*id)?.time().millis();
        let first = changes.get(changes.partition_point(|change| *change <= seen)).copied();
        let said = number(&PASSWORD_VIEW, values, CHANGED);
        let is_gone = |said: &i64| *said < self.oldest && *said > seen && first.is_none_or(|first| first > *said);
        let right = said.filter(is_gone).or(first);
        (right != said).then_some(right.unwrap_or(MISSING))
    }
}

/// Whether all that is there was gone through.
pub(super) async fn is_complete(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.kept().get(SPACE, BEFORE).await?.is_none() && store.journal().registered(FOLLOWER).await?.is_some())
}
