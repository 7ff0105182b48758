//! `vigia backup now` and `vigia backup prune` die (SIGKILL) at each step of copying to further places. Whatever is said to be a copy is one, and the next one
//! makes what is missing.

use crate::postgres;
use crate::s3::{Store as Bucket, environment, variables};
use ::vigia::backups::{BackupSetup, Backups};
use ::vigia::clock;
use ::vigia::config::{BackupPolicy, CopyPlace};
use ::vigia::event::Event;
use ::vigia::identity::Actor;
use ::vigia::store::{self, Store};
use ::vigia_app::model::Timestamp;
use ::vigia_app::reports::{PASSWORD_VIEW, PERFORMED_BACKUPS};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

/// The steps of copying to a place.
const COPYING: [&str; 7] = ["copy.begun", "copy.opened", "copy.sent", "copy.written", "copy.checked", "copy.listed", "copy.kept"];
/// Those of removing; the first is the folder's, before anything of a copy is removed.
const REMOVING: [&str; 4] = ["backup.unwanted", "backup.unlisted", "copy.unlisted", "copy.removed"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_copies_are_as_they_are_said_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    Killed::new(&format!("sqlite://{}", folder.path().join("vigia.db").display())).await.whatever_dies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_copies_are_as_they_are_said_to_be() {
    Killed::new(&postgres::Server::shared().database().await).await.whatever_dies().await;
}

/// What is sent in parts, too: an upload that was begun is taken back by whoever comes next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_in_parts_is_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let killed = Killed::new(&format!("sqlite://{}", folder.path().join("vigia.db").display())).await;
    let mut dice = StdRng::seed_from_u64(11);
    let event = |number: i64| {
        let mut event = Event::new(&PASSWORD_VIEW, &"large".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
        event.original = (0..16_000).map(|_| char::from(dice.random_range(32..127u8))).collect();
        event
    };
    killed.store.append((0..800).map(event).collect()).await.expect("stored");
    for place in ["copy.opened", "copy.sent", "copy.written"] {
        killed.dies(place, true, &["backup", "now"]);
        killed.as_said(place).await;
        assert_eq!(Bucket::shared().uploads(&killed.bucket).await.len(), usize::from(place != "copy.written"), "{place}");
        killed.backups(true).copy_round().await.unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(Bucket::shared().uploads(&killed.bucket).await.is_empty(), "{place}");
        killed.all_there(place).await;
    }
}

struct Killed {
    database: String,
    store: Arc<dyn Store>,
    folder: tempfile::TempDir,
    elsewhere: tempfile::TempDir,
    bucket: String,
}

impl Killed {
    async fn new(database: &str) -> Self {
        let store = store::open(database, Duration::from_secs(60)).await.expect("a store");
        let view =
            |number: i64| Event::new(&PASSWORD_VIEW, &"kill".into(), number.to_string(), Timestamp::saturating(1_790_000_000_000 + number));
        store.append((0..300).map(view).collect()).await.expect("stored");
        let (folder, elsewhere) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        Self { database: database.to_owned(), store, folder, elsewhere, bucket: Bucket::shared().bucket().await }
    }

    /// As settings have them, the bucket first or last.
    fn places(&self, bucket_first: bool) -> [String; 2] {
        let (folder, bucket) = (self.elsewhere.path().display().to_string(), format!("s3://{}/kill", self.bucket));
        if bucket_first { [bucket, folder] } else { [folder, bucket] }
    }

    fn run(&self, crash_at: Option<&str>, bucket_first: bool, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        command.envs(crash_at.map(|place| ("CRASH_AT", place))).envs(environment(Bucket::shared().address()));
        command.args(["--database", &self.database, "--log", "error", "--backup-keep", "last=1", "--backup-folder"]);
        command.arg(self.folder.path()).args(["--backup-copies", &self.places(bucket_first).join(",")]);
        command.args(arguments).output().expect("runs")
    }

    fn dies(&self, place: &str, bucket_first: bool, arguments: &[&str]) {
        let died = self.run(Some(place), bucket_first, arguments);
        assert_eq!(died.status.signal(), Some(9), "{place}: {}", String::from_utf8_lossy(&died.stderr));
    }

    fn backups(&self, bucket_first: bool) -> Backups {
        let copies: Vec<CopyPlace> = self.places(bucket_first).iter().map(|place| place.parse().expect("a place")).collect();
        let policy = BackupPolicy { copies, ..BackupPolicy::default() };
        let stores = variables(&environment(Bucket::shared().address()));
        let setup = BackupSetup { policy, folder: self.folder.path().to_owned(), stores, ..BackupSetup::default() };
        Backups::new(self.store.clone(), clock::system(), setup)
    }

    /// Every copy that somebody speaks of is what the manifest says, and so is every one whose manifest is there.
    async fn as_said(&self, place: &str) -> usize {
        let mut said = 0;
        for (name, places) in self.rows().await {
            let known = self.backups(true).copies(&name).await.expect("an answer");
            assert!(
                places.iter().all(|at| known.checked().any(|known| known == at)),
                "{place}: the row of {name} says {places:?}, not {known:?}"
            );
        }
        for known in self.backups(true).everywhere().await.expect("a list") {
            let name = &known.stored.name;
            let wanted = &known.stored.manifest.archive.as_ref().expect("measured").sha256;
            let listed = self.listed().await;
            for at in known.copies.checked() {
                assert!(listed.contains(&(at.starts_with("s3:"), name.clone())), "{place}: {name} is not listed in {at}");
                said += 1;
            }
            for (in_bucket, _) in listed.iter().filter(|(_, listed)| listed == name) {
                let bytes = if *in_bucket {
                    Bucket::shared().object(&self.bucket, &format!("kill/{name}.tar.zst.age")).await
                } else {
                    std::fs::read(self.elsewhere.path().join(format!("{name}.tar.zst.age"))).expect("bytes")
                };
                assert_eq!(&sha256(&bytes), wanted, "{place}: {name}");
            }
        }
        said
    }

    /// The places that rows say have a copy, by backup.
    async fn rows(&self) -> Vec<(String, Vec<String>)> {
        self.store.settle().await;
        let rows = self.store.transfer().events_after(&PERFORMED_BACKUPS, -1, 1_000).await.expect("rows");
        let places = |extra: &str| {
            let extra: Vec<(String, String)> = serde_json::from_str(extra).expect("JSON");
            extra
                .into_iter()
                .filter(|(name, _)| name == "Copies")
                .flat_map(|(_, places)| places.split(", ").map(str::to_owned).collect::<Vec<_>>())
                .collect()
        };
        rows.into_iter().map(|row| (row.source_id.clone(), places(&row.extra))).collect()
    }

    /// Which archives have a manifest, in the bucket or in the folder of copies.
    async fn listed(&self) -> BTreeSet<(bool, String)> {
        let manifest = |name: &str| name.strip_suffix(".tar.zst.age.manifest").map(str::to_owned);
        let objects = Bucket::shared().objects(&self.bucket).await;
        let in_bucket = objects.iter().filter_map(|name| manifest(name.strip_prefix("kill/")?)).map(|name| (true, name));
        in_bucket.chain(names(self.elsewhere.path()).iter().filter_map(|name| manifest(name)).map(|name| (false, name))).collect()
    }

    /// Every backup is in both places, and nothing else is.
    async fn all_there(&self, place: &str) {
        let here = self.backups(true).list().await.expect("a list").len();
        assert_eq!(self.as_said(place).await, 2 * here, "{place}");
        assert_eq!(Bucket::shared().objects(&self.bucket).await.len(), 2 * here, "{place}");
        assert_eq!(names(self.elsewhere.path()).len(), 2 * here, "{place}: {:?}", names(self.elsewhere.path()));
    }

    async fn whatever_dies(&self) {
        for (place, bucket_first) in COPYING.into_iter().flat_map(|place| [(place, true), (place, false)]) {
            self.dies(place, bucket_first, &["backup", "now"]);
            self.as_said(place).await;
            self.backups(bucket_first).copy_round().await.unwrap_or_else(|error| panic!("{place}: {error}"));
            self.all_there(place).await;
        }
        for (number, place) in REMOVING.into_iter().enumerate() {
            if number > 0 {
                for _ in 0..2 {
                    assert!(self.run(None, true, &["backup", "now"]).status.success());
                }
            }
            self.dies(place, true, &["backup", "prune"]);
            self.as_said(place).await;
            // What was begun is ended without any rule being asked.
            self.backups(true).copy_round().await.unwrap_or_else(|error| panic!("{place}: {error}"));
            self.all_there(place).await;
            assert!(self.run(None, true, &["backup", "prune"]).status.success());
            assert_eq!(self.backups(true).list().await.expect("a list").len(), 1, "{place}: the last one stays");
            self.all_there(place).await;
        }
        let last = self.backups(true).list().await.expect("a list").remove(0).name;
        self.backups(true).verify(&last, &Actor::vigia()).await.expect("whole");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn sha256(bytes: &[u8]) -> String {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
