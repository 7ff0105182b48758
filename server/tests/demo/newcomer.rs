//! Somebody who has started a demo, and is signed in as its administrator.

use crate::vigia::Vigia;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(90);

pub struct Newcomer {
    pub server: Vigia,
    folder: TempDir,
    http: reqwest::Client,
}

impl Newcomer {
    /// One of a demo with few events, which starts sooner.
    pub async fn new() -> Self {
        let mut newcomer = Self::nobody(&["--demo"]);
        newcomer.vigia(&["demo", "--events", "2000"], "");
        newcomer.start().await;
        newcomer
    }

    /// The server does not run yet; `settings` are arguments of `serve`.
    pub fn nobody(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Vigia::new(&format!("sqlite://{}", folder.path().join("vigia.db").display())).with(settings);
        let http = crate::http::builder().cookie_store(true).build().expect("a client");
        Self { server, folder, http }
    }

    /// Starts the server, and signs in.
    pub async fn start(&mut self) -> Duration {
        let took = self.server.start().await;
        let signed_in = self.post("/api/v1/session", json!({ "username": "admin", "password": "admin-demo-2026" })).await;
        assert_eq!(signed_in["username"], "admin", "{signed_in}");
        took
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the demo keeps its devices.
    pub fn demo(&self) -> PathBuf {
        self.path("demo")
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(self.url(path)).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(self.url(path)).json(&body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }

    /// Puts something to a whole URL; the status of the answer.
    pub async fn put(&self, url: &str, body: &Value) -> u16 {
        self.http.put(url).json(body).send().await.expect("an answer").status().as_u16()
    }

    /// A server of the same database that does not run yet, and is not a demo.
    pub fn without_demo(&self) -> Vigia {
        Vigia::new(&format!("sqlite://{}", self.path("vigia.db").display()))
    }

    /// Asks for an operation, due now; its id.
    pub async fn create(&self, operation: &str, device: &str, username: &str) -> String {
        let new = json!({ "operation": operation, "device": device, "username": username, "connector": "demo" });
        let created = self.post("/api/v1/operations", new).await;
        created["id"].as_str().unwrap_or_else(|| panic!("{created}")).to_owned()
    }

    /// What became of an action on one operation.
    pub async fn act(&self, action: &str, id: &str, mended: bool) -> Value {
        let done = self.post("/api/v1/operations/actions", json!({ "action": action, "ids": [id], "mended": mended })).await;
        done["results"][0].clone()
    }

    /// The rows that a query string of the report Password operation matches: their ids.
    pub async fn ids(&self, query: &str) -> Vec<String> {
        let page = self.get(&format!("/api/v1/reports/password-operation?{query}")).await;
        page["rows"].as_array().expect("rows").iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Waits until an operation has this status; its row with its attempts.
    pub async fn until(&self, id: &str, status: &str) -> Value {
        let started = Instant::now();
        loop {
            let record = self.get(&format!("/api/v1/reports/password-operation/{id}")).await;
            if record["fields"]["status"] == status {
                return record;
            }
            assert!(started.elapsed() < PATIENCE, "{id} is not {status}: {record}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Runs `vigia` to its end; what it printed.
    pub fn vigia(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input, None);
        assert!(output.status.success(), "vigia {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs `vigia`, which is to die where it is said.
    pub fn run(&self, arguments: &[&str], input: &str, crash_at: Option<&str>) -> Output {
        let mut command = self.server.command();
        command.args(arguments).envs(crash_at.map(|place| ("CRASH_AT", place)));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("is read");
        child.wait_with_output().expect("ends")
    }

    /// What a device of the demo answers.
    pub fn device(&self, request: &Value) -> Value {
        let folder = self.demo();
        let said = self.vigia(&["demo", "device", "--folder", folder.to_str().expect("text")], &request.to_string());
        serde_json::from_str(&said).expect("JSON")
    }

    /// Whether a password signs in on a device.
    pub fn signs_in(&self, device: &str, username: &str, password: &str) -> bool {
        let answer = self.device(&json!({ "do": "sign_in", "device": device, "username": username, "password": password }));
        answer["signed_in"].as_bool().unwrap_or_else(|| panic!("{device}: {answer}"))
    }

    /// What the vault has of an account.
    pub fn record(&self, device: &str, username: &str) -> Value {
        let vault: Value = serde_json::from_slice(&std::fs::read(self.demo().join("vault.json")).expect("a vault")).expect("JSON");
        vault[device][username].clone()
    }

    /// The password the vault has of an account, which has to be settled.
    pub fn password(&self, device: &str, username: &str) -> String {
        let record = self.record(device, username);
        assert!(record["pending"].is_null(), "nothing is pending");
        record["password"].as_str().expect("a password").to_owned()
    }
}
