//! Storing in bulk, beside what SQLite itself does: the same rows through bare prepared inserts into the same schema.

use super::pages::rows;
use super::table::Table;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia::index::Index;
use vigia::store::{self, ResolvedQuery};
use vigia_app::model::{Query, Timestamp};
use vigia_app::reports::AUDIT_TRACKING;

const BATCH: usize = 50_000;
const BATCHES: usize = 10;

pub async fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let open = async |name: &str| {
        let url = format!("sqlite://{}", place(name).display());
        store::open(&url, Duration::from_secs(60)).await.expect("a store")
    };
    // What ends up in the database is what the bare loop inserts.
    let finished = open("finished.db").await;
    for batch in 0..BATCHES {
        finished.append(rows(batch * BATCH, BATCH)).await.expect("stored");
    }
    drop(finished);
    drop(open("bare.db").await);
    let mut bare = Bare::new(&place("finished.db"), &place("bare.db"));
    let store = open("ours.db").await;
    // By turns, so that both have the same machine.
    let (mut ours, mut baseline) = (Duration::ZERO, Duration::ZERO);
    for batch in 0..BATCHES {
        let rows = rows(batch * BATCH, BATCH);
        let start = Instant::now();
        store.append(rows).await.expect("stored");
        ours += start.elapsed();
        baseline += bare.insert(batch);
    }
    let rate = |taken: Duration| (BATCH * BATCHES) as f64 / taken.as_secs_f64();
    table.row(
        "bulk",
        format!("{} audit rows into SQLite, {BATCH} a commit", BATCH * BATCHES),
        format!("{:.0} rows/s; bare inserts {:.0} rows/s ({:.2})", rate(ours), rate(baseline), rate(ours) / rate(baseline)),
        "0.9 of bare inserts",
    );
    followed(table, &place("followed.db"), &place("index")).await;
}

/// The same with an index that follows, until it has everything.
async fn followed(table: &mut Table, database: &Path, folder: &Path) {
    let store = store::open(&format!("sqlite://{}", database.display()), Duration::from_secs(60)).await.expect("a store");
    let (index, stop) = (Index::new(folder.to_owned(), 128 << 20), CancellationToken::new());
    let (job, by, until) = (index.clone(), store.clone(), stop.clone());
    let following = tokio::spawn(async move { job.follow(by, vigia::clock::system(), until).await });
    let all = ResolvedQuery::new(Query::all(&AUDIT_TRACKING), Timestamp::MAX).expect("a query");
    let made: Vec<_> = (0..BATCHES).map(|batch| rows(batch * BATCH, BATCH)).collect();
    let start = Instant::now();
    for rows in made {
        store.append(rows).await.expect("stored");
    }
    let stored = start.elapsed().as_secs_f64();
    let count = (BATCH * BATCHES) as u64;
    while index.count(&*store, &all).await.expect("an answer") != Some(count) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seen = start.elapsed().as_secs_f64();
    stop.cancel();
    following.await.expect("a task").expect("follows to the end");
    drop(store);
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").metadata().expect("a file").len());
    let (file, files) = (std::fs::metadata(database).expect("a file").len() / count, files.sum::<u64>() / count);
    let rate = |seconds: f64| count as f64 / seconds;
    let figure = format!("stored {:.0} rows/s, in the index {:.0} rows/s", rate(stored), rate(seen));
    table.row("bulk", format!("{count} audit rows into SQLite, followed by an index"), figure, "100,000 rows/s");
    table.row("bulk", "file and index", format!("{file} + {files} bytes a row"), "450 bytes a row");
}

/// Inserts what one database holds into another.
struct Bare {
    source: Connection,
    target: Connection,
    /// Names and columns.
    tables: Vec<(String, Vec<String>)>,
}

impl Bare {
    fn new(from: &Path, to: &Path) -> Self {
        let source = Connection::open(from).expect("opens");
        let target = Connection::open(to).expect("opens");
        let like_ours =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -36864; PRAGMA wal_autocheckpoint = 1000;";
        target.execute_batch(like_ours).expect("set");
        let columns = |name: &str| -> Vec<String> {
            let mut columns = source.prepare(&format!("SELECT name FROM pragma_table_info('{name}')")).expect("a table");
            columns
                .query_map([], |row| row.get(0))
                .expect("columns")
                .map(|name| format!("\"{}\"", name.unwrap_or_else(|_: rusqlite::Error| String::new())))
                .collect()
        };
        let tables = ["", "_detail"].map(|suffix| format!("{}{suffix}", AUDIT_TRACKING.table));
        let tables = tables.map(|name| (name.clone(), columns(&name))).to_vec();
        Self { source, target, tables }
    }

    /// Inserts a batch in the order of ids, and says how long inserts and commit took.
    fn insert(&mut self, batch: usize) -> Duration {
        let part = format!("ORDER BY id LIMIT {BATCH} OFFSET {}", batch * BATCH);
        let mut loaded = Vec::new();
        for (name, columns) in &self.tables {
            let mut select = self.source.prepare(&format!("SELECT {} FROM {name} {part}", columns.join(", "))).expect("SQL");
            let rows = select.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect()).expect("rows");
            loaded.push(rows.collect::<Result<Vec<Vec<Value>>, _>>().expect("rows"));
        }
        let start = Instant::now();
        let transaction = self.target.transaction().expect("begins");
        for ((name, columns), rows) in self.tables.iter().zip(&loaded) {
            let marks = vec!["?"; columns.len()].join(", ");
            let mut insert = transaction.prepare(&format!("INSERT INTO {name} ({}) VALUES ({marks})", columns.join(", "))).expect("SQL");
            for row in rows {
                insert.execute(params_from_iter(row.iter().map(|value| ToSqlOutput::Borrowed(ValueRef::from(value))))).expect("inserted");
            }
        }
        transaction.commit().expect("committed");
        start.elapsed()
    }
}
