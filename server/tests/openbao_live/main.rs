//! A real OpenBao that rotates real passwords on a real PostgreSQL, and tells Vigia of it in every way there is.
//!
//! `scripts/setup.sh test` installs what this needs; where it is missing, the test says so and ends.

mod programs;

use programs::{Postgres, Running, bao, done, free_port};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const SOURCES: [&str; 4] = ["by-file", "by-socket", "by-http", "by-import"];

/// OpenBao, asked over its API.
struct Bao {
    url: String,
    client: Client,
}

impl Bao {
    async fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> Response {
        let request = self.client.request(method.parse().expect("a method"), format!("{}/v1/{path}", self.url));
        request.header("X-Vault-Token", token).json(body).send().await.expect("an answer")
    }

    async fn done(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let response = self.ask(token, method, path, &body).await;
        let (status, text) = (response.status(), response.text().await.expect("text"));
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn root(&self, path: &str, body: Value) -> Value {
        self.done("root", "POST", path, body).await
    }
}

/// A Vigia with its database in a folder.
struct Vigia<'a> {
    folder: &'a Path,
    url: String,
    client: Client,
    reader: String,
}

impl Vigia<'_> {
    fn command(folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        command.env_clear().env("VIGIA_DATABASE", format!("sqlite://{}", folder.join("vigia.db").display())).current_dir(folder);
        command
    }

    async fn rows(&self, report: &str, source: &str) -> Vec<Value> {
        let url = format!("{}/api/v1/reports/{report}?source={source}&limit=500", self.url);
        let answer: Value = self.client.get(url).bearer_auth(&self.reader).send().await.expect("an answer").json().await.expect("JSON");
        let mut rows = answer["rows"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        // Ids are Vigia's own, and each device writes its own time, a millisecond apart.
        for row in &mut rows {
            row.as_object_mut()
                .expect("a row")
                .retain(|key, _| !["id", "date", "schedule_date", "execution_date", "last_attempt"].contains(&key.as_str()));
        }
        rows.sort_by_key(ToString::to_string);
        rows
    }

    /// The rows once there are so many.
    async fn until(&self, report: &str, source: &str, count: usize) -> Vec<Value> {
        let start = Instant::now();
        loop {
            let rows = self.rows(report, source).await;
            if rows.len() >= count {
                return rows;
            }
            let logs =
                || ["vigia.log", "tail.log", "bao.log"].map(|log| std::fs::read_to_string(self.folder.join(log)).unwrap_or_default());
            assert!(start.elapsed() < Duration::from_secs(60), "{report} {source}: {} of {count} rows\n{}", rows.len(), logs().join("\n"));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn wait_for(client: &Client, url: &str) {
    let start = Instant::now();
    while !client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(start.elapsed() < Duration::from_secs(60), "{url} answers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn counts(rows: &[Value], column: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row[column].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts
}

fn expected(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    counts.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()
}

#[tokio::test]
async fn file_socket_and_http_devices_of_a_real_vault_tell_the_same_story() {
    let (Some(program), Some(postgres)) = (bao(), Postgres::start()) else {
        eprintln!("OpenBao or PostgreSQL is missing: run scripts/setup.sh test");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let client = Client::new();
    let log = folder.join("audit.jsonl");

    // Vigia: the server with a socket, and a tail of the file.
    let token = |name: &str, scope: &[&str]| done(Vigia::command(folder).args(["token", "create", name, "--scope"]).args(scope));
    let (reader, writer) = (token("reader", &["read"]), token("bao", &["write", "--source", "by-http"]));
    let (port, socket) = (free_port(), free_port());
    let mut serve = Vigia::command(folder);
    serve.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--syslog"]);
    serve.arg(format!("tcp://127.0.0.1:{socket}?format=openbao&source=by-socket"));
    let _serve = Running::start(&mut serve, &folder.join("vigia.log"));
    let mut tail = Vigia::command(folder);
    tail.args(["tail", "--format", "openbao", "--source", "by-file"]).arg(&log);
    let _tail = Running::start(&mut tail, &folder.join("tail.log"));
    let vigia = Vigia { folder, url: format!("http://127.0.0.1:{port}"), client: client.clone(), reader };
    wait_for(&client, &format!("{}/readyz", vigia.url)).await;

    // OpenBao, with a device of each kind pointed at Vigia.
    let settings = folder.join("bao.hcl");
    std::fs::write(&settings, "unsafe_allow_api_audit_creation = true\n").expect("settings");
    let at = format!("127.0.0.1:{}", free_port());
    let mut server = Command::new(program);
    server.args(["server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root", &format!("-dev-listen-address={at}")]);
    let _bao = Running::start(server.arg(format!("-config={}", settings.display())), &folder.join("bao.log"));
    let bao = Bao { url: format!("http://{at}"), client: client.clone() };
    wait_for(&client, &format!("{}/v1/sys/health", bao.url)).await;
    let headers = json!({ "Authorization": [format!("Bearer {writer}")] }).to_string();
    let uri = format!("{}/api/v1/events?format=openbao", vigia.url);
    bao.root("sys/audit/by-file", json!({ "type": "file", "options": { "file_path": log } })).await;
    let address = format!("127.0.0.1:{socket}");
    bao.root("sys/audit/by-socket", json!({ "type": "socket", "options": { "address": address, "socket_type": "tcp" } })).await;
    bao.root("sys/audit/by-http", json!({ "type": "http", "options": { "uri": uri, "headers": headers } })).await;

    // An engine that knows a real database, and a user who may read some of it.
    let names = ["db_name", "username"];
    let tune = json!({ "type": "database", "config": { "audit_non_hmac_request_keys": names, "audit_non_hmac_response_keys": ["username", "error"] } });
    bao.root("sys/mounts/database", tune).await;
    let connection = format!("postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{}/postgres?sslmode=disable", postgres.port);
    let config = json!({ "plugin_name": "postgresql-database-plugin", "allowed_roles": "*", "connection_url": connection, "username": "root",
                         "password": "first", "password_authentication": "scram-sha-256" });
    bao.root("database/config/erp", config).await;
    let statement = "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'";
    bao.root("database/roles/report", json!({ "db_name": "erp", "creation_statements": [statement], "default_ttl": "1h" })).await;
    bao.root("sys/policies/acl/web", json!({ "policy": "path \"secret/data/web/*\" { capabilities = [\"read\"] }" })).await;
    bao.root("sys/auth/userpass", json!({ "type": "userpass" })).await;
    bao.root("auth/userpass/users/ana", json!({ "password": "hunter2-of-ana", "token_policies": ["web"] })).await;
    bao.root("secret/data/web/root", json!({ "data": { "password": "s3cr3t-of-web" } })).await;

    // A day at work.
    for account in ["app1", "app2"] {
        postgres.ask("root", "first", &format!("CREATE ROLE {account} LOGIN PASSWORD 'old'"));
        bao.root(&format!("database/static-roles/{account}"), json!({ "db_name": "erp", "username": account, "rotation_period": "24h" }))
            .await;
    }
    bao.root("database/rotate-role/app1", json!({})).await;
    postgres.ask("root", "first", "DROP ROLE app2");
    let failed = bao.ask("root", "POST", "database/rotate-role/app2", &json!({})).await;
    assert!(!failed.status().is_success(), "there is no account to rotate");
    let read = bao.done("root", "GET", "database/static-creds/app1", json!({})).await;
    let password = read["data"]["password"].as_str().expect("a password").to_owned();
    assert_eq!(postgres.ask("app1", &password, "SELECT current_user"), "app1", "the password was really changed");
    let lent = bao.done("root", "GET", "database/creds/report", json!({})).await;
    let login = bao.done("", "POST", "auth/userpass/login/ana", json!({ "password": "hunter2-of-ana" })).await;
    let ana = login["auth"]["client_token"].as_str().expect("a token").to_owned();
    bao.done(&ana, "GET", "secret/data/web/root", json!({})).await;
    let denied = bao.ask(&ana, "GET", "secret/data/erp/root", &json!({})).await;
    assert_eq!(denied.status(), 403);

    // The same rows, whichever way they came.
    vigia.until("password-operation", "by-http", 5).await;
    let import = Vigia::command(folder).args(["import", "--format", "openbao", "--source", "by-import"]).arg(&log).output().expect("runs");
    assert_eq!(import.status.code(), Some(0), "{}", String::from_utf8_lossy(&import.stdout));
    let mut stories = Vec::new();
    for source in SOURCES {
        let (operations, views) = (vigia.until("password-operation", source, 5).await, vigia.until("password-view", source, 4).await);
        let trails: Vec<_> = vigia.rows("audit-tracking", source).await.into_iter().filter(|row| row["entity"] != "Audit device").collect();
        stories.push((source, operations, views, trails));
    }
    let (_, operations, views, trails) = &stories[0];
    for (source, other_operations, other_views, _) in &stories {
        assert_eq!((other_operations, other_views), (operations, views), "{source} tells what by-file tells");
    }
    assert_eq!(
        counts(operations, "operation"),
        expected(&[("Change password", 2), ("Credential activation", 2), ("Ephemeral credential creation", 1)])
    );
    assert_eq!(counts(operations, "status"), expected(&[("Error", 1), ("Success", 4)]));
    assert_eq!(counts(views, "device"), expected(&[("database", 2), ("erp", 1), ("web", 1)]));
    assert_eq!(counts(views, "user"), expected(&[("ana", 2), ("token", 2)]));
    assert!(views.iter().any(|view| view["message"].as_str().is_some_and(|message| message.contains("permission denied"))), "{views:?}");
    assert!(trails.iter().any(|trail| trail["operation"] == "Login" && trail["user"] == "ana"), "{trails:?}");
    for (source, _, _, other) in &stories {
        let words = |trails: &[Value]| (counts(trails, "operation"), counts(trails, "entity"));
        assert_eq!(words(other), words(trails), "{source} tells the trails that by-file tells");
    }

    // No secret came along.
    let lent = lent["data"]["password"].as_str().expect("a password");
    let database = ["vigia.db", "vigia.db-wal"].map(|file| std::fs::read(folder.join(file)).unwrap_or_default()).concat();
    let database = String::from_utf8_lossy(&database);
    for secret in [&*password, lent, &*ana, "hunter2-of-ana", "s3cr3t-of-web", &*writer] {
        assert!(!database.contains(secret), "{secret} in the database");
    }
}
