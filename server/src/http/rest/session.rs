//! `/api/v1/session`: signing in and out.

use crate::http::problem::Refused;
use crate::http::session::{Caller, SignedIn};
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{State, rejection::JsonRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use vigia_app::model::{ApiError, Viewer};

#[derive(Deserialize)]
pub(crate) struct Credentials {
    username: String,
    password: String,
}

/// `POST /api/v1/session`
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    body: Result<Json<Credentials>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(credentials) = match body {
        Ok(body) => body,
        Err(error @ (JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_))) => {
            let words = format!("{}. Send {{\"username\": \"...\", \"password\": \"...\"}}.", error.body_text());
            return Err(ApiError::invalid("body", words).into());
        }
        Err(other) => return Ok(other.into_response()),
    };
    let (viewer, cookie) = caller.sign_in(&state, &credentials.username, &credentials.password).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(viewer)).into_response())
}

/// `GET /api/v1/session`
pub(crate) async fn current(SignedIn(viewer): SignedIn) -> Json<Viewer> {
    Json(viewer)
}

/// `DELETE /api/v1/session`; there being none is what was asked for, too.
pub(crate) async fn end(State(state): State<AppState>, caller: Caller) -> Result<Response, Refused> {
    let cookie = caller.sign_out(&state).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
