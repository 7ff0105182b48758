//! `/api/v1/credential-sets`: credentials whose operations are asked for again and again, for administrators.

use super::body::Body;
use super::operations::TargetJson;
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::operations::operation_desk::{Asker, RequesterKind};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};
use vigia_app::model::{ApiError, CredentialSet, Timestamp};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetJson {
    #[serde(default, skip_deserializing)]
    name: String,
    operation: String,
    credentials: Vec<TargetJson>,
    every_days: u32,
    window: WindowJson,
    #[serde(default)]
    approval: bool,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default, skip_deserializing)]
    next: Option<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowJson {
    /// `22:00`; where both are the same, the window is never closed.
    from: String,
    to: String,
    zone: String,
}

impl From<CredentialSet> for SetJson {
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
    let time = time.ok_or_else(|| ApiError::invalid(field, format!("{text:?} is not a time of day. Write it as in 22:00.")))?;
    Ok(u16::try_from(time.hour() * 60 + time.minute()).unwrap_or_default())
}

/// `GET /api/v1/credential-sets`
pub(crate) async fn list(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<SetJson>>, Refused> {
    Ok(Json(state.operations().sets().await?.into_iter().map(Into::into).collect()))
}

/// `PUT /api/v1/credential-sets/{name}`
pub(crate) async fn save(
    State(state): State<AppState>,
    Admin(actor): Admin,
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
    state.operations().save_set(&Asker { actor, kind: RequesterKind::User }, set).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/v1/credential-sets/{name}`
pub(crate) async fn remove(State(state): State<AppState>, Admin(actor): Admin, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.operations().remove_set(&Asker { actor, kind: RequesterKind::User }, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
