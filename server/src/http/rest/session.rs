//! `/api/v1/session`: signing in and out.

use super::schema;
use crate::http::endpoint::{Endpoint, SignedOut, SlowDown, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::{Caller, SignedIn};
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{State, rejection::JsonRejection};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::{ApiError, Role, Viewer};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(create), endpoint!(current), endpoint!(end)]
}

#[derive(Deserialize, ToSchema)]
struct Credentials {
    username: String,
    #[schema(format = Password)]
    password: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Viewer)]
struct ViewerJson {
    username: String,
    name: String,
    #[schema(schema_with = roles)]
    role: &'static str,
}

fn roles() -> Object {
    schema::word(Role::ALL.map(Role::name))
}

impl From<Viewer> for ViewerJson {
    fn from(viewer: Viewer) -> Self {
        Self { username: viewer.username, name: viewer.name, role: viewer.role.name() }
    }
}

/// Sign in
#[utoipa::path(post, path = "/api/v1/session", operation_id = "sign_in", tag = tags::SESSION, request_body = Credentials,
    responses((status = 200, description = "Signed in.", body = ViewerJson, headers(("Set-Cookie", description = "The session cookie."))),
        SignedOut, SlowDown))]
async fn create(
    caller: Caller,
    State(state): State<AppState>,
    body: Result<Json<Credentials>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(credentials) = match body {
        Ok(body) => body,
        Err(error @ (JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_))) => {
            let words = sentence!("request.session", wrong = error.body_text());
            return Err(ApiError::invalid("body", words).into());
        }
        Err(other) => return Ok(other.into_response()),
    };
    let (signed_in, cookies) = caller.sign_in(&state, &credentials.username, &credentials.password).await?;
    let viewer = signed_in.viewer;
    Ok((AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie))), Json(ViewerJson::from(viewer))).into_response())
}

/// Who is signed in
#[utoipa::path(get, path = "/api/v1/session", operation_id = "current_user", tag = tags::SESSION,
    responses((status = 200, description = "The signed-in user.", body = ViewerJson)))]
async fn current(SignedIn(viewer): SignedIn) -> Json<ViewerJson> {
    Json(viewer.into())
}

/// Sign out
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "sign_out", tag = tags::SESSION,
    responses((status = 204, description = "Signed out, or never signed in.", headers(
        ("Set-Cookie", description = "The session cookie, empty."),
        ("Clear-Site-Data", description = "What the browser is to drop: the pages it has kept.")))))]
async fn end(caller: Caller, State(state): State<AppState>) -> Result<Response, Refused> {
    let forgotten = caller.sign_out(&state).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders(forgotten)).into_response())
}
