//! What all reports say of a person, a device, a credential, a ticket or a time.

use super::transport::Call;
use crate::model::ApiError;
use crate::story::{Profile, Timeline};
use leptos::prelude::*;

/// What these pages need from the server, for the user of the request at hand.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Stories: Send + Sync {
    /// The page of the timeline that a query string asks for.
    async fn timeline(&self, query: &str) -> Result<Timeline, ApiError>;
    /// What is known of whom or what a query string names.
    async fn profile(&self, query: &str) -> Result<Profile, ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Stories>;

/// The page of the timeline that a query string asks for: see [`Asked`](crate::story::Asked).
#[server(prefix = "/fn", endpoint = "timeline_page", protocol = Call)]
pub async fn timeline_page(query: String) -> Result<Timeline, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.timeline(&query).await }.await)
}

/// What is known of a user, a device or a credential: see [`Subject::decode`](crate::story::Subject::decode).
#[server(prefix = "/fn", endpoint = "profile_shown", protocol = Call)]
pub async fn profile_shown(query: String) -> Result<Profile, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.profile(&query).await }.await)
}
