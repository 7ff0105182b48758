//! Reading reports.

use super::transport::Call;
use crate::model::{ApiError, EventId, Page, Record, Refreshed, Summary};
use leptos::prelude::*;

/// What the reports need from the server, for the user of the request at hand.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Reports: Send + Sync {
    /// The page of `report` that the query string asks for.
    async fn page(&self, report: &str, query: &str) -> Result<Page, ApiError>;
    /// The rows of these ids as they are now, with the columns of the query string, and how many others would come before the last
    /// of them.
    async fn refresh(&self, report: &str, query: &str, ids: Vec<EventId>) -> Result<Refreshed, ApiError>;
    /// How much the query string matches, and how fresh the report is.
    async fn summary(&self, report: &str, query: &str) -> Result<Summary, ApiError>;
    /// One event, whole.
    async fn record(&self, report: &str, id: EventId) -> Result<Record, ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Reports>;

/// The page of `report` that `query`, a query string, asks for: see [`crate::model::codec`].
#[server(prefix = "/fn", endpoint = "report_page", protocol = Call)]
pub async fn report_page(report: String, query: String) -> Result<Page, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.page(&report, &query).await }.await)
}

/// Rows of a report as they are now.
#[server(prefix = "/fn", endpoint = "report_refresh", protocol = Call)]
pub async fn report_refresh(report: String, query: String, ids: Vec<EventId>) -> Result<Refreshed, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.refresh(&report, &query, ids).await }.await)
}

/// How many rows match `query`, and how fresh the report is.
#[server(prefix = "/fn", endpoint = "report_summary", protocol = Call)]
pub async fn report_summary(report: String, query: String) -> Result<Summary, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.summary(&report, &query).await }.await)
}

/// One event with every field the reader's role may see.
#[server(prefix = "/fn", endpoint = "report_record", protocol = Call)]
pub async fn report_record(report: String, id: EventId) -> Result<Record, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.record(&report, id).await }.await)
}
