//! `/api/v1/operations`: creating operations, moving them, and carrying them out from outside.

mod json;
mod remote;

pub(crate) use json::TargetJson;
pub(crate) use remote::{lease, told};

use super::body::Body;
use crate::http::problem::Refused;
use crate::http::session::{Admin, Operator, Reader};
use crate::http::state::AppState;
use crate::operations::act::Confirmed;
use crate::operations::operation_desk::{Asker, RequesterKind};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use json::{ActJson, ConnectorJson, FailuresJson, InfoJson, NewJson, ResultsJson};
use serde::{Deserialize, Serialize};
use vigia_app::model::{ApiError, ErrorKind, EventId};

/// Longest idempotency key, in characters.
pub(crate) const MAX_KEY: usize = 255;

/// The header `Idempotency-Key`, if there is one.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().map(str::trim).filter(|key| (1..=MAX_KEY).contains(&key.len()));
    let wrong = || ApiError::invalid("Idempotency-Key", format!("An idempotency key has 1 to {MAX_KEY} visible ASCII characters."));
    key.map(|key| Some(key.to_owned())).ok_or_else(wrong)
}

/// An operation's id out of an address.
fn id(text: &str) -> Result<EventId, ApiError> {
    text.parse().map_err(|_| ApiError {
        kind: ErrorKind::NotFound,
        field: Some("id".to_owned()),
        message: format!("{:?} is not an id of an operation. Take it from the report.", text.chars().take(40).collect::<String>()),
    })
}

#[derive(Serialize)]
pub(crate) struct CreatedJson {
    id: String,
}

/// `POST /api/v1/operations`
pub(crate) async fn create(
    State(state): State<AppState>,
    operator: Operator,
    headers: HeaderMap,
    Body(new): Body<NewJson>,
) -> Result<impl IntoResponse, Refused> {
    let key = idempotency_key(&headers)?;
    let id = state.operations().create(&operator.asker, &new.request()?, key.as_deref()).await?.to_string();
    let place = [(header::LOCATION, format!("/api/v1/operations/{id}"))];
    Ok((StatusCode::CREATED, place, Json(CreatedJson { id })))
}

/// `POST /api/v1/operations/actions`
pub(crate) async fn act(
    State(state): State<AppState>,
    operator: Operator,
    headers: HeaderMap,
    Body(wanted): Body<ActJson>,
) -> Result<Json<ResultsJson>, Refused> {
    let key = idempotency_key(&headers)?;
    let (action, note, mended) = (wanted.action, wanted.note.clone(), wanted.mended);
    let chosen = wanted.chosen()?;
    let confirmed = Confirmed { note: &note, mended, key: key.as_deref() };
    let results = state.operations().act(&operator.asker, &operator.viewer, action, &chosen, confirmed).await?;
    Ok(Json(results.into()))
}

/// `GET /api/v1/operations/failures`
pub(crate) async fn failures(
    State(state): State<AppState>,
    Reader(viewer): Reader,
    RawQuery(query): RawQuery,
) -> Result<Json<FailuresJson>, Refused> {
    Ok(Json(state.operations().failures(&viewer, query.as_deref().unwrap_or_default()).await?.into()))
}

/// `GET /api/v1/operations/{id}`
pub(crate) async fn info(
    State(state): State<AppState>,
    Reader(viewer): Reader,
    Path(asked): Path<String>,
) -> Result<Json<InfoJson>, Refused> {
    Ok(Json(state.operations().info(&viewer, id(&asked)?).await?.into()))
}

/// `GET /api/v1/connectors`
pub(crate) async fn connectors(State(state): State<AppState>, _: Operator) -> Json<Vec<ConnectorJson>> {
    Json(state.operations().connectors().into_iter().map(Into::into).collect())
}

#[derive(Serialize)]
pub(crate) struct ExecutorJson {
    paused: bool,
    scheduled: u64,
    due: u64,
    running: u64,
}

/// `GET /api/v1/executor`
pub(crate) async fn executor(State(state): State<AppState>, _: Admin) -> Result<Json<ExecutorJson>, Refused> {
    let executor = state.operations().executor().await?;
    Ok(Json(ExecutorJson { paused: executor.paused, scheduled: executor.scheduled, due: executor.due, running: executor.running }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PauseJson {
    paused: bool,
}

/// `PUT /api/v1/executor`
pub(crate) async fn pause(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Body(wanted): Body<PauseJson>,
) -> Result<StatusCode, Refused> {
    state.operations().pause(&Asker { actor, kind: RequesterKind::User }, wanted.paused).await?;
    Ok(StatusCode::NO_CONTENT)
}
