//! `/api/v1/operations`: creating operations, moving them, and carrying them out from outside.

mod json;
mod remote;

pub(crate) use json::{TargetJson, operations};

use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::{Admin, Operator, Reader};
use crate::http::state::AppState;
use crate::operations::act::Confirmed;
use crate::operations::operation_desk::Asker;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use json::{ActJson, ConnectorJson, FailuresJson, InfoJson, NewJson, ResultsJson};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::{ApiError, ErrorKind, EventId};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(create),
        endpoint!(act),
        endpoint!(failures),
        endpoint!(remote::lease),
        endpoint!(info),
        endpoint!(remote::told),
        endpoint!(connectors),
        endpoint!(executor),
        endpoint!(pause),
    ]
}

/// Longest idempotency key, in characters.
const MAX_KEY: usize = 255;

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "for its description")]
pub(super) struct Key {
    #[param(rename = "Idempotency-Key", schema_with = key_schema)]
    key: Option<String>,
}

fn key_schema() -> Object {
    let mut key = schema::text();
    (key.min_length, key.max_length) = (Some(1), Some(MAX_KEY));
    schema::described(key, "Makes the call safe to repeat: under the same key of the same caller, nothing is done twice.")
}

/// The header `Idempotency-Key`, if there is one.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().map(str::trim).filter(|key| (1..=MAX_KEY).contains(&key.len()));
    let wrong = || ApiError::invalid("Idempotency-Key", sentence!("request.idempotency", most = MAX_KEY));
    key.map(|key| Some(key.to_owned())).ok_or_else(wrong)
}

/// An operation's id out of an address.
fn id(text: &str) -> Result<EventId, ApiError> {
    text.parse().map_err(|_| ApiError {
        kind: ErrorKind::NotFound,
        field: Some("id".to_owned()),
        message: sentence!("error.operation-id", id = format!("{:?}", text.chars().take(40).collect::<String>())),
    })
}

#[derive(Serialize, ToSchema)]
#[schema(as = Created)]
struct CreatedJson {
    /// Of its row in the report Password operation.
    id: String,
}

/// Create an operation
///
/// It is carried out by the connector it names, at its time or at once; where the connector needs an approval, after that. Its row stands in
/// the report Password operation.
#[utoipa::path(post, path = "/api/v1/operations", operation_id = "create_operation", tag = tags::OPERATIONS, params(Key),
    request_body = NewJson, responses((status = 201, description = "It is stored, and will be carried out.", body = CreatedJson,
        headers(("Location", description = "Where it can be looked at.")))))]
async fn create(
    operator: Operator,
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(new): Body<NewJson>,
) -> Result<impl IntoResponse, Refused> {
    let key = idempotency_key(&headers)?;
    let id = state.operations().create(&operator.asker, &new.request()?, key.as_deref()).await?.to_string();
    let place = [(header::LOCATION, format!("/api/v1/operations/{id}"))];
    Ok((StatusCode::CREATED, place, Json(CreatedJson { id })))
}

/// Restart, run now, cancel, approve or disapprove operations
///
/// Names up to 10,000 operations by their ids, or all that a query string of the report matches, with the number that was confirmed: nothing is
/// done when it matches more by now. Each operation has a result of its own. Whoever asked for an operation cannot approve it.
#[utoipa::path(post, path = "/api/v1/operations/actions", operation_id = "act_on_operations", tag = tags::OPERATIONS, params(Key),
    request_body = ActJson,
    responses((status = 200, description = "What became of each operation, in the order chosen.", body = ResultsJson)))]
async fn act(
    operator: Operator,
    State(state): State<AppState>,
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

/// Failed operations by class of error and device
///
/// The newest 2,000 failures of what a query matches. Takes the filters of `GET /api/v1/reports/password-operation`.
#[utoipa::path(get, path = "/api/v1/operations/failures", operation_id = "operation_failures", tag = tags::OPERATIONS,
    responses((status = 200, description = "The groups, the largest first.", body = FailuresJson), Invalid))]
async fn failures(Reader(viewer): Reader, State(state): State<AppState>, RawQuery(query): RawQuery) -> Result<Json<FailuresJson>, Refused> {
    Ok(Json(state.operations().failures(&viewer, query.as_deref().unwrap_or_default()).await?.into()))
}

/// How an operation stands
///
/// Its state and history, and what the reader may do with it. Its row and attempts: `GET /api/v1/reports/password-operation/{id}`.
#[utoipa::path(get, path = "/api/v1/operations/{id}", operation_id = "operation", tag = tags::OPERATIONS,
    params(("id" = String, Path, description = "The operation's id.")),
    responses((status = 200, description = "The operation.", body = InfoJson), NotFound))]
async fn info(Reader(viewer): Reader, State(state): State<AppState>, Path(asked): Path<String>) -> Result<Json<InfoJson>, Refused> {
    Ok(Json(state.operations().info(&viewer, id(&asked)?).await?.into()))
}

/// The connectors that are set up
#[utoipa::path(get, path = "/api/v1/connectors", operation_id = "connectors", tag = tags::OPERATIONS,
    responses((status = 200, description = "Every connector.", body = Vec<ConnectorJson>)))]
async fn connectors(_: Operator, State(state): State<AppState>) -> Json<Vec<ConnectorJson>> {
    Json(state.operations().connectors().into_iter().map(Into::into).collect())
}

#[derive(Serialize, ToSchema)]
#[schema(as = Executor)]
struct ExecutorJson {
    paused: bool,
    scheduled: u64,
    due: u64,
    running: u64,
}

/// How the executors stand
#[utoipa::path(get, path = "/api/v1/executor", operation_id = "executor", tag = tags::OPERATIONS,
    responses((status = 200, description = "Of all servers together; scheduled and due are counted up to 10,000.", body = ExecutorJson)))]
async fn executor(_: Admin, State(state): State<AppState>) -> Result<Json<ExecutorJson>, Refused> {
    let executor = state.operations().executor().await?;
    Ok(Json(ExecutorJson { paused: executor.paused, scheduled: executor.scheduled, due: executor.due, running: executor.running }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Pause)]
struct PauseJson {
    paused: bool,
}

/// Stop taking operations, or go on
///
/// On every server. What runs ends by itself.
#[utoipa::path(put, path = "/api/v1/executor", operation_id = "pause_executor", tag = tags::OPERATIONS, request_body = PauseJson,
    responses((status = 204, description = "So it is.")))]
async fn pause(Admin(actor): Admin, State(state): State<AppState>, Body(wanted): Body<PauseJson>) -> Result<StatusCode, Refused> {
    state.operations().pause(&Asker::user(actor), wanted.paused).await?;
    Ok(StatusCode::NO_CONTENT)
}
