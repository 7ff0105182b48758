//! Tests for docs/connectors/mariadb, with a MariaDB server of their own.

use crate::programs::{Server, ends_well, installed};
use crate::safe::Safe;
use crate::vigia::free_address;
use serde_json::json;
use std::process::{Command, Stdio};
use vigia_app::model::OperationStatus::{Error, Success};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_gets_a_new_password_and_the_old_one_is_refused() {
    let Some([server, install, _]) = installed(["mariadbd", "mariadb-install-db", "mariadb"]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let user = if ends_well("sh", &["-c", "[ $(id -u) = 0 ]"], &[]) { &["--user=root"][..] } else { &[] };
    let mut make = Command::new(install);
    make.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
        .args(user)
        .arg(format!("--datadir={}", at("data")));
    assert!(make.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs").success(), "a database is made");
    let address = free_address();
    let port = address.port().to_string();
    let setup = "ALTER USER root@localhost IDENTIFIED BY 'root-password'; CREATE USER manager@'%' IDENTIFIED BY 'manager-password'; \
                 GRANT CREATE USER ON *.* TO manager@'%'; GRANT UPDATE ON mysql.* TO manager@'%'; CREATE USER app@'%' IDENTIFIED BY 'first'; \
                 CREATE USER weak@'%' IDENTIFIED BY 'weak';";
    std::fs::write(folder.path().join("init.sql"), setup.replace("; ", ";\n")).expect("written");
    let mut serve = Command::new(server);
    serve.args(["--no-defaults", "--skip-networking=0", "--bind-address=127.0.0.1"]).args(user).arg(format!("--port={port}"));
    serve.arg(format!("--datadir={}", at("data"))).arg(format!("--socket={}", at("socket"))).arg(format!("--init-file={}", at("init.sql")));
    let _server = Server::start(serve, address).await;
    std::fs::write(folder.path().join("admin.cnf"), "[client]\nuser=manager\npassword=manager-password\n").expect("written");

    let mut safe = Safe::new(folder, "mariadb", &[("MARIADB_OPTIONS", "{folder}/admin.cnf")]).await;
    let signs_in = |password: &str| {
        let host = ["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=app", "--port", &port, "-e", "SELECT 1"];
        ends_well("mariadb", &host, &[("MYSQL_PWD", password)])
    };
    assert!(signs_in("first"));
    safe.put("app", json!({ "password": "first" })).await;
    let (status, attempt) = safe.change("app", &[("port", &port)]).await;
    assert_eq!((status, attempt.template.as_str()), (Success, "mariadb"), "{attempt:?}");
    assert!(attempt.log.iter().any(|line| line == "The target has taken the new password."), "{attempt:?}");
    assert!(signs_in(&safe.password("app").await) && !signs_in("first"));
    let (_, attempt) = safe.change("nobody", &[("port", &port)]).await;
    assert_eq!(attempt.error_class, "Not found", "{attempt:?}");
    std::fs::write(safe.house.path("admin.cnf"), "[client]\nuser=weak\npassword=weak\n").expect("written");
    let (status, attempt) = safe.change("app", &[("port", &port)]).await;
    assert_eq!((status, attempt.error_class.as_str()), (Error, "Permission denied"), "{attempt:?}");
    std::fs::write(safe.house.path("admin.cnf"), "[client]\nuser=manager\npassword=wrong\n").expect("written");
    let (status, attempt) = safe.change("app", &[("port", &port)]).await;
    assert_eq!((status, attempt.error_class.as_str()), (Error, "Credential rejected"), "{attempt:?}");
    assert!(signs_in(&safe.password("app").await), "the vault and the server agree");
}
