//! Tests of the order of arrival: who follows the journal ends with what the tables have.

mod files;
pub mod replica;
mod several;
mod storm;
mod upgrade;

use crate::agrees::{Following, agrees};
use crate::{on_every_store, on_every_store_unfollowed, samples};
use replica::Replica;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use vigia::clock;
use vigia::event::Event;
use vigia::store::Store;
use vigia::store::journal::{Extent, JournalEntry, JournalError, KEPT, SILENT};
use vigia::store::operations::{Change, Claim, Ending, Enqueued, Finish, Hold, Job, Limits, NewOperation, Plan};
use vigia::store::value::Value;
use vigia_app::model::{Action, Attempt, ErrorClass, EventId, Priority, Timestamp};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};

on_every_store!(
    every_operation_of_the_store_is_told_of,
    what_changes_nothing_is_not_told_of,
    an_entry_names_few_enough_events_to_be_read_at_once,
    a_follower_that_comes_later_builds_from_the_tables_first,
);

on_every_store_unfollowed!(
    the_journal_is_kept_for_the_slowest_follower,
    a_follower_that_nobody_heard_of_for_a_week_is_told_that_it_came_too_late,
    where_nobody_follows_little_is_kept,
);

/// Who follows every story.
const LISTENER: &str = "listener";

/// Tells a story; whoever has followed the journal from its beginning then has what the tables have, and so has an index.
pub async fn followed<F: Future<Output = ()>>(store: Arc<dyn Store>, story: impl FnOnce(Arc<dyn Store>) -> F) {
    let start = store.journal().register(LISTENER, clock::system()()).await.expect("registered");
    let mut listener = Replica::build(&store, start).await;
    let folder = tempfile::tempdir().expect("a folder");
    let following = Following::start(folder.path(), &store);
    following.ready().await;
    story(store.clone()).await;
    store.settle().await;
    listener.catch_up(&store, "in the end").await;
    following.ready().await;
    agrees(&following.index, &*store, "in the end").await;
    following.stop().await;
}

/// So many seconds into the story.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

pub fn event(source: &str, id: &str, seconds: i64) -> Event {
    let mut event = Event::new(&AUDIT_TRACKING, &source.into(), id, at(seconds));
    event.set("operation", "Login").set("user", id);
    event
}

/// An operation of another system, which has carried it out.
fn carried_out(id: &str) -> Event {
    let mut event = Event::new(&PASSWORD_OPERATION, &"segura".into(), id, at(0));
    event.set("device", "srv").set("status", "Error");
    event.attempts = vec![Attempt { end: Some(at(1)), result: "Error".into(), ..Attempt::begun(1, at(0)) }];
    event
}

fn operation(name: &str) -> NewOperation {
    let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), name, at(0));
    event.set("device", "srv").set("operation", "Change password");
    let plan = Plan { connector: "main".into(), parameters: Vec::new(), credential: name.into(), max_tries: 2 };
    NewOperation { event, plan, priority: Priority::Normal, approve_by: None, who: "ana".into(), asked_by: "ana".into() }
}

async fn enqueue(store: &Arc<dyn Store>, new: Vec<NewOperation>) -> Vec<EventId> {
    let enqueued = store.operations().enqueue(new, at(0)).await.expect("stored");
    enqueued.into_iter().map(|(Enqueued::New(id) | Enqueued::Known(id))| id).collect()
}

async fn claim(store: &Arc<dyn Store>, want: u32, now: i64) -> Vec<Job> {
    let limits = Limits { total: 100, device: 100 };
    let claim = Claim { executor: "one".into(), connectors: vec!["main".into()], want, limits, lease: at(now + 30) };
    store.operations().claim(claim, at(now)).await.expect("taken").jobs
}

fn finish(job: &Job, ending: Ending) -> Finish {
    let hold = Hold { id: job.id, fence: job.fence };
    Finish { hold, at: at(2), ending, message: "said".into(), template: "t".into(), version: "1".into(), log: vec!["a line".into()] }
}

fn change(action: Action, ids: &[EventId]) -> Change {
    Change {
        action,
        ids: ids.to_vec(),
        at: at(3),
        who: "ana".into(),
        person: "bea".into(),
        guarded: Vec::new(),
        approve_by: at(5),
        note: "why".into(),
        request: String::new(),
    }
}

/// One that begins now.
async fn follower(store: &Arc<dyn Store>) -> Replica {
    let position = store.journal().position().await.expect("a position");
    let mut follower = Replica::build(store, position).await;
    settled(store).await;
    follower.catch_up(store, "from the beginning").await;
    follower
}

/// Waits until everything that was written can be read, and one entry more.
pub async fn settled(store: &Arc<dyn Store>) {
    static MARKS: AtomicI64 = AtomicI64::new(1_000_000);
    store.settle().await;
    let (mut position, mut wakes) = (store.journal().position().await.expect("a position"), store.journal().wakes());
    let mark = MARKS.fetch_add(1, Ordering::Relaxed);
    let event = Event::new(&PERFORMED_BACKUPS, &"mark".into(), mark.to_string(), at(mark));
    store.append(vec![event]).await.expect("stored");
    // Durable, but perhaps not in its table yet.
    store.settle().await;
    let id = store.transfer().last(&PERFORMED_BACKUPS).await.expect("an answer").expect("the mark");
    let is_mark = |entry: &JournalEntry| matches!(&entry.extent, Extent::Events(ids) if ids.iter().any(|found| found.get() == id));
    loop {
        let entries = store.journal().read(position, 100).await.expect("entries");
        match entries.last() {
            _ if entries.iter().any(is_mark) => return,
            Some(last) => position = last.at,
            None => wakes.next().await,
        }
    }
}

/// What was done is told of, and nothing else has changed.
async fn is_told(follower: &mut Replica, store: &Arc<dyn Store>, what: &str) {
    store.settle().await;
    assert!(follower.catch_up(store, what).await > 0, "nothing is told of: {what}");
}

/// One after the other, so that no entry stands for another one.
async fn every_operation_of_the_store_is_told_of(store: Arc<dyn Store>) {
    let mut follower = follower(&store).await;
    for report in reports::ALL {
        store.append(samples::events(report, 400, 1)).await.expect("stored");
        is_told(&mut follower, &store, "a batch of one report").await;
    }
    let mixed = reports::ALL.into_iter().flat_map(|report| samples::events(report, 300, 2)).collect();
    store.append(mixed).await.expect("stored");
    is_told(&mut follower, &store, "a batch of all reports").await;
    store.append(vec![event("a", "one", 0)]).await.expect("stored");
    is_told(&mut follower, &store, "one event").await;
    let burst = (0..20).map(|batch| {
        let store = store.clone();
        tokio::spawn(async move { store.append((0..50).map(|n| event("burst", &format!("{batch}-{n}"), n)).collect()).await })
    });
    for batch in burst.collect::<Vec<_>>() {
        batch.await.expect("no panic").expect("stored");
    }
    is_told(&mut follower, &store, "a crowd of small batches, which SQLite keeps in the inbox first").await;

    store.append(vec![carried_out("there")]).await.expect("stored");
    is_told(&mut follower, &store, "an operation with its attempts").await;
    let there = follower.id(&PASSWORD_OPERATION, "there");
    store.operations().adopt(vec![(there, operation("adopted").plan)]).await.expect("adopted");
    is_told(&mut follower, &store, "adopting").await;
    let ids = enqueue(&store, (0..6).map(|n| operation(&n.to_string())).collect()).await;
    is_told(&mut follower, &store, "enqueueing").await;
    let jobs = claim(&store, 4, 1).await;
    is_told(&mut follower, &store, "claiming").await;
    let verified = finish(&jobs[0], Ending::Success { verified: "signed in".into() });
    let failed = finish(&jobs[1], Ending::Failed { class: ErrorClass::Connectivity, retry: Some(at(900)) });
    store.operations().finish(vec![verified, failed]).await.expect("ended");
    is_told(&mut follower, &store, "ends").await;
    store.operations().change(change(Action::Restart, &[jobs[0].id])).await.expect("an answer");
    is_told(&mut follower, &store, "a restart").await;
    store.operations().change(change(Action::Cancel, &ids[4..])).await.expect("an answer");
    is_told(&mut follower, &store, "canceling").await;
    let swept = store.operations().sweep(at(1_000), at(1_010)).await.expect("swept");
    assert_eq!(swept.lost.len(), 2);
    is_told(&mut follower, &store, "a sweep of what was lost").await;
    let approval = NewOperation { approve_by: Some(at(5)), ..operation("approved by nobody") };
    enqueue(&store, vec![approval]).await;
    is_told(&mut follower, &store, "an operation that waits for approval").await;
    assert_eq!(store.operations().sweep(at(1_001), at(1_010)).await.expect("swept").expired.len(), 1);
    is_told(&mut follower, &store, "a sweep of what nobody approved").await;

    assert_eq!(store.remove_before(&PASSWORD_VIEW, None, at(60), 50).await.expect("removed"), 50);
    is_told(&mut follower, &store, "retention of a report").await;
    assert_eq!(store.remove_before(&PASSWORD_OPERATION, Some("test"), Timestamp::MAX, 70).await.expect("removed"), 70);
    is_told(&mut follower, &store, "retention of a source").await;
    let long_ago = Event::new(&PERFORMED_BACKUPS, &"test".into(), "long ago", Timestamp::saturating(samples::START - (400 * 86_400_000)));
    store.append(vec![long_ago]).await.expect("stored");
    is_told(&mut follower, &store, "an event of last year").await;
    assert_eq!(store.remove_before(&PERFORMED_BACKUPS, None, at(-86_400), 100).await.expect("removed"), 1);
    is_told(&mut follower, &store, "a month that goes as a whole").await;
    assert!(store.remove_source("test").await.expect("removed") > 2_000);
    is_told(&mut follower, &store, "the removal of a source").await;
    let whole = store.transfer().events_after(&AUDIT_TRACKING, -1, 1).await.expect("events");
    let Some(Value::Text(source)) = whole[0].cells.last() else { panic!("the last column is the source") };
    assert_eq!(store.remove_before(&AUDIT_TRACKING, Some(source), Timestamp::MAX, 1).await.expect("removed"), 1);
    is_told(&mut follower, &store, "the removal of one").await;
    store.transfer().put_events(&AUDIT_TRACKING, whole).await.expect("put");
    is_told(&mut follower, &store, "what a copy puts").await;
    assert!(store.amend(event("a", "one", 0)).await.expect("an answer"));
    is_told(&mut follower, &store, "amending").await;
}

async fn what_changes_nothing_is_not_told_of(store: Arc<dyn Store>) {
    store.append(vec![event("a", "1", 0)]).await.expect("stored");
    enqueue(&store, vec![operation("1")]).await;
    let jobs = claim(&store, 1, 1).await;
    let mut follower = follower(&store).await;
    store.append(vec![event("a", "1", 0)]).await.expect("stored");
    store.append(Vec::new()).await.expect("stored");
    enqueue(&store, vec![operation("1")]).await;
    assert_eq!(claim(&store, 5, 1).await, []);
    let hold = Hold { id: jobs[0].id, fence: jobs[0].fence };
    store.operations().heartbeat(vec![hold], at(500)).await.expect("held");
    store.operations().ticket(hold, [3; 32]).await.expect("held");
    store.operations().sweep(at(2), at(3)).await.expect("swept");
    store.operations().change(change(Action::Restart, &[jobs[0].id])).await.expect("refused, for it runs");
    assert_eq!(store.remove_before(&AUDIT_TRACKING, None, at(-5), 10).await.expect("an answer"), 0);
    assert_eq!(store.remove_source("nobody").await.expect("an answer"), 0);
    assert!(!store.amend(event("a", "nobody", 0)).await.expect("an answer"));
    store.kept().set("a", vec![("b".into(), Some("c".into()))]).await.expect("kept");
    settled(&store).await;
    assert_eq!(follower.catch_up(&store, "after all of that").await, 1, "the mark alone");
}

async fn an_entry_names_few_enough_events_to_be_read_at_once(store: Arc<dyn Store>) {
    settled(&store).await;
    let position = store.journal().position().await.expect("a position");
    store.append(samples::events(&AUDIT_TRACKING, 25_000, 1)).await.expect("stored");
    settled(&store).await;
    let mut entries = store.journal().read(position, 100).await.expect("entries");
    assert_eq!(store.journal().position().await.expect("a position"), entries.pop().expect("the mark").at);
    let ids = |extent: &Extent| match extent {
        Extent::Events(ids) => ids.len(),
        Extent::Below(_) => panic!("nothing was removed"),
    };
    assert_eq!(entries.iter().map(|entry| ids(&entry.extent)).collect::<Vec<_>>(), [10_000, 10_000, 5_000]);
    let two = store.journal().read(position, 2).await.expect("entries");
    assert_eq!(two, entries[..2], "no more than were asked for");
    let last = store.journal().read(two[1].at, 1).await.expect("entries");
    assert_eq!(last, entries[2..]);
}

async fn a_follower_that_comes_later_builds_from_the_tables_first(store: Arc<dyn Store>) {
    store.append(samples::events(&AUDIT_TRACKING, 100, 1)).await.expect("stored");
    assert_eq!(store.journal().registered("index").await.expect("an answer"), None);
    let start = store.journal().register("index", at(0)).await.expect("registered");
    assert_eq!(store.journal().registered("index").await.expect("an answer"), Some(start));
    store.append(samples::events(&AUDIT_TRACKING, 100, 2)).await.expect("stored");
    let mut follower = Replica::build(&store, start).await;
    store.append(samples::events(&AUDIT_TRACKING, 100, 3)).await.expect("stored");
    settled(&store).await;
    assert!(follower.catch_up(&store, "built, then followed").await > 2, "what the tables had already is told of, too");
    assert!(store.journal().advance("index", follower.at, at(1)).await.expect("an answer"));
    assert_eq!(store.journal().registered("index").await.expect("an answer"), Some(follower.at));
    assert!(store.journal().forget("index").await.expect("an answer"));
    assert!(!store.journal().forget("index").await.expect("an answer"));
    assert!(!store.journal().advance("index", follower.at, at(2)).await.expect("an answer"), "who is forgotten stays forgotten");
    assert_eq!(store.journal().registered("index").await.expect("an answer"), None);
}

/// Writes so many entries, and a few more.
async fn write(store: &Arc<dyn Store>, name: &str, entries: u32) {
    for round in 0..entries.div_ceil(reports::ALL.len() as u32) {
        let id = format!("{name} {round}");
        let one = |report| Event::new(report, &"a".into(), &*id, at(round.into()));
        store.append(reports::ALL.into_iter().map(one).collect()).await.expect("stored");
    }
    settled(store).await;
}

async fn the_journal_is_kept_for_the_slowest_follower(store: Arc<dyn Store>) {
    let journal = store.journal();
    let now = clock::system()();
    let start = journal.register("slow", now).await.expect("registered");
    journal.register("quick", now).await.expect("registered");
    let (mut slow, mut quick) = (Replica::build(&store, start).await, Replica::build(&store, start).await);
    write(&store, "a", KEPT).await;
    quick.catch_up(&store, "quickly").await;
    journal.advance("quick", quick.at, now).await.expect("an answer");
    write(&store, "b", 100).await;
    assert_eq!(journal.trim(now).await.expect("trimmed"), 0, "the slow one needs all");
    slow.catch_up(&store, "slowly").await;
    journal.advance("slow", slow.at, now).await.expect("an answer");
    quick.catch_up(&store, "quickly").await;
    assert!(journal.trim(now).await.expect("trimmed") >= 100, "nobody needs them");
    assert_eq!(journal.trim(now).await.expect("trimmed"), 0);
    assert!(matches!(journal.read(start, 10).await, Err(JournalError::Trimmed)));
    assert_eq!(journal.read(slow.at, 10).await.expect("an answer").len(), 0);
}

async fn a_follower_that_nobody_heard_of_for_a_week_is_told_that_it_came_too_late(store: Arc<dyn Store>) {
    let journal = store.journal();
    let now = clock::system()();
    let start = journal.register("gone", now).await.expect("registered");
    write(&store, "a", KEPT + 100).await;
    let later = Timestamp::saturating(now.millis() + SILENT);
    assert_eq!(journal.trim(later).await.expect("trimmed"), 0, "a week is not over");
    let later = Timestamp::saturating(later.millis() + 1);
    assert!(journal.trim(later).await.expect("trimmed") >= 100);
    let error = journal.read(start, 10).await.expect_err("trimmed");
    assert!(matches!(error, JournalError::Trimmed) && error.to_string().contains("build anew"), "{error}");
    let again = journal.register("gone", later).await.expect("registered");
    let mut follower = Replica::build(&store, again).await;
    let entries = 2 * reports::ALL.len();
    write(&store, "b", entries as u32).await;
    assert_eq!(follower.catch_up(&store, "from the beginning").await, entries + 1);
}

/// Trimming happens beside writing, once in a few hundred transactions, of which each writes an entry for each report.
async fn where_nobody_follows_little_is_kept(store: Arc<dyn Store>) {
    let start = store.journal().position().await.expect("a position");
    write(&store, "a", 2 * KEPT).await;
    assert!(matches!(store.journal().read(start, 10).await, Err(JournalError::Trimmed)));
    let removed = store.journal().trim(at(0)).await.expect("trimmed");
    assert!(removed < u64::from(2 * KEPT), "{removed} entries more than it keeps");
}
