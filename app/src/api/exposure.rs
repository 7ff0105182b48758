//! Credentials that somebody has seen.

use super::transport::Call;
use crate::model::{ApiError, ChangeAsked, ChangeRequest, Exposure, Knower, Timestamp};
use leptos::prelude::*;

/// What the page needs from the server, for the user of the request at hand.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Exposures: Send + Sync {
    /// What a user has seen before a moment, or ever; of nobody, what people have seen and nobody has changed since.
    async fn seen(&self, user: Option<&str>, until: Option<Timestamp>) -> Result<Exposure, ApiError>;
    /// Users with this part in their names, those with most views first.
    async fn people(&self, part: &str) -> Result<Vec<String>, ApiError>;
    /// Who could know a credential at a moment, or now.
    async fn knowers(&self, device: &str, username: &str, at: Option<Timestamp>) -> Result<Vec<Knower>, ApiError>;
    /// Asks for changes of all that a user has seen; others than admins are refused. Once under a key.
    async fn change_all(&self, wanted: ChangeRequest, key: &str) -> Result<Vec<ChangeAsked>, ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Exposures>;

/// What a user has seen before a moment, or what people have seen and nobody has changed since.
#[server(prefix = "/fn", endpoint = "seen_credentials", protocol = Call)]
pub async fn seen_credentials(user: Option<String>, until: Option<Timestamp>) -> Result<Exposure, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.seen(user.as_deref(), until).await }.await)
}

/// Users with this part in their names.
#[server(prefix = "/fn", endpoint = "people_named", protocol = Call)]
pub async fn people_named(part: String) -> Result<Vec<String>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.people(&part).await }.await)
}

/// Who could know a credential at a moment, or now.
#[server(prefix = "/fn", endpoint = "credential_knowers", protocol = Call)]
pub async fn credential_knowers(device: String, username: String, at: Option<Timestamp>) -> Result<Vec<Knower>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.knowers(&device, &username, at).await }.await)
}

/// Asks for changes of all that a user has seen and that were not changed since.
#[server(prefix = "/fn", endpoint = "change_seen_credentials", protocol = Call)]
pub async fn change_seen_credentials(wanted: ChangeRequest, key: String) -> Result<Vec<ChangeAsked>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.change_all(wanted, &key).await }.await)
}
