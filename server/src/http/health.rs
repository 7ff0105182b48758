//! For whatever watches the server: is it up, can it answer.

use super::endpoint::{Endpoint, endpoint, tags};
use super::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use std::time::Duration;
use tokio::time::timeout;
use vigia_app::model::ApiError;
use vigia_app::sentence;

/// How long the database may take: whoever asks has no more patience either.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(healthz).quiet(), endpoint!(readyz).quiet()]
}

/// Whether the process is up
#[utoipa::path(get, path = "/healthz", operation_id = "healthz", tag = tags::SERVER,
    responses((status = 200, description = "It is.", body = String)))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the database answers
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = tags::SERVER,
    responses((status = 200, description = "It does.", body = String), (status = 503, description = "It does not, and why.", body = String)))]
async fn readyz(State(state): State<AppState>) -> (StatusCode, String) {
    let answer = timeout(PATIENCE, state.store.newest(vigia_app::reports::ALL[0], (state.clock)())).await;
    let why = match answer {
        Ok(Ok(_)) => return (StatusCode::OK, "ready\n".to_owned()),
        Ok(Err(error)) => ApiError::from(error).message,
        Err(_) => sentence!("database.silent", seconds = PATIENCE.as_secs()),
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n"))
}
