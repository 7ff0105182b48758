//! Databases of an earlier version are backed up as they are before they are brought to this one, and made again of that.

use crate::backups::rows;
use crate::copy::fill;
use crate::server::Server;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vigia::backups::archive::keys::Identity;
use vigia::backups::restore::RestoreError;
use vigia::backups::{BackupError, BackupSetup, Backups, Part, as_it_was, before};
use vigia::clock;
use vigia::config::BackupPolicy;
use vigia::event::Event;
use vigia::identity::Actor;
use vigia::store::{self, Dialect, SCHEMA, Store, StoreError, hold};
use vigia_app::model::Timestamp;
use vigia_app::reports::{ALL, PASSWORD_VIEW, PERFORMED_BACKUPS};

const LIMIT: Duration = Duration::from_secs(60);
/// Takes back what the last migration did.
const BEFORE: &str = include_str!("../before.sql");
/// A fifth report comes with a migration of its own.
const FIFTH: [&str; 5] = ["_attempt", "_detail", "_key", "_value", ""];
/// Numbers that are no numbers of JavaScript's, and texts of several scripts.
const STRANGE: &str = "INSERT INTO kept (space, key, value) VALUES ('test', 'Ünïcødé 🔐', 'a \"line\"\nand '' another');
    INSERT INTO journal_follower VALUES";

fn fifth(kind: &str) -> String {
    FIFTH.iter().map(|part| format!("DROP TABLE IF EXISTS account_discovery{part}{kind};")).collect()
}

fn setup(folder: &Path) -> BackupSetup {
    let policy = BackupPolicy { before_upgrade: Some(true), ..BackupPolicy::default() };
    BackupSetup { policy, folder: folder.to_owned(), ..BackupSetup::default() }
}

fn backups(store: &Arc<dyn Store>, folder: &Path) -> Backups {
    Backups::new(store.clone(), clock::system(), setup(folder))
}

async fn opened(url: &str, folder: &Path) -> Result<Arc<dyn Store>, BackupError> {
    before::open(url, LIMIT, &clock::system(), &setup(folder)).await
}

/// A file of the version before this one, with something of everything in it.
async fn sqlite_before(folder: &Path) -> String {
    let store = crate::sqlite(folder).await;
    fill(&store, 1_500).await;
    store.settle().await;
    drop(store);
    let file = rusqlite::Connection::open(folder.join("vigia.db")).expect("opened");
    let later = format!("{BEFORE} PRAGMA user_version = {}; {STRANGE} ('x', 9007199254740993, -9223372036854775808, 0)", SCHEMA - 1);
    file.execute_batch(&format!("{}{later}", fifth(""))).expect("as it was");
    format!("sqlite://{}", folder.join("vigia.db").display())
}

/// The same of the other kind, by its name.
async fn postgres_before() -> String {
    let url = Server::shared().database().await;
    let store = store::open(&url, LIMIT).await.expect("a store");
    fill(&store, 1_500).await;
    store.settle().await;
    drop(store);
    let later = format!("{BEFORE} UPDATE vigia_schema SET version = {};", SCHEMA - 1);
    let others = "DELETE FROM event_partition WHERE report = 'account-discovery';";
    let strange = format!("{STRANGE} ('x', 9007199254740993, 1, -9223372036854775808, 0);");
    let gone =
        "CREATE TABLE password_view_gone_77 (LIKE password_view); INSERT INTO password_view_gone_77 SELECT * FROM password_view LIMIT 5;";
    Server::shared().run_in(name(&url), &format!("{}{others}{later}{strange}{gone}", fifth(" CASCADE"))).await;
    url
}

fn name(url: &str) -> &str {
    url.rsplit('/').next().expect("a name")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_an_earlier_version_is_backed_up_and_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite_before(&folder.path().join("from")).await;
    let to = format!("sqlite://{}", folder.path().join("to/vigia.db").display());
    let other = Server::shared().url("nowhere");
    backed_up_and_made_again(Dialect::Sqlite, &url, &to, &other, &folder.path().join("backups")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_an_earlier_version_is_backed_up_and_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = postgres_before().await;
    Server::shared().run("CREATE DATABASE made_again").await;
    let to = Server::shared().url("made_again");
    let other = format!("sqlite://{}", folder.path().join("to.db").display());
    backed_up_and_made_again(Dialect::Postgres, &url, &to, &other, &folder.path().join("backups")).await;
}

async fn backed_up_and_made_again(kind: Dialect, url: &str, to: &str, other: &str, folder: &Path) {
    // Of two that start at once, one makes it.
    let (store, second) = tokio::join!(opened(url, folder), opened(url, folder));
    let (store, _) = (store.expect("opened"), second.expect("opened too"));
    let all = backups(&store, folder);
    let there = all.list().await.expect("a list");
    assert_eq!(there.len(), 1);
    let stored = &there[0];
    let manifest = &stored.manifest;
    assert_eq!((manifest.database, manifest.schema, manifest.requested_by.as_str()), (Some(kind), SCHEMA - 1, "vigia"));
    let expected = [(stored.name.clone(), "Success".to_owned(), "Before upgrade".to_owned())];
    let mine = || async { rows(&store, "reason").await.into_iter().filter(|row| row.0 == stored.name).collect::<Vec<_>>() };
    assert_eq!(mine().await, expected);
    all.verify(&stored.name, &Actor::vigia()).await.expect("it is whole");
    assert!(matches!(all.drill(None, &Actor::vigia()).await, Err(BackupError::None(_))), "no drill takes it");
    assert!(matches!(all.drill(Some(&stored.name), &Actor::vigia()).await, Err(BackupError::AsItWas(_))));
    assert!(all.standing(Timestamp::MIN..Timestamp::MAX).await.expect("an answer").exposed.is_none(), "nor does the policy count it");
    // Opened again, it is of this version already.
    drop(opened(url, folder).await.expect("opened"));
    assert_eq!(all.list().await.expect("a list").len(), 1);

    let keys = all.keys().await.expect("keys");
    let identities = || -> Vec<Identity> { vec![keys.identity()] };
    assert!(as_it_was::is_as_it_was(&stored.path, &identities()).expect("it can be read"));
    let refused = as_it_was::restore(&stored.path, identities(), None, other, LIMIT, &mut |_| {}).await.err().expect("refused");
    assert!(matches!(refused, RestoreError::OtherKind(..)) && refused.to_string().contains("vigia db copy"), "{refused}");
    let signer = Some(keys.verifier());
    let (restored, target) = as_it_was::restore(&stored.path, identities(), signer, to, LIMIT, &mut |_| {}).await.expect("restored");
    assert_eq!(restored.tables, manifest.tables);
    assert_eq!(hold::held(&*target).await.expect("an answer").map(|held| held.backup).as_deref(), Some(stored.name.as_str()));
    store.settle().await;
    target.settle().await;
    for report in ALL.into_iter().filter(|report| report.key != "account-discovery") {
        let mut was = store.transfer().events_after(report, -1, 1_000_000).await.expect("events");
        let is = target.transfer().events_after(report, -1, 1_000_000).await.expect("events");
        // The row of the backup, and what the trail says of it, came after.
        was.retain(|event| is.iter().any(|one| one.id == event.id));
        assert!(is.len() >= 1_500 && is == was, "{}: {} and {}", report.key, is.len(), was.len());
    }
    assert_eq!(target.users().await.expect("users"), store.users().await.expect("users"));
    assert_eq!(target.tokens().all().await.expect("tokens"), store.tokens().all().await.expect("tokens"));
    assert_eq!(target.transfer().secrets().await.expect("secrets"), store.transfer().secrets().await.expect("secrets"));
    assert_eq!(target.kept().all("test").await.expect("kept"), store.kept().all("test").await.expect("kept"));
    let quarantined = async |of: &Arc<dyn Store>| of.transfer().quarantined_after(-1, 1_000).await.expect("lines");
    assert_eq!(quarantined(&target).await, quarantined(&store).await);
    // What comes next is stored as ever, behind what is there.
    fill_more(&target).await;
    let again = as_it_was::restore(&stored.path, identities(), None, to, LIMIT, &mut |_| {}).await.err().expect("refused");
    assert!(matches!(again, RestoreError::Store(StoreError::Unusable(_))), "never over what is there: {again}");
    if let Ok(ordinary) = store::open(&format!("sqlite://{}", folder.join("ordinary.db").display()), LIMIT).await {
        let wrong = vigia::backups::restore::restore(&stored.path, identities(), None, &*ordinary, &mut |_| {}).await;
        assert!(matches!(wrong, Err(RestoreError::AsItWas(_))));
    }
}

async fn fill_more(store: &Arc<dyn Store>) {
    let made = backups(store, &tempfile::tempdir().expect("a folder").path().join("more"));
    let wanted = vigia::backups::Wanted {
        contents: made.contents(vigia::backups::archive::manifest::Type::Full, Part::default()).expect("everything"),
        reason: "Manual",
        actor: Actor::vigia(),
    };
    assert!(matches!(made.make(wanted.clone()).await, Err(BackupError::Restored(_))), "it is held");
    assert!(matches!(made.prune(&Actor::vigia()).await, Err(BackupError::Restored(_))));
    made.release(&Actor::vigia()).await.expect("released");
    made.make(wanted).await.expect("a backup of this version");
    assert!(store.transfer().events(&PERFORMED_BACKUPS).await.expect("counted") > 1_500);
}

/// From when there was nothing that could be kept, and with texts in an index of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn databases_of_the_first_versions_are_backed_up_too() {
    let folder = tempfile::tempdir().expect("a folder");
    for version in [1, 2, 3, 6, 7] {
        let sql = if version > 1 { "INSERT INTO \"user\" VALUES ('ana', 'Ana Lima', 'admin', 'x', false);" } else { "" };
        let kinds = [
            crate::earlier::sqlite_file(folder.path(), version, sql),
            crate::earlier::postgres_database(&format!("before_{version}"), version, sql).await,
        ];
        for (at, url) in kinds.iter().enumerate() {
            let place = folder.path().join(format!("{version}-{at}"));
            let store = opened(url, &place).await.expect("opened");
            let all = backups(&store, &place);
            let stored = all.list().await.expect("a list").remove(0);
            let row = (stored.name.clone(), "Success".to_owned(), "Before upgrade".to_owned());
            assert_eq!(rows(&store, "reason").await, [row], "{url}");
            all.verify(&stored.name, &Actor::vigia()).await.expect("with the keys that are kept now");
            let to = if at == 0 {
                format!("sqlite://{}", place.join("again.db").display())
            } else {
                Server::shared().run(&format!("CREATE DATABASE again_{version}")).await;
                Server::shared().url(&format!("again_{version}"))
            };
            let identities = vec![all.keys().await.expect("keys").identity()];
            let (_, again) = as_it_was::restore(&stored.path, identities, None, &to, LIMIT, &mut |_| {}).await.expect("restored");
            assert_eq!(again.users().await.expect("users").len(), usize::from(version > 1));
            assert!(hold::held(&*again).await.expect("an answer").is_some());
        }
        for file in ["vigia.db", "vigia.db-wal", "vigia.db-shm", "vigia.db-inbox"] {
            let _ = std::fs::remove_file(folder.path().join(file));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_backup_nothing_is_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite_before(folder.path()).await;
    let file = folder.path().join("a file");
    std::fs::write(&file, "").expect("written");
    let error = opened(&url, &file).await.err().expect("refused").to_string();
    assert!(error.contains("a file") && error.contains("backup_before_upgrade"), "{error}");
    let version = |path: &Path| {
        let connection = rusqlite::Connection::open(path).expect("opened");
        connection.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0)).expect("a number")
    };
    assert_eq!(version(&folder.path().join("vigia.db")), SCHEMA - 1);
    // Events that only the earlier version understands.
    let inbox = rusqlite::Connection::open(folder.path().join("vigia.db-inbox")).expect("opened");
    inbox.execute_batch("INSERT INTO batch (version, received, names, events) VALUES (0, 0, x'', x'')").expect("kept");
    for policy in [Some(true), Some(false)] {
        let mut setup = setup(&folder.path().join("backups"));
        setup.policy.before_upgrade = policy;
        let error = before::open(&url, LIMIT, &clock::system(), &setup).await.err().expect("refused").to_string();
        assert!(error.contains("Start that version once"), "{error}");
        assert_eq!(version(&folder.path().join("vigia.db")), SCHEMA - 1, "that version can still be started");
    }
    inbox.execute_batch("DELETE FROM batch").expect("gone");
    let setup = BackupSetup { folder: file, ..BackupSetup::default() };
    before::open(&url, LIMIT, &clock::system(), &setup).await.expect("who has no schedule has said nothing of backups");
    assert!(version(&folder.path().join("vigia.db")) >= SCHEMA);
}

/// What waits beside the tables is in the backup, and comes into the tables of the new database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_in_the_inbox_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = crate::sqlite(folder.path()).await;
    let inbox = rusqlite::Connection::open(folder.path().join("vigia.db-inbox")).expect("opened");
    inbox
        .execute_batch(
            "CREATE TABLE seen AS SELECT * FROM batch;
             CREATE TRIGGER see AFTER INSERT ON batch BEGIN INSERT INTO seen SELECT * FROM batch WHERE id = new.id; END",
        )
        .expect("watched");
    let event =
        |number: i64| Event::new(&PASSWORD_VIEW, &"a".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
    store.append((0..3_000).map(event).collect()).await.expect("stored");
    store.settle().await;
    drop(store);
    // As if it had been killed before the first of them came into the tables.
    inbox.execute_batch("DROP TRIGGER see; INSERT INTO batch SELECT * FROM seen; DROP TABLE seen").expect("they wait again");
    let batches: u32 = inbox.query_row("SELECT count(*) FROM batch", [], |row| row.get(0)).expect("counted");
    assert!(batches > 0, "they went through the inbox");
    drop(inbox);
    let file = rusqlite::Connection::open(folder.path().join("vigia.db")).expect("opened");
    let gone = format!("DELETE FROM password_view; DELETE FROM password_view_detail; PRAGMA user_version = {};", SCHEMA - 1);
    file.execute_batch(&format!("{}{BEFORE}{gone}", fifth(""))).expect("as it was");
    let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let place = folder.path().join("backups");
    let store = opened(&url, &place).await.expect("opened");
    let all = backups(&store, &place);
    let stored = all.list().await.expect("a list").remove(0);
    assert!(stored.manifest.tables.iter().any(|table| table.name == "inbox/batch" && table.rows == u64::from(batches)));
    let to = format!("sqlite://{}", folder.path().join("to.db").display());
    let identities = vec![all.keys().await.expect("keys").identity()];
    let (_, target) = as_it_was::restore(&stored.path, identities, None, &to, LIMIT, &mut |_| {}).await.expect("restored");
    for store in [store, target] {
        store.settle().await;
        assert_eq!(store.transfer().events(&PASSWORD_VIEW).await.expect("counted"), 3_000);
    }
}
