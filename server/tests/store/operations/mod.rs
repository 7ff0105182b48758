//! Tests of the queue: whatever the database, it keeps the same rules.

mod changes;
mod claims;
mod earlier_attempts;
mod ends;
mod model;
mod report;
mod tidying;

use crate::samples;
use std::sync::Arc;
use vigia::event::Event;
use vigia::store::Store;
use vigia::store::operations::{
    Change, Claim, Claimed, Ending, Enqueued, Finish, Finished, Hold, Job, Limits, NewOperation, Plan, Queued, Swept,
};
use vigia_app::model::{Action, Attempt, ErrorClass, EventId, OperationStatus, Priority, Record, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;
use vigia_app::words::Sentence;

/// More than any story takes.
const MANY: u32 = 10_000;

/// So many seconds into the story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

/// An operation on a credential of its own, due at once.
fn operation(name: &str, device: &str) -> NewOperation {
    let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), name, at(0));
    event.set("device", device).set("username", name).set("operation", "Change password").set("credential_type", "Local User");
    NewOperation {
        event,
        plan: Plan {
            connector: "main".into(),
            parameters: vec![("role".into(), "app \"one\"".into())],
            credential: format!("{device}/{name}"),
            max_tries: 3,
        },
        priority: Priority::Normal,
        approve_by: None,
        who: "ana".into(),
        asked_by: "ana".into(),
    }
}

async fn enqueue(store: &Arc<dyn Store>, new: Vec<NewOperation>) -> Vec<EventId> {
    let enqueued = store.operations().enqueue(new, at(0)).await.expect("stored");
    let id = |one| match one {
        Enqueued::New(id) => id,
        Enqueued::Known(id) => panic!("{id} was there already"),
    };
    enqueued.into_iter().map(id).collect()
}

/// Asks without limits.
fn asking(want: u32) -> Claim {
    Claim {
        executor: "executor-1".into(),
        connectors: vec!["main".into()],
        want,
        limits: Limits { total: MANY, device: MANY },
        lease: at(3_600),
    }
}

async fn take(store: &Arc<dyn Store>, claim: Claim, now: i64) -> Claimed {
    store.operations().claim(claim, at(now)).await.expect("an answer")
}

/// Takes up to so many, in the order they come.
async fn claim(store: &Arc<dyn Store>, want: u32, now: i64) -> Vec<Job> {
    take(store, asking(want), now).await.jobs
}

/// Takes the only one there is to take.
async fn claim_one(store: &Arc<dyn Store>, now: i64) -> Job {
    let mut jobs = claim(store, MANY, now).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

fn names(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.username.as_str()).collect()
}

const fn hold(job: &Job) -> Hold {
    Hold { id: job.id, fence: job.fence }
}

fn success() -> Ending {
    Ending::Success { verified: "signed in with the new password".into() }
}

fn failure(class: ErrorClass, retry: Option<i64>) -> Ending {
    Ending::Failed { class, retry: retry.map(at) }
}

fn end(job: &Job, ending: Ending, now: i64, message: &str) -> Finish {
    Finish {
        hold: hold(job),
        at: at(now),
        ending,
        message: message.into(),
        template: String::new(),
        version: String::new(),
        log: Vec::new(),
    }
}

async fn finish(store: &Arc<dyn Store>, end: Finish) -> Finished {
    let finished = store.operations().finish(vec![end]).await.expect("an answer");
    assert_eq!(finished.len(), 1);
    finished[0]
}

async fn succeed(store: &Arc<dyn Store>, job: &Job, now: i64) {
    assert_eq!(finish(store, end(job, success(), now, "")).await, Finished::Done(OperationStatus::Success));
}

fn asked(action: Action, ids: &[EventId], now: i64) -> Change {
    let (guarded, approve_by) = (Vec::new(), at(now + 90));
    let (ids, at) = (ids.to_vec(), at(now));
    Change { action, ids, at, who: "ana".into(), person: "bea".into(), guarded, approve_by, note: String::new(), request: String::new() }
}

type Changed = Option<Result<OperationStatus, Sentence>>;

async fn change(store: &Arc<dyn Store>, change: Change) -> Vec<Changed> {
    store.operations().change(change).await.expect("an answer")
}

/// Does something with one operation that can be done with it.
async fn act(store: &Arc<dyn Store>, action: Action, id: EventId, now: i64) -> OperationStatus {
    change(store, asked(action, &[id], now)).await[0].clone().expect("of the queue").expect("possible")
}

async fn sweep(store: &Arc<dyn Store>, now: i64, retry: i64) -> Swept {
    store.operations().sweep(at(now), at(retry)).await.expect("swept")
}

async fn queued(store: &Arc<dyn Store>, id: EventId) -> Queued {
    store.operations().operation(id).await.expect("an answer").expect("of the queue")
}

async fn record(store: &Arc<dyn Store>, id: EventId) -> Record {
    store.record(&PASSWORD_OPERATION, id).await.expect("an answer").expect("a row")
}

/// The row's text in a column.
async fn cell(store: &Arc<dyn Store>, id: EventId, key: &str) -> String {
    record(store, id).await.cells[PASSWORD_OPERATION.position(key).expect("a column")].plain()
}

async fn attempts(store: &Arc<dyn Store>, id: EventId) -> Vec<Attempt> {
    record(store, id).await.attempts
}

/// Status, who and note of each step.
async fn history(store: &Arc<dyn Store>, id: EventId) -> Vec<(OperationStatus, String, String)> {
    queued(store, id).await.history.into_iter().map(|step| (step.status, step.who, step.note)).collect()
}

/// The queue and the report agree on how it stands.
async fn status(store: &Arc<dyn Store>, id: EventId) -> OperationStatus {
    let status = queued(store, id).await.status;
    assert_eq!(cell(store, id, "status").await, status.name(), "the row says so, too");
    status
}
