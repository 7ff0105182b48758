//! Operations that Vigia carries out: looking at them, acting on them, creating them.

use super::transport::Call;
use crate::model::{
    Action, ActionResult, ApiError, Chosen, ConnectorInfo, CredentialSet, Destination, EventId, ExecutorState, Failures, OperationRequest,
    OperationState,
};
use leptos::prelude::*;

/// What operations need from the server, for the user of the request at hand. Everybody signed in may look; only admins may act.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Operations: Send + Sync {
    async fn info(&self, id: EventId) -> Result<OperationState, ApiError>;
    /// The newest failures of what the query string matches, by class and device.
    async fn failures(&self, query: &str) -> Result<Failures, ApiError>;
    /// A result for each operation, in the order chosen. What would lock an account again is restarted only where `mended` says that it
    /// will not any more. Admins only.
    async fn act(&self, action: Action, chosen: Chosen, note: &str, mended: bool) -> Result<Vec<ActionResult>, ApiError>;
    /// Which connectors such an action would have go where, by the connectors' names. Admins only.
    async fn destinations(&self, action: Action, chosen: Chosen) -> Result<Vec<Destination>, ApiError>;
    /// Creates an operation and returns its id. Admins only.
    async fn create(&self, new: OperationRequest) -> Result<EventId, ApiError>;
    /// Admins only, as all that follow.
    async fn connectors(&self) -> Result<Vec<ConnectorInfo>, ApiError>;
    /// By name.
    async fn sets(&self) -> Result<Vec<CredentialSet>, ApiError>;
    /// Adds a set, or changes the one of the same name.
    async fn save_set(&self, set: CredentialSet) -> Result<(), ApiError>;
    async fn remove_set(&self, name: &str) -> Result<(), ApiError>;
    async fn executor(&self) -> Result<ExecutorState, ApiError>;
    /// Stops taking operations, on every server; what runs ends by itself.
    async fn pause(&self, paused: bool) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Operations>;

/// How an operation stands, its history, and what the reader may do with it.
#[server(prefix = "/fn", endpoint = "operation_info", protocol = Call)]
pub async fn operation_info(id: EventId) -> Result<OperationState, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.info(id).await }.await)
}

/// Failures by class and device.
#[server(prefix = "/fn", endpoint = "operation_failures", protocol = Call)]
pub async fn operation_failures(query: String) -> Result<Failures, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.failures(&query).await }.await)
}

/// Does something with operations, and says of each what became of it. The note goes into their history.
#[server(prefix = "/fn", endpoint = "operation_act", protocol = Call)]
pub async fn operation_act(action: Action, chosen: Chosen, note: String, mended: bool) -> Result<Vec<ActionResult>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.act(action, chosen, &note, mended).await }.await)
}

/// Which connectors an action would have go to which devices.
#[server(prefix = "/fn", endpoint = "operation_destinations", protocol = Call)]
pub async fn operation_destinations(action: Action, chosen: Chosen) -> Result<Vec<Destination>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.destinations(action, chosen).await }.await)
}

/// Creates an operation.
#[server(prefix = "/fn", endpoint = "operation_create", protocol = Call)]
pub async fn operation_create(new: OperationRequest) -> Result<EventId, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.create(new).await }.await)
}

/// The connectors of the configuration.
#[server(prefix = "/fn", endpoint = "connectors", protocol = Call)]
pub async fn connectors() -> Result<Vec<ConnectorInfo>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.connectors().await }.await)
}

/// Every credential set.
#[server(prefix = "/fn", endpoint = "credential_sets", protocol = Call)]
pub async fn credential_sets() -> Result<Vec<CredentialSet>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.sets().await }.await)
}

/// Adds or changes a credential set.
#[server(prefix = "/fn", endpoint = "save_credential_set", protocol = Call)]
pub async fn save_credential_set(set: CredentialSet) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.save_set(set).await }.await)
}

/// Removes a credential set; the operations it asked for stay.
#[server(prefix = "/fn", endpoint = "remove_credential_set", protocol = Call)]
pub async fn remove_credential_set(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.remove_set(&name).await }.await)
}

/// How the executors stand.
#[server(prefix = "/fn", endpoint = "executor_info", protocol = Call)]
pub async fn executor_info() -> Result<ExecutorState, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.executor().await }.await)
}

/// Stops or goes on taking operations.
#[server(prefix = "/fn", endpoint = "executor_pause", protocol = Call)]
pub async fn executor_pause(paused: bool) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.pause(paused).await }.await)
}
