//! Events choose no host: whoever may only send them never has a connector sign in somewhere else.

use crate::harness::{Server, Setup, Visitor};
use crate::server_functions::answer;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use vigia::jobs::Jobs;
use vigia::operations::connectors::connectors;
use vigia::operations::executor;
use vigia::operations::setup::Setup as Connectors;
use vigia_app::model::{Action, ActionResult, Chosen, Destination, EventId, Keeper, Page, Role};

/// How long anything may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server whose connector `pg` runs a program that notes what it was told, on the hosts of a file.
struct Scene {
    server: Server,
    admin: Visitor,
    sender: Visitor,
    setup: Connectors,
    folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().display();
        let program = format!("cat >>{place}/told; echo >>{place}/told; echo '{{\"result\":\"success\",\"verified\":\"signed in\"}}'");
        let text = format!(
            r#"
            [connector.pg]
            kind = "command"
            command = ["/bin/sh", "-c", {program:?}]
            env = {{ PATH = "/usr/bin:/bin" }}
            hosts_file = "{place}/hosts"
            parameters = {{ port = "optional" }}

            [connector.branch]
            kind = "pull"
            hosts_file = "{place}/hosts"

            [[route]]
            match = {{ source = "segura", device = "srv-db-*" }}
            connector = "pg"
            parameters = {{ port = {{ from = "{{extra:port}}", form = "port" }} }}

            [[route]]
            match = {{ source = "wide" }}
            connector = "pg"
            "#
        );
        std::fs::write(folder.path().join("hosts"), "srv-db-*\nsrv-old\n").expect("written");
        let setup = Connectors::parse(&text).expect("a connectors file");
        let server = Server::with(Setup { connectors: Some(text.leak()), ..Setup::default() }).await;
        let admin = server.signed_in(Role::Admin).await;
        let token = server.token("sender", "write", &["segura", "wide", "other"]).await;
        let sender = server.anonymous().bearing(&token);
        Self { server, admin, sender, setup, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the sender makes up: a failed operation. Its id.
    async fn event(&self, source: &str, device: &str, port: &str) -> EventId {
        let username = format!("user-{}", unique());
        let event = json!({
            "report": "password-operation", "source_id": username, "time": "2026-11-22T14:00:00Z", "operation": "Change password",
            "status": "Error", "device": device, "username": username, "extra": { "port": port },
        });
        let sent = self.sender.request("POST", &format!("/api/v1/events?source={source}")).body(event.to_string());
        let sent: Value = sent.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(sent["stored"], 1, "{sent}");
        self.server.store.settle().await;
        let page = self.page(&format!("username={username}")).await;
        let [row] = &page.rows[..] else { panic!("{} rows of {username}", page.rows.len()) };
        row.id
    }

    async fn page(&self, query: &str) -> Page {
        answer(self.admin.call("/fn/report_page", &("password-operation", query)).await).await
    }

    async fn keeper(&self, id: EventId) -> Keeper {
        let page = self.page("limit=100").await;
        let at = page.rows.iter().position(|row| row.id == id).expect("is on the page");
        page.standings[at].keeper
    }

    /// Why it cannot be done; none where it was.
    async fn act(&self, action: Action, id: EventId) -> Option<String> {
        let results: Vec<ActionResult> =
            answer(self.admin.call("/fn/operation_act", &(action, Chosen::Ids(vec![id]), "", true)).await).await;
        results[0].result.as_ref().err().map(ToString::to_string)
    }

    async fn info(&self, id: EventId) -> Value {
        self.admin.json(&format!("/api/v1/operations/{id}")).await
    }

    async fn created(&self, connector: &str, device: &str) -> EventId {
        let new = json!({ "device": device, "username": "app", "connector": connector, "operation": "Change password" });
        let created: Value = self.admin.post("/api/v1/operations", new).await.json().await.expect("JSON");
        created["id"].as_str().unwrap_or_else(|| panic!("{created}")).parse().expect("an id")
    }

    /// Carries out what is due until this one has ended; how it stands, and its last attempt.
    async fn carried_out(&self, id: EventId) -> Value {
        let made = connectors(&self.setup, "http://127.0.0.1").expect("connectors");
        let stop = CancellationToken::new();
        let jobs = executor::jobs(&self.server.store, &made, &self.setup);
        let jobs = Jobs::new(self.server.store.clone(), vigia::clock::system(), jobs.into());
        let running = tokio::spawn(jobs.run(stop.clone()));
        let started = Instant::now();
        let ended = loop {
            let record = self.admin.json(&format!("/api/v1/reports/password-operation/{id}")).await;
            if ["Success", "Error"].contains(&record["fields"]["status"].as_str().unwrap_or_default())
                && record["attempts"].as_array().is_some_and(|attempts| !attempts.is_empty())
            {
                break record;
            }
            assert!(started.elapsed() < PATIENCE, "{record}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        stop.cancel();
        running.await.expect("ends");
        ended
    }

    /// The devices that the program was told, in their order.
    fn told(&self) -> Vec<String> {
        let told = std::fs::read_to_string(self.path("told")).unwrap_or_default();
        let device = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["device"].as_str().expect("a device").to_owned();
        told.lines().map(device).collect()
    }
}

/// A number that no other call gives.
fn unique() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test]
async fn a_made_up_event_has_no_connector_sign_in_somewhere_else() {
    let scene = Scene::new().await;
    for (source, device, port, says) in [
        ("segura", "srv-db-1.evil.example", "5432", "no route"),
        ("segura", "srv-db-1.", "5432", "no route"),
        ("segura", "srv-db-1\u{3002}evil", "5432", "no route"),
        ("wide", "evil.example", "5432", "not among its hosts"),
        ("wide", "srv-db-1.evil.example", "5432", "not among its hosts"),
        ("wide", "198.51.100.7", "5432", "not among its hosts"),
        ("wide", "srv-db-1,evil.example", "5432", "no host name and no address"),
        ("other", "srv-db-1", "5432", "no route"),
    ] {
        let id = scene.event(source, device, port).await;
        assert_eq!(scene.keeper(id).await, Keeper::Other, "restarting is not offered: {source} {device}");
        let info = scene.info(id).await;
        assert_eq!(info["actions"], json!([]), "{info}");
        assert!(info["hint"].as_str().is_some_and(|hint| hint.contains(says)), "{source} {device}: {info}");
        let refused = scene.act(Action::Restart, id).await.expect("is refused");
        assert!(refused.contains(says), "{source} {device}: {refused}");
        let destinations: Vec<Destination> =
            answer(scene.admin.call("/fn/operation_destinations", &(Action::Restart, Chosen::Ids(vec![id]))).await).await;
        assert_eq!(destinations, [], "{source} {device}");
    }
    let id = scene.event("segura", "srv-db-1", "5432 -o ProxyCommand=x").await;
    let refused = scene.act(Action::Restart, id).await.expect("is refused");
    assert!(refused.contains("port") && refused.contains("a number from 1 to 65535"), "{refused}");

    let sound = scene.event("segura", "srv-db-1", "5432").await;
    assert_eq!(scene.keeper(sound).await, Keeper::Routed);
    assert_eq!(scene.act(Action::Restart, sound).await, None);
    let ended = scene.carried_out(sound).await;
    assert_eq!(ended["fields"]["status"], "Success", "{ended}");
    assert_eq!(scene.told(), ["srv-db-1"], "the program was started for this one, and for no other");
}

#[tokio::test]
async fn what_waits_is_not_carried_out_on_a_host_that_is_listed_no_more() {
    let scene = Scene::new().await;
    let refused = scene
        .admin
        .post(
            "/api/v1/operations",
            json!({ "device": "evil.example", "username": "app", "connector": "pg", "operation": "Change password" }),
        )
        .await;
    let problem: Value = refused.json().await.expect("JSON");
    assert_eq!((&problem["status"], &problem["field"]), (&json!(400), &json!("target.device")), "{problem}");
    let (gone, pulled) = (scene.created("pg", "srv-old").await, scene.created("branch", "srv-old").await);
    let kept = scene.created("branch", "srv-db-2").await;
    std::fs::write(scene.path("hosts"), "srv-db-*\n").expect("written");
    assert_eq!(scene.keeper(gone).await, Keeper::Stranded, "it can be taken back, and nothing else");
    assert_eq!(scene.info(gone).await["actions"], json!(["cancel"]));
    let refused = scene.act(Action::RunNow, gone).await.expect("is refused");
    assert!(refused.contains("not among its hosts"), "{refused}");

    let ended = scene.carried_out(gone).await;
    assert_eq!((&ended["fields"]["status"], &ended["attempts"][0]["error_class"]), (&json!("Error"), &json!("Configuration")), "{ended}");
    assert!(ended["attempts"][0]["message"].as_str().is_some_and(|message| message.contains("not among its hosts")), "{ended}");
    assert!(scene.told().is_empty(), "no program was started");

    let runner = scene.server.anonymous().bearing(&scene.server.token("runner", "execute", &["branch"]).await);
    let leased = runner.post("/api/v1/operations/lease", json!({ "connector": "branch", "want": 10 })).await;
    let leased: Value = leased.json().await.expect("JSON");
    let ids: Vec<_> = leased["operations"].as_array().expect("a list").iter().map(|job| job["id"].clone()).collect();
    assert_eq!(ids, [json!(kept.to_string())], "a program outside is given no other");
    let record = scene.admin.json(&format!("/api/v1/reports/password-operation/{pulled}")).await;
    assert_eq!(
        (&record["fields"]["status"], &record["attempts"][0]["error_class"]),
        (&json!("Error"), &json!("Configuration")),
        "{record}"
    );
}

#[tokio::test]
async fn whoever_confirms_is_told_which_connectors_go_to_which_hosts() {
    let scene = Scene::new().await;
    let mut ids = Vec::new();
    for (source, device) in [("segura", "srv-db-2"), ("segura", "SRV-DB-2"), ("wide", "srv-old"), ("wide", "evil.example")] {
        ids.push(scene.event(source, device, "5432").await);
    }
    ids.push(scene.created("branch", "srv-db-1").await);
    let asked = async |who: &Visitor, action: Action, ids: &[EventId]| {
        who.call("/fn/operation_destinations", &(action, Chosen::Ids(ids.to_vec()))).await
    };
    let goes = |connector: &str, operations, named: &[&str]| Destination {
        connector: connector.to_owned(),
        operations,
        devices: named.len(),
        named: named.iter().map(|name| (*name).to_owned()).collect(),
    };
    let restart: Vec<Destination> = answer(asked(&scene.admin, Action::Restart, &ids).await).await;
    assert_eq!(
        restart,
        [goes("pg", 3, &["srv-db-2", "srv-old"])],
        "what is scheduled cannot be restarted, and what is not listed goes nowhere"
    );
    let run: Vec<Destination> = answer(asked(&scene.admin, Action::RunNow, &ids).await).await;
    assert_eq!(run, [goes("branch", 1, &["srv-db-1"])]);
    let matching = Chosen::Matching { query: "status=Error&source=segura".to_owned(), count: 2 };
    let all: Vec<Destination> = answer(scene.admin.call("/fn/operation_destinations", &(Action::Restart, matching)).await).await;
    assert_eq!(all, [goes("pg", 2, &["srv-db-2"])]);
    assert_ne!(asked(&scene.server.signed_in(Role::Manager).await, Action::Restart, &ids).await.status(), 200);
}
