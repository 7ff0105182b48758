//! Rows as they are kept, for what is derived from them and for pages whose rows are known.

use super::StoreError;
use super::value::Value;
use async_trait::async_trait;
use std::ops::Range;
use vigia_app::model::{Direction, Report};

/// A row: its id, and a value for each of [`Report::stored`]'s columns.
pub type KeptRow = (i64, Vec<Value>);

/// Reading rows by their ids.
#[async_trait]
pub trait Rows: Send + Sync {
    /// Those of these rows that are there, in any order.
    async fn rows_of(&self, report: &'static Report, ids: Vec<i64>) -> Result<Vec<KeptRow>, StoreError>;
    /// Up to `limit` rows with ids in this range: those of the lowest ids, or of the highest, in that order.
    async fn rows_within(
        &self,
        report: &'static Report,
        ids: Range<i64>,
        direction: Direction,
        limit: u32,
    ) -> Result<Vec<KeptRow>, StoreError>;
    /// How many rows have ids in this range.
    async fn count_within(&self, report: &'static Report, ids: Range<i64>) -> Result<u64, StoreError>;
    /// The ids of up to `limit` rows with ids above `after`, in their order.
    async fn ids_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<i64>, StoreError>;
}

/// The order of ids in a direction, as SQL has it.
pub(super) const fn order(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    }
}

/// The stored columns, as they are named in SQL.
pub(super) fn columns(report: &'static Report) -> String {
    report.stored().map(|column| format!("\"{}\"", column.key)).collect::<Vec<_>>().join(", ")
}
