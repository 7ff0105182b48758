//! Pages of 30 out of a million audit rows: every sort, first and deep; every kind of filter; the search.

use super::table::{Table, Timings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia::event::Event;
use vigia::store::{self, ResolvedQuery, Store};
use vigia_app::model::{Direction, Query, Sort, Timestamp, codec};
use vigia_app::reports::AUDIT_TRACKING;

pub const ROWS: usize = 1_000_000;
const RUNS: usize = 200;
const DEEP: usize = 300;

/// A store with a million rows in this file.
pub async fn fill(table: &mut Table, database: &Path) -> Arc<dyn Store> {
    let store = store::open(&format!("sqlite://{}", database.display()), Duration::from_secs(60)).await.expect("a store");
    let start = Instant::now();
    for batch in 0..ROWS / 50_000 {
        store.append(rows(batch * 50_000, 50_000)).await.expect("stored");
    }
    let rate = ROWS as f64 / start.elapsed().as_secs_f64();
    table.row("store", "1 M audit rows, 50,000 a commit, all indexes", format!("{rate:.0} rows/s"), "");
    let size = std::fs::metadata(database).map_or(0, |file| file.len());
    table.row("store", "database file", format!("{} bytes a row", size / ROWS as u64), "");
    store
}

pub async fn measure(table: &mut Table, store: &Arc<dyn Store>) {
    for column in AUDIT_TRACKING.columns {
        for direction in [Direction::Ascending, Direction::Descending] {
            let query = Query { sort: Sort { column, direction }, ..Query::all(&AUDIT_TRACKING) };
            let first = page(store, query.clone()).await;
            let mut deep_query = Query { limit: 500, ..query.clone() };
            for _ in 0..DEEP {
                deep_query.cursor = next(store, &deep_query).await;
            }
            let deep = page(store, Query { limit: 30, ..deep_query }).await;
            let ratio = deep.percentile(50) / first.percentile(50);
            table.row(
                "pages",
                format!("sort={}{}", if direction == Direction::Descending { "-" } else { "" }, column.key),
                format!("first {}; row {}: {} ({ratio:.2} times)", first.words(), DEEP * 500, deep.words()),
                "p99 < 5 ms, 1.5 times",
            );
        }
    }
    for filter in [
        "operation=Login",
        "operation=Login failed",
        "operation=Login&operation=Update&operation=Approval",
        "operation.not=Login",
        "operation.empty=yes",
        "user=User 17",
        "user.not=User 17",
        "user.contains=ser 17",
        "user.contains=ser",
        "user.contains=nobody",
        "user.starts=User 1",
        "user.starts=User 177",
        "entity_name.contains=credential-0004",
        "ip=10.0.3.7",
        "ip=10.0.0.0/8",
        "ip=10.0.3.0/24",
        "ip=10.0.3.0/28",
        "ip.not=10.0.0.0/9",
        "change=yes",
        "change=no",
        "time=last-15-days",
        "from=2026-03-01&to=2026-03-02",
        "id=1P3QZ9G6W0000",
        "sort=user&change=yes",
        "sort=user&operation=Login failed",
        "sort=-entity_name&from=2026-03-01&to=2026-03-02",
        "operation=Approval&change=no&user=User 17",
    ] {
        figure(table, store, filter, "p99 < 5 ms").await;
    }
    for text in ["user 17", "credential-00417", "login", "nowhere to be found", "10.0.3.7", "er", "17-0099", "fail"] {
        figure(table, store, &format!("q={text}"), "p99 < 100 ms").await;
    }
}

async fn figure(table: &mut Table, store: &Arc<dyn Store>, text: &str, target: &str) {
    let query = codec::decode(&AUDIT_TRACKING, &text.replace(' ', "%20")).expect("a query");
    let rows = store.page(resolve(query.clone())).await.expect("a page").rows.len();
    let timings = page(store, query.clone()).await;
    let start = Instant::now();
    let count = store.count(resolve(query)).await.expect("a count");
    table.row(
        "pages",
        format!("{text} ({rows} rows)"),
        format!("{}; {count:?} in {:.1} ms", timings.words(), start.elapsed().as_secs_f64() * 1000.0),
        target,
    );
}

pub fn resolve(query: Query) -> ResolvedQuery {
    ResolvedQuery::new(query, Timestamp::saturating(1_795_300_000_000)).expect("a query")
}

async fn page(store: &Arc<dyn Store>, query: Query) -> Timings {
    Timings::of(RUNS, |_| async { drop(store.page(resolve(query.clone())).await.expect("a page")) }).await
}

async fn next(store: &Arc<dyn Store>, query: &Query) -> Option<String> {
    let page = store.page(resolve(query.clone())).await.expect("a page");
    page.next.or_else(|| query.cursor.clone())
}

/// A year of a company of 500 people: names repeat, entity names are many, addresses are of a few networks.
pub fn rows(from: usize, count: usize) -> Vec<Event> {
    let mut rng = StdRng::seed_from_u64(from as u64);
    let source: Arc<str> = "bench".into();
    const OPERATIONS: [&str; 16] = [
        "Login",
        "Login",
        "Login",
        "Login",
        "Logout",
        "Logout",
        "Read",
        "Read",
        "Read",
        "Update",
        "Update",
        "Creation",
        "Deletion",
        "Approval",
        "Login failed",
        "Export",
    ];
    const ENTITIES: [&str; 6] = ["Credential", "Device", "User", "Access group", "Policy", "Session"];
    (from..from + count)
        .map(|number| {
            let time = Timestamp::saturating(1_763_800_000_000 + number as i64 * 31_500 + rng.random_range(0..60_000));
            let user: u32 = rng.random_range(0..500) * rng.random_range(0..500) / 500;
            let mut event = Event::new(&AUDIT_TRACKING, &source, format!("b{number}"), time);
            let entity = ENTITIES[rng.random_range(0..6)];
            event
                .set("operation", OPERATIONS[rng.random_range(0..16)])
                .set("entity", entity)
                .set("entity_id", rng.random_range(0..20_000u32).to_string())
                .set("entity_name", format!("{}-{:05}", entity.to_lowercase(), rng.random_range(0..20_000)))
                .set("origin", ["Web", "API", "CLI"][rng.random_range(0..3)])
                .set("user", format!("User {user}"))
                .set("username", format!("user{user}"))
                .set("ip", std::net::IpAddr::from([10, 0, (user % 8) as u8, rng.random_range(0..200)]))
                .set("change", rng.random_bool(0.3));
            event
        })
        .collect()
}
