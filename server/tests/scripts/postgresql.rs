//! Tests for docs/connectors/postgresql, and for the order of the steps that all scripts share.

use crate::postgres::Server;
use crate::programs::{certify, installed};
use crate::safe::Safe;
use serde_json::json;
use std::path::Path;
use tempfile::TempDir;
use vigia_app::model::OperationStatus::{Error, Success};

/// A safe for a role that has just been made, with the password `first`.
async fn safe(role: &str, before_put: &str) -> Option<(Safe, String)> {
    installed(["psql"])?;
    let server = Server::shared();
    server.run(&format!("DROP ROLE IF EXISTS {role}")).await;
    server.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'first'")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let port = port(server);
    pgpass(&folder, "vigia", "only-for-tests");
    let env = [("PGUSER", "vigia"), ("PGPASSFILE", "{folder}/pgpass"), ("FOLDER", "{folder}")];
    let before_put = before_put.replace("{folder}", &folder.path().display().to_string());
    Some((Safe::with(folder, "postgresql", &env, &before_put).await, port))
}

fn port(server: &Server) -> String {
    server.url("").trim_end_matches('/').rsplit(':').next().expect("a port").to_owned()
}

fn pgpass(folder: &TempDir, user: &str, password: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.path().join("pgpass");
    std::fs::write(&path, format!("*:*:*:{user}:{password}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("is closed");
}

async fn signs_in(role: &str, password: &str) -> bool {
    let url = Server::shared().url("postgres").replace("vigia:only-for-tests", &format!("{role}:{password}"));
    tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_gets_a_new_password_and_the_old_one_is_refused() {
    let Some((mut safe, port)) = safe("script_role", "").await else { return };
    let (status, attempt) = safe.change("script_role", &[("port", &port)]).await;
    assert_eq!((status, attempt.template.as_str(), attempt.version.as_str()), (Success, "postgresql", "2"), "{attempt:?}");
    let first = safe.password("script_role").await;
    assert!(signs_in("script_role", &first).await && !signs_in("script_role", "first").await);
    let (status, attempt) = safe.change("script_role", &[("port", &port)]).await;
    assert_eq!(status, Success, "{attempt:?}");
    let second = safe.password("script_role").await;
    assert!(signs_in("script_role", &second).await && !signs_in("script_role", &first).await);
    let (status, attempt) = safe.carry_out("Verify password", "script_role", &[("port", &port)]).await;
    assert_eq!(status, Success, "{attempt:?}");
    safe.put("script_role", json!({ "password": "wrong" })).await;
    let (status, attempt) = safe.carry_out("Verify password", "script_role", &[("port", &port)]).await;
    assert_eq!((status, attempt.error_class.as_str()), (Error, "Credential rejected"), "{attempt:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_refuses_has_its_class_and_leaves_the_old_password() {
    let Some((mut safe, port)) = safe("script_refused", "").await else { return };
    safe.put("script_refused", json!({ "password": "first" })).await;
    let (_, attempt) = safe.change("nobody_at_all", &[("port", &port)]).await;
    assert_eq!(attempt.error_class, "Not found", "{attempt:?}");
    let (_, attempt) = safe.change("script_refused", &[("port", "1")]).await;
    assert_eq!(attempt.error_class, "Connectivity", "{attempt:?}");
    assert!(signs_in("script_refused", "first").await);
    std::fs::write(safe.house.path("pgpass"), "*:*:*:vigia:wrong\n").expect("written");
    let (_, attempt) = safe.change("script_refused", &[("port", &port)]).await;
    assert_eq!(attempt.error_class, "Credential rejected", "{attempt:?}");

    // One who may sign in, and may change nobody.
    Server::shared().run("DROP ROLE IF EXISTS script_helper").await;
    Server::shared().run("CREATE ROLE script_helper LOGIN PASSWORD 'helper'").await;
    std::fs::write(safe.house.path("pgpass"), "*:*:*:*:helper\n").expect("written");
    safe.env("PGUSER", "script_helper");
    let (_, attempt) = safe.change("script_refused", &[("port", &port)]).await;
    assert_eq!(attempt.error_class, "Permission denied", "{attempt:?}");
    assert_eq!(safe.password("script_refused").await, "first", "the vault has settled");
    assert!(signs_in("script_refused", "first").await);
}

/// The server has the certificate that is in the folder, from now on.
async fn encrypt(server: &Server, folder: &Path) {
    for file in ["server.crt", "server.key"] {
        let pem = std::fs::read_to_string(folder.join(file)).expect("is there");
        let sql = format!("COPY (SELECT unnest(string_to_array('{pem}', E'\\n'))) TO PROGRAM 'umask 077; cat > {file}'");
        server.run(&sql).await;
    }
    server.run("ALTER SYSTEM SET ssl = on").await;
    server.run("SELECT pg_reload_conf()").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_prove_its_name_gets_no_password() {
    let Some(_) = installed(["psql"]) else { return };
    let server = Server::start();
    server.run("CREATE ROLE script_proven LOGIN PASSWORD 'first'").await;
    let folder = tempfile::tempdir().expect("a folder");
    pgpass(&folder, "vigia", "only-for-tests");
    let port = port(&server);
    let env = [
        ("PGUSER", "vigia"),
        ("PGPASSFILE", "{folder}/pgpass"),
        ("PGSSLROOTCERT", "{folder}/ca.pem"),
        ("PGSSLMODE", "disable"),
        ("VIGIA_PLAIN", "nowhere"),
    ];
    let mut safe = Safe::new(folder, "postgresql", &env).await;
    let folder = safe.house.path("");
    certify(&folder, "db.example");
    for says in ["does not support SSL", "does not match host name"] {
        let (status, attempt) = safe.change("script_proven", &[("port", &port)]).await;
        assert_eq!((status, attempt.error_class.as_str()), (Error, "Configuration"), "{attempt:?}");
        assert!(attempt.message.contains(says), "{attempt:?}");
        encrypt(&server, &folder).await;
    }
    certify(&folder, "127.0.0.1");
    encrypt(&server, &folder).await;
    let (status, attempt) = safe.change("script_proven", &[("port", &port)]).await;
    assert_eq!(status, Success, "{attempt:?}");
}

/// A command around each write to the vault that kills the script at one of them, before or after it.
fn killer(folder: &Path, at: u32, before: bool) {
    let kill = "kill -9 $PPID; exit 1";
    let then = if before { kill.to_owned() } else { format!("\"$@\"; {kill}") };
    let count = folder.join("writes");
    let count = count.display();
    let script = format!("echo >>{count}\n[ \"$(wc -l <{count})\" = {at} ] && {{ {then}; }}\nexec \"$@\"\n");
    std::fs::write(folder.join("put"), script).expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_that_is_killed_between_any_two_steps_loses_no_password() {
    for (number, (at, before)) in [(1, true), (1, false), (2, true), (2, false)].into_iter().enumerate() {
        let role = format!("script_killed_{number}");
        let Some((mut safe, port)) = safe(&role, "/bin/sh {folder}/put").await else { return };
        safe.put(&role, json!({ "password": "first" })).await;
        killer(&safe.house.path(""), at, before);
        let (status, attempt) = safe.change(&role, &[("port", &port)]).await;
        assert_eq!((status, attempt.error_class.as_str()), (Error, "Inconclusive"), "killed {at} {before}: {attempt:?}");
        let record = safe.record(&role).await;
        let mut works = Vec::new();
        for (name, password) in record.as_object().expect("a record") {
            if signs_in(&role, password.as_str().expect("text")).await {
                works.push(name.as_str());
            }
        }
        // Only between setting it and settling the vault is it the pending one.
        let expected = if (at, before) == (2, true) { "pending" } else { "password" };
        assert_eq!(works, [expected], "killed {at} {before}: the vault has what the target takes");

        std::fs::write(safe.house.path("put"), "exec \"$@\"\n").expect("written");
        let (status, attempt) = safe.change(&role, &[("port", &port)]).await;
        assert_eq!(status, Success, "killed {at} {before}: {attempt:?}");
        assert!(signs_in(&role, &safe.password(&role).await).await && !signs_in(&role, "first").await, "killed {at} {before}");
    }
}
