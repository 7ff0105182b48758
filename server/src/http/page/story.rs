//! What all reports say of somebody or something, as its server functions see it.

use super::server_functions::ForRequest;
use async_trait::async_trait;
use vigia_app::api::story::Stories;
use vigia_app::model::ApiError;
use vigia_app::story::{Profile, Timeline};

#[async_trait]
impl Stories for ForRequest {
    async fn timeline(&self, query: &str) -> Result<Timeline, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.story.timeline(&viewer, query).await
    }

    async fn profile(&self, query: &str) -> Result<Profile, ApiError> {
        let viewer = self.caller.asks(&self.state).await?;
        self.state.profile(&viewer, query).await
    }
}
