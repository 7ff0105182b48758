//! What is watched, in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use vigia_app::api::watched::Watching;
use vigia_app::model::ApiError;
use vigia_app::story::Subject;
use vigia_app::watched::Watched;

#[async_trait::async_trait]
impl Watching for ForRequest {
    async fn all(&self) -> Result<Vec<Watched>, ApiError> {
        self.caller.auditor(&self.state, "What is watched").await?;
        self.state.watching().all().await
    }

    async fn one(&self, subject: &Subject) -> Result<Option<Watched>, ApiError> {
        self.caller.auditor(&self.state, "What is watched").await?;
        self.state.watching().one(subject).await
    }

    async fn watch(&self, subject: Subject, reason: String) -> Result<(), ApiError> {
        let (_, actor) = self.caller.auditor(&self.state, "Watching").await?;
        self.state.watching().watch(subject, &reason, &actor).await
    }

    async fn stop(&self, subject: Subject) -> Result<(), ApiError> {
        let (_, actor) = self.caller.auditor(&self.state, "Watching no more").await?;
        self.state.watching().stop(subject, &actor).await
    }
}
