//! For whatever watches the server: is it up, can it answer.

use super::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use vigia_app::model::ApiError;

/// `GET /healthz`: the process is up.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers; 503 and the reason where it does not.
pub(super) async fn readyz(State(state): State<AppState>) -> (StatusCode, String) {
    match state.store.newest(vigia_app::reports::ALL[0], (state.clock)()).await {
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            let ApiError { message, .. } = ApiError::from(error);
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {message}\n"))
        }
    }
}
