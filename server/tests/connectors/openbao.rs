//! Tests for the connector `openbao`: a real OpenBao that keeps passwords of a real PostgreSQL. The tests read the passwords; Vigia does not.

use crate::bao::Bao;
use crate::house::House;
use crate::postgres;
use crate::rogue::{Authority, Rogue};
use crate::vigia::free_address;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use vigia_app::model::{Attempt, OperationStatus};

/// What Vigia needs in OpenBao, and no more. It does not have `static-creds`.
const POLICY: &str = r#"
    path "database/static-roles/*" { capabilities = ["read"] }
    path "database/rotate-role/*" { capabilities = ["update"] }
    path "database/rotate-root/*" { capabilities = ["update"] }
    path "database/reset/*" { capabilities = ["update"] }
"#;

/// An OpenBao that keeps the password of a role of PostgreSQL, and of the connection itself.
struct Vault {
    bao: Bao,
    folder: TempDir,
    server: &'static postgres::Server,
    /// Of the role, and of the connection's own user; each test has its own.
    role: String,
    manager: String,
}

impl Vault {
    async fn start(name: &str) -> Self {
        Self::with(name, "").await
    }

    async fn with(name: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let bao = Bao::with(folder.path(), &settings.replace("{folder}", &folder.path().display().to_string())).await;
        let server = postgres::Server::shared();
        let vault = Self { bao, folder, server, role: format!("app_{name}"), manager: format!("manager_{name}") };
        vault.set_up("", server).await;
        let token = vault.token("vigia").await;
        vigia::file::put(&vault.folder.path().join("token"), token.as_bytes()).expect("written");
        vault
    }

    /// The database engine, a connection and a static role, in a namespace.
    async fn set_up(&self, namespace: &str, server: &postgres::Server) {
        let (role, manager) = (&self.role, &self.manager);
        server.run(&format!("DROP ROLE IF EXISTS {role}; DROP ROLE IF EXISTS {manager}")).await;
        server.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'first'; CREATE ROLE {manager} SUPERUSER LOGIN PASSWORD 'first'")).await;
        let at = |path: &str| format!("{namespace}{path}");
        self.bao.root("PUT", &at("sys/policies/acl/vigia"), json!({ "policy": POLICY })).await;
        self.bao.root("POST", &at("sys/mounts/database"), json!({ "type": "database" })).await;
        let url = server.url("postgres").replace("postgres://vigia:only-for-tests@", "postgresql://{{username}}:{{password}}@");
        let connection = json!({
            "plugin_name": "postgresql-database-plugin", "connection_url": format!("{url}?sslmode=disable"),
            "username": manager, "password": "first", "allowed_roles": "*",
        });
        self.bao.root("POST", &at("database/config/erp"), connection).await;
        let description = json!({ "db_name": "erp", "username": role, "rotation_period": "24h" });
        self.bao.root("POST", &at(&format!("database/static-roles/{role}")), description).await;
    }

    async fn token(&self, policy: &str) -> String {
        let said = self.bao.root("POST", "auth/token/create", json!({ "policies": [policy], "no_default_policy": true })).await;
        said["auth"]["client_token"].as_str().expect("a token").to_owned()
    }

    /// A house whose connector signs in as `auth` says.
    async fn house(&self, address: &str, auth: &str, more: &str) -> House {
        let file = format!(
            r#"
            [limits]
            attempts = 1
            backoff_first = "10ms"
            backoff_cap = "10ms"
            [connector.vault]
            kind = "openbao"
            address = "{address}"
            timeout = "5s"
            {auth}
            {more}
            "#
        );
        let file = file.replace("{vault}", &self.folder.path().display().to_string());
        House::new(&file).await
    }

    /// Has the role rotated once, as Vigia would by default.
    async fn rotate(&self) -> (OperationStatus, Attempt) {
        self.rotate_with(&[("role", &self.role)]).await
    }

    async fn rotate_with(&self, parameters: &[(&str, &str)]) -> (OperationStatus, Attempt) {
        let house = self.house(self.bao.origin(), TOKEN, "").await;
        let (status, mut attempts) = house.carry_out("vault", parameters).await;
        (status, attempts.remove(0))
    }

    /// The role's password as OpenBao has it; only for the test.
    async fn password(&self, namespace: &str) -> String {
        let said = self.bao.root("GET", &format!("{namespace}database/static-creds/{}", self.role), Value::Null).await;
        said["data"]["password"].as_str().expect("a password").to_owned()
    }

    async fn signs_in(&self, user: &str, password: &str) -> bool {
        let url = self.server.url("postgres").replace("vigia:only-for-tests", &format!("{user}:{password}"));
        tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_ok()
    }
}

const TOKEN: &str = "token_file = \"{vault}/token\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_role_signs_in_with_the_new_password_and_not_with_the_old_one() {
    let vault = Vault::start("role").await;
    let old = vault.password("").await;
    assert!(vault.signs_in(&vault.role, &old).await);
    let (status, attempt) = vault.rotate().await;
    assert_eq!(status, OperationStatus::Success, "{attempt:?}");
    let new = vault.password("").await;
    assert!(vault.signs_in(&vault.role, &new).await && !vault.signs_in(&vault.role, &old).await);
    assert_eq!((attempt.template.as_str(), attempt.message.as_str()), ("rotate-role", "OpenBao changed the password."));
    let said = format!("{attempt:?}");
    assert!(!said.contains(&old) && !said.contains(&new), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_of_a_connection_is_changed_and_openbao_signs_in_with_it() {
    let vault = Vault::start("root").await;
    assert!(vault.signs_in(&vault.manager, "first").await);
    let (status, attempt) = vault.rotate_with(&[("connection", "erp")]).await;
    assert_eq!((status, attempt.template.as_str()), (OperationStatus::Success, "rotate-root"), "{attempt:?}");
    assert!(!vault.signs_in(&vault.manager, "first").await, "the old one is refused");
    let (status, attempt) = vault.rotate().await;
    assert_eq!(status, OperationStatus::Success, "OpenBao works with the new one: {attempt:?}");

    // Somebody changes it behind OpenBao's back: what it keeps no longer signs in, and that is not a success.
    let manager = &vault.manager;
    vault.server.run(&format!("ALTER ROLE {manager} PASSWORD 'other'")).await;
    let (status, attempt) = vault.rotate_with(&[("connection", "erp")]).await;
    assert_eq!((status, attempt.error_class.as_str()), (OperationStatus::Error, "Credential rejected"), "{attempt:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approle_signs_in_over_tls_in_a_namespace_and_again_when_its_token_has_ended() {
    let (own, other) = (Authority::new(), Authority::new());
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        vigia::file::put(&path, text.as_bytes()).expect("written");
        path.display().to_string()
    };
    let (certificate, key) = own.issue("localhost");
    let (certificate, key) = (file("cert.pem", &certificate), file("key.pem", &key));
    let tls = free_address();
    let listener =
        format!("listener \"tcp\" {{\n address = \"{tls}\"\n tls_cert_file = \"{certificate}\"\n tls_key_file = \"{key}\"\n}}\n");
    let vault = Vault::with("approle", &listener).await;
    vault.bao.root("POST", "sys/namespaces/team", json!({})).await;
    vault.set_up("team/", vault.server).await;
    vault.bao.root("POST", "team/sys/auth/approle", json!({ "type": "approle" })).await;
    vault.bao.root("POST", "team/auth/approle/role/vigia", json!({ "token_policies": "vigia", "token_ttl": "1h" })).await;
    let said = vault.bao.root("GET", "team/auth/approle/role/vigia/role-id", Value::Null).await;
    let role_id = said["data"]["role_id"].as_str().expect("an id");
    let said = vault.bao.root("POST", "team/auth/approle/role/vigia/secret-id", json!({})).await;
    let secret_id = file("secret-id", said["data"]["secret_id"].as_str().expect("an id"));
    let auth = format!("namespace = \"team\"\napprole = {{ role_id = \"{role_id}\", secret_id_file = \"{secret_id}\" }}");
    let ca = |authority: &Authority| format!("ca = \"{}\"", file("ca.pem", &authority.pem));
    let address = format!("https://localhost:{}", tls.port());

    let house = vault.house(&address, &auth, &ca(&own)).await;
    let role = [("role", vault.role.as_str())];
    let old = vault.password("team/").await;
    let (status, attempts) = house.carry_out("vault", &role).await;
    assert_eq!(status, OperationStatus::Success, "{attempts:?}");
    let new = vault.password("team/").await;
    assert!(vault.signs_in(&vault.role, &new).await && !vault.signs_in(&vault.role, &old).await);

    // Every token of the role ends; the connector still has one of them.
    vault.bao.root("POST", "team/sys/leases/revoke-prefix/auth/approle", json!({})).await;
    let (status, attempts) = house.carry_out("vault", &role).await;
    assert_eq!(status, OperationStatus::Success, "{attempts:?}");

    vigia::file::put(&folder.path().join("secret-id"), b"wrong").expect("written");
    let (_, attempts) = vault.house(&address, &auth, &ca(&own)).await.carry_out("vault", &role).await;
    assert_eq!(attempts[0].error_class, "Credential rejected", "{attempts:?}");
    let (_, attempts) = vault.house(&address, &auth, &ca(&other)).await.carry_out("vault", &role).await;
    assert_eq!(attempts[0].error_class, "Connectivity", "a certificate nobody knows: {attempts:?}");
    let (_, attempts) = vault.house(&format!("https://127.0.0.1:{}", tls.port()), &auth, &ca(&own)).await.carry_out("vault", &role).await;
    assert_eq!(attempts[0].error_class, "Connectivity", "a certificate of another name: {attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_openbao_refuses_has_its_class_and_changes_nothing() {
    let vault = Vault::start("refused").await;
    let old = vault.password("").await;
    let class = async |parameters: &[(&str, &str)]| vault.rotate_with(parameters).await.1.error_class;
    assert_eq!(class(&[("role", "nobody")]).await, "Not found");
    assert_eq!(class(&[("connection", "nothing")]).await, "Not found");

    let token = vault.folder.path().join("token");
    let good = std::fs::read_to_string(&token).expect("a token");
    for (policy, text) in [
        ("none", "path \"sys/health\" { capabilities = [\"read\"] }"),
        ("blind", "path \"database/rotate-role/*\" { capabilities = [\"update\"] }"),
    ] {
        vault.bao.root("PUT", &format!("sys/policies/acl/{policy}"), json!({ "policy": text })).await;
        vigia::file::put(&token, vault.token(policy).await.as_bytes()).expect("written");
        assert_eq!(class(&[("role", &vault.role)]).await, "Permission denied", "{policy}");
    }
    let text = "path \"database/rotate-root/*\" { capabilities = [\"update\"] }";
    vault.bao.root("PUT", "sys/policies/acl/blind", json!({ "policy": text })).await;
    assert_eq!(class(&[("connection", "erp")]).await, "Permission denied");
    assert!(vault.signs_in(&vault.manager, "first").await, "the connection's password was not changed either");
    vigia::file::put(&token, b"s.wrong").expect("written");
    assert_eq!(
        class(&[("role", &vault.role)]).await,
        "Permission denied",
        "OpenBao does not tell a token it does not know from one that may not"
    );
    std::fs::remove_file(&token).expect("removed");
    assert_eq!(class(&[("role", &vault.role)]).await, "Configuration");
    vigia::file::put(&token, good.as_bytes()).expect("written");
    assert_eq!(vault.password("").await, old, "nothing was changed, also where it could not have been verified");

    vault.bao.root("PUT", "sys/seal", json!({})).await;
    assert_eq!(class(&[("role", &vault.role)]).await, "Unavailable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_down_is_tried_again_until_it_is_back() {
    let vault = Vault::start("down").await;
    let server = postgres::Server::start();
    vault.bao.root("POST", "sys/namespaces/down", json!({})).await;
    vault.set_up("down/", &server).await;
    let port = server.url("").rsplit_once(':').and_then(|(_, rest)| rest.trim_end_matches('/').parse::<u16>().ok()).expect("a port");
    drop(server);
    vigia::file::put(&vault.folder.path().join("token"), b"root").expect("written");
    let house = vault.house(vault.bao.origin(), TOKEN, "namespace = \"down\"\nattempts = 2").await;
    let (status, attempts) = house.carry_out("vault", &[("role", &vault.role)]).await;
    let classes: Vec<_> = attempts.iter().map(|attempt| attempt.error_class.as_str()).collect();
    assert_eq!((status, classes), (OperationStatus::Error, vec!["Connectivity"; 2]), "{attempts:?}");
    assert!(attempts[0].message.contains(&port.to_string()), "{attempts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_no_openbao_fails_before_anything_is_changed() {
    let vault = Vault::start("rogue").await;
    for rogue in Rogue::ALL {
        let house = vault.house(&format!("http://{}", rogue.start().await), TOKEN, "").await;
        let (_, attempts) = house.carry_out("vault", &[("role", &vault.role)]).await;
        assert_eq!(attempts[0].error_class, "Unavailable", "{rogue:?}: {attempts:?}");
    }
    let house = vault.house("http://127.0.0.1:1", TOKEN, "").await;
    let (_, attempts) = house.carry_out("vault", &[("role", &vault.role)]).await;
    assert_eq!(attempts[0].error_class, "Connectivity", "{attempts:?}");
}

/// Passes connections on to OpenBao, but keeps the answer to the first request for a rotation, which it passes on late.
async fn lossy(bao: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let lost = Arc::new(AtomicBool::new(false));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let lost = lost.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 16 * 1024];
                let Ok(read) = client.read(&mut request).await else { return };
                let mut server = TcpStream::connect(bao).await.expect("OpenBao listens");
                let rotates = request[..read].windows(12).any(|bytes| bytes == b"/rotate-role");
                let lose = rotates && !lost.swap(true, Ordering::Relaxed);
                if lose {
                    tokio::time::sleep(Duration::from_secs(3)).await;
                }
                let _ = server.write_all(&request[..read]).await;
                if lose {
                    let _ = server.read(&mut request).await;
                } else {
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_whose_answer_was_lost_is_seen_and_not_made_again() {
    let vault = Vault::start("lost").await;
    let bao: SocketAddr = vault.bao.origin().trim_start_matches("http://").parse().expect("an address");
    let house = vault.house(&format!("http://{}", lossy(bao).await), TOKEN, "attempts = 3").await;
    let id = house.enqueue("vault", "srv-1", "app", &[("role", &vault.role)]).await;
    let running = house.executor();
    let (status, attempts) = house.end(id).await;
    running.stop().await;
    let results: Vec<_> = attempts.iter().map(|attempt| attempt.result.as_str()).collect();
    assert_eq!((status, results), (OperationStatus::Success, vec!["Unknown", "Success"]), "{attempts:?}");
    assert!(attempts[1].message.contains("nothing was done again"), "{attempts:?}");
    assert!(vault.signs_in(&vault.role, &vault.password("").await).await);
}
