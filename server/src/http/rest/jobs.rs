//! `/api/v1/jobs`: work in the background, for administrators.

use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use vigia_app::model::{JobRun, JobState, Timestamp};
use vigia_app::words::Sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(run)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobJson {
    /// In the log and in metrics.
    name: String,
    /// What it does.
    #[schema(value_type = String)]
    purpose: Sentence,
    /// Seconds from the end of one run to the next; null for what goes on all the time.
    #[schema(required)]
    every: Option<u64>,
    /// Whether one server does it for all; otherwise each does it for itself.
    one: bool,
    /// Since when it is being done.
    #[schema(required, format = DateTime)]
    running: Option<String>,
    #[schema(required)]
    last: Option<RunJson>,
    /// When it is done next.
    #[schema(required, format = DateTime)]
    next: Option<String>,
    /// Runs that have gone wrong, one after another, up to the last.
    failures: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = JobRun)]
struct RunJson {
    #[schema(format = DateTime)]
    began: String,
    /// Seconds.
    #[schema(minimum = 0)]
    took: f64,
    /// What went wrong; empty when nothing did.
    error: String,
    /// Host and process.
    server: String,
}

impl From<JobState> for JobJson {
    fn from(state: JobState) -> Self {
        let JobState { name, purpose, every, one, running, last, next, failures } = state;
        let run =
            |JobRun { began, took, error, server }: JobRun| RunJson { began: began.rfc3339(), took: took as f64 / 1000.0, error, server };
        Self {
            name,
            purpose,
            every,
            one,
            running: running.map(Timestamp::rfc3339),
            last: last.map(run),
            next: next.map(Timestamp::rfc3339),
            failures,
        }
    }
}

/// Work in the background
///
/// What one server does for all is told as that server left it; the rest is about the server that answers.
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "jobs", tag = tags::JOBS,
    responses((status = 200, description = "How each job stands.", body = Vec<JobJson>)))]
async fn list(_: Admin, State(state): State<AppState>) -> Result<Json<Vec<JobJson>>, Refused> {
    Ok(Json(state.jobs().states().await?.into_iter().map(Into::into).collect()))
}

/// Have a job done now
///
/// A job that is being done is done once more afterwards.
#[utoipa::path(post, path = "/api/v1/jobs/{name}/run", operation_id = "run_job", tag = tags::JOBS,
    params(("name" = String, Path, description = "What the job is called.")),
    responses((status = 202, description = "It will be, within seconds."), Invalid, NotFound))]
async fn run(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.jobs().run_now(&name, &actor).await?;
    Ok(StatusCode::ACCEPTED)
}
