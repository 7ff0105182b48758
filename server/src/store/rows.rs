//! Rows as they are kept, for what is derived from them and for pages whose rows are known.

use super::StoreError;
use super::value::Value;
use async_trait::async_trait;
use vigia_app::model::Report;

/// A row: its id, and a value for each of [`Report::stored`]'s columns.
pub type KeptRow = (i64, Vec<Value>);

/// Reading rows by their ids.
#[async_trait]
pub trait Rows: Send + Sync {
    /// Those of these rows that are there, in any order.
    async fn rows_of(&self, report: &'static Report, ids: Vec<i64>) -> Result<Vec<KeptRow>, StoreError>;
    /// Up to `limit` rows with ids above `after`, in the order of the ids.
    async fn rows_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<KeptRow>, StoreError>;
    /// The ids of up to `limit` rows with ids above `after`, in their order.
    async fn ids_after(&self, report: &'static Report, after: i64, limit: u32) -> Result<Vec<i64>, StoreError>;
}

/// The stored columns, as they are named in SQL.
pub(super) fn columns(report: &'static Report) -> String {
    report.stored().map(|column| format!("\"{}\"", column.key)).collect::<Vec<_>>().join(", ")
}
