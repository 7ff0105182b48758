//! A million audit rows, for what asks about many.

use super::table::Table;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigia::event::Event;
use vigia::store::{self, ResolvedQuery, Store};
use vigia_app::model::{Query, Timestamp};
use vigia_app::reports::AUDIT_TRACKING;

pub const ROWS: usize = 1_000_000;

/// A store with a million rows in this file.
pub async fn fill(table: &mut Table, database: &Path) -> Arc<dyn Store> {
    let store = store::open(&format!("sqlite://{}", database.display()), Duration::from_secs(60)).await.expect("a store");
    let start = Instant::now();
    for batch in 0..ROWS / 50_000 {
        store.append(rows(batch * 50_000, 50_000)).await.expect("stored");
    }
    let rate = ROWS as f64 / start.elapsed().as_secs_f64();
    table.row("store", "1 M audit rows, 50,000 a commit", format!("{rate:.0} rows/s"), "");
    let size = std::fs::metadata(database).map_or(0, |file| file.len());
    table.row("store", "database file", format!("{} bytes a row", size / ROWS as u64), "");
    store
}

pub fn resolve(query: Query) -> ResolvedQuery {
    ResolvedQuery::new(query, Timestamp::saturating(1_795_300_000_000)).expect("a query")
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
