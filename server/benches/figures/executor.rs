//! Operations carried out by an executor whose connector takes no time, or a little: how many a second, how soon after a restart, and what
//! very many at once do to those who read.

use super::queue::fill;
use super::table::{Table, Timings};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use vigia::index::Index;
use vigia::operations::connectors::Connector;
use vigia::operations::executor::Executor;
use vigia::operations::outcome::{Outcome, Script};
use vigia::operations::setup::Setup;
use vigia::operations::turn::Turn;
use vigia::store::operations::Change;
use vigia::store::{self, ResolvedQuery, Store};
use vigia_app::model::{Action, Query, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

const OPERATIONS: usize = 10_000;
const RESTARTS: usize = 300;
const DUE: usize = 100_000;
/// How long the executor works on those that are due.
const WORK: Duration = Duration::from_secs(10);
/// What an attempt takes while others read.
const TAKES: Duration = Duration::from_millis(5);
const MINUTE: i64 = 60_000;

/// Says when it was started, and how many run at once.
struct Instantly {
    takes: Duration,
    started: UnboundedSender<Instant>,
    running: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait]
impl Connector for Instantly {
    async fn run(&self, _: &Turn<'_>) -> Outcome {
        let _ = self.started.send(Instant::now());
        self.most.fetch_max(self.running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        self.running.fetch_sub(1, Ordering::Relaxed);
        Outcome::done("signed in with the new password", "", Script::default())
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(10)
    }
}

struct Works {
    store: Arc<dyn Store>,
    connector: Arc<Instantly>,
    started: UnboundedReceiver<Instant>,
    stop: CancellationToken,
}

impl Works {
    fn start(store: &Arc<dyn Store>, concurrent: u32, takes: Duration) -> Self {
        let (send, started) = unbounded_channel();
        let connector = Arc::new(Instantly { takes, started: send, running: AtomicUsize::new(0), most: AtomicUsize::new(0) });
        let setup = Setup::parse(&format!("[limits]\nconcurrent = {concurrent}\nper_device = 2")).expect("is sound");
        let connectors = BTreeMap::from([("instant".to_owned(), connector.clone() as Arc<dyn Connector>)]);
        let stop = CancellationToken::new();
        tokio::spawn(Executor::new(store.clone(), connectors, &setup).run(stop.clone()));
        Self { store: store.clone(), connector, started, stop }
    }

    /// Waits until so many have begun and nothing is due.
    async fn done(&mut self, count: usize) {
        for _ in 0..count {
            self.started.recv().await.expect("another one begins");
        }
        loop {
            let counts = self.store.operations().counts(self.now().await).await.expect("counts");
            if counts.due + counts.running == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn now(&self) -> Timestamp {
        self.store.operations().clock().await.expect("a clock")
    }
}

pub async fn measure(table: &mut Table, name: &str, fresh: impl AsyncFn() -> String) {
    for concurrent in [16, 256] {
        let store = store::open(&fresh().await, Duration::from_secs(60)).await.expect("a store");
        fill(&store, "flow", OPERATIONS, 1_000, minute_ago(&store).await).await;
        let start = Instant::now();
        let mut works = Works::start(&store, concurrent, Duration::ZERO);
        works.done(OPERATIONS).await;
        let rate = OPERATIONS as f64 / start.elapsed().as_secs_f64();
        works.stop.cancel();
        let what = format!("{name}: {OPERATIONS} operations carried out in no time, at most {concurrent} at once");
        table.row("executor", what, format!("{rate:.0} operations/s"), "2,000 operations/s");
    }
    let store = store::open(&fresh().await, Duration::from_secs(60)).await.expect("a store");
    restarts(table, name, &store).await;
    drop(store);
    let store = store::open(&fresh().await, Duration::from_secs(60)).await.expect("a store");
    crowd(table, name, &store).await;
}

async fn minute_ago(store: &Arc<dyn Store>) -> Timestamp {
    Timestamp::saturating(store.operations().clock().await.expect("a clock").millis() - 2 * MINUTE)
}

async fn restarts(table: &mut Table, name: &str, store: &Arc<dyn Store>) {
    fill(store, "again", 1, 1, minute_ago(store).await).await;
    let mut works = Works::start(store, 16, Duration::ZERO);
    works.done(1).await;
    let page = page(store).await;
    let id = page.rows[0].id;
    let mut took = Vec::with_capacity(RESTARTS);
    for _ in 0..RESTARTS {
        let change = Change {
            action: Action::Restart,
            ids: vec![id],
            at: works.now().await,
            who: "ana".into(),
            person: "ana".into(),
            guarded: Vec::new(),
            approve_by: Timestamp::MAX,
            note: String::new(),
            request: String::new(),
        };
        let pressed = Instant::now();
        store.operations().change(change).await.expect("an answer")[0].clone().expect("is of the queue").expect("may be restarted");
        took.push(works.started.recv().await.expect("it begins").duration_since(pressed));
        works.done(0).await;
    }
    works.stop.cancel();
    let what = format!("{name}: from a restart to the start of its attempt, {RESTARTS} times");
    table.row("executor", what, Timings::new(took).words(), "p99 < 200 ms");
}

async fn page(store: &Arc<dyn Store>) -> vigia_app::model::Page {
    let query = ResolvedQuery::new(Query::all(&PASSWORD_OPERATION), minute_ago(store).await).expect("a query");
    Index::default().page(&**store, &query).await.expect("an answer").expect("a page")
}

async fn crowd(table: &mut Table, name: &str, store: &Arc<dyn Store>) {
    fill(store, "crowd", DUE, 1_000, minute_ago(store).await).await;
    let pages = async |time: Duration| {
        let (mut took, start) = (Vec::new(), Instant::now());
        while start.elapsed() < time {
            let asked = Instant::now();
            page(store).await;
            took.push(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Timings::new(took).words()
    };
    let quiet = pages(Duration::from_secs(2)).await;
    let mut works = Works::start(store, 16, TAKES);
    let busy = pages(WORK).await;
    works.stop.cancel();
    let mut done = 0;
    while works.started.try_recv().is_ok() {
        done += 1;
    }
    let most = works.connector.most.load(Ordering::Relaxed);
    let what = format!("{name}: {DUE} due at once, {} ms each, at most 16 at once", TAKES.as_millis());
    table.row("executor", what, format!("{most} at once, {:.0} operations/s", done as f64 / WORK.as_secs_f64()), "16 at once");
    table.row("executor", format!("{name}: a page of 30 before that"), quiet, "");
    table.row("executor", format!("{name}: a page of 30 during that"), busy, "p99 20 ms more");
}
