//! Somebody who leaves: what they read in OpenBao is listed, changed in PostgreSQL by the queue, verified, and no longer listed.

use crate::bao::Bao;
use crate::vigia::Vigia;
use crate::{follow, http, postgres};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The accounts whose passwords are read, in a database of their own names.
const ACCOUNTS: [&str; 2] = ["leaver_erp", "leaver_crm"];

struct Api<'a> {
    server: &'a Vigia,
    token: String,
}

impl Api<'_> {
    async fn get(&self, path: &str) -> Value {
        let url = format!("http://{}{path}", self.server.address());
        http::client().get(url).bearer_auth(&self.token).send().await.expect("an answer").json().await.expect("JSON")
    }

    /// The list, once so many credentials are left.
    async fn left(&self, credentials: u64) -> Value {
        let started = Instant::now();
        loop {
            let list = self.get("/api/v1/credentials/seen?user=ines").await;
            if list["unchanged"] == credentials && list["credentials"].as_array().is_some_and(|all| all.len() == ACCOUNTS.len()) {
                return list;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{credentials} are to be left: {list}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_has_read_who_leaves_is_changed_and_verified() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let bao = Bao::start(folder.path()).await;
    set_up(&bao).await;
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        ::vigia::file::put(&path, text.as_bytes()).expect("written");
        path.display().to_string()
    };
    let connectors = format!(
        "[connector.vault]\nkind = \"openbao\"\naddress = \"{}\"\ntoken_file = \"{}\"\n\
         [[route]]\nmatch = {{ source = \"bao-file\", operation = \"Change password\" }}\nconnector = \"vault\"\n\
         parameters = {{ role = \"{{username}}\" }}\n",
        bao.origin(),
        file("token", "root"),
    );
    let mut server = Vigia::new(&database).with(&["--connectors", &file("connectors.toml", &connectors)]);
    let (read, operate) = (server.token("read"), server.token("operate"));
    server.start().await;
    let log = folder.path().join("audit.log");
    let _tail = follow(&server, &log);
    bao.root("PUT", "sys/audit/file", json!({ "type": "file", "options": { "file_path": log } })).await;

    let ines = bao.sign_in("ines", "hunter2-ines").await;
    let mut old = Vec::new();
    for account in ACCOUNTS {
        for _ in 0..2 {
            let (status, said) = bao.ask(&ines, "GET", &format!("database/static-creds/{account}"), Value::Null).await;
            assert_eq!(status, 200, "{said}");
            old.push((account, said["data"]["password"].as_str().expect("a password").to_owned()));
        }
    }

    let api = Api { server: &server, token: read };
    let list = api.left(2).await;
    let names: Vec<_> = list["credentials"].as_array().expect("a list").iter().map(|seen| (&seen["username"], &seen["views"])).collect();
    assert!(ACCOUNTS.iter().all(|account| names.contains(&(&json!(account), &json!(2)))), "each once, seen twice: {list}");
    let knowers = api.get("/api/v1/credentials/known-by?device=database&username=leaver_erp").await;
    assert_eq!(knowers[0]["user"], "ines", "{knowers}");

    let url = format!("http://{}/api/v1/credentials/changes", server.address());
    let ask = async |count: u32, key: &str| {
        let request = http::client().post(&url).bearer_auth(&operate).header("Idempotency-Key", key);
        let answer = request.json(&json!({ "user": "ines", "count": count })).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, said) = ask(1, "too few").await;
    assert_eq!((status, &said["field"]), (400, &json!("count")), "more than were confirmed: {said}");
    let (status, said) = ask(2, "all").await;
    assert_eq!(status, 200, "{said}");
    assert!(said.as_array().expect("a list").iter().all(|one| one["id"].is_string() && one["refused"].is_null()), "{said}");

    let list = api.left(0).await;
    assert!(list["credentials"].as_array().expect("a list").iter().all(|seen| seen["changed"].is_string()), "{list}");
    assert_eq!(list["progress"]["statuses"], json!([{ "status": "Success", "operations": 2 }]), "{list}");
    assert_eq!(api.get("/api/v1/credentials/known-by?device=database&username=leaver_erp").await, json!([]), "nobody knows it any more");
    for (account, password) in old {
        assert!(!signs_in(account, &password).await, "the password that was seen is refused");
        let said = bao.root("GET", &format!("database/static-creds/{account}"), Value::Null).await;
        assert!(signs_in(account, said["data"]["password"].as_str().expect("a password")).await, "the new one is good");
    }
    let (status, said) = ask(2, "once more").await;
    assert_eq!((status, &said["field"]), (400, &json!("user")), "nothing is left: {said}");
}

async fn signs_in(user: &str, password: &str) -> bool {
    let url = postgres::Server::shared().url("postgres").replace("vigia:only-for-tests", &format!("{user}:{password}"));
    tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_ok()
}

/// A user who may read what OpenBao keeps of the accounts.
async fn set_up(bao: &Bao) {
    let server = postgres::Server::shared();
    bao.root("PUT", "sys/policies/acl/team", json!({ "policy": r#"path "database/static-creds/*" { capabilities = ["read"] }"# })).await;
    bao.root("POST", "sys/auth/userpass", json!({ "type": "userpass" })).await;
    bao.root("POST", "auth/userpass/users/ines", json!({ "password": "hunter2-ines", "token_policies": "team" })).await;
    bao.root("POST", "sys/mounts/database", json!({ "type": "database" })).await;
    let url = server.url("postgres").replace("postgres://vigia:only-for-tests@", "postgresql://{{username}}:{{password}}@");
    let connection = json!({
        "plugin_name": "postgresql-database-plugin", "connection_url": format!("{url}?sslmode=disable"),
        "username": "vigia", "password": "only-for-tests", "allowed_roles": "*",
    });
    bao.root("POST", "database/config/erp", connection).await;
    for account in ACCOUNTS {
        server.run(&format!("DROP ROLE IF EXISTS {account}; CREATE ROLE {account} LOGIN PASSWORD 'first'")).await;
        let role = json!({ "db_name": "erp", "username": account, "rotation_period": "24h" });
        bao.root("POST", &format!("database/static-roles/{account}"), role).await;
    }
}
