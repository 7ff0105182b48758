//! Reviews in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use vigia_app::api::reviews::Reviews;
use vigia_app::model::{ApiError, EventId, ReviewEntry};
use vigia_app::reviews::{NewReview, ReviewSettings, ReviewState};

#[async_trait::async_trait]
impl Reviews for ForRequest {
    async fn state(&self, zone: &str) -> Result<ReviewState, ApiError> {
        let (viewer, _) = self.caller.reviewer(&self.state, "Events to review").await?;
        self.caller.takes_share(&self.state, &viewer).await?;
        self.state.reviews().state(&viewer, zone).await
    }

    async fn review(&self, new: NewReview) -> Result<Vec<EventId>, ApiError> {
        let (viewer, actor) = self.caller.reviewer(&self.state, "Reviewing events").await?;
        self.state.reviews().review(&viewer, &actor, new).await
    }

    async fn history(&self, report: &str, id: EventId) -> Result<Vec<ReviewEntry>, ApiError> {
        let (viewer, _) = self.caller.reviewer(&self.state, "Reviews of an event").await?;
        self.state.reviews().history(&viewer, report, id).await
    }

    async fn close(&self, day: &str, zone: &str) -> Result<(), ApiError> {
        let (viewer, actor) = self.caller.auditor(&self.state, "Closing a day").await?;
        self.state.reviews().close(&viewer, &actor, day, zone).await
    }

    async fn settings(&self) -> Result<ReviewSettings, ApiError> {
        self.caller.admin(&self.state, "Settings of reviews").await?;
        self.state.reviews().settings().await
    }

    async fn set(&self, settings: ReviewSettings) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Settings of reviews").await?;
        self.state.reviews().set(settings, &actor).await
    }
}
