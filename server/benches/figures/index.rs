//! The index: what building takes, how large it is, and pages of 30, counts and values of a report with many rows.

use super::pages::resolve;
use super::table::{Table, Timings};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt, SeedableRng};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia::index::{Index, State};
use vigia::store::Store;
use vigia_app::model::{Direction, Query, Sort, codec};
use vigia_app::reports::AUDIT_TRACKING;

const RUNS: usize = 200;
/// Pages of the largest size that lie before a deep one.
const DEEP: usize = 300;
const RANDOM: usize = 200;

pub async fn measure(table: &mut Table, store: &Arc<dyn Store>, rows: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::new(folder.path().to_owned(), 128 << 20);
    let stop = CancellationToken::new();
    let (job, followed, until) = (index.clone(), store.clone(), stop.clone());
    let start = Instant::now();
    let following = tokio::spawn(async move { job.follow(followed, vigia::clock::system(), until).await });
    while !matches!(index.state(), State::Ready(_)) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = start.elapsed().as_secs_f64();
    let bytes = || {
        let files = std::fs::read_dir(folder.path()).expect("a folder").map(|file| file.expect("a file"));
        files.map(|file| file.metadata().map_or(0, |data| data.len())).sum::<u64>()
    };
    let size = bytes() / rows as u64;
    // It answers already while what was built is merged; what is measured below is what comes of that.
    let (mut last, mut since) = (0, Instant::now());
    while since.elapsed() < Duration::from_secs(5) {
        let now = bytes();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let merged = start.elapsed().as_secs_f64() - 5.0;
    table.row(
        "index",
        format!("built from {rows} rows"),
        format!("{:.0} rows/s, {size} bytes a row; merged {:.0} s later", rows as f64 / took, merged - took),
        "100,000 rows/s",
    );

    for question in [
        "",
        "sort=entity_name",
        "user=User 17&sort=entity_name",
        "origin=API&change=yes&sort=ip",
        "entity_name.contains=le-0004",
        "q=zq",
        "q=0116",
        "q=0116&sort=user",
        "q=nowhere to be found",
        "q=incident&sort=-entity_name",
        "entity_name.starts=credential-01&sort=date",
        "operation=Login&change=yes&sort=user",
        "operation=Login failed&sort=-entity_name",
        "operation.not=Login&sort=-username",
        "ip=10.0.3.0/24&sort=entity_id",
        "from=2026-03-01&to=2026-03-02&sort=-entity_name",
    ] {
        let query = decoded(question);
        let ours = Timings::of(RUNS, |_| asked(&index, store, &query)).await;
        let counts = Timings::of(RUNS, |_| async {
            index.count(&**store, &resolve(query.clone())).await.expect("an answer").expect("an index");
        })
        .await;
        table.row(
            "index",
            if question.is_empty() { "newest first" } else { question },
            format!("{}; count {}", ours.words(), counts.words()),
            "p99 ≤ 10 ms",
        );
    }
    for column in AUDIT_TRACKING.columns {
        for direction in [Direction::Ascending, Direction::Descending] {
            let query = Query { sort: Sort { column, direction }, ..Query::all(&AUDIT_TRACKING) };
            let first = Timings::of(RUNS, |_| asked(&index, store, &query)).await;
            let mut deep = Query { limit: Query::MAX_LIMIT, ..query.clone() };
            for _ in 0..DEEP {
                let page = index.page(&**store, &resolve(deep.clone())).await.expect("an answer").expect("an index");
                deep.cursor = page.next.or(deep.cursor);
            }
            let deep = Query { limit: 30, ..deep };
            let deep = Timings::of(RUNS, |_| asked(&index, store, &deep)).await;
            let sort = format!("sort={}{}", if direction == Direction::Descending { "-" } else { "" }, column.key);
            let row = DEEP * usize::from(Query::MAX_LIMIT);
            table.row("index", sort, format!("first {}; row {row}: {}", first.words(), deep.words()), "p99 ≤ 10 ms");
        }
    }
    for column in ["operation", "user", "entity_name", "ip"] {
        for filter in ["", "user=User 17"] {
            let (query, column) = (decoded(filter), AUDIT_TRACKING.column(column).expect("a column"));
            let values = Timings::of(20, |_| async {
                index.values(&**store, &resolve(query.clone()), column, 30).await.expect("an answer").expect("an index");
            })
            .await;
            table.row("index", format!("values of {} where {filter:?}", column.key), values.words(), "p99 ≤ 10 ms");
        }
    }
    let mut random = StdRng::seed_from_u64(42);
    let (mut pages, mut counts, mut slowest, mut slowest_count) =
        (Vec::new(), Vec::new(), (Duration::ZERO, String::new()), (Duration::ZERO, String::new()));
    for _ in 0..RANDOM {
        let question = question(&mut random);
        let query = decoded(&question);
        asked(&index, store, &query).await;
        let start = Instant::now();
        asked(&index, store, &query).await;
        let took = start.elapsed();
        if took > slowest.0 {
            slowest = (took, question.clone());
        }
        pages.push(took);
        let start = Instant::now();
        index.count(&**store, &resolve(query)).await.expect("an answer").expect("an index");
        let took = start.elapsed();
        if took > slowest_count.0 {
            slowest_count = (took, question);
        }
        counts.push(took);
    }
    let (pages, counts) = (Timings::new(pages), Timings::new(counts));
    table.row(
        "index",
        format!("{RANDOM} random questions"),
        format!(
            "{}, max {:.2} ms ({}); count {}, max {:.2} ms ({})",
            pages.words(),
            slowest.0.as_secs_f64() * 1000.0,
            slowest.1,
            counts.words(),
            slowest_count.0.as_secs_f64() * 1000.0,
            slowest_count.1
        ),
        "p99 ≤ 10 ms",
    );
    stop.cancel();
    following.await.expect("a task").expect("follows to the end");
}

async fn asked(index: &Index, store: &Arc<dyn Store>, query: &Query) {
    index.page(&**store, &resolve(query.clone())).await.expect("an answer").expect("an index");
}

fn decoded(question: &str) -> Query {
    codec::decode(&AUDIT_TRACKING, &question.replace(' ', "%20")).expect("a query")
}

/// One to three conditions, any sort.
fn question(random: &mut StdRng) -> String {
    let mut parts: Vec<String> = Vec::new();
    for _ in 0..random.random_range(1..=3) {
        let number: u32 = random.random_range(0..20_000);
        let one = match random.random_range(0..10) {
            0 => format!("user=User {}", number % 500),
            1 => format!("entity_name.contains={:03}", number % 1000),
            2 => format!("ip=10.0.{}.0/24", number % 8),
            3 => format!("operation={}", ["Login", "Export", "Read"].choose(random).expect("some")),
            4 => "operation.not=Login".to_owned(),
            5 => format!("change={}", ["yes", "no"].choose(random).expect("some")),
            6 => format!("q={:04}", number % 10_000),
            7 => format!("user.starts=User {}", number % 50),
            8 => format!("entity_id={number}"),
            _ => "from=2026-03-01&to=2026-06-01".to_owned(),
        };
        // A column has one condition of a kind.
        let name = |part: &str| part.split('=').next().map(str::to_owned);
        if parts.iter().all(|part| name(part) != name(&one)) {
            parts.push(one);
        }
    }
    let column = AUDIT_TRACKING.columns.choose(random).expect("some");
    parts.push(format!("sort={}{}", if random.random() { "-" } else { "" }, column.key));
    parts.join("&")
}
