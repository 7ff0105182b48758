//! The server dies (SIGKILL) before and after each durable step on the way of an operation, and is started again. Whoever asks repeats what
//! was not answered, under the same idempotency key. In the end everything was carried out, nothing twice at once, and what was interrupted
//! is closed as unknown.

use crate::house::{SCRIPT_FILE, until};
use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::event::Event;
use ::vigia::index::Index;
use ::vigia::store::{self, ResolvedQuery, Store};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vigia_app::model::{CredentialSet, EventId, OperationStatus, Query, Target, Timestamp};
use vigia_app::reports::PASSWORD_OPERATION;

/// Tells when two run at once for a credential, and what has run.
const SCRIPT: &str = r#"
    device=$(sed 's/.*"device":"\([^"]*\)".*/\1/')
    mkdir "$FOLDER/lock-$device" 2>/dev/null || echo "$device" >>"$FOLDER/at-once"
    echo "$device" >>"$FOLDER/ran"
    sleep 0.05
    rmdir "$FOLDER/lock-$device"
    echo '{"result":"success","verified":"signed in"}'"#;

/// For what another system has done.
const ROUTE: &str = r#"
    [[route]]
    match = { source = "other" }
    connector = "script"
"#;

/// Where each start dies, one after another; the one after the last does not.
const CRASHES: [&[&str]; 14] = [
    &["enqueue.before"],
    &["enqueue.after"],
    &["claim.before"],
    &["claim.after"],
    &["executor.claimed"],
    &["executor.ran"],
    &["finish.before"],
    &["finish.after"],
    &["change.before"],
    &["change.after"],
    &["adopt.before"],
    &["adopt.after"],
    &["executor.claimed", "sweep.before"],
    &["executor.claimed", "sweep.after"],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_carries_everything_out_wherever_it_dies() {
    for crashes in CRASHES {
        let folder = tempfile::tempdir().expect("a folder");
        let database = format!("sqlite://{}", folder.path().join("vigia.db").display());
        everything_is_carried_out(folder.path(), &database, crashes).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_carries_everything_out_wherever_it_dies() {
    for crashes in CRASHES {
        let folder = tempfile::tempdir().expect("a folder");
        everything_is_carried_out(folder.path(), &postgres::Server::shared().database().await, crashes).await;
    }
}

/// A client that brings the server up again when it is gone.
struct Client {
    server: Vigia,
    token: String,
    http: reqwest::Client,
    /// Deaths to come.
    crashes: Vec<&'static str>,
    died: usize,
}

impl Client {
    /// Starts the server if it does not run.
    async fn up(&mut self) {
        let next = self.crashes.pop();
        self.server.crash_at(next);
        self.server.start().await;
    }

    async fn revive(&mut self) {
        if self.server.has_crashed() {
            self.died += 1;
            self.server.kill();
            self.up().await;
        }
    }

    /// Asks until there is an answer.
    async fn ask(&mut self, key: &str, path: &str, body: &Value) -> Value {
        loop {
            let url = format!("http://{}{path}", self.server.address());
            let request = self.http.post(url).bearer_auth(&self.token).header("idempotency-key", key).json(body);
            if let Ok(answer) = request.send().await
                && let status = answer.status()
                && let Ok(text) = answer.text().await
            {
                assert!(status.is_success(), "{path}: {status} {text}");
                return serde_json::from_str(&text).expect("JSON");
            }
            self.revive().await;
        }
    }

    async fn create(&mut self, key: &str, device: &str, username: &str) -> EventId {
        let new = json!({ "device": device, "username": username, "connector": "script", "operation": "Change password" });
        let created = self.ask(key, "/api/v1/operations", &new).await;
        created["id"].as_str().expect("an id").parse().expect("an id")
    }

    async fn restart(&mut self, key: &str, id: EventId) {
        let restart = json!({ "action": "restart", "ids": [id.to_string()] });
        let done = self.ask(key, "/api/v1/operations/actions", &restart).await;
        let refused = &done["results"][0]["refused"];
        assert!(refused.is_null(), "{done}");
    }

    /// Waits until all have succeeded, whoever has to be brought up again meanwhile.
    async fn success(&mut self, store: &dyn Store, ids: &[EventId]) {
        for id in ids {
            let started = std::time::Instant::now();
            loop {
                let status = store.operations().operation(*id).await.expect("an answer").map(|queued| queued.status);
                if status == Some(OperationStatus::Success) {
                    break;
                }
                assert!(started.elapsed() < Duration::from_secs(60), "{id} is {status:?}");
                self.revive().await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn everything_is_carried_out(folder: &Path, database: &str, crashes: &[&'static str]) {
    std::fs::write(folder.join("script"), SCRIPT).expect("written");
    let connectors = folder.join("connectors.toml");
    std::fs::write(&connectors, format!("{SCRIPT_FILE}{ROUTE}").replace("{folder}", &folder.display().to_string())).expect("written");
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    let other = imported(&store).await;
    let server = Vigia::new(database).with(&["--connectors", &connectors.display().to_string()]);
    let token = server.token("operate");
    let crashes_left = crashes.iter().rev().copied().collect();
    let mut client = Client { server, token, http: crate::http::client(), crashes: crashes_left, died: 0 };
    client.up().await;
    let mut ids = Vec::new();
    for (key, device, username) in [("1", "srv-1", "root"), ("2", "srv-1", "root"), ("3", "srv-2", "root")] {
        ids.push(client.create(key, device, username).await);
    }
    client.success(&*store, &ids).await;
    client.restart("r1", ids[0]).await;
    client.restart("r2", other).await;
    ids.push(other);
    client.success(&*store, &ids).await;
    assert_eq!(client.died, crashes.len(), "it died at each place of {crashes:?}");
    // Whoever was restarted has succeeded before: the second success has to be waited for.
    let twice = async || attempts(&*store, ids[0]).await.iter().filter(|result| *result == "Success").count() == 2;
    until(&format!("{crashes:?}: the restarted operation ran again"), twice).await;
    for id in &ids {
        check(&*store, *id, crashes).await;
    }
    assert!(!folder.join("at-once").exists(), "{crashes:?}: two at once for one credential");
    let ran = std::fs::read_to_string(folder.join("ran")).expect("something ran").lines().count();
    // Two are in flight at most when it dies.
    assert!((5..=5 + 2 * crashes.len()).contains(&ran), "{crashes:?}: ran {ran} times");
}

/// An operation that another system has failed at.
async fn imported(store: &Arc<dyn Store>) -> EventId {
    let mut event = Event::new(&PASSWORD_OPERATION, &"other".into(), "1", Timestamp::saturating(1_795_000_000_000));
    event.set("operation", "Change password").set("device", "srv-9").set("username", "root").set("status", "Error");
    store.append(vec![event]).await.expect("stored");
    store.settle().await;
    let all = ResolvedQuery::new(Query::all(&PASSWORD_OPERATION), Timestamp::saturating(1_795_000_000_000)).expect("a query");
    Index::default().page(&**store, &all).await.expect("an answer").expect("a page").rows[0].id
}

async fn attempts(store: &dyn Store, id: EventId) -> Vec<String> {
    let record = store.record(&PASSWORD_OPERATION, id).await.expect("an answer").expect("a row");
    record.attempts.into_iter().map(|attempt| attempt.result).collect()
}

async fn check(store: &dyn Store, id: EventId, crashes: &[&str]) {
    let record = store.record(&PASSWORD_OPERATION, id).await.expect("an answer").expect("a row");
    let about = format!("{crashes:?}: {:?}", record.attempts);
    let numbers: Vec<u32> = record.attempts.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, (1..=u32::try_from(numbers.len()).expect("few")).collect::<Vec<_>>(), "none is lost: {about}");
    assert_eq!(record.attempts.last().map(|attempt| attempt.result.as_str()), Some("Success"), "{about}");
    for attempt in &record.attempts {
        assert!(["Success", "Unknown"].contains(&attempt.result.as_str()), "nothing is left running: {about}");
        assert_eq!(attempt.end.is_some(), attempt.result == "Success", "{about}");
    }
    let queued = store.operations().operation(id).await.expect("an answer").expect("is of the queue");
    let verified = queued.history.iter().filter(|entry| entry.note.ends_with("succeeded: signed in")).count();
    assert_eq!(
        verified,
        record.attempts.iter().filter(|attempt| attempt.result == "Success").count(),
        "every success was verified: {about}"
    );
}

/// A set has asked for its operations, and the server dies before it can note that: started again, it asks for them once more, which is
/// nothing new.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_whose_server_died_asks_for_its_operations_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display().to_string();
    std::fs::write(folder.path().join("script"), SCRIPT).expect("written");
    std::fs::write(folder.path().join("connectors.toml"), SCRIPT_FILE.replace("{folder}", &place)).expect("written");
    let database = format!("sqlite://{place}/vigia.db");
    let store = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    let target = |device: &str| Target { device: device.into(), username: "root".into(), connector: "script".into(), ..Target::default() };
    let set = CredentialSet {
        name: "weekly".to_owned(),
        operation: "Change password".to_owned(),
        credentials: vec![target("srv-1"), target("srv-2")],
        every_days: 7,
        window: (0, 0),
        zone: "UTC".to_owned(),
        approval: false,
        enabled: true,
        next: Some(Timestamp::saturating(1_795_000_000_000)),
    };
    let text = serde_json::to_string(&set).expect("text");
    store.kept().set("credential_set", vec![("weekly".to_owned(), Some(text.clone()))]).await.expect("kept");
    let mut server = Vigia::new(&database).with(&["--connectors", &format!("{place}/connectors.toml")]);
    server.crash_at(Some("sets.asked"));
    server.start().await;
    while !server.has_crashed() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.kill();
    server.crash_at(None);
    server.start().await;
    let noted = async || store.kept().get("credential_set", "weekly").await.expect("an answer") != Some(text.clone());
    until("the set is due another time", noted).await;
    let all = ResolvedQuery::new(Query::all(&PASSWORD_OPERATION), Timestamp::saturating(1_795_000_000_000)).expect("a query");
    let rows = Index::default().page(&*store, &all).await.expect("an answer").expect("a page").rows;
    assert_eq!(rows.len(), 2, "one for each credential");
    let done = async || {
        let mut done = true;
        for row in &rows {
            let queued = store.operations().operation(row.id).await.expect("an answer").expect("is of the queue");
            done &= queued.status == OperationStatus::Success;
        }
        done
    };
    until("both are carried out", done).await;
    assert_eq!(std::fs::read_to_string(folder.path().join("ran")).expect("both ran").lines().count(), 2);
}
