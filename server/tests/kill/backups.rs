//! `vigia backup now` and `vigia backup prune` die (SIGKILL) at each of their steps. Whatever a row says of a backup is so, and the next one is made.

use crate::postgres;
use crate::vigia::Vigia;
use ::vigia::backups::{BackupSetup, Backups};
use ::vigia::clock;
use ::vigia::config::BackupPolicy;
use ::vigia::event::Event;
use ::vigia::identity::{Actor, Identity};
use ::vigia::notifications::{Delivery, NotificationDesk};
use ::vigia::outgoing::Allowed;
use ::vigia::store::alarms;
use ::vigia::store::operations::{Claim, Ending, Finish, Hold, Limits, NewOperation, Plan};
use ::vigia::store::value::Value;
use ::vigia::store::{self, Store};
use ::vigia_app::model::{Channel, ErrorClass, NotificationRule, Occasion, Priority, Timestamp};
use ::vigia_app::reports::{PASSWORD_OPERATION, PASSWORD_VIEW, PERFORMED_BACKUPS};
use std::collections::HashSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

/// The steps of making one, and whether it is whole by then.
const MAKING: [(&str, bool); 6] = [
    ("backup.begun", false),
    ("backup.written", false),
    ("backup.renamed", false),
    ("file.written", false),
    ("backup.kept", true),
    ("backup.said", true),
];
/// The steps of removing one.
const REMOVING: [&str; 2] = ["backup.crossed", "backup.unlisted"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_backups_are_as_their_rows_say() {
    let folder = tempfile::tempdir().expect("a folder");
    whatever_dies(&format!("sqlite://{}", folder.path().join("vigia.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_backups_are_as_their_rows_say() {
    whatever_dies(&postgres::Server::shared().database().await).await;
}

fn vigia(database: &str, folder: &Path, crash_at: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
    command.envs(crash_at.map(|place| ("CRASH_AT", place))).args(["--database", database, "--log", "error", "--backup-folder"]).arg(folder);
    command.args(["--backup-keep", "last=1"]).args(arguments).output().expect("runs")
}

async fn whatever_dies(database: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
    let view =
        |number: i64| Event::new(&PASSWORD_VIEW, &"kill".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
    store.append((0..500).map(view).collect()).await.expect("stored");
    let setup = BackupSetup { policy: BackupPolicy::default(), folder: folder.path().to_owned(), ..BackupSetup::default() };
    let backups = Backups::new(store.clone(), clock::system(), setup);
    let mut made = 0;
    for (place, is_whole) in MAKING {
        let died = vigia(database, folder.path(), Some(place), &["backup", "now"]);
        assert_eq!(died.status.signal(), Some(9), "{place}: {}", String::from_utf8_lossy(&died.stderr));
        made += usize::from(is_whole);
        let next = vigia(database, folder.path(), None, &["backup", "now"]);
        assert!(next.status.success(), "after {place}: {}", String::from_utf8_lossy(&next.stderr));
        made += 1;
        assert_eq!(whole(&store, &backups, place).await, made, "{place}");
    }
    for place in REMOVING {
        let died = vigia(database, folder.path(), Some(place), &["backup", "prune"]);
        assert_eq!(died.status.signal(), Some(9), "{place}: {}", String::from_utf8_lossy(&died.stderr));
        assert!(whole(&store, &backups, place).await >= 1, "{place}");
    }
    let pruned = vigia(database, folder.path(), None, &["backup", "prune"]);
    assert!(pruned.status.success(), "{}", String::from_utf8_lossy(&pruned.stderr));
    assert_eq!(whole(&store, &backups, "the end").await, 1, "the last good one stays");
}

/// Whoever dies after something wrong was noted, and before the row says it, does it again: it is noted once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_is_noted_once_whatever_dies() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a file");
    std::fs::write(&file, "").expect("written");
    let database = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let died = vigia(&database, &file, Some("alarm.noted"), &["backup", "now"]);
    assert_eq!(died.status.signal(), Some(9), "{}", String::from_utf8_lossy(&died.stderr));
    assert_eq!(vigia(&database, &file, Some("alarm.noted"), &["backup", "now"]).status.signal(), Some(9), "the second has its own");
    let failed = vigia(&database, &file, None, &["backup", "now"]);
    assert_eq!(failed.status.code(), Some(1), "{}", String::from_utf8_lossy(&failed.stderr));
    let store = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    let noted = alarms::after(&*store, 0).await.expect("alarms");
    let names: HashSet<&str> = noted.iter().map(|(_, alarm)| alarm.name.as_str()).collect();
    assert_eq!((noted.len(), names.len()), (3, 3), "{noted:?}");
    let status = PERFORMED_BACKUPS.stored().position(|column| column.key == "status").expect("a column");
    store.settle().await;
    let rows = store.transfer().events_after(&PERFORMED_BACKUPS, -1, 1_000).await.expect("rows");
    assert_eq!(rows.iter().filter(|row| row.cells[status] == Value::Text("Error".to_owned())).count(), 3);
}

/// How many rows say `Success`: as many archives are there and whole, and no row says `Running`.
async fn whole(store: &Arc<dyn Store>, backups: &Backups, place: &str) -> usize {
    store.settle().await;
    let status = PERFORMED_BACKUPS.stored().position(|column| column.key == "status").expect("a column");
    let rows = store.transfer().events_after(&PERFORMED_BACKUPS, -1, 1_000).await.expect("rows");
    let mut whole = 0;
    for row in rows {
        match &row.cells[status] {
            Value::Text(text) if text == "Success" => {
                backups.verify(&row.source_id, &Actor::vigia()).await.unwrap_or_else(|error| panic!("{place}: {}: {error}", row.source_id));
                whole += 1;
            }
            Value::Text(text) => assert_ne!(text, "Running", "{place}: {}", row.source_id),
            other => panic!("{other:?}"),
        }
    }
    whole
}

/// Anyone opens a backup with `age`, `zstd` and the script in docs/backups.md; and it is restored with the same key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_opened_with_the_script_of_its_documentation() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let database = format!("sqlite://{}", path("vigia.db").display());
    let store = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    let view =
        |number: i64| Event::new(&PASSWORD_VIEW, &"script".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
    store.append((0..12_345).map(view).collect()).await.expect("stored");
    drop(store);
    let key = path("offline.key");
    let made = Command::new("age-keygen").arg("-o").arg(&key).output().expect("age is installed");
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    let recipient = said.split_whitespace().find(|word| word.starts_with("age1")).unwrap_or_else(|| panic!("no key: {said}"));
    let backup = vigia(&database, &path("backups"), None, &["--backup-recipients", recipient, "backup", "now"]);
    assert!(backup.status.success(), "{}", String::from_utf8_lossy(&backup.stderr));
    let archive = String::from_utf8_lossy(&backup.stdout).split(": ").next().expect("a path").to_owned();

    let documentation = include_str!("../../../docs/backups.md");
    let script = documentation.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a script");
    std::fs::write(path("open.sh"), script).expect("written");
    let opened = Command::new("sh").arg(path("open.sh")).arg(&archive).arg(&key).arg(path("opened")).output().expect("runs");
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    let said = String::from_utf8_lossy(&opened.stdout);
    assert!(said.contains("events/password-view: 12345 lines"), "{said}");

    let target = format!("sqlite://{}", path("restored.db").display());
    let key = key.display().to_string();
    let drilled = vigia(&database, &path("backups"), None, &["backup", "drill", &archive, "--identity", &key]);
    let said = String::from_utf8_lossy(&drilled.stdout).into_owned();
    assert!(drilled.status.success() && said.contains("restored and equal"), "{said}{}", String::from_utf8_lossy(&drilled.stderr));
    let restored = vigia(&database, &path("backups"), None, &["restore", &archive, "--to", &target, "--identity", &key]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let again = vigia(&database, &path("backups"), None, &["restore", &archive, "--to", &target, "--identity", &key]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("The target holds data already"), "{}", String::from_utf8_lossy(&again.stderr));
}

/// A hundred operations that are due, one that has failed and nobody was told of, and a credential set that is due: nothing of it happens until the instance is
/// released, and then all of it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_instance_does_not_act_until_it_is_released() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let database = format!("sqlite://{}", path("vigia.db").display());
    let store = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    let told = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", told.local_addr().expect("an address"));
    let (rings, mut rung) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move { while told.accept().await.is_ok_and(|_| rings.send(()).is_ok()) {} });
    let delivery = Delivery { hosts: vec![Allowed::try_from("127.0.0.1".to_owned()).expect("an address")], ..Delivery::default() };
    let identity = Identity::new(store.clone(), clock::system());
    let rule = NotificationRule::of("ops".to_owned(), Occasion::OperationFailed, Channel::Webhook { url });
    NotificationDesk { store: &*store, identity: &identity, delivery: &delivery }.save(rule, &Actor::vigia()).await.expect("kept");
    let now = clock::system()();
    let new = |number: i64| {
        let mut event = Event::new(&PASSWORD_OPERATION, &"vigia".into(), format!("due-{number}"), now);
        event.set("device", format!("srv-{number}")).set("username", "root").set("operation", "Change password");
        let plan = Plan { connector: "script".into(), parameters: Vec::new(), credential: number.to_string(), max_tries: 1 };
        NewOperation { event, plan, priority: Priority::High, approve_by: None, who: "ana".into(), asked_by: "ana".into() }
    };
    store.operations().enqueue(vec![new(0)], now).await.expect("stored");
    let limits = Limits { total: 1, device: 1 };
    let claim = Claim { executor: "one".into(), connectors: vec!["script".into()], want: 1, limits, lease: now };
    let job = &store.operations().claim(claim, now).await.expect("taken").jobs[0];
    let failed = Finish {
        hold: Hold { id: job.id, fence: job.fence },
        at: now,
        ending: Ending::Failed { class: ErrorClass::PermissionDenied, retry: None },
        message: "no".into(),
        template: String::new(),
        version: String::new(),
        log: Vec::new(),
    };
    store.operations().finish(vec![failed]).await.expect("ended");
    store.operations().enqueue((1..=100).map(new).collect(), now).await.expect("stored");
    drop(store);

    let backups = path("backups");
    let made = vigia(&database, &backups, None, &["backup", "now"]);
    let archive = String::from_utf8_lossy(&made.stdout).split(": ").next().expect("a path").to_owned();
    let opened = store::open(&database, Duration::from_secs(60)).await.expect("a store");
    let kept = opened.kept().get("backups", "keys").await.expect("kept").expect("keys");
    let identity: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    std::fs::write(path("key"), identity["identity"].as_str().expect("a key")).expect("written");
    std::fs::set_permissions(path("key"), Permissions::from_mode(0o600)).expect("nobody else reads it");
    let restored = format!("sqlite://{}", path("restored.db").display());
    let key = path("key").display().to_string();
    let done = vigia(&database, &backups, None, &["restore", &archive, "--to", &restored, "--identity", &key]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let marks = path("marks");
    std::fs::write(path("script"), format!("echo >> {}\n", marks.display())).expect("written");
    let file = format!(
        "[connector.script]\nkind = \"command\"\nhosts = [\"srv-*\"]\ncommand = [\"/bin/sh\", \"{}\"]\nenv = {{ PATH = \"/usr/bin:/bin\" }}\n",
        path("script").display()
    );
    std::fs::write(path("connectors.toml"), file).expect("written");
    let connectors = path("connectors.toml").display().to_string();
    let folder = backups.display().to_string();
    let settings = ["--connectors", &connectors, "--notify-hosts", "127.0.0.1", "--backup-folder", &folder, "--backup-full", "* * * * *"];
    let mut server = Vigia::new(&restored).with(&settings);
    server.start().await;
    let executed = || std::fs::read_to_string(&marks).map_or(0, |marks| marks.lines().count());
    for by_hand in ["now", "prune"] {
        let refused = vigia(&restored, &backups, None, &["backup", by_hand]);
        assert_eq!(refused.status.code(), Some(1), "{by_hand}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("This instance was restored from"), "{by_hand}");
    }
    // Executors look at once, notifications every 5 s.
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!((executed(), rung.try_recv().is_ok()), (0, false), "it acts");
    let released = vigia(&restored, &backups, None, &["release"]);
    let said = String::from_utf8_lossy(&released.stdout).into_owned();
    assert!(released.status.success() && said.contains("100 are due"), "{said}");
    let begun = std::time::Instant::now();
    while executed() < 100 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of 100 were carried out", executed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::timeout(Duration::from_secs(60), rung.recv()).await.expect("somebody is told");
    server.stop();
    server.kill();
}
