//! `/api/v1/credential-sets`: credentials whose operations are asked for again and again, for administrators.

use super::body::Body;
use super::operations::TargetJson;
use super::schema;
use crate::http::endpoint::{Endpoint, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::operations::operation_desk::Asker;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::{ApiError, CredentialSet, Timestamp};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(save), endpoint!(remove)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = CredentialSetState)]
struct StateJson {
    name: String,
    #[schema(schema_with = super::operations::operations)]
    operation: String,
    #[schema(schema_with = credentials)]
    credentials: Vec<TargetJson>,
    #[schema(schema_with = days)]
    every_days: u32,
    window: WindowJson,
    approval: bool,
    enabled: bool,
    /// When the operations are asked for next.
    #[schema(required, format = DateTime)]
    next: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CredentialSet)]
struct SetJson {
    #[schema(schema_with = super::operations::operations)]
    operation: String,
    #[schema(schema_with = credentials)]
    credentials: Vec<TargetJson>,
    #[schema(schema_with = days)]
    every_days: u32,
    window: WindowJson,
    #[serde(default)]
    #[schema(default = false)]
    approval: bool,
    #[serde(default = "yes")]
    #[schema(default = true)]
    enabled: bool,
}

fn credentials() -> Array {
    schema::list(1..=CredentialSet::MAX_CREDENTIALS, <TargetJson as utoipa::PartialSchema>::schema())
}

fn days() -> Object {
    schema::count(crate::operations::sets::MAX_DAYS)
}

const fn yes() -> bool {
    true
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Window)]
struct WindowJson {
    /// When it opens: 22:00.
    from: String,
    /// When it closes: 04:00. Over midnight where it closes before it opens, never closed where both are the same.
    to: String,
    /// An IANA name.
    zone: String,
}

impl From<CredentialSet> for StateJson {
    fn from(set: CredentialSet) -> Self {
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self {
            name: set.name,
            operation: set.operation,
            credentials: set.credentials.into_iter().map(Into::into).collect(),
            every_days: set.every_days,
            window: WindowJson { from: clock(set.window.0), to: clock(set.window.1), zone: set.zone },
            approval: set.approval,
            enabled: set.enabled,
            next: set.next.map(Timestamp::rfc3339),
        }
    }
}

fn minutes(field: &str, text: &str) -> Result<u16, ApiError> {
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok();
    let time = time.ok_or_else(|| ApiError::invalid(field, sentence!("set.time", time = format!("{text:?}"))))?;
    Ok(u16::try_from(time.hour() * 60 + time.minute()).unwrap_or_default())
}

/// Credentials whose operations are asked for again and again
#[utoipa::path(get, path = "/api/v1/credential-sets", operation_id = "credential_sets", tag = tags::OPERATIONS,
    responses((status = 200, description = "Every set, by name.", body = Vec<StateJson>)))]
async fn list(_: Admin, State(state): State<AppState>) -> Result<Json<Vec<StateJson>>, Refused> {
    Ok(Json(state.operations().sets().await?.into_iter().map(Into::into).collect()))
}

/// Add or change a credential set
#[utoipa::path(put, path = "/api/v1/credential-sets/{name}", operation_id = "save_credential_set", tag = tags::OPERATIONS,
    params(("name" = String, Path, description = "What the set is called.")), request_body = SetJson,
    responses((status = 204, description = "It is saved.")))]
async fn save(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(name): Path<String>,
    Body(set): Body<SetJson>,
) -> Result<StatusCode, Refused> {
    let set = CredentialSet {
        name,
        operation: set.operation,
        credentials: set.credentials.into_iter().map(Into::into).collect(),
        every_days: set.every_days,
        window: (minutes("window.from", &set.window.from)?, minutes("window.to", &set.window.to)?),
        zone: set.window.zone,
        approval: set.approval,
        enabled: set.enabled,
        next: None,
    };
    state.operations().save_set(&Asker::user(actor), set).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a credential set
///
/// The operations it has asked for stay.
#[utoipa::path(delete, path = "/api/v1/credential-sets/{name}", operation_id = "remove_credential_set", tag = tags::OPERATIONS,
    params(("name" = String, Path, description = "What the set is called.")),
    responses((status = 204, description = "It is gone."), NotFound))]
async fn remove(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.operations().remove_set(&Asker::user(actor), &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
