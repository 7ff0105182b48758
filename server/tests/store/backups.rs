//! Backups of a store, while others use it.

use crate::copy::fill;
use crate::{on_every_store_unfollowed, samples};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use vigia::backups::archive::lines::EventLine;
use vigia::backups::archive::manifest::Type;
use vigia::backups::archive::read::read;
use vigia::backups::restore::{Progress, RestoreError, restore};
use vigia::backups::{BackupError, BackupSetup, Backups, Part, Wanted};
use vigia::clock::Clock;
use vigia::config::BackupPolicy;
use vigia::identity::Actor;
use vigia::store::Store;
use vigia::store::whole::Whole;
use vigia_app::model::{Column, EventId, Report, Timestamp};
use vigia_app::reports::{self, PERFORMED_BACKUPS};

on_every_store_unfollowed!(
    everything_is_in_a_backup_as_it_was,
    a_partial_one_has_the_last_days,
    what_is_damaged_is_said_and_does_not_count,
    there_is_one_at_a_time,
    one_whose_process_ended_without_a_word_is_said_to_have_failed,
    backups_are_made_when_they_are_due,
    one_that_cannot_be_written_is_said,
    a_drill_restores_the_newest_and_leaves_nothing,
    backups_of_others_in_the_folder_are_left_alone,
);

pub const HOUR: i64 = 3_600_000;

/// Backups of a store in a folder, on a clock that is set.
pub struct Made {
    pub backups: Backups,
    pub now: Arc<AtomicI64>,
}

pub fn backups(store: &Arc<dyn Store>, folder: &Path, policy: BackupPolicy) -> Made {
    let now = Arc::new(AtomicI64::new(samples::START + 1_000 * HOUR));
    let at = now.clone();
    let clock: Clock = Arc::new(move || Timestamp::saturating(at.load(Ordering::Relaxed)));
    let setup = BackupSetup { policy, folder: folder.to_owned(), left_out: vec!["connectors.toml".to_owned()], ..BackupSetup::default() };
    Made { backups: Backups::new(store.clone(), clock, setup), now }
}

impl Made {
    pub fn wanted(&self, r#type: Type) -> Wanted {
        let actor = Actor { user: "Ana Lima".to_owned(), username: "ana".to_owned(), ip: None, origin: "Web", kind: None };
        Wanted { contents: self.backups.contents(r#type, Part::default()).expect("contents"), reason: "Manual", actor }
    }

    pub fn wait(&self, hours: i64) {
        self.now.fetch_add(hours * HOUR, Ordering::Relaxed);
    }
}

/// The rows of the report that Vigia says of its own backups: status and what else is asked for, by name, in the order of the names.
pub async fn rows(store: &Arc<dyn Store>, column: &str) -> Vec<(String, String, String)> {
    store.settle().await;
    let place = |key: &str| PERFORMED_BACKUPS.stored().position(|column| column.key == key).expect("a column");
    let mut rows: Vec<_> = all(store, &PERFORMED_BACKUPS)
        .await
        .into_iter()
        .filter(|event| event.cells[place("source")] == vigia::store::value::Value::Text("vigia".to_owned()))
        .map(|event| {
            let cell = |key: &str| {
                let column: &Column = PERFORMED_BACKUPS.column(key).expect("a column");
                vigia::store::value::cell(column, event.cells[place(key)].clone()).plain()
            };
            (event.source_id.clone(), cell("status"), cell(column))
        })
        .collect();
    rows.sort();
    rows
}

async fn all(store: &Arc<dyn Store>, report: &'static Report) -> Vec<Whole> {
    store.transfer().events_after(report, -1, 1_000_000).await.expect("events")
}

async fn everything_is_in_a_backup_as_it_was(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    fill(&store, 3_000).await;
    store.settle().await;
    let made = backups(&store, folder.path(), BackupPolicy::default());
    let mut before = BTreeMap::new();
    for report in reports::ALL {
        let events: Vec<_> = all(&store, report).await.into_iter().map(|event| event.underived(report)).collect();
        before.insert(report.key, events);
    }
    let stored = made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    let keys = made.backups.keys().await.expect("keys");
    let mut events: BTreeMap<String, Vec<Whole>> = BTreeMap::new();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let file = std::fs::File::open(&stored.path).expect("a file");
    let manifest = read(file, &[keys.identity()], Some(&keys.verifier()), 1 << 30, |table, line| {
        match table.strip_prefix("events/") {
            Some(key) => {
                let line: EventLine = serde_json::from_slice(line).map_err(|error| error.to_string())?;
                let event = line.event(reports::by_key(key).expect("a report")).map_err(|error| error.to_string())?;
                events.entry(key.to_owned()).or_default().push(event);
            }
            None => *others.entry(table.to_owned()).or_default() += 1,
        }
        Ok(())
    })
    .expect("an archive that can be read");
    for (key, events_before) in before {
        // The backup's own row and its entry in the trail came before the moment it is of.
        let found = &events[key];
        let there: Vec<_> = found.iter().filter(|event| events_before.iter().any(|one| one.id == event.id)).cloned().collect();
        assert!(there == events_before, "{key}: {} and {}", there.len(), events_before.len());
    }
    assert_eq!((others["users"], others["tokens"], others["quarantine"]), (2, 1, 28));
    assert!(others["kept"] >= 2 && others["secrets"] >= 1, "{others:?}");
    assert_eq!((manifest.left_out.as_slice(), manifest.requested_by.as_str()), (&["connectors.toml".to_owned()][..], "ana"));
    let now = Timestamp::saturating(made.now.load(Ordering::Relaxed));
    let times = events.values().flatten().filter_map(|event| EventId::from_i64(event.id)).map(EventId::time);
    assert!(times.clone().any(|time| time == Timestamp::MAX), "there is an event of the year 2248");
    let newest = times.filter(|time| *time <= now).max().expect("events").rfc3339();
    assert_eq!(manifest.newest, Some(newest), "what lies in the future is not the newest");
    let checksum = manifest.archive.expect("measured").sha256;
    assert_eq!(rows(&store, "checksum").await, [(stored.name.clone(), "Success".to_owned(), checksum)]);
    made.wait(1);
    made.backups.verify(&stored.name, &Actor::vigia()).await.expect("it is whole");
    let verified = Timestamp::saturating(made.now.load(Ordering::Relaxed)).rfc3339();
    assert_eq!(rows(&store, "verified").await, [(stored.name.clone(), "Success".to_owned(), verified)]);
    assert_eq!(made.backups.list().await.expect("a list"), [stored]);
}

async fn a_partial_one_has_the_last_days(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    for report in reports::ALL {
        store.append(samples::events(report, 500, 1)).await.expect("stored");
    }
    store.settle().await;
    let times: Vec<i64> =
        all(&store, reports::ALL[0]).await.iter().filter_map(|event| EventId::from_i64(event.id)).map(|id| id.time().millis()).collect();
    let made = backups(&store, folder.path(), BackupPolicy { partial_days: 2, ..BackupPolicy::default() });
    let middle = times[times.len() / 2];
    made.now.store(middle + 48 * HOUR, Ordering::Relaxed);
    let stored = made.backups.make(made.wanted(Type::Partial)).await.expect("a backup");
    let rows = stored.manifest.tables.iter().find(|table| table.name == format!("events/{}", reports::ALL[0].key)).map(|table| table.rows);
    assert_eq!(rows, Some(times.iter().filter(|time| **time >= middle).count() as u64));
    made.backups.verify(&stored.name, &Actor::vigia()).await.expect("it is whole");
}

async fn what_is_damaged_is_said_and_does_not_count(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = backups(&store, folder.path(), BackupPolicy { keep: "last=1".parse().expect("a rule"), ..BackupPolicy::default() });
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(made.backups.make(made.wanted(Type::Full)).await.expect("a backup").name);
        made.wait(1);
    }
    assert_eq!(made.backups.removable().await.expect("names"), names[..2]);
    let last = made.backups.find(&names[2]).await.expect("there").path;
    let mut bytes = std::fs::read(&last).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&last, bytes).expect("written");
    let error = made.backups.verify(&names[2], &Actor::vigia()).await.expect_err("damaged");
    assert!(error.to_string().contains("damaged"), "{error}");
    // The last good one is the one before.
    assert_eq!(made.backups.prune(&Actor::vigia()).await.expect("pruned"), names[..1]);
    let said: Vec<_> = rows(&store, "reason").await.into_iter().map(|(name, status, _)| (name, status)).collect();
    let expected = names.iter().cloned().zip(["Removed by retention", "Success", "Error"].map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(said, expected);
    assert!(matches!(made.backups.find(&names[0]).await, Err(BackupError::Unknown(..))));
    std::fs::remove_file(&last).expect("removed");
    assert!(made.backups.verify(&names[2], &Actor::vigia()).await.is_err(), "a file that is gone is not whole");
}

async fn there_is_one_at_a_time(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = backups(&store, folder.path(), BackupPolicy::default());
    let first = made.backups.begin(made.wanted(Type::Full)).await.expect("begun");
    assert_eq!(made.backups.running().await.expect("a turn").map(|turn| turn.name).as_deref(), Some(first.name()));
    assert!(matches!(made.backups.make(made.wanted(Type::Partial)).await, Err(BackupError::Busy { .. })));
    assert!(made.backups.cancel(&Actor::vigia()).await.expect("cancelled"));
    let name = first.name().to_owned();
    assert!(matches!(first.finish().await, Err(BackupError::NotMade(..))));
    assert_eq!(made.backups.running().await.expect("a turn"), None);
    // The clock is set back: names and times still come behind.
    made.wait(-100);
    let second = made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    assert!(second.name > name);
    let said: Vec<_> = rows(&store, "reason").await.into_iter().map(|(name, status, _)| (name, status)).collect();
    assert_eq!(said, [(name, "Canceled".to_owned()), (second.name, "Success".to_owned())]);
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 2, "an archive and its manifest: what was cancelled leaves nothing");
}

async fn one_whose_process_ended_without_a_word_is_said_to_have_failed(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = backups(&store, folder.path(), BackupPolicy::default());
    let begun = made.backups.begin(made.wanted(Type::Full)).await.expect("begun");
    let name = begun.name().to_owned();
    drop(begun);
    std::fs::write(folder.path().join(format!("{name}.tar.zst.age.part")), "half").expect("written");
    assert!(matches!(made.backups.make(made.wanted(Type::Full)).await, Err(BackupError::Busy { .. })), "it may still be at it");
    made.wait(1);
    made.backups.round().await.expect("a round");
    let said: Vec<_> = rows(&store, "requested_by").await;
    assert_eq!(said, [(name, "Error".to_owned(), "ana".to_owned())]);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "what was half is gone");
    assert_eq!(made.backups.running().await.expect("a turn"), None);
}

async fn backups_are_made_when_they_are_due(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (full, partial) = ("0 2 * * *".parse().expect("a schedule"), "0 */6 * * *".parse().expect("a schedule"));
    let keep = "last=2".parse().expect("a rule");
    let made = backups(&store, folder.path(), BackupPolicy { full: Some(full), partial: Some(partial), keep, ..BackupPolicy::default() });
    // Monday, 01:00.
    made.now.store(1_795_395_600_000, Ordering::Relaxed);
    made.backups.round().await.expect("a round");
    assert!(rows(&store, "type").await.is_empty(), "what was due before anybody looked is nobody's");
    for hours in [0, 2, 0, 4, 0] {
        made.wait(hours);
        made.backups.round().await.expect("a round");
    }
    let by_type =
        async |r#type: &str, status: &str| rows(&store, "type").await.iter().filter(|row| row.2 == r#type && row.1 == status).count();
    assert_eq!((by_type("Full", "Success").await, by_type("Partial", "Success").await), (1, 1), "02:00, and 06:00");
    // Three days without a server: the last of what was due is made, and the others are said.
    made.wait(72);
    made.backups.round().await.expect("a round");
    assert_eq!((by_type("Full", "Success").await, by_type("Full", "Missed").await), (2, 2));
    assert_eq!((by_type("Partial", "Success").await, by_type("Partial", "Missed").await), (2, 11));
    made.wait(24);
    made.backups.round().await.expect("a round");
    assert_eq!(by_type("Full", "Removed by retention").await, 1, "two of each type stay");
    assert_eq!(made.backups.list().await.expect("a list").len(), 4);
}

async fn one_that_cannot_be_written_is_said(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a file");
    std::fs::write(&file, "").expect("written");
    let made = backups(&store, &file, BackupPolicy::default());
    let error = made.backups.make(made.wanted(Type::Full)).await.expect_err("not made");
    assert!(error.to_string().contains("a file"), "{error}");
    assert_eq!(rows(&store, "reason").await.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["Error"]);
    assert_eq!(made.backups.running().await.expect("a turn"), None, "the next one may begin");
}

/// From each kind of database into each kind: the same, row by row, and nobody is signed in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_restored_into_either_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    for from in ["sqlite", "postgres"] {
        let store = if from == "sqlite" { crate::sqlite(&folder.path().join("from")).await } else { crate::postgres().await };
        fill(&store, 1_500).await;
        let made = backups(&store, &folder.path().join(from), BackupPolicy::default());
        let earlier = made.backups.make(made.wanted(Type::Partial)).await.expect("a backup");
        made.backups.make_link(&earlier.name, &made.wanted(Type::Full).actor).await.expect("a link");
        let stored = made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
        let signer = made.backups.keys().await.expect("keys").verifier();
        for to in ["sqlite", "postgres"] {
            let target =
                if to == "sqlite" { crate::sqlite(&folder.path().join(format!("{from}-{to}"))).await } else { crate::postgres().await };
            let identity = || async { vec![made.backups.keys().await.expect("keys").identity()] };
            let mut told = Vec::new();
            let restored =
                restore(&stored.path, identity().await, Some(signer.clone()), &*target, &mut |progress| told.push(progress)).await;
            assert_eq!(restored.expect("restored").tables, stored.manifest.tables, "{from} to {to}");
            let compared = told.iter().filter(|one| matches!(one, Progress::Compared { .. })).count();
            assert_eq!(compared, reports::ALL.len());
            for report in reports::ALL {
                // What came after the moment: the row says now that it was made.
                let mut was: Vec<_> = all(&store, report).await.into_iter().map(|event| event.underived(report)).collect();
                let is: Vec<_> = all(&target, report).await.into_iter().map(|event| event.underived(report)).collect();
                was.retain(|event| is.iter().any(|one| one.id == event.id));
                if report.key == PERFORMED_BACKUPS.key {
                    was.retain(|event| event.source_id != stored.name);
                    assert!(is.iter().filter(|event| event.source_id != stored.name).eq(&was), "{from} to {to}: {}", report.key);
                } else {
                    assert!(is == was, "{from} to {to}: {}", report.key);
                }
            }
            assert_eq!(target.users().await.expect("users"), store.users().await.expect("users"));
            assert_eq!(target.tokens().all().await.expect("tokens"), store.tokens().all().await.expect("tokens"));
            assert_eq!(store.kept().all("backup-links").await.expect("kept").len(), 1);
            assert_eq!(target.kept().all("backup-links").await.expect("kept"), [], "links open nothing of another instance");
            let again = restore(&stored.path, identity().await, None, &*target, &mut |_| {}).await;
            assert!(matches!(again, Err(RestoreError::NotEmpty(_))), "never over what is there");
        }
        let forged = vigia::backups::archive::keys::Keys::generate().expect("keys").0.verifier();
        let target = crate::sqlite(&folder.path().join(format!("{from}-forged"))).await;
        let keys = made.backups.keys().await.expect("keys");
        let refused = restore(&stored.path, vec![keys.identity()], Some(forged), &*target, &mut |_| {}).await;
        assert!(matches!(refused, Err(RestoreError::Read(_))), "signed by another");
        assert_eq!(vigia::store::copy::contents(&*target).await.expect("an answer"), None, "nothing was stored");
    }
}

async fn a_drill_restores_the_newest_and_leaves_nothing(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().expect("a folder");
    fill(&store, 500).await;
    let drill = Some("0 4 * * *".parse().expect("a schedule"));
    let made = backups(&store, folder.path(), BackupPolicy { drill, ..BackupPolicy::default() });
    assert!(made.backups.drill(None, &Actor::vigia()).await.is_err(), "there is none");
    made.backups.round().await.expect("the first look");
    let first = made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    made.wait(1);
    let second = made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    made.wait(24);
    made.backups.round().await.expect("a round");
    let at = Timestamp::saturating(made.now.load(Ordering::Relaxed)).rfc3339();
    let expected = [(first.name.clone(), "Success".to_owned(), String::new()), (second.name.clone(), "Success".to_owned(), at)];
    assert_eq!(rows(&store, "drill").await, expected, "the newest one");
    let drilled = made.backups.drilled(&second.name).await.expect("an answer").expect("a drill");
    assert!(drilled.wrong.is_none() && drilled.took > 0, "{drilled:?}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 4, "two archives with their manifests, and nothing else");
    // What cannot be restored is said, and what went wrong before does not stay.
    let mut bytes = std::fs::read(&second.path).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&second.path, &bytes).expect("written");
    assert!(matches!(made.backups.drill(Some(&second.name), &Actor::vigia()).await, Err(BackupError::Drill(..))));
    assert_eq!(rows(&store, "drill").await[1].1, "Error");
    bytes[middle] ^= 1;
    std::fs::write(&second.path, &bytes).expect("written");
    made.backups.drill(Some(&second.name), &Actor::vigia()).await.expect("it passes");
    assert_eq!(rows(&store, "drill").await[1].1, "Success");
}

async fn backups_of_others_in_the_folder_are_left_alone(store: Arc<dyn Store>) {
    let (folder, elsewhere) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let keep = || BackupPolicy { keep: "last=1".parse().expect("a rule"), ..BackupPolicy::default() };
    let other = backups(&crate::sqlite(elsewhere.path()).await, folder.path(), keep());
    let made = backups(&store, folder.path(), keep());
    let mut names = Vec::new();
    for _ in 0..2 {
        names.push(other.backups.make(other.wanted(Type::Full)).await.expect("a backup").name);
        other.wait(1);
    }
    let half = folder.path().join("vigia-ffffffff-20261126T020000.000Z-full.tar.zst.age.part");
    std::fs::write(&half, "half").expect("written");
    drop(made.backups.begin(made.wanted(Type::Full)).await.expect("begun"));
    made.wait(1);
    made.backups.make(made.wanted(Type::Full)).await.expect("a backup");
    assert!(half.exists(), "somebody else is at it");
    assert!(made.backups.prune(&Actor::vigia()).await.expect("pruned").is_empty());
    assert_eq!(other.backups.prune(&Actor::vigia()).await.expect("pruned"), names[..1]);
    assert!(made.backups.verify(&names[1], &Actor::vigia()).await.is_err_and(|error| error.to_string().contains("another instance")));
}
