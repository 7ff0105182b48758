//! A real OpenBao with its three audit devices pointed straight at Vigia: real secrets are read, and the passwords of a real
//! PostgreSQL rotated. All three say the same, and the reports tell what happened.

mod bao;
#[path = "../support/http.rs"]
mod http;
mod leaver;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../support/vigia.rs"]
mod vigia;

use self::vigia::{Vigia, free_address};
use bao::Bao;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// What the sources are called: the ways the same exchanges come in.
const WAYS: [&str; 3] = ["bao-file", "bao-socket", "bao-http"];
/// Reports, and what is compared of them: each device writes its own time.
const REPORTS: [(&str, &str); 3] = [
    ("password-operation", "operation,device,username,status,requester,origin_ip,message,template,attempts"),
    ("password-view", "operation,user,login,ip,device,username,message,origin"),
    ("audit-tracking", "operation,entity,entity_name,user,username,ip,change"),
];

/// Ends `vigia tail` with the test.
struct Tail(Child);

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_three_devices_tell_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    three_devices_tell_the_same(&format!("sqlite://{}", folder.path().join("vigia.db").display())).await;
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|file| file.path()).collect();
    assert!(files.len() >= 2, "database and inbox: {files:?}");
    for file in files {
        let bytes = std::fs::read(&file).expect("a file");
        assert!(!bytes.windows(7).any(|bytes| bytes == b"hunter2"), "a secret is in {}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_three_devices_tell_the_same() {
    three_devices_tell_the_same(&postgres::Server::shared().database().await).await;
}

async fn three_devices_tell_the_same(database: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = free_address();
    let listener = format!("tcp://{socket}?format=openbao&source=bao-socket");
    let mut server = Vigia::new(database).with(&["--syslog", &listener]);
    let (write, read) = (server.token("write"), server.token("read"));
    server.start().await;
    let bao = Bao::start(folder.path()).await;
    let log = folder.path().join("audit.log");
    let _tail = follow(&server, &log);
    set_up(&bao).await;
    let events = format!("http://{}/api/v1/events?format=openbao&source=bao-http", server.address());
    bao.root("PUT", "sys/audit/file", json!({ "type": "file", "options": { "file_path": log } })).await;
    let to_socket = json!({ "address": socket.to_string(), "socket_type": "tcp" });
    bao.root("PUT", "sys/audit/socket", json!({ "type": "socket", "options": to_socket })).await;
    let headers = json!({ "Authorization": [format!("Bearer {write}")] }).to_string();
    bao.root("PUT", "sys/audit/http", json!({ "type": "http", "options": { "uri": events, "headers": headers } })).await;

    // From here on every device sees everything.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let from = (::vigia::clock::system())().rfc3339();
    tokio::time::sleep(Duration::from_millis(50)).await;
    what_happens(&bao).await;

    let told = everything(&server, &read, &from).await;
    let [file, socket, http] = &told;
    assert_eq!(file, socket, "the file and the socket differ");
    assert_eq!(file, http, "the file and the http device differ");
    let rows = |report: &str, has: &[&str]| {
        let words = |row: &&String| has.iter().all(|word| row.contains(word));
        file[report].iter().filter(words).count()
    };
    assert_eq!(rows("password-operation", &["Change password", "Success", "app", "ines"]), 2, "two rotations: {file:#?}");
    assert_eq!(rows("password-operation", &["Change password", "Error", "ines"]), 1, "one that could not be: {file:#?}");
    assert_eq!(rows("password-view", &["View password", "ines", "team", "erp"]), 3, "three secrets read: {file:#?}");
    assert_eq!(rows("audit-tracking", &["Login", "ines"]), 1, "{file:#?}");
    let said = format!("{told:?}");
    assert!(!said.contains("hunter2") && !said.contains(&write), "a secret got through");
}

/// `vigia tail` on the log of the file device.
fn follow(server: &Vigia, log: &Path) -> Tail {
    let mut tail = server.command();
    tail.args(["tail", "--format", "openbao", "--source", "bao-file"]).arg(log).stdout(Stdio::null());
    Tail(tail.spawn().expect("starts"))
}

/// A user who may read and rotate, and a database whose passwords OpenBao keeps.
async fn set_up(bao: &Bao) {
    let postgres = postgres::Server::shared();
    postgres.run("DO $$ BEGIN CREATE ROLE app LOGIN PASSWORD 'hunter2'; EXCEPTION WHEN duplicate_object THEN NULL; END $$").await;
    let policy = r#"path "secret/*" { capabilities = ["read", "create", "update"] } path "database/*" { capabilities = ["read", "create", "update"] }"#;
    bao.root("PUT", "sys/policies/acl/team", json!({ "policy": policy })).await;
    bao.root("POST", "sys/auth/userpass", json!({ "type": "userpass" })).await;
    bao.root("POST", "auth/userpass/users/ines", json!({ "password": "hunter2-ines", "token_policies": "team" })).await;
    bao.root("POST", "secret/data/team/erp", json!({ "data": { "password": "hunter2" } })).await;
    bao.root("POST", "sys/mounts/database", json!({ "type": "database" })).await;
    let url = postgres.url("postgres").replace("postgres://vigia:only-for-tests@", "postgresql://{{username}}:{{password}}@");
    let connection = json!({
        "plugin_name": "postgresql-database-plugin", "connection_url": format!("{url}?sslmode=disable"),
        "username": "vigia", "password": "only-for-tests", "allowed_roles": "*",
    });
    bao.root("POST", "database/config/erp", connection).await;
    let role = |user: &str| json!({ "db_name": "erp", "username": user, "rotation_period": "24h" });
    bao.root("POST", "database/static-roles/app", role("app")).await;
    postgres.run("DROP ROLE IF EXISTS gone").await;
    postgres.run("CREATE ROLE gone LOGIN").await;
    bao.root("POST", "database/static-roles/gone", role("gone")).await;
    postgres.run("DROP ROLE gone").await;
}

/// Somebody reads secrets and rotates passwords, one of them in vain.
async fn what_happens(bao: &Bao) {
    let ines = bao.sign_in("ines", "hunter2-ines").await;
    for _ in 0..3 {
        assert_eq!(bao.ask(&ines, "GET", "secret/data/team/erp", Value::Null).await.0, 200);
    }
    for _ in 0..2 {
        assert_eq!(bao.ask(&ines, "POST", "database/rotate-role/app", json!({})).await.0, 204);
    }
    assert_eq!(bao.ask(&ines, "POST", "database/rotate-role/gone", json!({})).await.0, 500);
    assert_eq!(bao.ask(&ines, "GET", "sys/policies/acl/team", Value::Null).await.0, 403);
}

/// The rows of each report, in words, from each of the ways; once they stand still and agree, or after a while as they are.
async fn everything(server: &Vigia, token: &str, from: &str) -> [BTreeMap<&'static str, Vec<String>>; 3] {
    let started = Instant::now();
    loop {
        let mut told = [const { BTreeMap::new() }; 3];
        for (way, told) in WAYS.into_iter().zip(&mut told) {
            for (report, columns) in REPORTS {
                told.insert(report, rows(server, token, report, columns, way, from).await);
            }
        }
        let complete = told[0] == told[1] && told[0] == told[2] && told[0].values().all(|rows| !rows.is_empty());
        if complete || started.elapsed() > Duration::from_secs(60) {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn rows(server: &Vigia, token: &str, report: &str, columns: &str, source: &str, from: &str) -> Vec<String> {
    let url = format!("http://{}/api/v1/reports/{report}?columns={columns}&source={source}&from={from}&limit=500", server.address());
    let answer = http::client().get(url).bearer_auth(token).send().await.expect("an answer");
    let page: Value = answer.json().await.expect("JSON");
    let rows = page["rows"].as_array().unwrap_or_else(|| panic!("{page}"));
    let mut words: Vec<String> = rows
        .iter()
        .map(|row| {
            let fields = row.as_object().expect("a row").iter().filter(|(key, _)| *key != "id");
            fields.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
        })
        .collect();
    words.sort();
    words
}
