//! The dashboards, risks and pseudonyms, as their server functions see them.

use super::server_functions::ForRequest;
use async_trait::async_trait;
use vigia_app::api::behavior::Dashboards;
use vigia_app::behavior::changes::Changes;
use vigia_app::behavior::{Behavior, Patterns};
use vigia_app::model::risk::{RiskSettings, RiskState, Scored};
use vigia_app::model::{ApiError, EventId};

#[async_trait]
impl Dashboards for ForRequest {
    async fn behavior(&self, query: &str) -> Result<Behavior, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.behavior.behavior(&viewer, query).await
    }

    async fn patterns(&self, query: &str) -> Result<Patterns, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.behavior.patterns(&viewer, query).await
    }

    async fn changes(&self, query: &str) -> Result<Changes, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.behavior.changes(&viewer, query).await
    }

    async fn risk_state(&self) -> Result<RiskState, ApiError> {
        self.caller.admin(&self.state, "Risk settings").await?;
        self.state.risk().state().await
    }

    async fn set_risk(&self, settings: RiskSettings) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Setting how risks are found out").await?;
        self.state.risk().set(settings, &actor).await
    }

    async fn risk(&self, id: EventId) -> Result<Option<Scored>, ApiError> {
        let viewer = self.caller.signed_in(&self.state).await?;
        self.state.reports.risk(&viewer, id).await
    }

    async fn pseudonyms(&self) -> Result<bool, ApiError> {
        self.caller.admin(&self.state, "Pseudonyms").await?;
        self.state.pseudonyms().for_managers().await
    }

    async fn set_pseudonyms(&self, on: bool) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Switching pseudonyms").await?;
        self.state.pseudonyms().set(on, &actor).await
    }
}
