//! Operations in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use crate::http::session::Operator;
use crate::operations::act::Confirmed;
use crate::operations::operation_desk::Asker;
use vigia_app::api::operations::Operations;
use vigia_app::model::{
    Action, ActionResult, ApiError, Chosen, ConnectorInfo, CredentialSet, Destination, EventId, ExecutorState, Failures, OperationRequest,
    OperationState,
};

impl ForRequest {
    async fn admin(&self, asked: &str) -> Result<Asker, ApiError> {
        Ok(Asker::user(self.caller.admin(&self.state, asked).await?))
    }
}

#[async_trait::async_trait]
impl Operations for ForRequest {
    async fn info(&self, id: EventId) -> Result<OperationState, ApiError> {
        let viewer = self.caller.signed_in(&self.state).await?;
        self.state.operations().info(&viewer, id).await
    }

    async fn failures(&self, query: &str) -> Result<Failures, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.operations().failures(&viewer, query).await
    }

    async fn act(&self, action: Action, chosen: Chosen, note: &str, mended: bool) -> Result<Vec<ActionResult>, ApiError> {
        let operator = Operator::of(&self.caller, &self.state, action.label().english()).await?;
        self.state.operations().act(&operator.asker, &operator.viewer, action, &chosen, Confirmed { note, mended, key: None }).await
    }

    async fn destinations(&self, action: Action, chosen: Chosen) -> Result<Vec<Destination>, ApiError> {
        let operator = Operator::of(&self.caller, &self.state, action.label().english()).await?;
        self.state.operations().destinations(&operator.viewer, action, &chosen).await
    }

    async fn create(&self, new: OperationRequest) -> Result<EventId, ApiError> {
        let asker = self.admin("New operation").await?;
        self.state.operations().create(&asker, &new, None).await
    }

    async fn connectors(&self) -> Result<Vec<ConnectorInfo>, ApiError> {
        self.admin("Connectors").await?;
        Ok(self.state.operations().connectors())
    }

    async fn sets(&self) -> Result<Vec<CredentialSet>, ApiError> {
        self.admin("Credential sets").await?;
        self.state.operations().sets().await
    }

    async fn save_set(&self, set: CredentialSet) -> Result<(), ApiError> {
        let asker = self.admin("Saving a credential set").await?;
        self.state.operations().save_set(&asker, set).await
    }

    async fn remove_set(&self, name: &str) -> Result<(), ApiError> {
        let asker = self.admin("Removing a credential set").await?;
        self.state.operations().remove_set(&asker, name).await
    }

    async fn executor(&self) -> Result<ExecutorState, ApiError> {
        self.admin("Executor").await?;
        self.state.operations().executor().await
    }

    async fn pause(&self, paused: bool) -> Result<(), ApiError> {
        let asker = self.admin("Pausing the executor").await?;
        self.state.operations().pause(&asker, paused).await
    }
}
