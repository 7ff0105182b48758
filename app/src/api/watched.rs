//! Watching users, devices and credentials.

use super::transport::Call;
use crate::model::ApiError;
use crate::story::Subject;
use crate::watched::Watched;
use leptos::prelude::*;

/// What watching needs from the server, for the user of the request at hand: auditors and administrators.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Watching: Send + Sync {
    /// All that is watched, what was begun last first.
    async fn all(&self) -> Result<Vec<Watched>, ApiError>;
    /// Whether this is watched.
    async fn one(&self, subject: &Subject) -> Result<Option<Watched>, ApiError>;
    /// Watches from now on; of what is watched already, the reason is changed.
    async fn watch(&self, subject: Subject, reason: String) -> Result<(), ApiError>;
    /// Watches no more.
    async fn stop(&self, subject: Subject) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Watching>;

/// All that is watched.
#[server(prefix = "/fn", endpoint = "watched_known", protocol = Call)]
pub async fn watched_known() -> Result<Vec<Watched>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.all().await }.await)
}

/// Whether this is watched.
#[server(prefix = "/fn", endpoint = "watched_one", protocol = Call)]
pub async fn watched_one(subject: Subject) -> Result<Option<Watched>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.one(&subject).await }.await)
}

/// Watches from now on.
#[server(prefix = "/fn", endpoint = "watch", protocol = Call)]
pub async fn watch(subject: Subject, reason: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.watch(subject, reason).await }.await)
}

/// Watches no more.
#[server(prefix = "/fn", endpoint = "stop_watching", protocol = Call)]
pub async fn stop_watching(subject: Subject) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.stop(subject).await }.await)
}
