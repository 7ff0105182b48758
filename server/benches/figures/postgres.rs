//! The same figures of a PostgreSQL server, with durable commits: what `append` stores, beside a bare COPY of the same rows into the
//! same tables; then pages.

#[expect(dead_code, reason = "other targets need the rest")]
#[path = "../../tests/support/postgres.rs"]
mod server;

use super::pages::{ROWS, rows};
use super::table::Table;
use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _};
pub use server::Server;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};
use vigia::store::{self, Store};
use vigia_app::model::Timestamp;

const BATCH: usize = 50_000;
/// The tables an audit event goes to, each with what finds the rows of a batch in it.
const TABLES: [(&str, &str); 3] = [
    ("audit_tracking", "SELECT e.* FROM audit_tracking e JOIN audit_tracking_detail d USING (id) WHERE {} ORDER BY e.id"),
    ("audit_tracking_detail", "SELECT d.* FROM audit_tracking_detail d WHERE {} ORDER BY d.id"),
    ("audit_tracking_key", "SELECT d.key FROM audit_tracking_detail d WHERE {} ORDER BY d.key"),
];

/// Fills a database, and hands it over with its server.
pub async fn fill(table: &mut Table) -> (Server, Arc<dyn Store>) {
    let server = Server::durable();
    let (ours, bare) = (server.database().await, server.database().await);
    let store = store::open(&ours, Duration::from_secs(60)).await.expect("a store");
    let (from, mut to) = (client(&ours).await, client(&bare).await);
    let other = store::open(&bare, Duration::from_secs(60)).await.expect("a store");
    let (mut appending, mut copying) = (Duration::ZERO, Duration::ZERO);
    for batch in 0..ROWS / BATCH {
        let events = rows(batch * BATCH, BATCH);
        // The bare tables have the partitions before, too.
        let empty = events.iter().step_by(997).map(|event| vigia::event::Event { source: "none".into(), ..event.clone() }).collect();
        other.append(empty).await.expect("stored");
        other.remove_source("none").await.expect("removed");
        let start = Instant::now();
        store.append(events).await.expect("stored");
        appending += start.elapsed();
        let of_batch = format!("substr(d.source_id, 2)::int BETWEEN {} AND {}", batch * BATCH, (batch + 1) * BATCH - 1);
        let mut data = Vec::new();
        for (table, sql) in TABLES {
            let sql = format!("COPY ({}) TO STDOUT (FORMAT binary)", sql.replace("{}", &of_batch));
            let chunks: Vec<Bytes> = from.copy_out(&sql).await.expect(&sql).try_collect().await.expect("rows");
            data.push((table, chunks));
        }
        let start = Instant::now();
        let transaction = to.transaction().await.expect("begins");
        for (table, chunks) in data {
            let mut sink =
                pin!(transaction.copy_in::<_, Bytes>(&format!("COPY {table} FROM STDIN (FORMAT binary)")).await.expect("copies"));
            for chunk in chunks {
                sink.feed(chunk).await.expect("sent");
            }
            sink.finish().await.expect("copied");
        }
        transaction.commit().await.expect("committed");
        copying += start.elapsed();
    }
    let rate = |time: Duration| ROWS as f64 / time.as_secs_f64();
    let ratio = rate(appending) / rate(copying);
    let figure = format!("{:.0} rows/s; bare COPY {:.0} rows/s; ratio {ratio:.2}", rate(appending), rate(copying));
    table.row("postgres", format!("{ROWS} audit rows, {BATCH} a commit"), figure, "ratio 0.9");
    (server, store)
}

/// Single events, one after the other: what one durable commit takes.
pub async fn single(table: &mut Table, store: &Arc<dyn Store>) {
    let mut numbers = ROWS..;
    let timings = super::table::Timings::of(500, |_| {
        let mut events = rows(numbers.next().unwrap_or(0), 1);
        events[0].time = Timestamp::saturating(events[0].time.millis() + 60_000);
        async { assert_eq!(store.append(events).await.expect("stored").stored, 1) }
    });
    table.row("postgres", "one event, one commit", timings.await.words(), "p99 < 20 ms");
}

async fn client(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connected");
    tokio::spawn(connection);
    client
}
