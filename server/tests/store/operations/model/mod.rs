//! Whatever happens, in whatever order, the queue stands as the plainest reading of its rules has it.

mod plain;
mod steps;

use super::*;
use crate::journal::replica::Replica;
use crate::server;
use plain::Model;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use std::marker::PhantomData;
use std::sync::LazyLock;
use std::time::Duration;
use steps::{End, New, Step, Steps};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use vigia_app::model::{Cell, Query};

const LEASE: i64 = 30_000;
/// More rounds than it can take to carry out everything that a case leaves.
const ROUNDS: usize = 2_000;
/// Comparing whole tables takes longer than a step.
const LOOKS: usize = 8;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime"));

/// Where the queue is.
trait Database {
    /// URL of a fresh database; what is in the folder goes with it.
    fn url(folder: &TempDir) -> String;
}

struct Sqlite;

impl Database for Sqlite {
    fn url(folder: &TempDir) -> String {
        format!("sqlite://{}", folder.path().join("vigia.db").display())
    }
}

struct Postgres;

impl Database for Postgres {
    fn url(_: &TempDir) -> String {
        RUNTIME.block_on(server::Server::shared().database())
    }
}

/// A queue, and what is expected of it.
struct Queue {
    store: Option<Arc<dyn Store>>,
    url: String,
    _folder: TempDir,
    model: Model,
    /// Milliseconds.
    now: i64,
    /// The latest it has ever been.
    latest: i64,
    /// What the executors believe to hold; some of it in vain.
    holds: Vec<(usize, Hold)>,
    /// Follows the journal; looks whether it has what the tables have after each of [`LOOKS`] steps.
    follower: Replica,
    steps: usize,
}

struct Case<P>(PhantomData<P>);

impl<P: Database> StateMachineTest for Case<P> {
    type SystemUnderTest = Queue;
    type Reference = Steps;

    fn init_test((): &()) -> Queue {
        let folder = tempfile::tempdir().expect("a folder");
        let url = P::url(&folder);
        let (store, follower) = RUNTIME.block_on(async {
            let store = open(&url).await;
            let start = store.journal().position().await.expect("a position");
            (store.clone(), Replica::build(&store, start).await)
        });
        let (model, now) = (Model::default(), samples::START);
        Queue { store: Some(store), url, _folder: folder, model, now, latest: now, holds: Vec::new(), follower, steps: 0 }
    }

    fn apply(mut queue: Queue, (): &(), step: Step) -> Queue {
        RUNTIME.block_on(async {
            queue.step(step).await;
            queue.compare().await;
        });
        queue
    }

    fn teardown(mut queue: Queue, (): ()) {
        RUNTIME.block_on(queue.settle());
    }
}

async fn open(url: &str) -> Arc<dyn Store> {
    vigia::store::open(url, Duration::from_secs(60)).await.expect("a store")
}

impl Queue {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone().expect("open")
    }

    fn time(&self, millis: i64) -> Timestamp {
        Timestamp::saturating(self.now + millis)
    }

    async fn step(&mut self, step: Step) {
        let store = self.store();
        match step {
            Step::Enqueue(new) => {
                let new = self.asked(&new);
                let answer = store.operations().enqueue(vec![new.clone()], self.time(0)).await.expect("stored");
                self.model.enqueue(&new, answer[0]);
            }
            Step::Claim { executor, want, total, device, connectors } => {
                let connectors = (0..2).filter(|bit| connectors >> bit & 1 == 1).map(connector).collect();
                let limits = Limits { total, device };
                self.claim(executor, Claim { executor: executor.to_string(), connectors, want, limits, lease: self.time(LEASE) }).await;
            }
            Step::Heartbeat(chosen) if !self.holds.is_empty() => {
                let (_, hold) = self.holds[chosen.index(self.holds.len())];
                let lost = store.operations().heartbeat(vec![hold], self.time(LEASE)).await.expect("an answer");
                assert_eq!(lost, self.model.heartbeat(hold, self.time(LEASE)));
            }
            Step::Finish(chosen, how) if !self.holds.is_empty() => {
                // Those that have ended stay among them: whoever comes twice, comes late.
                let (_, hold) = self.holds[chosen.index(self.holds.len())];
                self.finish(hold, how).await;
            }
            Step::Heartbeat(_) | Step::Finish(..) => {}
            Step::Crash { executor } => self.holds.retain(|(holder, _)| *holder != executor),
            Step::Change { action, chosen, request } => {
                let ids: Vec<EventId> = self.model.operations.keys().copied().collect();
                if ids.is_empty() {
                    return;
                }
                let request = if request == 0 { String::new() } else { format!("request-{request}") };
                let ids = chosen.iter().map(|chosen| ids[chosen.index(ids.len())]).collect();
                let change = Change {
                    action,
                    ids,
                    at: self.time(0),
                    who: "ana".into(),
                    person: "bea".into(),
                    guarded: Vec::new(),
                    approve_by: self.time(600),
                    note: String::new(),
                    request,
                };
                let answer = store.operations().change(change.clone()).await.expect("an answer");
                assert_eq!(answer, self.model.change(&change));
            }
            Step::Sweep => self.sweep().await,
            Step::Tick(millis) => {
                self.now += millis;
                self.latest = self.latest.max(self.now);
            }
            Step::Remove(age) => {
                let before = self.time(-age);
                let removed = store.remove_before(&PASSWORD_OPERATION, Some("vigia"), before, MANY).await.expect("removed");
                assert_eq!(removed, self.model.remove_before(before));
            }
            Step::Reopen => {
                drop(store);
                // The last one closes the file.
                self.store = None;
                self.store = Some(open(&self.url).await);
            }
        }
    }

    fn asked(&self, new: &New) -> NewOperation {
        let mut operation = operation(&new.name.to_string(), new.device);
        operation.event.time = self.time(new.due);
        operation.plan.connector = connector(new.connector);
        operation.plan.credential = new.credential.to_string();
        operation.plan.max_tries = new.max_tries;
        operation.priority = new.priority;
        operation.approve_by = new.approve.map(|millis| self.time(millis));
        operation
    }

    async fn claim(&mut self, executor: usize, claim: Claim) -> Claimed {
        let claimed = self.store().operations().claim(claim.clone(), self.time(0)).await.expect("an answer");
        self.model.claim(&claim, &claimed, self.time(0));
        self.holds.extend(claimed.jobs.iter().map(|job| (executor, hold(job))));
        claimed
    }

    async fn finish(&mut self, hold: Hold, how: End) {
        let ending = match how {
            End::Verified => success(),
            End::Unverified => Ending::Success { verified: String::new() },
            End::Failed(class, retry) => Ending::Failed { class, retry: retry.map(|millis| self.time(millis)) },
        };
        let finish = Finish {
            hold,
            at: self.time(0),
            ending,
            message: "said".into(),
            template: String::new(),
            version: String::new(),
            log: Vec::new(),
        };
        let answer = self.store().operations().finish(vec![finish.clone()]).await.expect("an answer");
        assert_eq!(answer, [self.model.finish(&finish)]);
    }

    async fn sweep(&mut self) {
        let retry = self.time(1_000);
        let mut swept = self.store().operations().sweep(self.time(0), retry).await.expect("swept");
        swept.lost.sort_unstable();
        swept.expired.sort_unstable();
        assert_eq!(swept, self.model.sweep(self.time(0), retry));
    }

    /// The queue, the report, the attempts and the histories are as expected, and now and then that the journal has told of it.
    async fn compare(&mut self) {
        let store = self.store();
        assert_eq!(store.operations().counts(self.time(0)).await.expect("counted"), self.model.counts(self.time(0)));
        let column = |key: &str| PASSWORD_OPERATION.column(key).expect("a column");
        let query =
            Query { columns: vec![column("status"), column("attempts")], limit: Query::MAX_LIMIT, ..Query::all(&PASSWORD_OPERATION) };
        let page = crate::queries::ask(&store, query).await;
        assert_eq!(page.rows.len(), self.model.operations.len());
        for row in page.rows {
            let operation = &self.model.operations[&row.id];
            let attempts = Cell::Number(i64::try_from(operation.attempts.len()).expect("few"));
            assert_eq!(row.cells, [Cell::text(operation.status.name()), attempts]);
        }
        for (id, operation) in &self.model.operations {
            let queued = queued(&store, *id).await;
            let history: Vec<OperationStatus> = queued.history.iter().map(|step| step.status).collect();
            assert_eq!((queued.status, queued.due, queued.tries), (operation.status, operation.due, operation.tries));
            assert_eq!((queued.approve_by, &history), (operation.approve_by, &operation.history));
            let attempts = attempts(&store, *id).await;
            let said: Vec<_> = attempts.iter().map(|it| (it.result.as_str(), it.error_class.as_str(), it.end)).collect();
            assert_eq!(said, operation.attempts, "no attempt is lost");
        }
        self.steps += 1;
        if self.steps.is_multiple_of(LOOKS) {
            self.follower.catch_up(&store, "some steps").await;
        }
    }

    /// In the end everything that is scheduled has its turn: nothing waits for what nobody holds.
    async fn settle(&mut self) {
        self.now = self.latest + 1_000_000;
        let connectors: Vec<String> = (0..2).map(connector).collect();
        let limits = Limits { total: 5, device: 1 };
        for _ in 0..ROUNDS {
            self.sweep().await;
            self.now += LEASE / 10;
            let claim = Claim { executor: "0".into(), connectors: connectors.clone(), want: 3, limits, lease: self.time(LEASE) };
            let claimed = self.claim(0, claim).await;
            for job in &claimed.jobs {
                self.finish(hold(job), End::Verified).await;
            }
            if claimed.jobs.is_empty() && !claimed.more && self.model.counts(self.time(0)).scheduled == 0 {
                return self.compare().await;
            }
        }
        panic!("left behind: {:#?}", self.model.operations);
    }
}

fn connector(number: usize) -> String {
    format!("connector-{number}")
}

fn run<P: Database>(cases: u32, steps: usize) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    proptest::test_runner::TestRunner::new(config.clone())
        .run(&Steps::sequential_strategy(1..steps), |((), steps, seen)| {
            Case::<P>::test_sequential(config.clone(), (), steps, seen);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn sqlite_keeps_every_rule() {
    run::<Sqlite>(100, 100);
}

#[test]
fn postgres_keeps_every_rule() {
    run::<Postgres>(10, 60);
}
