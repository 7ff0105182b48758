//! Tests for the queue with several servers on one PostgreSQL database.

use crate::samples;
use crate::server::Server;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use vigia::event::Event;
use vigia::store::operations::{Change, Claim, Ending, Enqueued, Finish, Finished, Hold, Job, Limits, NewOperation, Plan};
use vigia::store::{self, Store};
use vigia_app::model::{Action, Cell, EventId, Live, OperationStatus, Priority, Timestamp};
use vigia_app::reports::{AUDIT_TRACKING, PASSWORD_OPERATION};

async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, Duration::from_secs(60)).await.expect("a store")
}

/// Two servers on one database.
async fn servers() -> (Arc<dyn Store>, Arc<dyn Store>) {
    let url = Server::shared().database().await;
    (open(&url).await, open(&url).await)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

/// The operation of this number, on one of seven devices; every credential has two of them.
fn operation(number: usize) -> NewOperation {
    let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), format!("operation {number}"), at(0));
    event.set("device", format!("srv-{}", number % 7)).set("username", "root").set("operation", "Change password");
    let plan = Plan {
        connector: "bao".into(),
        parameters: vec![("role".into(), "app".into())],
        credential: format!("c{}", number / 2),
        max_tries: 2,
    };
    NewOperation { event, plan, priority: Priority::Normal, approve_by: None, who: "ana".into(), asked_by: "ana".into() }
}

async fn enqueue(store: &Arc<dyn Store>, count: usize) -> Vec<EventId> {
    let enqueued = store.operations().enqueue((0..count).map(operation).collect(), at(0)).await.expect("stored");
    enqueued.into_iter().map(|(Enqueued::New(id) | Enqueued::Known(id))| id).collect()
}

fn claim(executor: &str, want: u32) -> Claim {
    let limits = Limits { total: 40, device: 7 };
    Claim { executor: executor.into(), connectors: vec!["bao".into()], want, limits, lease: at(30) }
}

fn success(job: &Job) -> Finish {
    Finish {
        hold: Hold { id: job.id, fence: job.fence },
        at: at(2),
        ending: Ending::Success { verified: "the new password signs in".into() },
        message: String::new(),
        template: "rotate".into(),
        version: "3".into(),
        log: vec!["asked".into(), "done".into()],
    }
}

fn restart(ids: &[EventId], who: &str) -> Change {
    Change {
        action: Action::Restart,
        ids: ids.to_vec(),
        at: at(60),
        who: who.into(),
        person: "bea".into(),
        guarded: Vec::new(),
        approve_by: at(600),
        note: String::new(),
        request: String::new(),
    }
}

/// Retention may remove the row of the same operation just after its key was found taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_whose_row_is_removed_meanwhile_is_new() {
    let url = Server::shared().database().await;
    let store = open(&url).await;
    let [old] = enqueue(&store, 1).await[..] else { panic!("one operation") };
    let (mut remover, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    let (watcher, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    let removal = remover.transaction().await.expect("begins");
    // Nobody reads the queue now; keys can still be asked for.
    removal.batch_execute("LOCK TABLE operation IN ACCESS EXCLUSIVE MODE").await.expect("locked");
    let again = tokio::spawn({
        let store = store.clone();
        async move { enqueue(&store, 2).await }
    });
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'operation'::regclass";
    while watcher.query_one(waiting, &[]).await.expect("an answer").get::<_, i64>(0) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let table = PASSWORD_OPERATION.table;
    let key = format!("DELETE FROM {table}_key WHERE key IN (SELECT key FROM operation)");
    let rows = format!("DELETE FROM operation; DELETE FROM operation_history; DELETE FROM {table}_detail; DELETE FROM {table}");
    removal.batch_execute(&format!("{key}; {rows}")).await.expect("removed");
    removal.commit().await.expect("committed");
    let [first, second] = again.await.expect("stored")[..] else { panic!("two operations") };
    assert!(first != second && first != old, "{first:?} {second:?} {old:?}");
    for id in [first, second] {
        assert!(store.operations().operation(id).await.expect("an answer").is_some());
    }
}

/// Both take and finish as fast as they can: each operation is carried out once, never two of a credential at once, and never more than
/// the limits allow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_the_work_and_the_limits() {
    const OPERATIONS: usize = 400;
    let (one, other) = servers().await;
    enqueue(&one, OPERATIONS).await;
    let flight: Arc<std::sync::Mutex<Vec<Job>>> = Arc::default();
    let mut tasks = tokio::task::JoinSet::new();
    for (name, store) in [("one", one.clone()), ("one", one.clone()), ("other", other.clone()), ("other", other.clone())] {
        let flight = flight.clone();
        tasks.spawn(async move {
            let mut done = 0;
            let mut idle = 0;
            while idle < 50 {
                let claimed = store.operations().claim(claim(name, 9), at(1)).await.expect("claimed");
                {
                    let mut flight = flight.lock().expect("no panic");
                    flight.extend(claimed.jobs.iter().cloned());
                    let credentials: HashSet<&String> = flight.iter().map(|job| &job.plan.credential).collect();
                    assert_eq!(credentials.len(), flight.len(), "one of each credential");
                    assert!(flight.len() <= 40);
                    for device in 0..7 {
                        assert!(flight.iter().filter(|job| job.device == format!("srv-{device}")).count() <= 7);
                    }
                }
                tokio::task::yield_now().await;
                // It counts as gone before it is.
                let ids: HashSet<EventId> = claimed.jobs.iter().map(|job| job.id).collect();
                flight.lock().expect("no panic").retain(|job| !ids.contains(&job.id));
                let finished = store.operations().finish(claimed.jobs.iter().map(success).collect()).await.expect("finished");
                assert!(finished.iter().all(|finished| *finished == Finished::Done(OperationStatus::Success)), "{finished:?}");
                done += finished.len();
                if finished.is_empty() && !claimed.more {
                    idle += 1;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                } else {
                    idle = 0;
                }
            }
            done
        });
    }
    let done: usize = tasks.join_all().await.into_iter().sum();
    assert_eq!(done, OPERATIONS, "nothing is left behind");
    let counts = other.operations().counts(at(1)).await.expect("counted");
    assert_eq!((counts.scheduled, counts.running), (0, 0));
}

/// What one server does, the other one hears of, and itself too; once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_server_hears_what_moves() {
    let (one, other) = servers().await;
    let mut ears = [one.operations().live(), other.operations().live()];
    let ids = enqueue(&one, 3).await;
    let job = other.operations().claim(claim("other", 1), at(1)).await.expect("claimed").jobs.remove(0);
    one.append(vec![Event::new(&AUDIT_TRACKING, &"test".into(), "1", at(0))]).await.expect("stored");
    let stored = |report: &str| Live::Stored { report: report.into() };
    let told =
        [Live::Moved { ids: ids.clone() }, stored("password-operation"), Live::Moved { ids: vec![job.id] }, stored("audit-tracking")];
    for ear in &mut ears {
        for expected in &told {
            assert_eq!(*ear.recv().await.expect("a message"), *expected);
        }
    }
    // Of many, none is named.
    let many = (10..400).map(operation).collect();
    one.operations().enqueue(many, at(0)).await.expect("stored");
    for ear in &mut ears {
        assert_eq!(*ear.recv().await.expect("a message"), Live::Moved { ids: Vec::new() });
        assert_eq!(*ear.recv().await.expect("a message"), stored("password-operation"));
        assert!(ear.is_empty());
    }
}

/// The connection that hears is lost; what is said on the new one is heard, and that something was missed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_could_not_hear_for_a_while_is_told_to_look() {
    let server = Server::start();
    let url = server.database().await;
    let store = open(&url).await;
    let mut ear = store.operations().live();
    server.restart();
    assert_eq!(*ear.recv().await.expect("a message"), Live::Moved { ids: Vec::new() });
    for _ in vigia_app::reports::ALL {
        assert!(matches!(&*ear.recv().await.expect("a message"), Live::Stored { .. }));
    }
    let ids = enqueue(&store, 1).await;
    assert_eq!(*ear.recv().await.expect("a message"), Live::Moved { ids });
}

/// A server takes an operation and is not heard of again: another one has it done, and what the first one says later changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_its_holder_lost_another_server_carries_out() {
    let (one, other) = servers().await;
    let id = enqueue(&one, 1).await[0];
    let lost = one.operations().claim(claim("one", 1), at(1)).await.expect("claimed").jobs.remove(0);
    let hold = Hold { id, fence: lost.fence };
    assert!(one.operations().ticket(hold, [7; 32]).await.expect("an answer"));
    assert_eq!(other.operations().by_ticket([7; 32]).await.expect("an answer"), Some((hold, 1)));
    assert_eq!(other.operations().sweep(at(30), at(40)).await.expect("swept").lost, [], "its lease has not ended");
    assert_eq!(one.operations().heartbeat(vec![hold], at(60)).await.expect("held"), []);
    let (a, b) = tokio::join!(one.operations().sweep(at(61), at(70)), other.operations().sweep(at(61), at(70)));
    let lost_ids: Vec<EventId> = [a.expect("swept").lost, b.expect("swept").lost].concat();
    assert_eq!(lost_ids, [id], "it is lost once");
    assert_eq!(one.operations().heartbeat(vec![hold], at(90)).await.expect("an answer"), [hold]);
    assert_eq!(other.operations().by_ticket([7; 32]).await.expect("an answer"), None);

    let again = other.operations().claim(claim("other", 1), at(70)).await.expect("claimed").jobs.remove(0);
    assert_eq!((again.attempt, again.unsure, &again.key), (2, Some(at(1)), &lost.key));
    assert_eq!(one.operations().finish(vec![success(&lost)]).await.expect("an answer"), [Finished::Late]);
    let finished = other.operations().finish(vec![success(&again)]).await.expect("finished");
    assert_eq!(finished, [Finished::Done(OperationStatus::Success)]);

    let record = one.record(&PASSWORD_OPERATION, id).await.expect("an answer").expect("its row");
    let results: Vec<(&str, &str, Option<Timestamp>)> =
        record.attempts.iter().map(|attempt| (&*attempt.executor, &*attempt.result, attempt.end)).collect();
    assert_eq!(results, [("one", "Unknown", None), ("other", "Success", Some(at(2)))]);
    assert_eq!(record.attempts[1].log, ["asked", "done"]);
    let cell = |key: &str| record.cells[PASSWORD_OPERATION.columns.iter().position(|column| column.key == key).expect("a column")].clone();
    assert_eq!(cell("status"), Cell::text("Success"));
    assert_eq!(cell("attempts"), Cell::Number(2));
    assert_eq!(cell("message"), Cell::text("the new password signs in"));
    let notes: Vec<String> =
        one.operations().operation(id).await.expect("an answer").expect("queued").history.into_iter().map(|step| step.note).collect();
    assert_eq!(notes.len(), 6, "{notes:#?}");
    assert!(notes[4].starts_with("A late result of an attempt was refused: Success"), "{notes:#?}");
}

/// An administrator at each server presses restart for the same operations at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_restart_at_once_one_does() {
    let (one, other) = servers().await;
    let mut ids = enqueue(&one, 20).await;
    let mut done = 0;
    while done < ids.len() {
        let jobs = one.operations().claim(claim("one", 40), at(1)).await.expect("claimed").jobs;
        done += one.operations().finish(jobs.iter().map(success).collect()).await.expect("finished").len();
    }
    let ana = restart(&ids, "ana");
    ids.reverse();
    let (ana, rui) = tokio::join!(one.operations().change(ana), other.operations().change(restart(&ids, "rui")));
    let (ana, mut rui) = (ana.expect("changed"), rui.expect("changed"));
    rui.reverse();
    for (ana, rui) in ana.into_iter().zip(rui) {
        let (ana, rui) = (ana.expect("of the queue"), rui.expect("of the queue"));
        assert_eq!(u8::from(ana.is_ok()) + u8::from(rui.is_ok()), 1, "{ana:?}, {rui:?}");
    }
    let mut executions = 0;
    loop {
        let jobs = other.operations().claim(claim("other", 40), at(61)).await.expect("claimed").jobs;
        if jobs.is_empty() {
            break;
        }
        assert!(jobs.iter().all(|job| job.attempt == 2 && job.tries == 1));
        executions += other.operations().finish(jobs.iter().map(success).collect()).await.expect("finished").len();
    }
    assert_eq!(executions, ids.len());
}

/// A month that goes as a whole takes what the queue knows of it along, also what is due in it: nobody takes it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_that_is_dropped_leaves_nothing_in_the_queue() {
    let (one, other) = servers().await;
    let long_ago = Timestamp::saturating(samples::START - 400 * 24 * 3600 * 1000);
    let mut new: Vec<NewOperation> = (0..4).map(operation).collect();
    new[0].event.time = long_ago;
    new[2].event.time = long_ago;
    let ids: Vec<EventId> = one
        .operations()
        .enqueue(new, at(0))
        .await
        .expect("stored")
        .into_iter()
        .map(|(Enqueued::New(id) | Enqueued::Known(id))| id)
        .collect();
    let running = one.operations().claim(claim("one", 1), at(1)).await.expect("claimed").jobs.remove(0);
    assert_eq!(running.id, ids[0]);
    let before = Timestamp::saturating(samples::START - 24 * 3600 * 1000);
    assert_eq!(other.remove_before(&PASSWORD_OPERATION, None, before, 1_000).await.expect("removed"), 2);
    for id in [ids[0], ids[2]] {
        assert_eq!(one.operations().operation(id).await.expect("an answer"), None);
        assert_eq!(one.operations().last_attempts(vec![id]).await.expect("an answer"), []);
    }
    assert_eq!(one.operations().finish(vec![success(&running)]).await.expect("an answer"), [Finished::Late]);
    one.operations().sweep(at(2), at(2)).await.expect("swept");
    let jobs = one.operations().claim(claim("one", 9), at(3)).await.expect("claimed").jobs;
    assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [ids[1], ids[3]]);
}

/// Executors, administrators, the sweep, retention and those who send events, all at once at two servers: nobody waits in a circle, and
/// in the end everything can be carried out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_at_once_ends_well() {
    const ROUNDS: i64 = 20;
    let (one, other) = servers().await;
    let ids = enqueue(&one, 200).await;
    let mut tasks = tokio::task::JoinSet::new();
    for (number, store) in [one.clone(), other.clone(), one.clone(), other.clone()].into_iter().enumerate() {
        tasks.spawn(async move {
            for round in 0..ROUNDS {
                let claimed = store.operations().claim(claim(&format!("executor {number}"), 8), at(60 + round)).await.expect("claimed");
                let holds = claimed.jobs.iter().rev().map(|job| Hold { id: job.id, fence: job.fence }).collect();
                store.operations().heartbeat(holds, at(200)).await.expect("held");
                store.operations().finish(claimed.jobs.iter().rev().map(success).collect()).await.expect("finished");
            }
        });
    }
    for (store, action) in [(one.clone(), Action::Restart), (other.clone(), Action::Restart), (one.clone(), Action::RunNow)] {
        let ids: Vec<EventId> = if action == Action::RunNow { ids.iter().rev().copied().collect() } else { ids.clone() };
        tasks.spawn(async move {
            for _ in 0..ROUNDS / 2 {
                store.operations().change(Change { action, ..restart(&ids, "ana") }).await.expect("changed");
            }
        });
    }
    for store in [one.clone(), other.clone()] {
        let (few, sweeping) = (ids[..20].to_vec(), store.clone());
        tasks.spawn(async move {
            for round in 0..ROUNDS {
                sweeping.operations().sweep(at(round), at(round)).await.expect("swept");
                let plans = few.iter().map(|id| (*id, operation(0).plan)).collect();
                assert_eq!(sweeping.operations().adopt(plans).await.expect("adopted").len(), few.len());
            }
        });
        tasks.spawn(async move {
            for round in 0..ROUNDS {
                let mut old = Event::new(&PASSWORD_OPERATION, &"other".into(), format!("{round}"), at(-round));
                old.set("status", "Success").set("message", "the new password signs in");
                store.append(vec![old]).await.expect("stored");
                store.remove_before(&PASSWORD_OPERATION, Some("other"), at(-1), 1_000).await.expect("removed");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no task fails");
    }
    one.operations().sweep(at(1_000), at(1_000)).await.expect("swept");
    loop {
        let claimed = other.operations().claim(claim("last", 40), at(2_000)).await.expect("claimed");
        if claimed.jobs.is_empty() && !claimed.more {
            break;
        }
        other.operations().finish(claimed.jobs.iter().map(success).collect()).await.expect("finished");
    }
    let counts = one.operations().counts(at(2_000)).await.expect("counted");
    assert_eq!((counts.scheduled, counts.running), (0, 0));
}
