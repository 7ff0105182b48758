//! The first command of a new version dies (SIGKILL) at each step between a database of an earlier version and one of its own. The next one goes on: in the
//! end there is one backup of what was there, whole, with its row.

use ::vigia::backups::{BackupSetup, Backups};
use ::vigia::clock;
use ::vigia::event::Event;
use ::vigia::identity::Actor;
use ::vigia::store::{self, SCHEMA};
use ::vigia_app::model::Timestamp;
use ::vigia_app::reports::{PASSWORD_VIEW, PERFORMED_BACKUPS};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

/// The steps, and whether the database is of the new version by then.
const STEPS: [(&str, bool); 7] = [
    ("backup.written", false),
    ("backup.renamed", false),
    ("file.written", false),
    ("backup.kept", false),
    ("upgrade.saved", false),
    ("upgrade.migrated", true),
    ("upgrade.said", true),
];

/// Takes back what the last migration did.
const BEFORE: &str = include_str!("../before.sql");

fn vigia(database: &str, folder: &Path, crash_at: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
    command.env("CRASH_AT", crash_at).args(["--database", database, "--log", "error", "--backup-before-upgrade", "--backup-folder"]);
    command.arg(folder).args(["user", "list"]).output().expect("runs")
}

fn version(file: &Path) -> u32 {
    let connection = rusqlite::Connection::open(file).expect("opened");
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_dies_in_an_upgrade_there_is_one_backup_and_its_row() {
    for (place, is_upgraded) in STEPS {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, backups) = (folder.path().join("vigia.db"), folder.path().join("backups"));
        let url = format!("sqlite://{}", file.display());
        let view =
            |number: i64| Event::new(&PASSWORD_VIEW, &"a".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
        let store = store::open(&url, Duration::from_secs(60)).await.expect("a store");
        store.append((0..500).map(view).collect()).await.expect("stored");
        store.settle().await;
        drop(store);
        let fifth = ["", "_detail", "_attempt"].map(|part| format!("DROP TABLE IF EXISTS account_discovery{part};")).concat();
        let connection = rusqlite::Connection::open(&file).expect("opened");
        connection.execute_batch(&format!("{BEFORE}{fifth} PRAGMA user_version = {};", SCHEMA - 1)).expect("as it was");
        drop(connection);
        // What is not brought to the new version is tried again from the beginning.
        for _ in 0..if is_upgraded { 1 } else { 2 } {
            let died = vigia(&url, &backups, place);
            assert_eq!(died.status.signal(), Some(9), "{place}: {}", String::from_utf8_lossy(&died.stderr));
            assert_eq!(version(&file) >= SCHEMA, is_upgraded, "{place}");
        }
        let next = vigia(&url, &backups, "");
        assert!(next.status.success() && version(&file) >= SCHEMA, "after {place}: {}", String::from_utf8_lossy(&next.stderr));
        let store = store::open(&url, Duration::from_secs(60)).await.expect("a store");
        let all = Backups::new(store.clone(), clock::system(), BackupSetup { folder: backups.clone(), ..BackupSetup::default() });
        all.round().await.expect("what servers do by themselves");
        let there = all.list().await.expect("a list");
        assert_eq!(there.len(), 1, "{place}");
        assert_eq!(std::fs::read_dir(&backups).expect("a folder").count(), 2, "{place}: an archive and its manifest, and nothing else");
        all.verify(&there[0].name, &Actor::vigia()).await.expect("it is whole");
        store.settle().await;
        let rows = store.transfer().events_after(&PERFORMED_BACKUPS, -1, 100).await.expect("rows");
        assert_eq!(rows.iter().map(|row| row.source_id.as_str()).collect::<Vec<_>>(), [there[0].name.as_str()], "{place}");
    }
}
