//! What a follower of the journal makes of it: the tables, once more.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia::store::Store;
use vigia::store::journal::{Extent, JournalEntry, JournalError, Position};
use vigia::store::whole::Whole;
use vigia_app::model::{EventId, Report};
use vigia_app::reports;

/// Most events read from the tables at once.
const PAGE: u32 = 2_000;
/// Entries read from the journal at once.
const ENTRIES: u32 = 50;
/// How soon to look again.
const SOON: Duration = Duration::from_millis(50);
/// How long the transactions of other tests may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// An event, and whether it is of the queue: what the queue keeps of it besides is not an affair of the journal's.
type Row = (Whole, bool);

/// Events by report and id, and up to which entry they have been looked at.
#[derive(Clone)]
pub struct Replica {
    pub at: Position,
    events: BTreeMap<(&'static str, i64), Row>,
}

impl Replica {
    /// From the tables, which have everything up to this position.
    pub async fn build(store: &Arc<dyn Store>, at: Position) -> Self {
        Self { at, events: tables(store).await }
    }

    /// Reads on until nothing more can be read, and says how many entries there were.
    pub async fn follow(&mut self, store: &Arc<dyn Store>) -> Result<usize, JournalError> {
        let mut all = 0;
        loop {
            let entries = store.journal().read(self.at, ENTRIES).await?;
            let Some(last) = entries.last() else { return Ok(all) };
            assert!(entries.is_sorted_by(|a, b| a.at < b.at) && entries[0].at > self.at, "entries come in their order");
            let last = last.at;
            all += entries.len();
            for entry in entries {
                self.look(store, entry).await;
            }
            self.at = last;
        }
    }

    /// Looks at what an entry is about as it is now.
    async fn look(&mut self, store: &Arc<dyn Store>, JournalEntry { report, extent, .. }: JournalEntry) {
        match extent {
            Extent::Events(ids) => {
                let (Some(first), Some(last)) = (ids.first(), ids.last()) else { panic!("an entry about nothing") };
                // Mostly there are no others between them.
                let page = u32::try_from(ids.len()).unwrap_or(PAGE).min(PAGE);
                let mut there = between(store, report, (first.get(), last.get()), page).await;
                for id in ids.into_iter().map(EventId::get) {
                    match there.remove(&id) {
                        Some(row) => self.events.insert((report.key, id), row),
                        None => self.events.remove(&(report.key, id)),
                    };
                }
            }
            Extent::Below(id) => {
                self.events.retain(|(key, event), _| *key != report.key || *event >= id.get());
                let there = between(store, report, (0, id.get() - 1), PAGE).await;
                self.events.extend(there.into_iter().map(|(id, row)| ((report.key, id), row)));
            }
        }
    }

    /// Reads on until it has what the tables have, and says how many entries that took. On PostgreSQL, entries can be read once every
    /// transaction that is older has ended, those in databases of other tests too.
    pub async fn catch_up(&mut self, store: &Arc<dyn Store>, when: &str) -> usize {
        let (mut wakes, mut all, start) = (store.journal().wakes(), 0, Instant::now());
        loop {
            all += self.follow(store).await.unwrap_or_else(|error| panic!("{when}: {error}"));
            if self.events == tables(store).await {
                return all;
            }
            if start.elapsed() > PATIENCE {
                self.compare(store, when).await;
            }
            // Nobody wakes it when the last older transaction of another test ends.
            let _ = tokio::time::timeout(SOON, wakes.next()).await;
        }
    }

    /// The id of an event.
    pub fn id(&self, report: &Report, source_id: &str) -> EventId {
        let mut events = self.events.iter().filter(|((key, _), (event, _))| *key == report.key && event.source_id == source_id);
        events.next().and_then(|((_, id), _)| EventId::from_i64(*id)).expect("it is there")
    }

    /// Panics unless it has what the tables have.
    pub async fn compare(&self, store: &Arc<dyn Store>, when: &str) {
        let there = tables(store).await;
        let lacking: Vec<_> = there.iter().filter(|(id, row)| self.events.get(*id) != Some(*row)).take(3).collect();
        assert!(lacking.is_empty(), "{when}: the journal has not told of {lacking:#?}");
        let gone: Vec<_> = self.events.keys().filter(|id| !there.contains_key(*id)).take(3).collect();
        assert!(gone.is_empty(), "{when}: the journal has not told that {gone:?} went");
    }
}

/// Every event of every report.
async fn tables(store: &Arc<dyn Store>) -> BTreeMap<(&'static str, i64), Row> {
    let mut all = BTreeMap::new();
    for report in reports::ALL {
        let events = between(store, report, (0, i64::MAX), PAGE).await;
        all.extend(events.into_iter().map(|(id, row)| ((report.key, id), row)));
    }
    all
}

async fn between(store: &Arc<dyn Store>, report: &'static Report, (first, last): (i64, i64), page: u32) -> BTreeMap<i64, Row> {
    let (mut found, mut after) = (BTreeMap::new(), first - 1);
    loop {
        let events = store.transfer().events_after(report, after, page).await.expect("events");
        let Some(highest) = events.last().map(|event| event.id) else { return found };
        for event in events.into_iter().filter(|event| event.id <= last) {
            let queued = event.queued.is_some();
            found.insert(event.id, (Whole { queued: None, ..event }, queued));
        }
        if highest >= last {
            return found;
        }
        after = highest;
    }
}
