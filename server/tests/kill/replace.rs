//! `vigia restore --force` puts what is in a backup in the place of a database that is not empty. Whatever happens, one of the two is there, whole, and the
//! other one is kept.

use crate::postgres::Server;
use ::vigia::event::Event;
use ::vigia::store::{self, Store, hold};
use ::vigia_app::model::Timestamp;
use ::vigia_app::reports::PASSWORD_VIEW;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

/// Events of the backup, and those that came later.
const BACKED_UP: i64 = 500;
const LATER: i64 = 100;

struct Scene {
    folder: tempfile::TempDir,
    database: String,
    archive: String,
}

async fn opened(database: &str) -> Arc<dyn Store> {
    store::open(database, Duration::from_secs(60)).await.expect("a store")
}

async fn append(store: &dyn Store, numbers: std::ops::Range<i64>) {
    let view =
        |number: i64| Event::new(&PASSWORD_VIEW, &"kill".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
    store.append(numbers.map(view).collect()).await.expect("stored");
}

async fn count(database: &str) -> u64 {
    let store = opened(database).await;
    store.settle().await;
    store.transfer().events(&PASSWORD_VIEW).await.expect("a count")
}

impl Scene {
    /// A database with a backup, and events that came later.
    async fn new(database: String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = opened(&database).await;
        append(&*store, 0..BACKED_UP).await;
        let mut this = Self { folder, database, archive: String::new() };
        let made = this.vigia("", &["backup", "now"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        this.archive = String::from_utf8_lossy(&made.stdout).split(": ").next().expect("a path").to_owned();
        let kept = store.kept().get("backups", "keys").await.expect("kept").expect("keys");
        let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
        std::fs::write(this.key(), kept["identity"].as_str().expect("a key")).expect("written");
        std::fs::set_permissions(this.key(), Permissions::from_mode(0o600)).expect("nobody else reads it");
        append(&*store, BACKED_UP..BACKED_UP + LATER).await;
        store.settle().await;
        this
    }

    fn sqlite(file: &Path) -> String {
        format!("sqlite://{}", file.display())
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    fn vigia(&self, crash_at: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        command.env("CRASH_AT", crash_at).args(["--database", &self.database, "--log", "error", "--backup-folder"]);
        command.arg(self.folder.path().join("backups")).args(arguments).output().expect("runs")
    }

    fn restore(&self, crash_at: &str, force: &[&str]) -> Output {
        let key = self.key().display().to_string();
        let arguments = [&["restore", self.archive.as_str(), "--to", &self.database, "--identity", &key], force].concat();
        self.vigia(crash_at, &arguments)
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The name of what was kept, as the command says it.
fn kept(output: &Output) -> String {
    let said = said(output);
    said.split("is kept as ").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or_else(|| panic!("{said}")).to_owned()
}

async fn replaced(scene: &Scene, kept_at: impl FnOnce(&str) -> String) {
    let refused = scene.restore("", &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("The target holds data already") && said(&refused).contains("--force"), "{}", said(&refused));

    let server = opened(&scene.database).await;
    let used = scene.restore("", &["--force"]);
    assert_eq!(used.status.code(), Some(1));
    assert!(said(&used).contains("Somebody uses"), "{}", said(&used));
    drop(server);
    assert_eq!(count(&scene.database).await, 600, "nothing was touched");

    let done = scene.restore("", &["--force"]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(!said(&done).contains("p@ss"), "{}", said(&done));
    assert_eq!(count(&scene.database).await, 500);
    assert!(hold::held(&*opened(&scene.database).await).await.expect("asked").is_some(), "it is held");
    assert_eq!(count(&kept_at(&kept(&done))).await, 600);
    // It can be done again, with what is there now.
    let again = scene.restore("", &["--force"]);
    assert!(again.status.success(), "{}", said(&again));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_replaced_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vigia.db");
    let scene = Scene::new(Scene::sqlite(&file)).await;
    replaced(&scene, |kept| Scene::sqlite(Path::new(kept))).await;
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("restoring")), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_server_is_replaced_and_kept() {
    let scene = Scene::new(Server::shared().database().await).await;
    replaced(&scene, |kept| Server::shared().url(kept)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_restored_replaces_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let of_file = Scene::sqlite(&folder.path().join("vigia.db"));
    for database in [of_file, Server::shared().database().await] {
        let scene = Scene::new(database).await;
        let mut bytes = std::fs::read(&scene.archive).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&scene.archive, bytes).expect("written");
        // What was begun is removed each time: otherwise the second would say that there is something.
        for _ in 0..2 {
            let refused = scene.restore("", &["--force"]);
            assert_eq!(refused.status.code(), Some(1));
            assert!(said(&refused).contains("Nothing was replaced") && !said(&refused).contains("another restore"), "{}", said(&refused));
        }
        assert_eq!(count(&scene.database).await, 600);
    }
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).and_then(|file| file.execute_batch("CREATE TABLE a (b)")).expect("of another program");
    let scene = Scene::new(Scene::sqlite(&folder.path().join("one.db"))).await;
    let refused = Scene { database: Scene::sqlite(&other), ..scene }.restore("", &["--force"]);
    assert!(said(&refused).contains("of another program"), "{}", said(&refused));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_dies_leaves_the_one_or_the_other() {
    for (step, events) in [("replace.kept", 600), ("replace.taken", 500)] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("vigia.db");
        let scene = Scene::new(Scene::sqlite(&file)).await;
        let died = scene.restore(step, &["--force"]);
        assert_eq!(died.status.signal(), Some(9), "{}", said(&died));
        assert_eq!(count(&scene.database).await, events, "{step}");
        let before = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.path());
        let before = before.into_iter().find(|path| path.display().to_string().contains("vigia.db.before-")).expect("it is kept");
        assert_eq!(count(&Scene::sqlite(&before)).await, 600, "{step}");
        if file.with_added_extension("restoring").exists() {
            let refused = scene.restore("", &["--force"]);
            assert!(said(&refused).contains("one was ended. Remove it"), "{}", said(&refused));
            std::fs::remove_file(file.with_added_extension("restoring")).expect("removed");
        }
        let next = scene.restore("", &["--force"]);
        assert!(next.status.success(), "{step}: {}", said(&next));
        assert_eq!(count(&scene.database).await, 500);
    }
}
