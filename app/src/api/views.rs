//! Views that people keep of the reports.

use super::transport::Call;
use crate::model::ApiError;
use crate::views::{NewView, SavedView};
use leptos::prelude::*;

/// What saved views need from the server, for the user of the request at hand.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Views: Send + Sync {
    /// The views of a report that the user sees: their own first, each by name.
    async fn of_report(&self, report: &str) -> Result<Vec<SavedView>, ApiError>;
    /// One view that the user sees.
    async fn one(&self, id: &str) -> Result<SavedView, ApiError>;
    /// Keeps a view, in place of the one of this id where there is one, and returns its id.
    async fn save(&self, id: Option<&str>, view: NewView) -> Result<String, ApiError>;
    async fn remove(&self, id: &str) -> Result<(), ApiError>;
    /// Has the report open with a view for the user from now on; with its own first one where none is named.
    async fn open_with(&self, report: &str, id: Option<&str>) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Views>;

/// The views of a report that the reader sees.
#[server(prefix = "/fn", endpoint = "saved_views", protocol = Call)]
pub async fn saved_views(report: String) -> Result<Vec<SavedView>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.of_report(&report).await }.await)
}

/// One view that the reader sees.
#[server(prefix = "/fn", endpoint = "one_view", protocol = Call)]
pub async fn one_view(id: String) -> Result<SavedView, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.one(&id).await }.await)
}

/// Keeps a view, new or in place of one.
#[server(prefix = "/fn", endpoint = "save_view", protocol = Call)]
pub async fn save_view(id: Option<String>, view: NewView) -> Result<String, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.save(id.as_deref(), view).await }.await)
}

/// Removes a view.
#[server(prefix = "/fn", endpoint = "remove_view", protocol = Call)]
pub async fn remove_view(id: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.remove(&id).await }.await)
}

/// Has a report open with a view for the reader.
#[server(prefix = "/fn", endpoint = "open_with_view", protocol = Call)]
pub async fn open_with_view(report: String, id: Option<String>) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.open_with(&report, id.as_deref()).await }.await)
}
