//! Small batches from many senders at once, each durable before its sender goes on.

use super::pages::rows;
use super::table::Table;
use std::time::{Duration, Instant};
use vigia::store;

const SENDERS: usize = 16;
const BATCH: usize = 100;
const BATCHES: usize = 300;

pub async fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("vigia.db").display());
    let store = store::open(&url, Duration::from_secs(60)).await.expect("a store");
    let start = Instant::now();
    let senders = (0..SENDERS).map(|sender| {
        let store = store.clone();
        tokio::spawn(async move {
            for batch in 0..BATCHES {
                store.append(rows((sender * BATCHES + batch) * BATCH, BATCH)).await.expect("stored");
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("done");
    }
    let acknowledged = start.elapsed();
    store.settle().await;
    let rate = |taken: Duration| (SENDERS * BATCHES * BATCH) as f64 / taken.as_secs_f64();
    table.row(
        "commit",
        format!("{} audit rows from {SENDERS} senders, {BATCH} a batch, each batch durable", SENDERS * BATCHES * BATCH),
        format!("{:.0} rows/s acknowledged, {:.0} rows/s until all are in the report", rate(acknowledged), rate(start.elapsed())),
        "20,000 rows/s",
    );
}
