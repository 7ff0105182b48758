//! Whatever several do at once, and whenever the follower is killed, it ends with what the tables have.

use super::replica::Replica;
use super::{at, carried_out, change, claim, enqueue, event, finish, operation};
use crate::server::Server;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use vigia::clock;
use vigia::store::operations::Ending;
use vigia::store::{self, Store};
use vigia_app::model::{Action, ErrorClass, EventId};
use vigia_app::reports::{self, AUDIT_TRACKING, PASSWORD_OPERATION};

/// One thing that one of the writers does.
#[derive(Debug, Clone)]
enum Step {
    /// So many events of a source, numbered from here on; others may store the same.
    Append {
        source: &'static str,
        from: i64,
        count: i64,
    },
    /// Events of each report.
    Mixed(u64),
    Enqueue(usize),
    Adopt(usize),
    /// Takes operations, and ends them well or not.
    Carry {
        want: u32,
        well: bool,
    },
    Restart,
    Sweep,
    /// The oldest of a report go, those of a source or all.
    Remove {
        audit: bool,
        source: Option<&'static str>,
        seconds: i64,
        limit: u32,
    },
    RemoveSource(&'static str),
    Trim,
}

/// What happens, by writer; and before which of its advances the follower is killed.
#[derive(Debug, Clone)]
struct Plan {
    writers: Vec<Vec<Step>>,
    kills: Vec<bool>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let steps = || prop::collection::vec(step(), 1..14);
    (prop::collection::vec(steps(), 2..5), prop::collection::vec(any::<bool>(), 1..9)).prop_map(|(writers, kills)| Plan { writers, kills })
}

fn step() -> impl Strategy<Value = Step> {
    let source = || select(vec!["a", "b"]);
    let remove = (any::<bool>(), prop::option::of(select(vec!["a", "b", "vigia", "test"])), 0..600i64, 1..200u32)
        .prop_map(|(audit, source, seconds, limit)| Step::Remove { audit, source, seconds, limit });
    prop_oneof![
        6 => (source(), 0..300i64, 1..120i64).prop_map(|(source, from, count)| Step::Append { source, from, count }),
        2 => (0..3u64).prop_map(Step::Mixed),
        3 => (0..20usize).prop_map(Step::Enqueue),
        1 => (0..4usize).prop_map(Step::Adopt),
        3 => (1..6u32, any::<bool>()).prop_map(|(want, well)| Step::Carry { want, well }),
        1 => Just(Step::Restart),
        1 => Just(Step::Sweep),
        3 => remove,
        1 => source().prop_map(Step::RemoveSource),
        1 => Just(Step::Trim),
    ]
}

async fn take(store: &Arc<dyn Store>, step: Step, now: i64) {
    match step {
        Step::Append { source, from, count } => {
            let events = (from..from + count).map(|n| event(source, &n.to_string(), n)).collect();
            store.append(events).await.map(drop).expect("stored");
        }
        Step::Mixed(seed) => {
            let events = reports::ALL.into_iter().flat_map(|report| crate::samples::events(report, 20, seed));
            store.append(events.collect()).await.map(drop).expect("stored");
        }
        Step::Enqueue(number) => drop(enqueue(store, vec![operation(&number.to_string()), operation(&(number + 1).to_string())]).await),
        Step::Adopt(number) => {
            let id = number.to_string();
            store.append(vec![carried_out(&id)]).await.expect("stored");
            let rows = store.transfer().events_after(&PASSWORD_OPERATION, -1, 500).await.expect("events");
            let plan = |id| (id, operation("adopted").plan);
            let adopted = rows.iter().filter(|row| row.source_id == id).filter_map(|row| EventId::from_i64(row.id)).map(plan).collect();
            store.operations().adopt(adopted).await.map(drop).expect("an answer");
        }
        Step::Carry { want, well } => {
            let jobs = claim(store, want, now).await;
            let ending = || match well {
                true => Ending::Success { verified: "signed in".into() },
                false => Ending::Failed { class: ErrorClass::Connectivity, retry: Some(at(now)) },
            };
            store.operations().finish(jobs.iter().map(|job| finish(job, ending())).collect()).await.map(drop).expect("an answer");
        }
        Step::Restart => {
            let rows = store.transfer().events_after(&PASSWORD_OPERATION, -1, 50).await.expect("events");
            let ids: Vec<EventId> = rows.iter().filter_map(|row| EventId::from_i64(row.id)).collect();
            store.operations().change(change(Action::Restart, &ids)).await.map(drop).expect("an answer");
        }
        Step::Sweep => drop(store.operations().sweep(at(now + 60), at(now + 61)).await.expect("swept")),
        Step::Remove { audit, source, seconds, limit } => {
            let report = if audit { &AUDIT_TRACKING } else { &PASSWORD_OPERATION };
            store.remove_before(report, source, at(seconds), limit).await.map(drop).expect("removed");
        }
        Step::RemoveSource(source) => store.remove_source(source).await.map(drop).expect("removed"),
        Step::Trim => store.journal().trim(clock::system()()).await.map(drop).expect("trimmed"),
    }
}

/// Follows until everything is done and read. Where it is killed, it has said nothing of what it has just read; what it had made of that is
/// lost, or is not.
async fn follow(store: Arc<dyn Store>, kills: Vec<bool>, done: Arc<AtomicBool>) -> Replica {
    let journal = store.journal();
    let start = journal.register("index", clock::system()()).await.expect("registered");
    let mut replica = Replica::build(&store, start).await;
    let (mut durable, mut wakes, mut kills) = (replica.clone(), journal.wakes(), kills.into_iter().cycle());
    loop {
        let was_done = done.load(Ordering::Acquire);
        replica.follow(&store).await.expect("entries are kept for it");
        match (kills.next(), kills.next()) {
            (Some(true), lost) => {
                let registered = journal.registered("index").await.expect("an answer").expect("registered");
                assert_eq!(durable.at, registered);
                if lost == Some(true) {
                    replica = durable.clone();
                }
                replica.at = registered;
            }
            _ => {
                assert!(journal.advance("index", replica.at, clock::system()()).await.expect("an answer"));
                durable = replica.clone();
            }
        }
        if was_done {
            replica.catch_up(&store, "in the end").await;
            return replica;
        }
        wakes.next().await;
    }
}

/// Begins transactions and leaves them open for a while, again and again.
async fn dawdle(url: String, done: Arc<AtomicBool>) {
    let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    while !done.load(Ordering::Acquire) {
        let open = client.transaction().await.expect("begins");
        open.query("SELECT pg_current_xact_id()", &[]).await.expect("a number");
        tokio::time::sleep(Duration::from_millis(u64::from(rand::random::<u8>()) / 4)).await;
        open.rollback().await.expect("rolled back");
    }
}

async fn happens(stores: Vec<Arc<dyn Store>>, url: Option<String>, plan: Plan) {
    let done = Arc::new(AtomicBool::new(false));
    let follower = tokio::spawn(follow(stores[0].clone(), plan.kills, done.clone()));
    let dawdler = url.map(|url| tokio::spawn(dawdle(url, done.clone())));
    let mut writers = JoinSet::new();
    for (number, steps) in plan.writers.into_iter().enumerate() {
        let store = stores[number % stores.len()].clone();
        writers.spawn(async move {
            for (now, step) in (1..).zip(steps) {
                take(&store, step, now).await;
            }
        });
    }
    writers.join_all().await;
    for store in &stores {
        store.settle().await;
    }
    done.store(true, Ordering::Release);
    follower.await.expect("it has what the tables have");
    if let Some(dawdler) = dawdler {
        dawdler.await.expect("no panic");
    }
}

fn run(cases: u32, case: impl AsyncFn(Plan)) {
    let runtime = Runtime::new().expect("a runtime");
    // What happens at once happens otherwise each time: a smaller plan that passes says nothing.
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    TestRunner::new(config)
        .run(&plan(), |plan| {
            runtime.block_on(case(plan));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

async fn open(url: &str) -> Arc<dyn Store> {
    store::open(url, Duration::from_secs(60)).await.expect("a store")
}

#[test]
fn sqlite_a_follower_ends_with_what_the_tables_have() {
    run(25, async |plan| {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
        happens(vec![open(&url).await, open(&url).await], None, plan).await;
    });
}

#[test]
fn postgres_a_follower_ends_with_what_the_tables_have() {
    // Transactions in the databases of other tests would hold the follower back.
    let server = Server::start();
    run(15, async |plan| {
        let url = server.database().await;
        happens(vec![open(&url).await, open(&url).await, open(&url).await], Some(url), plan).await;
    });
}
