//! What Vigia finds out about events after they were stored: values of the columns that are derived.

use super::StoreError;
use super::value::MISSING;
use async_trait::async_trait;
use vigia_app::model::Report;

/// What was found out about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptScore {
    pub id: i64,
    /// A number for each of [`Report::derived`]'s columns, in their order.
    pub values: Vec<i64>,
    /// What it is made of, for whoever asks why.
    pub parts: Vec<u8>,
}

/// Keeping scores, of a report that has some.
#[async_trait]
pub trait Scores: Send + Sync {
    /// The id of the first event below an id that has no score yet.
    async fn first_unscored(&self, report: &'static Report, below: i64) -> Result<Option<i64>, StoreError>;
    /// The id of the last event below an id that has a score.
    async fn last_scored(&self, report: &'static Report, below: i64) -> Result<Option<i64>, StoreError>;
    /// Keeps what was found out about events, all or none; events that are gone are passed over. On return it is durable.
    async fn keep_scores(&self, report: &'static Report, scores: Vec<KeptScore>) -> Result<(), StoreError>;
    /// What an event's score is made of, as it was kept; `None` where it has none.
    async fn score_parts(&self, report: &'static Report, id: i64) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Finds the first event that has no score.
pub(super) fn first_unscored(report: &'static Report, below: &str) -> String {
    format!("SELECT min(id) FROM {} WHERE \"{}\" = {MISSING} AND id < {below}", report.table, score(report))
}

/// Finds the last event that has one: from the end on, for mostly that is it.
pub(super) fn last_scored(report: &'static Report, below: &str) -> String {
    format!("SELECT id FROM {} WHERE \"{}\" <> {MISSING} AND id < {below} ORDER BY id DESC LIMIT 1", report.table, score(report))
}

/// The column that is missing where there is no score.
fn score(report: &'static Report) -> &'static str {
    report.derived().next().map_or("id", |column| column.key)
}
