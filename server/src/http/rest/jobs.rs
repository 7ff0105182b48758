//! `/api/v1/jobs`: work in the background, for administrators.

use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use vigia_app::model::{JobRun, JobState, Timestamp};

#[derive(Serialize)]
pub(crate) struct JobJson {
    name: String,
    purpose: String,
    /// Seconds; `null` for what goes on all the time.
    every: Option<u64>,
    one: bool,
    running: Option<String>,
    last: Option<RunJson>,
    next: Option<String>,
    failures: u32,
}

#[derive(Serialize)]
struct RunJson {
    began: String,
    /// Seconds.
    took: f64,
    error: String,
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

/// `GET /api/v1/jobs`
pub(crate) async fn list(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<JobJson>>, Refused> {
    Ok(Json(state.jobs().states().await?.into_iter().map(Into::into).collect()))
}

/// `POST /api/v1/jobs/{name}/run`
pub(crate) async fn run(State(state): State<AppState>, Admin(actor): Admin, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.jobs().run_now(&name, &actor).await?;
    Ok(StatusCode::ACCEPTED)
}
