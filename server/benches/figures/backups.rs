//! Backups: of SQLite beside the plainest way with other programs; of both databases what they cost those who store and ask meanwhile.

use super::pages::rows;
use super::table::{Table, Timings};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia::backups::archive::manifest::Contents;
use vigia::backups::drill::drill;
use vigia::backups::{BackupSetup, Backups, Wanted};
use vigia::clock;
use vigia::identity::Actor;
use vigia::store::{self, Store};
use vigia_app::model::Direction;
use vigia_app::reports::AUDIT_TRACKING;

/// Events, unless `VIGIA_BENCH_BACKUP` says how many.
const EVENTS: usize = 1_000_000;
const BATCH: usize = 50_000;
const RUNS: usize = 3;
/// Rows of a page.
const PAGE: u32 = 50;

/// Of SQLite.
pub async fn sqlite(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("vigia.db");
    let (store, backups, events) = filled(&format!("sqlite://{}", database.display()), folder.path()).await;
    whole(table, &backups, events, &database, folder.path()).await;
    beside(table, "SQLite", &store, &backups, events).await;
    restored(table, "SQLite", &backups, folder.path()).await;
}

/// Of a database of a PostgreSQL server.
pub async fn postgres(table: &mut Table, url: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, backups, events) = filled(url, folder.path()).await;
    let begun = Instant::now();
    backups.make(wanted()).await.expect("a backup");
    let took = begun.elapsed().as_secs_f64();
    table.row(
        "backups",
        format!("a full backup of {events} events, PostgreSQL"),
        format!("{took:.2} s, {:.0} events/s", events as f64 / took),
        "-",
    );
    beside(table, "PostgreSQL", &store, &backups, events).await;
}

async fn filled(url: &str, folder: &Path) -> (Arc<dyn Store>, Backups, usize) {
    let events = std::env::var("VIGIA_BENCH_BACKUP").ok().and_then(|events| events.parse().ok()).unwrap_or(EVENTS);
    let store = store::open(url, Duration::from_secs(60)).await.expect("a store");
    for first in (0..events).step_by(BATCH) {
        store.append(rows(first, BATCH)).await.expect("stored");
    }
    store.settle().await;
    let setup = BackupSetup { folder: folder.join("backups"), ..BackupSetup::default() };
    (store.clone(), Backups::new(store, clock::system(), setup), events)
}

async fn whole(table: &mut Table, backups: &Backups, events: usize, database: &Path, folder: &Path) {
    let recipient = backups.recipients().await.expect("keys")[0].recipient.clone();
    // By turns, so that both have the same machine.
    let (mut ours, mut others, mut size) = (Vec::new(), Vec::new(), 0);
    for _ in 0..RUNS {
        let begun = Instant::now();
        let made = backups.make(wanted()).await.expect("a backup");
        ours.push(begun.elapsed());
        size = made.manifest.archive.map_or(0, |archive| archive.size);
        others.extend(plainly(database, folder, &recipient));
    }
    ours.sort_unstable();
    others.sort_unstable();
    let seconds = |all: &[Duration]| all.get(all.len() / 2).map_or(f64::NAN, Duration::as_secs_f64);
    let (our, other) = (seconds(&ours), seconds(&others));
    let figure =
        format!("{our:.2} s, {} MB; sqlite3 .backup | zstd -3 | age {other:.2} s ({:.2} of its speed)", size / 1_000_000, other / our);
    table.row("backups", format!("a full backup of {events} events, SQLite"), figure, "0.8");
}

async fn beside(table: &mut Table, kind: &str, store: &Arc<dyn Store>, backups: &Backups, events: usize) {
    let ask = || async {
        store.rows().rows_within(&AUDIT_TRACKING, 0..i64::MAX, Direction::Descending, PAGE).await.expect("rows");
    };
    let alone = (stored(store, events).await, Timings::of(200, |_| ask()).await);
    let making = tokio::spawn({
        let backups = backups.clone();
        async move {
            for _ in 0..4 {
                backups.make(wanted()).await.expect("a backup");
            }
        }
    });
    let beside = (stored(store, events + BATCH * 2).await, Timings::of(200, |_| ask()).await);
    let was_at_it = !making.is_finished();
    making.await.expect("a task");
    let figure = format!("{:.0} events/s; meanwhile {:.0} ({:.2})", alone.0, beside.0, beside.0 / alone.0);
    table.row(
        "backups",
        format!("storing while a backup is made, {kind}{}", if was_at_it { "" } else { ", most of the time" }),
        figure,
        "0.8",
    );
    table.row(
        "backups",
        format!("a page of rows while a backup is made, {kind}"),
        format!("{}; alone {}", beside.1.words(), alone.1.words()),
        "p99 ≤ 20 ms",
    );
}

async fn restored(table: &mut Table, kind: &str, backups: &Backups, folder: &Path) {
    let newest = backups.list().await.expect("a list").pop().expect("a backup");
    let identity = backups.keys().await.expect("keys").identity();
    let (manifest, took) = drill(&newest.path, vec![identity], None, folder).await.expect("restored");
    let rate = manifest.rows() as f64 / took.as_secs_f64();
    table.row(
        "backups",
        format!("restoring {} events and comparing them, {kind}", manifest.rows()),
        format!("{:.1} s, {rate:.0} events/s", took.as_secs_f64()),
        "-",
    );
}

fn wanted() -> Wanted {
    Wanted { contents: Contents::full(), reason: "Manual", actor: Actor::vigia() }
}

/// How fast events are stored, a thousand a commit.
async fn stored(store: &Arc<dyn Store>, from: usize) -> f64 {
    let start = Instant::now();
    for first in (from..from + BATCH * 2).step_by(1_000) {
        store.append(rows(first, 1_000)).await.expect("stored");
    }
    (BATCH * 2) as f64 / start.elapsed().as_secs_f64()
}

/// `sqlite3 .backup`, then `zstd -3 | age`; nothing where one of the programs is missing.
fn plainly(database: &Path, folder: &Path, recipient: &str) -> Option<Duration> {
    let copy = folder.join("copy.db");
    let begun = Instant::now();
    let copied = Command::new("sqlite3").arg(database).arg(format!(".backup {}", copy.display())).status().ok()?;
    let mut packed = Command::new("zstd").args(["-3", "-c", "-q"]).arg(&copy).stdout(Stdio::piped()).spawn().ok()?;
    let piped = packed.stdout.take()?;
    let encrypted = Command::new("age").args(["-r", recipient, "-o"]).arg(folder.join("copy.age")).stdin(piped).status().ok()?;
    let whole = copied.success() && packed.wait().ok()?.success() && encrypted.success();
    let took = begun.elapsed();
    let _ = (std::fs::remove_file(&copy), std::fs::remove_file(folder.join("copy.age")));
    whole.then_some(took)
}
