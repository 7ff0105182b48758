//! Storing events: several appends in one transaction.

use super::copy::{Copy, Rows};
use super::journal;
use super::link::Link;
use super::listen;
use super::lock::LANES;
use super::queue;
use super::record::ATTEMPT;
use super::reviews;
use crate::crash;
use crate::event::Event;
use crate::store::Appended;
use crate::store::changed::Changed;
use crate::store::operations::{Enqueued, NewOperation};
use crate::store::value::{MISSING, Value};
use crate::store::whole::{self, Queued, Whole};
use deadpool_postgres::Transaction;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;
use tokio_postgres::Error;
use uuid::Uuid;
use vigia_app::model::{EventId, Report, Timestamp};
use vigia_app::reports;

/// How long the answer to a commit is waited for. It says that all is on the disk, and on a standby where that is wanted; nothing limits it on the server.
const COMMIT: Duration = Duration::from_secs(10);

/// Events handed over together, and when.
pub(super) struct Append {
    pub events: Vec<Event>,
    /// Events that are operations of the queue; see [`crate::store::enqueue::prepare`].
    pub operations: Vec<NewOperation>,
    pub received: Timestamp,
}

impl Append {
    /// Each event, with its place among the operations if it is one.
    pub(super) fn events(&self) -> impl Iterator<Item = (&Event, Option<usize>)> {
        let operations = self.operations.iter().enumerate().map(|(place, new)| (&new.event, Some(place)));
        self.events.iter().map(|event| (event, None)).chain(operations)
    }

    /// How many events it has.
    pub(super) fn len(&self) -> usize {
        self.events.len() + self.operations.len()
    }
}

/// What became of what was handed over.
#[derive(Clone, Default)]
pub(super) struct Stored {
    pub appended: Appended,
    /// For each operation; `None` where the row of the same was removed meanwhile.
    pub enqueued: Vec<Option<Enqueued>>,
}

/// An event that is not there yet, so far as this batch knows.
struct New<'a> {
    append: usize,
    event: &'a Event,
    operation: Option<usize>,
    key: Uuid,
}

/// Stores the events that are not there yet, all or none, and says for each append what became of it. On return they are durable.
///
/// Processes that do this at once take what they wait for each other in one order: reports, then keys.
pub(super) async fn append(link: &mut Link, lane: i64, appends: &[Append]) -> Result<Vec<Stored>, Error> {
    let mut stored: Vec<Stored> =
        appends.iter().map(|append| Stored { enqueued: vec![None; append.operations.len()], ..Stored::default() }).collect();
    let (mut put_down, mut enqueued, mut changed) = (Vec::new(), Vec::new(), Changed::default());
    let leash = link.leash().clone();
    let transaction = link.transaction().await?;
    for report in reports::ALL {
        let all = appends.iter().enumerate().flat_map(|(at, append)| append.events().map(move |event| (at, event)));
        let mut seen = HashSet::new();
        let mut new = Vec::new();
        for (append, (event, operation)) in all.filter(|(_, (event, _))| event.report.key == report.key) {
            let key = Uuid::from_bytes(whole::key(event));
            if seen.insert(key) {
                new.push(New { append, event, operation, key });
            } else {
                stored[append].appended.duplicate += 1;
            }
        }
        if new.is_empty() {
            continue;
        }
        let mut there = register(&transaction, report, &new).await?;
        new.retain(|new| {
            let duplicate = there.remove(&new.key);
            let appended = &mut stored[new.append].appended;
            appended.duplicate += u64::from(duplicate);
            appended.stored += u64::from(!duplicate);
            !duplicate
        });
        if !new.is_empty() {
            let ids = ids(&transaction, report, lane, &new).await?;
            let mut order: Vec<usize> = (0..new.len()).collect();
            order.sort_unstable_by_key(|at| ids[*at]);
            let whole = |at: usize| {
                let New { append, event, operation, key } = &new[at];
                let Append { operations, received, .. } = &appends[*append];
                let queued = operation.map(|place| Queued::new(ids[at], &operations[place], *received));
                Whole { queued, ..Whole::new((*event).clone(), key.into_bytes(), ids[at], *received) }
            };
            put(&transaction, &mut changed, report, order.into_iter().map(whole)).await?;
            put_down.push(report);
            for (new, id) in new.iter().zip(ids) {
                if let (Some(place), Some(id)) = (new.operation, EventId::from_i64(id)) {
                    stored[new.append].enqueued[place] = Some(Enqueued::New(id));
                    enqueued.push(id);
                }
            }
        }
    }
    listen::tell_moved(&transaction, enqueued).await?;
    find_known(&transaction, appends, &mut stored).await?;
    listen::tell_stored(&transaction, &put_down).await?;
    let has_operations = appends.iter().any(|append| !append.operations.is_empty());
    if has_operations {
        crash::point("enqueue.before");
    }
    leash.within(COMMIT);
    journal::commit(transaction, changed).await?;
    if has_operations {
        crash::point("enqueue.after");
    }
    Ok(stored)
}

/// Finds what was there already of the operations that were to be stored.
async fn find_known(transaction: &Transaction<'_>, appends: &[Append], stored: &mut [Stored]) -> Result<(), Error> {
    let mut missing = Vec::new();
    for (append, stored) in appends.iter().zip(stored) {
        let pairs = append.operations.iter().zip(&mut stored.enqueued).filter(|(_, enqueued)| enqueued.is_none());
        missing.extend(pairs.map(|(new, enqueued)| (Uuid::from_bytes(whole::key(&new.event)), enqueued)));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let keys: Vec<Uuid> = missing.iter().map(|(key, _)| *key).collect();
    let known = queue::entry::known(transaction, &keys).await?;
    for (key, enqueued) in missing {
        *enqueued = known.get(&key).and_then(|id| EventId::from_i64(*id)).map(Enqueued::Known);
    }
    Ok(())
}

/// Claims the keys, and says which are taken already. Waits for other processes that are claiming one of them.
async fn register(transaction: &Transaction<'_>, report: &Report, new: &[New<'_>]) -> Result<HashSet<Uuid>, Error> {
    let mut keys: Vec<Uuid> = new.iter().map(|new| new.key).collect();
    keys.sort_unstable();
    let table = report.table;
    let claim = format!("INSERT INTO {table}_key (key) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING key");
    let claimed = transaction.query(&transaction.prepare_cached(&claim).await?, &[&keys]).await?;
    if claimed.len() == keys.len() {
        return Ok(HashSet::new());
    }
    let claimed: HashSet<Uuid> = claimed.iter().map(|row| row.get(0)).collect();
    Ok(keys.into_iter().filter(|key| !claimed.contains(key)).collect())
}

/// Steps the tie-breaker of an id has in one lane; see [`ids`].
const STEPS: i64 = EventId::PER_MILLISECOND / LANES;

/// Ids in the order of the events. The tie-breaker of an id counts in steps of [`LANES`], each process in a lane of its own: so
/// no two processes ever choose the same.
async fn ids(transaction: &Transaction<'_>, report: &Report, lane: i64, new: &[New<'_>]) -> Result<Vec<i64>, Error> {
    let times: BTreeSet<i64> = new.iter().map(|new| new.event.time.millis()).collect();
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Ok(Vec::new()) };
    // Mostly events come in the order of time: then nothing is there yet of their milliseconds, or of the last one that is there.
    let mut next: HashMap<i64, i64> = HashMap::new();
    if let Some(highest) = highest(transaction, report, *first, *last).await? {
        let used = times.iter().copied().filter(|millis| *millis < millis_of(highest)).collect();
        next = free_steps(transaction, report, used).await?;
        next.insert(millis_of(highest), step_behind(highest));
    }
    let mut ids = Vec::with_capacity(new.len());
    for new in new {
        let mut millis = new.event.time.millis();
        // The next free id of the millisecond; of a later one where it is full.
        while next.get(&millis).is_some_and(|step| *step >= STEPS) {
            millis += 1;
            if let Entry::Vacant(entry) = next.entry(millis) {
                entry.insert(highest(transaction, report, millis, millis).await?.map_or(0, step_behind));
            }
        }
        let step = next.entry(millis).or_default();
        ids.push(first_id(millis) + *step * LANES + lane);
        *step += 1;
    }
    Ok(ids)
}

fn first_id(millis: i64) -> i64 {
    EventId::first(Timestamp::saturating(millis)).get()
}

/// The millisecond of an id.
fn millis_of(id: i64) -> i64 {
    id.div_euclid(EventId::PER_MILLISECOND)
}

/// The step behind that of an id.
const fn step_behind(id: i64) -> i64 {
    id % EventId::PER_MILLISECOND / LANES + 1
}

/// The highest id from one millisecond to another, both included.
async fn highest(transaction: &Transaction<'_>, report: &Report, first: i64, last: i64) -> Result<Option<i64>, Error> {
    let sql = format!("SELECT max(id) FROM {} WHERE id >= $1 AND id <= $2", report.table);
    let end = first_id(last).saturating_add(EventId::PER_MILLISECOND - 1);
    transaction.query_one(&transaction.prepare_cached(&sql).await?, &[&first_id(first), &end]).await?.try_get(0)
}

/// For each of these milliseconds of which something is there, the step behind all that are taken.
async fn free_steps(transaction: &Transaction<'_>, report: &Report, millis: Vec<i64>) -> Result<HashMap<i64, i64>, Error> {
    let firsts: Vec<i64> = millis.into_iter().map(first_id).collect();
    if firsts.is_empty() {
        return Ok(HashMap::new());
    }
    // A join: a question inside of another one is beyond Citus. Without bounds besides, by which the planner would rather look at all between them for each.
    let sql = format!(
        "SELECT max(e.id) FROM unnest($1::bigint[]) AS m(first) JOIN {} e ON e.id >= m.first AND e.id <= m.first + {} GROUP BY m.first",
        report.table,
        EventId::PER_MILLISECOND - 1
    );
    let rows = transaction.query(&transaction.prepare_cached(&sql).await?, &[&firsts]).await?;
    rows.iter().map(|row| row.try_get(0).map(|highest| (millis_of(highest), step_behind(highest)))).collect()
}

/// Stores rows, details, attempts, the queue's part and texts of events that are not there, in the order of their ids.
pub(super) async fn put(
    transaction: &Transaction<'_>,
    changed: &mut Changed,
    report: &'static Report,
    events: impl Iterator<Item = Whole>,
) -> Result<(), Error> {
    let columns: Vec<_> = report.stored().collect();
    let table = report.table;
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.key)).collect();
    let mut copy = Copy::start(transaction, &format!("COPY {table} (id, {}) FROM STDIN (FORMAT binary)", names.join(", "))).await?;
    let (mut rows, mut details, mut attempts) = (Rows::new(columns.len() + 1), Rows::new(6), Rows::new(12));
    let (mut said, mut queue) = (Vec::new(), Vec::new());
    for event in events {
        changed.events(report, [event.id]);
        rows.row().number(event.id);
        for kept in &event.cells {
            match kept {
                Value::Number(number) => rows.number(*number),
                Value::Text(text) => rows.text(text),
                Value::Bytes(bytes) => rows.bytes(bytes),
            };
        }
        copy.feed(&mut rows).await?;
        details.row().number(event.id).bytes(&event.key).text(&event.source_id).number(event.received);
        details.text(&event.extra).text(&event.original);
        for attempt in &event.attempts {
            let end = attempt.end.map_or(MISSING, Timestamp::millis);
            attempts.row().number(event.id).number(attempt.number.into()).number(attempt.start.millis()).number(end);
            attempts.text(&attempt.executor).text(&attempt.result).text(&attempt.error_class).text(&attempt.message);
            attempts.text(&attempt.connector).text(&attempt.template).text(&attempt.version).text(&attempt.log.join("\n"));
        }
        if !event.reviews.is_empty() {
            said.push((event.id, event.reviews));
        }
        queue.extend(event.queued.map(|queued| (Uuid::from_bytes(event.key), queued)));
    }
    copy.finish(rows).await?;
    let detail = format!("COPY {table}_detail (id, key, source_id, received, extra, original) FROM STDIN (FORMAT binary)");
    details.send(transaction, &detail).await?;
    if report.attempts {
        let attempt = format!("COPY {table}_attempt (event, {ATTEMPT}) FROM STDIN (FORMAT binary)");
        attempts.send(transaction, &attempt).await?;
    }
    reviews::put(transaction, report, &said).await?;
    queue::whole::put(transaction, &queue).await
}
