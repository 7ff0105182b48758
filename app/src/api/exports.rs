//! Reports as files: what one would have, how far one is, and who may have one. The file itself is a download of the browser's own.

use super::transport::Call;
use crate::model::{ApiError, ExportOffer, ExportProgress};
use leptos::prelude::*;

/// What exporting needs from the server, for the user of the request at hand: auditors and administrators, and managers where an administrator
/// lets them.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Exports: Send + Sync {
    /// What an export of this query would have.
    async fn offer(&self, report: &str, query: &str) -> Result<ExportOffer, ApiError>;
    /// How far the export is that they call so; `None` where this server knows of none. To ask is no use of the session.
    async fn progress(&self, ticket: &str) -> Result<Option<ExportProgress>, ApiError>;
    /// Ends the export that they call so.
    async fn cancel(&self, ticket: &str) -> Result<(), ApiError>;
    /// Says whether managers may export. Admins only.
    async fn set(&self, managers: bool) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Exports>;

/// What an export of this query would have.
#[server(prefix = "/fn", endpoint = "export_offer", protocol = Call)]
pub async fn offered_export(report: String, query: String) -> Result<ExportOffer, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.offer(&report, &query).await }.await)
}

/// How far an export is.
#[server(prefix = "/fn", endpoint = "export_progress", protocol = Call)]
pub async fn followed_export(ticket: String) -> Result<Option<ExportProgress>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.progress(&ticket).await }.await)
}

/// Ends an export.
#[server(prefix = "/fn", endpoint = "cancel_export", protocol = Call)]
pub async fn cancel_export(ticket: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.cancel(&ticket).await }.await)
}

/// Says whether managers may export.
#[server(prefix = "/fn", endpoint = "set_export_settings", protocol = Call)]
pub async fn set_export_settings(managers: bool) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.set(managers).await }.await)
}
