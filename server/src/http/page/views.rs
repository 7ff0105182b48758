//! Saved views in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use vigia_app::api::views::Views;
use vigia_app::model::ApiError;
use vigia_app::views::{NewView, SavedView};

#[async_trait::async_trait]
impl Views for ForRequest {
    async fn of_report(&self, report: &str) -> Result<Vec<SavedView>, ApiError> {
        let viewer = self.caller.signed_in(&self.state).await?;
        self.state.views().list(&viewer, Some(report)).await
    }

    async fn one(&self, id: &str) -> Result<SavedView, ApiError> {
        let viewer = self.caller.signed_in(&self.state).await?;
        self.state.views().one(&viewer, id).await
    }

    async fn save(&self, id: Option<&str>, view: NewView) -> Result<String, ApiError> {
        let (viewer, actor) = self.caller.user(&self.state).await?;
        self.state.views().save(&viewer, &actor, id, view).await
    }

    async fn remove(&self, id: &str) -> Result<(), ApiError> {
        let (viewer, actor) = self.caller.user(&self.state).await?;
        self.state.views().remove(&viewer, &actor, id).await
    }

    async fn open_with(&self, report: &str, id: Option<&str>) -> Result<(), ApiError> {
        let (viewer, actor) = self.caller.user(&self.state).await?;
        self.state.views().open_with(&viewer, &actor, report, id).await
    }
}
