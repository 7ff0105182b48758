//! Work that the servers do in the background.

use super::transport::Call;
use crate::model::{ApiError, JobState};
use leptos::prelude::*;

/// What the page of jobs needs from the server, for the user of the request at hand; others than admins are refused.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait Jobs: Send + Sync {
    /// In the order of their declaration.
    async fn jobs(&self) -> Result<Vec<JobState>, ApiError>;
    /// Has a job done as soon as possible, and returns before it is.
    async fn run_job(&self, name: &str) -> Result<(), ApiError>;
}

#[cfg(feature = "ssr")]
type Provided = std::sync::Arc<dyn Jobs>;

/// How each job stands.
#[server(prefix = "/fn", endpoint = "job_list", protocol = Call)]
pub async fn job_list() -> Result<Vec<JobState>, ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.jobs().await }.await)
}

/// Has a job done now.
#[server(prefix = "/fn", endpoint = "run_job", protocol = Call)]
pub async fn run_job(name: String) -> Result<(), ApiError> {
    use super::transport::{answer, provided};
    answer(async { provided::<Provided>()?.run_job(&name).await }.await)
}
