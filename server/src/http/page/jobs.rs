//! Work in the background in the page, for the server functions of one request.

use super::server_functions::ForRequest;
use vigia_app::api::jobs::Jobs;
use vigia_app::model::{ApiError, JobState};

#[async_trait::async_trait]
impl Jobs for ForRequest {
    async fn jobs(&self) -> Result<Vec<JobState>, ApiError> {
        self.caller.admin(&self.state, "Jobs").await?;
        self.state.jobs().states().await
    }

    async fn run_job(&self, name: &str) -> Result<(), ApiError> {
        let actor = self.caller.admin(&self.state, "Running a job").await?;
        self.state.jobs().run_now(name, &actor).await
    }
}
