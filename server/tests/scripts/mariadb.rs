//! Tests for docs/connectors/mariadb, with a MariaDB server of their own.

use crate::programs::{Server, certify, ends_well, installed};
use crate::safe::Safe;
use crate::vigia::free_address;
use serde_json::json;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use vigia_app::model::OperationStatus::{Error, Success};

/// A server with the accounts that the tests need, and its port.
struct Database {
    program: PathBuf,
    folder: PathBuf,
    address: SocketAddr,
    server: Option<Server>,
}

impl Database {
    /// In this folder; `None` where MariaDB is not installed.
    async fn start(folder: &Path) -> Option<Self> {
        let [program, install, _] = installed(["mariadbd", "mariadb-install-db", "mariadb"])?;
        let mut make = Command::new(install);
        make.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .args(user())
            .arg(format!("--datadir={}", folder.join("data").display()));
        assert!(
            make.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs").success(),
            "a database is made"
        );
        let setup = "ALTER USER root@localhost IDENTIFIED BY 'root-password'; CREATE USER manager@'%' IDENTIFIED BY 'manager-password'; \
                     GRANT CREATE USER ON *.* TO manager@'%'; GRANT UPDATE ON mysql.* TO manager@'%'; CREATE USER app@'%' IDENTIFIED BY 'first'; \
                     CREATE USER weak@'%' IDENTIFIED BY 'weak';";
        std::fs::write(folder.join("init.sql"), setup.replace("; ", ";\n")).expect("written");
        std::fs::write(folder.join("admin.cnf"), "[client]\nuser=manager\npassword=manager-password\n").expect("written");
        let mut database = Self { program, folder: folder.to_owned(), address: free_address(), server: None };
        database.serve(&[format!("--init-file={}", folder.join("init.sql").display())]).await;
        Some(database)
    }

    /// Starts it, anew where it runs.
    async fn serve(&mut self, more: &[String]) {
        self.server = None;
        let at = |name: &str| self.folder.join(name).display().to_string();
        let mut serve = Command::new(&self.program);
        serve.args(["--no-defaults", "--skip-networking=0", "--bind-address=127.0.0.1"]).args(user());
        serve.arg(format!("--port={}", self.address.port())).arg(format!("--datadir={}", at("data")));
        serve.arg(format!("--socket={}", at("socket"))).args(more);
        self.server = Some(Server::start(serve, self.address).await);
    }

    fn port(&self) -> String {
        self.address.port().to_string()
    }
}

/// It does not run as root unless it is told to.
fn user() -> &'static [&'static str] {
    if ends_well("sh", &["-c", "[ $(id -u) = 0 ]"], &[]) { &["--user=root"] } else { &[] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_gets_a_new_password_and_the_old_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(database) = Database::start(folder.path()).await else { return };
    let port = database.port();

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_prove_its_name_gets_no_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(mut database) = Database::start(folder.path()).await else { return };
    let port = database.port();
    let env = [("MARIADB_OPTIONS", "{folder}/admin.cnf"), ("MARIADB_SSL_CA", "{folder}/ca.pem"), ("VIGIA_PLAIN", "nowhere")];
    let mut safe = Safe::new(folder, "mariadb", &env).await;
    let folder = safe.house.path("");
    let own = ["cert=server.crt", "key=server.key"].map(|file| file.replace('=', &format!("={}/", folder.display())));
    let own = own.map(|file| format!("--ssl-{file}"));
    certify(&folder, "db.example");
    for encrypted in [false, true] {
        if encrypted {
            database.serve(&own).await;
        }
        let (status, attempt) = safe.change("app", &[("port", &port)]).await;
        assert_eq!((status, attempt.error_class.as_str()), (Error, "Configuration"), "{encrypted}: {attempt:?}");
    }
    certify(&folder, "127.0.0.1");
    database.serve(&own).await;
    let (status, attempt) = safe.change("app", &[("port", &port)]).await;
    assert_eq!(status, Success, "{attempt:?}");
}
