//! Holds an index against the tables it follows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vigia::index::{Index, State};
use vigia::store::value::Value;
use vigia::store::{ResolvedQuery, Store};
use vigia_app::model::{Direction, Query, Report, Sort, Timestamp};
use vigia_app::reports;

/// An index that follows a store, as long as it lives.
pub struct Following {
    pub index: Index,
    stop: CancellationToken,
    following: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Following {
    pub fn start(folder: &Path, store: &Arc<dyn Store>) -> Self {
        let (index, stop) = (Index::new(folder.to_owned(), 16 << 20), CancellationToken::new());
        let (job, store, until) = (index.clone(), store.clone(), stop.clone());
        let following = tokio::spawn(async move { job.follow(store, vigia::clock::system(), until).await });
        Self { index, stop, following }
    }

    /// Returns when it answers.
    pub async fn ready(&self) {
        while !matches!(self.index.state(), State::Ready(_)) {
            assert!(!self.following.is_finished(), "the index does not follow");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends it in order, with everything kept.
    pub async fn stop(self) {
        self.stop.cancel();
        self.following.await.expect("a task").expect("follows to the end");
    }

    /// Ends it wherever it is.
    pub async fn kill(self) {
        self.following.abort();
        let _ = self.following.await;
    }
}

/// How long what other tests have open on the same server may hold entries of the journal back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The index says of every report what the tables say, at the latest when nothing that is older than the last change is still open: which
/// rows, in the order of time and of each column, how many, and how many of each value.
pub async fn agrees(index: &Index, store: &dyn Store, when: &str) {
    let begun = Instant::now();
    while let Err(difference) = compare(index, store).await {
        assert!(begun.elapsed() < PATIENCE, "{when}: {difference}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn compare(index: &Index, store: &dyn Store) -> Result<(), String> {
    for report in reports::ALL {
        let rows = rows(store, report).await;
        let all = ResolvedQuery::new(Query::all(report), Timestamp::MAX).expect("a query");
        let count = index.count(store, &all).await.expect("an answer").ok_or("there is no index")?;
        if count != rows.len() as u64 {
            return Err(format!("{} has {} rows, not {count}", report.key, rows.len()));
        }
        if rows.is_empty() {
            continue;
        }
        for column in report.columns {
            let differs = |what: &str| Err(format!("{} by {}: {what}", report.key, column.key));
            let found = walk(index, store, report, Sort { column, direction: Direction::Ascending }).await?;
            let mut ids = found.clone();
            ids.sort_unstable();
            if !ids.iter().eq(rows.keys()) {
                return differs("other rows");
            }
            let Some(place) = report.stored().position(|stored| stored.key == column.key) else {
                if found != ids {
                    return differs("another order");
                }
                continue;
            };
            let is_number = matches!(rows.values().next().map(|values| &values[place]), Some(Value::Number(_)));
            if is_number && !found.is_sorted_by_key(|id| (number(&rows[id][place]), *id)) {
                return differs("another order");
            }
            let (values, there) = index.values(store, &all, column, 10_000).await.expect("an answer").ok_or("there is no index")?;
            let counted: u64 = values.iter().map(|(_, rows)| rows).sum();
            if values.len() != there.min(10_000) || there <= 10_000 && counted != rows.len() as u64 {
                return differs("other values");
            }
        }
    }
    Ok(())
}

fn number(value: &Value) -> i64 {
    if let Value::Number(number) = value { *number } else { panic!("a number: {value:?}") }
}

async fn rows(store: &dyn Store, report: &'static Report) -> BTreeMap<i64, Vec<Value>> {
    let mut rows = BTreeMap::new();
    loop {
        let from = rows.keys().next_back().map_or(0, |last| last + 1);
        let more = store.rows().rows_within(report, from..i64::MAX, Direction::Ascending, 5_000).await.expect("rows");
        if more.is_empty() {
            return rows;
        }
        rows.extend(more);
    }
}

/// The ids of all pages.
async fn walk(index: &Index, store: &dyn Store, report: &'static Report, sort: Sort) -> Result<Vec<i64>, String> {
    let columns = vec![&report.columns[0]];
    let mut query = Query { sort, columns, limit: Query::MAX_LIMIT, ..Query::all(report) };
    let mut ids = Vec::new();
    loop {
        let resolved = ResolvedQuery::new(query.clone(), Timestamp::MAX).expect("a query");
        let page = index.page(store, &resolved).await.expect("an answer").ok_or("there is no index")?;
        ids.extend(page.rows.iter().map(|row| row.id.get()));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return Ok(ids),
        }
    }
}
