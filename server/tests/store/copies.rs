//! Copies of backups in folders and in a store that speaks S3.

use crate::copy::fill;
use crate::line::{Does, Line};
use crate::on_every_store_unfollowed;
use crate::s3::{Store as Bucket, environment, variables};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use vigia::backups::archive::manifest::Contents;
use vigia::backups::copies::fetch::fetched;
use vigia::backups::copies::{Known, Readable, StoreVariables};
use vigia::backups::place::Stored;
use vigia::backups::restore::restore;
use vigia::backups::{BackupError, BackupSetup, Backups, Wanted};
use vigia::clock::Clock;
use vigia::config::BackupPolicy;
use vigia::event::Event;
use vigia::identity::Actor;
use vigia::store::Store;
use vigia::store::value::Value;
use vigia_app::model::Timestamp;
use vigia_app::reports::{PASSWORD_VIEW, PERFORMED_BACKUPS};

on_every_store_unfollowed!(
    a_backup_is_in_every_place_once_it_was_read_back_there,
    a_place_that_is_away_delays_nothing_and_has_its_copy_later,
    what_is_cut_off_in_the_middle_leaves_nothing,
    what_comes_back_changed_is_no_copy,
    what_is_damaged_is_not_copied,
    what_no_rule_keeps_goes_from_every_place,
    what_is_in_copies_alone_is_listed_kept_by_rules_and_fetched,
    what_is_being_read_is_removed_later,
    what_is_read_comes_in_small_pieces_of_one_archive,
    what_is_wrong_with_a_place_is_said,
    two_servers_copy_at_once,
    a_backup_that_is_due_comes_before_copies,
    copying_is_cancelled_and_the_backup_stays,
);

const HOUR: i64 = 3_600_000;

/// Backups with copies, on a clock that is set.
struct Made {
    store: Arc<dyn Store>,
    backups: Backups,
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
}

impl Made {
    /// `places` are as in settings.
    fn new(store: &Arc<dyn Store>, places: &[&str], stores: StoreVariables, keep: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let now = Arc::new(AtomicI64::new(1_795_395_600_000));
        let copies = places.iter().map(|place| place.parse().expect("a place")).collect();
        let policy = BackupPolicy { copies, keep: keep.parse().expect("rules"), ..BackupPolicy::default() };
        Self { store: store.clone(), backups: backups(store, folder.path(), &now, policy, stores), folder, now }
    }

    async fn make(&self) -> Stored {
        self.now.fetch_add(HOUR, Ordering::Relaxed);
        let wanted = Wanted { contents: Contents::full(), reason: "Manual", actor: Actor::vigia() };
        self.backups.make(wanted).await.expect("a backup")
    }

    /// The places that have a copy.
    async fn copies(&self, name: &str) -> Vec<String> {
        self.backups.copies(name).await.expect("an answer").checked().map(str::to_owned).collect()
    }

    /// Status and details of the row of a backup.
    async fn row(&self, name: &str) -> (String, BTreeMap<String, String>) {
        self.store.settle().await;
        let rows = self.store.transfer().events_after(&PERFORMED_BACKUPS, -1, 1_000_000).await.expect("rows");
        let row = rows.into_iter().rfind(|row| row.source_id == name).expect("a row");
        let status = PERFORMED_BACKUPS.stored().position(|column| column.key == "status").expect("a column");
        let Value::Text(status) = &row.cells[status] else { panic!("{row:?}") };
        let extra: Vec<(String, String)> = serde_json::from_str(&row.extra).expect("JSON");
        (status.clone(), extra.into_iter().collect())
    }
}

fn backups(store: &Arc<dyn Store>, folder: &Path, now: &Arc<AtomicI64>, policy: BackupPolicy, stores: StoreVariables) -> Backups {
    let at = now.clone();
    let clock: Clock = Arc::new(move || Timestamp::saturating(at.load(Ordering::Relaxed)));
    Backups::new(store.clone(), clock, BackupSetup { policy, folder: folder.to_owned(), stores, ..BackupSetup::default() })
}

/// Events that no compression makes small: more than one part of a backup.
async fn fill_large(store: &Arc<dyn Store>) {
    let mut dice = StdRng::seed_from_u64(7);
    let event = |number: i64| {
        let mut event = Event::new(&PASSWORD_VIEW, &"large".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
        event.original = (0..16_000).map(|_| char::from(dice.random_range(32..127u8))).collect();
        event
    };
    store.append((0..800).map(event).collect()).await.expect("stored");
}

fn sha256(bytes: &[u8]) -> String {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

async fn a_backup_is_in_every_place_once_it_was_read_back_there(store: Arc<dyn Store>) {
    fill(&store, 200).await;
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let bucket = s3.bucket().await;
    let places = [elsewhere.path().display().to_string(), format!("s3://{bucket}/site/one")];
    let made = Made::new(&store, &[&places[0], &places[1]], variables(&environment(s3.address())), "");
    let stored = made.make().await;
    assert_eq!(made.copies(&stored.name).await, places);
    let sum = &stored.manifest.archive.as_ref().expect("measured").sha256;
    let file = format!("{}.tar.zst.age", stored.name);
    assert_eq!(s3.objects(&bucket).await, [format!("site/one/{file}"), format!("site/one/{file}.manifest")]);
    assert_eq!(&sha256(&s3.object(&bucket, &format!("site/one/{file}")).await), sum);
    assert_eq!(s3.object(&bucket, &format!("site/one/{file}.manifest")).await, stored.note.as_bytes());
    let copied = elsewhere.path().join(&file);
    assert_eq!(files(elsewhere.path()), [copied.clone(), elsewhere.path().join(format!("{file}.manifest"))]);
    assert_eq!(&sha256(&std::fs::read(copied).expect("bytes")), sum);
    let (status, details) = made.row(&stored.name).await;
    assert_eq!((status.as_str(), details["Copies"].as_str(), details.get("Message")), ("Success", places.join(", ").as_str(), None));
    made.backups.verify(&stored.name, &Actor::vigia()).await.expect("whole");
    assert_eq!(made.row(&stored.name).await.1["Copies"], places.join(", "), "what else is said leaves it there");
    assert_eq!(made.backups.running().await.expect("an answer"), None);
}

async fn a_place_that_is_away_delays_nothing_and_has_its_copy_later(store: Arc<dyn Store>) {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let (bucket, line) = (s3.bucket().await, Line::to(s3.address()).await);
    let (away, here) = (format!("s3://{bucket}"), elsewhere.path().display().to_string());
    let made = Made::new(&store, &[&away, &here], variables(&environment(line.address())), "");
    line.set(Does::Refuse);
    let stored = made.make().await;
    assert_eq!(made.copies(&stored.name).await, [here.as_str()], "one place does not wait for another");
    let (status, details) = made.row(&stored.name).await;
    assert_eq!(status, "Success", "the backup is there");
    let message = &details["Message"];
    assert!(message.starts_with(&format!("There is no copy yet in {away}: ")) && !message.contains("hunter2"), "{message}");
    let error = made.backups.copy_round().await.expect_err("it is still away");
    assert!(error.to_string().contains(&format!("{} has no copy in {away}", stored.name)), "{error}");
    line.set(Does::Pass);
    made.backups.copy_round().await.expect("a round");
    assert_eq!(made.copies(&stored.name).await, [here.as_str(), away.as_str()]);
    assert_eq!(made.row(&stored.name).await.1.get("Message"), None);
    assert_eq!(s3.objects(&bucket).await.len(), 2);
}

async fn what_is_cut_off_in_the_middle_leaves_nothing(store: Arc<dyn Store>) {
    fill_large(&store).await;
    let s3 = Bucket::shared();
    let (bucket, line) = (s3.bucket().await, Line::to(s3.address()).await);
    let place = format!("s3://{bucket}");
    let made = Made::new(&store, &[&place], variables(&environment(line.address())), "");
    line.set(Does::Cut);
    let stored = made.make().await;
    let size = stored.manifest.archive.as_ref().expect("measured").size;
    assert!(size > 8 << 20, "{size} bytes are sent at once");
    assert!(made.copies(&stored.name).await.is_empty());
    let message = made.row(&stored.name).await.1["Message"].clone();
    assert!(message.contains(&format!("The connection to {} was lost", line.address())), "{message}");
    assert!(s3.objects(&bucket).await.is_empty());
    assert!(s3.uploads(&bucket).await.is_empty(), "its parts are taken back");
    line.set(Does::Pass);
    made.backups.copy_round().await.expect("a round");
    let archive = s3.object(&bucket, &format!("{}.tar.zst.age", stored.name)).await;
    assert_eq!(sha256(&archive), stored.manifest.archive.expect("measured").sha256);
    assert_eq!((made.copies(&stored.name).await, s3.uploads(&bucket).await), (vec![place], Vec::new()));
}

async fn what_comes_back_changed_is_no_copy(store: Arc<dyn Store>) {
    fill(&store, 200).await;
    let s3 = Bucket::shared();
    let (bucket, line) = (s3.bucket().await, Line::to(s3.address()).await);
    let made = Made::new(&store, &[&format!("s3://{bucket}")], variables(&environment(line.address())), "");
    line.set(Does::Change);
    let stored = made.make().await;
    assert!(made.copies(&stored.name).await.is_empty());
    let message = made.row(&stored.name).await.1["Message"].clone();
    assert!(message.ends_with("What is read back there is not what was written."), "{message}");
    assert_eq!(s3.objects(&bucket).await.len(), 1, "without a manifest it is no archive");
    line.set(Does::Pass);
    made.backups.copy_round().await.expect("a round");
    assert_eq!(s3.objects(&bucket).await.len(), 2);
}

async fn what_is_damaged_is_not_copied(store: Arc<dyn Store>) {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let place = elsewhere.path().join("not yet");
    std::fs::write(&place, "a file is in the way").expect("written");
    let made = Made::new(&store, &[&place.display().to_string()], StoreVariables::default(), "");
    let stored = made.make().await;
    let mut bytes = std::fs::read(&stored.path).expect("bytes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&stored.path, bytes).expect("written");
    std::fs::remove_file(&place).and_then(|()| std::fs::create_dir(&place)).expect("a folder");
    let error = made.backups.copy_round().await.expect_err("damaged");
    assert!(error.to_string().contains("The archive is damaged"), "{error}");
    assert_eq!(made.row(&stored.name).await.0, "Error");
    assert!(files(&place).is_empty(), "nothing of it is left");
    made.backups.copy_round().await.expect("it is not tried again");
}

async fn what_no_rule_keeps_goes_from_every_place(store: Arc<dyn Store>) {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let (bucket, line) = (s3.bucket().await, Line::to(s3.address()).await);
    let (away, here) = (format!("s3://{bucket}"), elsewhere.path().display().to_string());
    let made = Made::new(&store, &[&away, &here], variables(&environment(line.address())), "last=1");
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(made.make().await.name);
    }
    assert_eq!((s3.objects(&bucket).await.len(), files(elsewhere.path()).len()), (6, 6));
    line.set(Does::Refuse);
    assert_eq!(made.backups.prune(&Actor::vigia()).await.expect("pruned"), names[..2]);
    assert_eq!((s3.objects(&bucket).await.len(), files(elsewhere.path()).len(), files(made.folder.path()).len()), (6, 2, 2));
    let (status, details) = made.row(&names[0]).await;
    assert_eq!(status, "Removed by retention");
    assert!(details["Message"].starts_with(&format!("It is still in {away}: ")), "{details:?}");
    assert!(made.backups.prune(&Actor::vigia()).await.expect("pruned").is_empty(), "it is said once");
    assert!(made.backups.copy_round().await.is_err(), "the store is still away");
    line.set(Does::Pass);
    made.backups.copy_round().await.expect("a round");
    assert_eq!(s3.objects(&bucket).await.len(), 2);
    let (status, details) = made.row(&names[0]).await;
    assert_eq!((status.as_str(), details.get("Message"), details.get("Copies")), ("Removed by retention", None, None));
    assert_eq!(made.copies(&names[2]).await.len(), 2, "the last one stays");
    assert!(made.backups.removable().await.expect("names").is_empty());
}

async fn what_is_in_copies_alone_is_listed_kept_by_rules_and_fetched(store: Arc<dyn Store>) {
    fill(&store, 200).await;
    let s3 = Bucket::shared();
    let bucket = s3.bucket().await;
    let place = format!("s3://{bucket}/x");
    let stores = variables(&environment(s3.address()));
    let made = Made::new(&store, &[&place], stores.clone(), "last=2");
    let mut stored = Vec::new();
    for _ in 0..3 {
        stored.push(made.make().await);
    }
    for file in files(made.folder.path()) {
        std::fs::remove_file(file).expect("the disk is lost");
    }
    let known = made.backups.everywhere().await.expect("a list");
    assert!(known.iter().map(|known| &known.stored).eq(&stored) && known.iter().all(|Known { here, .. }| !here), "{known:?}");
    assert_eq!(made.backups.prune(&Actor::vigia()).await.expect("pruned"), [stored[0].name.clone()], "of copies two stay");
    assert_eq!(made.row(&stored[0].name).await.0, "Removed by retention");
    let name = &stored[1].name;
    let gone = made.backups.verify(name, &Actor::vigia()).await.expect_err("it is not here");
    assert!(matches!(&gone, BackupError::Elsewhere(_, places) if *places == place), "{gone}");
    // The machine is lost too: another one reads it from the store.
    let address = format!("{place}/{name}.tar.zst.age");
    let scratch = tempfile::tempdir().expect("a folder");
    let archive = fetched(&address, &stores, scratch.path()).await.unwrap_or_else(|error| panic!("{error}"));
    let keys = made.backups.keys().await.expect("keys");
    let target = crate::sqlite(&scratch.path().join("restored")).await;
    let restored = restore(archive.path(), vec![keys.identity()], Some(keys.verifier()), &*target, &mut |_| {}).await;
    assert_eq!(restored.expect("restored").tables, stored[1].manifest.tables);
    let path = archive.path().to_owned();
    drop(archive);
    assert!(!path.exists(), "what was fetched is gone afterwards");
    let wrong = fetched(&format!("{place}/none.tar.zst.age"), &stores, scratch.path()).await.err().expect("none");
    assert!(wrong.contains("does not have it"), "{wrong}");
    assert_eq!(made.backups.fetch(name, &Actor::vigia()).await.expect("fetched"), stored[1]);
    assert!(matches!(made.backups.fetch(name, &Actor::vigia()).await, Err(BackupError::Fetch(_))), "it is here already");
    // So it is with one that is damaged.
    std::fs::write(&stored[1].path, "not what it was").expect("written");
    assert!(made.backups.verify(name, &Actor::vigia()).await.is_err());
    assert_eq!(made.row(name).await.0, "Error");
    made.backups.fetch(name, &Actor::vigia()).await.expect("it is whole again");
    assert_eq!(made.row(name).await.0, "Success");
    // One that is here is not removed because of what is in copies alone.
    assert!(made.backups.removable().await.expect("names").is_empty());
    made.make().await;
    made.make().await;
    assert_eq!(made.backups.removable().await.expect("names"), [stored[1].name.clone(), stored[2].name.clone()]);
}

async fn what_is_being_read_is_removed_later(store: Arc<dyn Store>) {
    fill(&store, 200).await;
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let bucket = s3.bucket().await;
    let places = [format!("s3://{bucket}"), elsewhere.path().display().to_string()];
    let made = Made::new(&store, &[&places[0], &places[1]], variables(&environment(s3.address())), "last=1");
    let (first, second) = (made.make().await, made.make().await);
    let bytes = std::fs::read(&first.path).expect("bytes");
    for file in files(made.folder.path()) {
        std::fs::remove_file(file).expect("the disk is lost");
    }
    let known = made.backups.known(&first.name).await.expect("it is known");
    assert_eq!((known.here, &known.stored), (false, &first));
    let place = made.backups.with_copy(&known.copies).next().expect("a place");
    let Ok(Readable::Object(object)) = made.backups.readable(place, &first).await else { panic!("it is in a bucket") };
    let reading = made.backups.reading(&first.name).await.expect("it stays");
    assert_eq!(made.backups.prune(&Actor::vigia()).await.expect("pruned"), std::slice::from_ref(&first.name));
    let (status, details) = made.row(&first.name).await;
    assert_eq!(status, "Removed by retention");
    assert!(details["Message"].contains(&format!("It is still in {}: It is being downloaded.", places[0])), "{details:?}");
    let read: Vec<Bytes> = object.read(100..bytes.len() as u64).await.expect("is read").try_collect().await.expect("to its end");
    assert_eq!(read.concat(), bytes[100..]);
    // Nobody begins to read it any more, and it goes some minutes after the last one.
    drop(reading);
    for refused in [made.backups.known(&first.name).await.err(), made.backups.reading(&first.name).await.err()] {
        assert!(matches!(&refused, Some(BackupError::Unknown(..))), "{refused:?}");
    }
    made.now.fetch_add(HOUR, Ordering::Relaxed);
    made.backups.copy_round().await.expect("a round");
    assert_eq!((s3.objects(&bucket).await.len(), files(elsewhere.path()).len()), (2, 2));
    assert_eq!(made.row(&first.name).await.1.get("Message"), None);
    assert!(made.backups.known(&second.name).await.is_ok());
}

async fn what_is_read_comes_in_small_pieces_of_one_archive(store: Arc<dyn Store>) {
    fill_large(&store).await;
    let s3 = Bucket::shared();
    let (bucket, line) = (s3.bucket().await, Line::to(s3.address()).await);
    let place = format!("s3://{bucket}");
    let made = Made::new(&store, &[&place], variables(&environment(line.address())), "");
    let stored = made.make().await;
    let mut bytes = std::fs::read(&stored.path).expect("bytes");
    let size = bytes.len() as u64;
    let place = place.parse().expect("a place");
    let Ok(Readable::Object(object)) = made.backups.readable(&place, &stored).await else { panic!("it is in a bucket") };
    let read: Vec<Bytes> = object.read(0..size).await.expect("is read").try_collect().await.expect("to its end");
    assert!(read.concat() == bytes);
    assert!(read.iter().all(|piece| piece.len() <= 1 << 19), "no piece has more than some hundred KB");
    // The line breaks, and who asks for the rest meets another archive of the same size.
    line.set(Does::Break);
    let mut pieces = object.read(0..size).await.expect("is read");
    pieces.try_next().await.expect("is read").expect("is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    s3.put(&bucket, &format!("{}.tar.zst.age", stored.name), bytes).await;
    let error = pieces.try_collect::<Vec<Bytes>>().await.expect_err("it has changed");
    assert!(error.to_string().ends_with("was written to there while it was read."), "{error}");
}

async fn what_is_wrong_with_a_place_is_said(store: Arc<dyn Store>) {
    let (s3, closed, blocked) = (Bucket::shared(), Bucket::closed(), tempfile::tempdir().expect("a folder"));
    let bucket = s3.bucket().await;
    let line = Line::to(s3.address()).await;
    line.set(Does::Stall);
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address");
    let (file, unmounted) = (blocked.path().join("file"), blocked.path().join("unmounted"));
    std::fs::write(&file, "").expect("written");
    let (bucket, file) = (format!("s3://{bucket}"), file.display().to_string());
    let absent = unmounted.display().to_string();
    let with = |address, name: &str, value: &str| {
        let mut all = environment(address);
        all.retain(|(known, _)| known != name);
        all.push((name.to_owned(), value.to_owned()));
        variables(&all)
    };
    let (good, closed_at, stalled) = (s3.address(), closed.address(), line.address());
    for (place, stores, said) in [
        ("s3://no-such-bucket", variables(&environment(good)), format!("There is no bucket no-such-bucket at {good}. Make it")),
        (&*bucket, variables(&environment(closed_at)), format!("{closed_at} does not take the key (InvalidAccessKeyId)")),
        (&*bucket, variables(&environment(free)), format!("{free} was not reached: Connection refused")),
        (&*bucket, with(stalled, "AWS_TIMEOUT", "200ms"), format!("{stalled} did not answer in time.")),
        (&*bucket, with(good, "AWS_ALLOW_HTTP", "false"), "AWS_ENDPOINT_URL begins with http://".to_owned()),
        (
            &*bucket,
            with(good, "AWS_SECRET_ACCESS_KEY", ""),
            "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not. Set both.".to_owned(),
        ),
        (&*file, StoreVariables::default(), format!("{file} is not a folder that is there. Make it, on what is mounted.")),
        (&*absent, StoreVariables::default(), format!("{absent} is not a folder that is there.")),
    ] {
        let made = Made::new(&store, &[place], stores, "");
        let name = made.make().await.name;
        let (status, details) = made.row(&name).await;
        assert_eq!(status, "Success");
        assert!(details["Message"].contains(&said) && !details["Message"].contains("hunter2"), "{said}: {}", details["Message"]);
    }
    assert!(!unmounted.exists(), "a folder that is not mounted is not made on the disk below it");
    let own = tempfile::tempdir().expect("a folder");
    let copies = vec![own.path().display().to_string().parse().expect("a place")];
    let policy = BackupPolicy { copies, ..BackupPolicy::default() };
    let now = Arc::new(AtomicI64::new(1_797_000_000_000));
    let made = backups(&store, own.path(), &now, policy, StoreVariables::default());
    let wanted = Wanted { contents: Contents::full(), reason: "Manual", actor: Actor::vigia() };
    let name = made.make(wanted).await.expect("a backup").name;
    let copies = made.copies(&name).await.expect("an answer");
    assert!(copies.wrong().all(|(_, why)| why.contains("the folder of the backups themselves")) && copies.wrong().count() == 1);
}

async fn two_servers_copy_at_once(store: Arc<dyn Store>) {
    let (s3, elsewhere) = (Bucket::shared(), tempfile::tempdir().expect("a folder"));
    let bucket = s3.bucket().await;
    let line = Line::to(s3.address()).await;
    let places = [elsewhere.path().display().to_string(), format!("s3://{bucket}")];
    let made = Made::new(&store, &[&places[0], &places[1]], variables(&environment(line.address())), "last=2");
    line.set(Does::Refuse);
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(made.make().await.name);
    }
    line.set(Does::Pass);
    let policy = BackupPolicy { copies: places.iter().map(|place| place.parse().expect("a place")).collect(), ..BackupPolicy::default() };
    let other = backups(&store, made.folder.path(), &made.now, policy, variables(&environment(line.address())));
    let (actor, two) = (Actor::vigia(), made.backups.clone());
    let (one, other, pruned) = tokio::join!(two.copy_round(), other.copy_round(), made.backups.prune(&actor));
    assert_eq!(pruned.expect("pruned"), names[..1]);
    // One may have been removed while it was being copied.
    let _ = (one, other);
    made.backups.copy_round().await.expect("a round");
    for name in &names[1..] {
        assert_eq!(made.copies(name).await, places);
    }
    assert!(made.copies(&names[0]).await.is_empty());
    assert_eq!((s3.objects(&bucket).await.len(), files(elsewhere.path()).len(), files(made.folder.path()).len()), (4, 4, 4));
    assert_eq!(made.row(&names[0]).await.0, "Removed by retention");
}

async fn a_backup_that_is_due_comes_before_copies(store: Arc<dyn Store>) {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let place = elsewhere.path().join("not yet");
    std::fs::write(&place, "a file is in the way").expect("written");
    let (folder, now) = (tempfile::tempdir().expect("a folder"), Arc::new(AtomicI64::new(1_795_395_600_000)));
    let copies = vec![place.display().to_string().parse().expect("a place")];
    let full = Some("0 * * * *".parse().expect("a schedule"));
    let backups = backups(&store, folder.path(), &now, BackupPolicy { copies, full, ..BackupPolicy::default() }, StoreVariables::default());
    backups.round().await.expect("the first look");
    now.fetch_add(HOUR, Ordering::Relaxed);
    backups.round().await.expect("a round");
    std::fs::remove_file(&place).and_then(|()| std::fs::create_dir(&place)).expect("a folder");
    now.fetch_add(HOUR, Ordering::Relaxed);
    backups.copy_round().await.expect("a round");
    assert!(files(&place).is_empty(), "nothing is copied while a backup is due");
    backups.round().await.expect("a round");
    backups.copy_round().await.expect("a round");
    assert_eq!(files(&place).len(), 4, "both are copied");
}

async fn copying_is_cancelled_and_the_backup_stays(store: Arc<dyn Store>) {
    let s3 = Bucket::shared();
    let (bucket, line) = (s3.bucket().await, Line::to(s3.address()).await);
    let place = format!("s3://{bucket}");
    let made = Made::new(&store, &[&place], variables(&environment(line.address())), "");
    line.set(Does::Stall);
    let cancelled = async {
        while !made.backups.running().await.expect("an answer").is_some_and(|turn| turn.copying) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(made.backups.cancel(&Actor::vigia()).await.expect("cancelled"));
    };
    let (stored, ()) = tokio::join!(made.make(), cancelled);
    assert_eq!(made.backups.running().await.expect("an answer"), None);
    let (status, details) = made.row(&stored.name).await;
    assert_eq!(
        (status.as_str(), details["Message"].as_str()),
        ("Success", &*format!("There is no copy yet in {place}: It was cancelled."))
    );
    line.set(Does::Pass);
    made.backups.copy_round().await.expect("a round");
    assert_eq!(made.copies(&stored.name).await, [place]);
}
