//! A report as CSV, to the end, against the `sqlite3` command line writing the same columns of the same rows in the same order.
//!
//! `EXPORT_ROWS` names another number of rows than a million. Both write into a file of the same folder, one after the other, three times; the best of each counts.

use super::pages::rows;
use super::process::usage;
use super::table::Table;
use futures_util::StreamExt;
use std::io::Write;
use std::path::Path;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia::exports::{ExportDesk, ExportLimits, Exporter, Exports, Right};
use vigia::identity::{Actor, Identity};
use vigia::index::{Index, State};
use vigia::reports::ReportService;
use vigia::store::{self, Store};
use vigia_app::model::{EventId, Export, Role, Viewer};
use vigia_app::reports::AUDIT_TRACKING;

const RUNS: usize = 3;

pub async fn measure(table: &mut Table) {
    let count = std::env::var("EXPORT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("vigia.db");
    let store = store::open(&format!("sqlite://{}", database.display()), Duration::from_secs(60)).await.expect("a store");
    for from in (0..count).step_by(50_000) {
        store.append(rows(from, 50_000.min(count - from))).await.expect("stored");
    }
    let index = Index::new(folder.path().join("index"), 128 << 20);
    let (job, followed) = (index.clone(), store.clone());
    let following = tokio::spawn(async move { job.follow(followed, vigia::clock::system(), CancellationToken::new()).await });
    while !matches!(index.state(), State::Ready(_)) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for (what, query) in
        [("all rows", ""), ("a fifth of the rows", "&operation=Update&operation=Read"), ("all rows, by user", "&sort=user")]
    {
        let mut best: Option<Taken> = None;
        for run in 0..RUNS {
            let taken = export(&store, &index, query, &folder.path().join("vigia.csv")).await;
            if run == 0 {
                table.row("export", format!("{what}: first byte"), format!("{:.1} ms", taken.first.as_secs_f64() * 1000.0), "200 ms");
            }
            best = best.filter(|best| best.whole <= taken.whole).or(Some(taken));
        }
        let Some(taken) = best else { continue };
        let rate = taken.rows as f64 / taken.whole.as_secs_f64();
        let grown = format!("{:.0} MiB grown", taken.grown_kb as f64 / 1024.0);
        table.row("export", format!("{what}: {} rows as CSV", taken.rows), format!("{rate:.0} rows/s, {grown}"), "flat");
        let condition = if query.contains("operation") { "WHERE operation IN ('Update', 'Read')" } else { "" };
        let order = if query.contains("sort") { "\"user\", id" } else { "id DESC" };
        match (0..RUNS).map(|_| sqlite(&database, condition, order, &folder.path().join("sqlite.csv"))).min().flatten() {
            Some(time) => {
                let ratio = time.as_secs_f64() / taken.whole.as_secs_f64();
                table.row("export", format!("{what}: speed against sqlite3"), format!("{ratio:.2}"), "0.8");
            }
            None => table.row("export", format!("{what}: speed against sqlite3"), "no program sqlite3", "0.8"),
        }
    }
    following.abort();
}

struct Taken {
    first: Duration,
    whole: Duration,
    rows: u64,
    /// By how much the peak of the memory is above what it was before.
    grown_kb: u64,
}

async fn export(store: &Arc<dyn Store>, index: &Index, query: &str, file: &Path) -> Taken {
    let clock = vigia::clock::system();
    let identity = Arc::new(Identity::new(store.clone(), clock.clone()));
    let reports = ReportService::new(store.clone(), clock.clone(), index.clone());
    let exports = Arc::new(Exports::new(ExportLimits::default(), Duration::from_secs(3)));
    let desk = ExportDesk { store, clock: &clock, identity: &identity, reports: &reports, exports: &exports };
    let viewer = Viewer { username: "bench".to_owned(), name: "Bench".to_owned(), role: Role::Auditor };
    let exporter = Exporter { actor: Actor::web(&viewer, None), right: Right::User(Role::Auditor), viewer };
    let mut file = std::fs::File::create(file).expect("a file");
    let before = usage(std::process::id()).expect("Linux").memory_kb;
    let start = Instant::now();
    // What was stored of the exports themselves is not in it: `sqlite3` leaves it out as well.
    let asked = Export::decode(&AUDIT_TRACKING, &format!("format=csv&source=bench{query}")).expect("an export");
    let begun = desk.begin(exporter, asked).await.expect("begins");
    let rows = begun.rows;
    let mut bytes = pin!(begun.bytes());
    let (mut first, mut peak) = (None, before);
    while let Some(piece) = bytes.next().await {
        first.get_or_insert_with(|| start.elapsed());
        file.write_all(&piece.expect("all of it")).expect("is written");
        peak = peak.max(usage(std::process::id()).expect("Linux").memory_kb);
    }
    Taken { first: first.unwrap_or_default(), whole: start.elapsed(), rows, grown_kb: peak - before }
}

/// How long the command line takes; `None` where it is not there.
fn sqlite(database: &Path, condition: &str, order: &str, file: &Path) -> Option<Duration> {
    let columns: Vec<_> = AUDIT_TRACKING
        .shown()
        .map(
            |column| {
                if AUDIT_TRACKING.is_time(column) { format!("id / {}", EventId::PER_MILLISECOND) } else { format!("\"{}\"", column.key) }
            },
        )
        .collect();
    let source = if condition.is_empty() { "WHERE source = 'bench'" } else { "AND source = 'bench'" };
    let sql = format!("SELECT {} FROM {} {condition} {source} ORDER BY {order}", columns.join(", "), AUDIT_TRACKING.table);
    let start = Instant::now();
    let output = Stdio::from(std::fs::File::create(file).expect("a file"));
    let status = Command::new("sqlite3").args(["-csv", "-header"]).arg(database).arg(sql).stdout(output).status().ok()?;
    assert!(status.success(), "sqlite3 ends well");
    Some(start.elapsed())
}
