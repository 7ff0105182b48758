//! A store with a queue, and the executor of a connectors file.

use ::vigia::event::Event;
use ::vigia::jobs::Jobs;
use ::vigia::operations::connectors::{Connectors, connectors};
use ::vigia::operations::executor;
use ::vigia::operations::setup::Setup;
use ::vigia::store::operations::{Change, Enqueued, NewOperation};
use ::vigia::store::{self, Store};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vigia_app::model::{Action, Attempt, EventId, OperationStatus, Priority, Record, Target, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// A connectors file with one connector, the program `script` of the folder; leases are as short as they can be.
pub const SCRIPT_FILE: &str = r#"
    [limits]
    lease = "3s"
    backoff_first = "10ms"
    [connector.script]
    kind = "command"
    hosts = ["srv-*"]
    command = ["/bin/sh", "{folder}/script"]
    env = { PATH = "/usr/bin:/bin", FOLDER = "{folder}" }
"#;

/// How long anything may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct House {
    pub store: Arc<dyn Store>,
    pub setup: Setup,
    pub connectors: Connectors,
    /// What is to be done, in the report's words.
    pub operation: &'static str,
    folder: TempDir,
    enqueued: std::sync::atomic::AtomicU32,
}

/// An executor that runs.
pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops it as a signal would, and waits for its end.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.expect("the executor does not panic");
    }
}

impl House {
    /// A house with a SQLite store; `{folder}` in the connectors file is its folder.
    pub async fn new(connectors_file: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
        Self::with(folder, &url, connectors_file).await
    }

    /// With another store, and a folder that has something in it already.
    pub async fn with(folder: TempDir, url: &str, connectors_file: &str) -> Self {
        let store = store::open(url, Duration::from_secs(60)).await.expect("a store");
        let (setup, connectors) = set_up(folder.path(), connectors_file);
        Self { store, setup, connectors, operation: "Change password", folder, enqueued: Default::default() }
    }

    /// Reads another connectors file.
    pub fn set_up(&mut self, connectors_file: &str) {
        (self.setup, self.connectors) = set_up(self.folder.path(), connectors_file);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn executor(&self) -> Running {
        let stop = CancellationToken::new();
        let jobs = executor::jobs(&self.store, &self.connectors, &self.setup);
        let jobs = Jobs::new(self.store.clone(), ::vigia::clock::system(), jobs.into());
        Running { task: tokio::spawn(jobs.run(stop.clone())), stop }
    }

    pub async fn now(&self) -> Timestamp {
        self.store.operations().clock().await.expect("a clock")
    }

    /// Due now.
    pub async fn enqueue(&self, connector: &str, device: &str, username: &str, parameters: &[(&str, &str)]) -> EventId {
        let target = Target {
            device: device.to_owned(),
            username: username.to_owned(),
            credential_type: "Local User".to_owned(),
            connector: connector.to_owned(),
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        self.enqueue_all(vec![target]).await[0]
    }

    pub async fn enqueue_all(&self, targets: Vec<Target>) -> Vec<EventId> {
        let now = self.now().await;
        let new = targets.into_iter().map(|target| {
            let number = self.enqueued.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let plan = self.setup.plan(&target, self.operation).unwrap_or_else(|wrong| panic!("{wrong:?}"));
            let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), format!("test-{number}"), now);
            event.set("operation", self.operation).set("device", target.device).set("username", target.username);
            event.set("credential_type", target.credential_type);
            NewOperation { event, plan, priority: Priority::Normal, approve_by: None, who: "ana".to_owned(), asked_by: "ana".to_owned() }
        });
        let enqueued = self.store.operations().enqueue(new.collect(), now).await.expect("enqueued");
        enqueued.into_iter().map(|(Enqueued::New(id) | Enqueued::Known(id))| id).collect()
    }

    pub async fn change(&self, action: Action, id: EventId) -> Result<OperationStatus, String> {
        let change = Change {
            action,
            ids: vec![id],
            at: self.now().await,
            who: "ana".to_owned(),
            person: "bea".to_owned(),
            guarded: Vec::new(),
            approve_by: Timestamp::MAX,
            note: String::new(),
            request: String::new(),
        };
        self.store.operations().change(change).await.expect("an answer").remove(0).expect("is of the queue").map_err(String::from)
    }

    pub async fn record(&self, id: EventId) -> Record {
        self.store.record(&PASSWORD_OPERATION, id).await.expect("an answer").expect("a row")
    }

    pub async fn status(&self, id: EventId) -> OperationStatus {
        self.store.operations().operation(id).await.expect("an answer").expect("is of the queue").status
    }

    /// What the history of an operation says.
    pub async fn history(&self, id: EventId) -> Vec<String> {
        let queued = self.store.operations().operation(id).await.expect("an answer").expect("is of the queue");
        queued.history.into_iter().map(|entry| entry.note).collect()
    }

    /// Waits until the operation has succeeded or failed; its attempts.
    pub async fn end(&self, id: EventId) -> (OperationStatus, Vec<Attempt>) {
        let mut live = self.store.operations().live();
        let started = Instant::now();
        loop {
            let is = self.status(id).await;
            if matches!(is, OperationStatus::Success | OperationStatus::Error) {
                return (is, self.record(id).await.attempts);
            }
            assert!(started.elapsed() < PATIENCE, "the operation is still {is}");
            let _ = tokio::time::timeout(Duration::from_millis(500), live.recv()).await;
        }
    }

    /// Has one operation carried out; how it stands in the end, and its attempts.
    pub async fn carry_out(&self, connector: &str, parameters: &[(&str, &str)]) -> (OperationStatus, Vec<Attempt>) {
        self.carry_out_on(connector, "srv-1", "app", parameters).await
    }

    /// The same, on an account.
    pub async fn carry_out_on(
        &self,
        connector: &str,
        device: &str,
        username: &str,
        parameters: &[(&str, &str)],
    ) -> (OperationStatus, Vec<Attempt>) {
        let id = self.enqueue(connector, device, username, parameters).await;
        let running = self.executor();
        let ended = self.end(id).await;
        running.stop().await;
        ended
    }
}

fn set_up(folder: &Path, connectors_file: &str) -> (Setup, Connectors) {
    let text = connectors_file.replace("{folder}", &folder.display().to_string());
    let setup = Setup::parse(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
    let connectors = connectors(&setup, "https://vigia.example").unwrap_or_else(|wrong| panic!("{wrong}"));
    (setup, connectors)
}

/// Waits until something is so.
pub async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !is().await {
        assert!(started.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
