//! Signing in and out.

use super::transport::Call;
use crate::model::{ApiError, Greeting};
use leptos::prelude::*;

/// What signing in needs from the server, for the request at hand; cookies are the server's business.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Session: Send + Sync {
    /// The signed-in user, if any, and what the server is set up for.
    async fn current(&self) -> Result<Option<Greeting>, ApiError>;
    async fn sign_in(&self, username: &str, password: &str) -> Result<Greeting, ApiError>;
    async fn sign_out(&self) -> Result<(), ApiError>;
    /// Ends the user's other sessions.
    async fn change_password(&self, current: &str, new: &str) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Session>;

/// The signed-in user, if any, and what the server is set up for.
#[server(prefix = "/fn", endpoint = "current_user", protocol = Call)]
pub async fn current_user() -> Result<Option<Greeting>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.current().await }.await)
}

#[server(prefix = "/fn", endpoint = "sign_in", protocol = Call)]
pub async fn sign_in(username: String, password: String) -> Result<Greeting, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.sign_in(&username, &password).await }.await)
}

#[server(prefix = "/fn", endpoint = "sign_out", protocol = Call)]
pub async fn sign_out() -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.sign_out().await }.await)
}

/// Changes the signed-in user's password and ends their other sessions.
#[server(prefix = "/fn", endpoint = "change_password", protocol = Call)]
pub async fn change_password(current: String, new: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.change_password(&current, &new).await }.await)
}
