//! The dashboards, the risk of a view, and whether managers see pseudonyms.

use super::transport::Call;
use crate::behavior::changes::Changes;
use crate::behavior::{Behavior, Patterns};
use crate::model::risk::{RiskSettings, RiskState, Scored};
use crate::model::{ApiError, EventId};
use leptos::prelude::*;

/// What the dashboard needs from the server, for the user of the request at hand.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Dashboards: Send + Sync {
    /// What the dashboard shows for a query string.
    async fn behavior(&self, query: &str) -> Result<Behavior, ApiError>;
    /// What it shows below its first screen.
    async fn patterns(&self, query: &str) -> Result<Patterns, ApiError>;
    /// What the board of password changes shows for a query string.
    async fn changes(&self, query: &str) -> Result<Changes, ApiError>;
    /// Why a view has the risk it has, where that was found out.
    async fn risk(&self, id: EventId) -> Result<Option<Scored>, ApiError>;
    /// How scores are made; others than admins are refused.
    async fn risk_state(&self) -> Result<RiskState, ApiError>;
    /// The same, to set it.
    async fn set_risk(&self, settings: RiskSettings) -> Result<(), ApiError>;
    /// Whether managers see pseudonyms in place of names. Admins only, as the next one.
    async fn pseudonyms(&self) -> Result<bool, ApiError>;
    async fn set_pseudonyms(&self, on: bool) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Dashboards>;

/// What the dashboard shows for a query string: see [`Asked`](crate::behavior::Asked).
#[server(prefix = "/fn", endpoint = "behavior_shown", protocol = Call)]
pub async fn behavior_shown(query: String) -> Result<Behavior, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.behavior(&query).await }.await)
}

/// What it shows below its first screen.
#[server(prefix = "/fn", endpoint = "behavior_patterns", protocol = Call)]
pub async fn behavior_patterns(query: String) -> Result<Patterns, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.patterns(&query).await }.await)
}

/// What the board of password changes shows for a query string: see [`ChangesAsked`](crate::behavior::changes::ChangesAsked).
#[server(prefix = "/fn", endpoint = "changes_shown", protocol = Call)]
pub async fn changes_shown(query: String) -> Result<Changes, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.changes(&query).await }.await)
}

/// Why a view has the risk it has; `None` where that was not found out yet.
#[server(prefix = "/fn", endpoint = "view_risk", protocol = Call)]
pub async fn view_risk(id: EventId) -> Result<Option<Scored>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.risk(id).await }.await)
}

/// How scores are made, for administrators.
#[server(prefix = "/fn", endpoint = "risk_known", protocol = Call)]
pub async fn risk_known() -> Result<RiskState, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.risk_state().await }.await)
}

/// Sets how scores are made, and has all views scored again.
#[server(prefix = "/fn", endpoint = "set_risk", protocol = Call)]
pub async fn set_risk(settings: RiskSettings) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.set_risk(settings).await }.await)
}

/// Whether managers see pseudonyms in place of names.
#[server(prefix = "/fn", endpoint = "pseudonyms_known", protocol = Call)]
pub async fn pseudonyms_known() -> Result<bool, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.pseudonyms().await }.await)
}

/// Has managers see pseudonyms, or names again.
#[server(prefix = "/fn", endpoint = "set_pseudonyms", protocol = Call)]
pub async fn set_pseudonyms(on: bool) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.set_pseudonyms(on).await }.await)
}
