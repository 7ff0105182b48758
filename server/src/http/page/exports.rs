//! Exports in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use vigia_app::api::exports::Exports;
use vigia_app::model::{ApiError, ExportOffer, ExportProgress, Role};

#[async_trait::async_trait]
impl Exports for ForRequest {
    async fn offer(&self, report: &str, query: &str) -> Result<ExportOffer, ApiError> {
        let exporter = self.caller.exporter(&self.state, "Exporting a report").await?;
        self.caller.takes_share(&self.state, &exporter.viewer).await?;
        let rows = self.state.reports.count(&exporter.viewer, self.state.reports.resolve(report, query)?).await?;
        let managers = match exporter.viewer.role {
            Role::Admin => Some(self.state.exports().managers().await?),
            _ => None,
        };
        Ok(ExportOffer { rows, managers })
    }

    async fn progress(&self, ticket: &str) -> Result<Option<ExportProgress>, ApiError> {
        let viewer = self.caller.looking_on(&self.state).await?;
        Ok(self.state.exports().progress(&viewer.username, ticket))
    }

    async fn cancel(&self, ticket: &str) -> Result<(), ApiError> {
        let viewer = self.caller.signed_in(&self.state).await?;
        self.state.exports().cancel(&viewer.username, ticket)
    }

    async fn set(&self, managers: bool) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Settings of exports").await?;
        self.state.exports().set(managers, &actor).await
    }
}
