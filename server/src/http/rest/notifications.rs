//! `/api/v1/notification-rules`: whom to tell what, for administrators.

use super::body::Body;
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use vigia_app::model::{Channel, NotificationRule, NotificationState, Occasion, Timestamp};

#[derive(Serialize)]
pub(crate) struct StateJson {
    name: String,
    #[serde(flatten)]
    rule: RuleJson,
    sent: Option<String>,
    /// Why the last try did not work; empty when it did.
    problem: String,
    retry: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleJson {
    occasion: Occasion,
    #[serde(default)]
    device: String,
    #[serde(default)]
    error_classes: Vec<String>,
    channel: Channel,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

impl From<NotificationState> for StateJson {
    fn from(state: NotificationState) -> Self {
        let NotificationRule { name, occasion, device, error_classes, channel, enabled } = state.rule;
        Self {
            name,
            rule: RuleJson { occasion, device, error_classes, channel, enabled },
            sent: state.sent.map(Timestamp::rfc3339),
            problem: state.problem,
            retry: state.retry.map(Timestamp::rfc3339),
        }
    }
}

/// `GET /api/v1/notification-rules`
pub(crate) async fn list(State(state): State<AppState>, _: Admin) -> Result<Json<Vec<StateJson>>, Refused> {
    Ok(Json(state.notifications().rules().await?.into_iter().map(Into::into).collect()))
}

#[derive(Serialize)]
pub(crate) struct SavedJson {
    /// What a new webhook is signed with, this once; `null` where nothing new was made.
    secret: Option<String>,
}

/// `PUT /api/v1/notification-rules/{name}`
pub(crate) async fn save(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Path(name): Path<String>,
    Body(rule): Body<RuleJson>,
) -> Result<Json<SavedJson>, Refused> {
    let RuleJson { occasion, device, error_classes, channel, enabled } = rule;
    let rule = NotificationRule { name, occasion, device, error_classes, channel, enabled };
    Ok(Json(SavedJson { secret: state.notifications().save(rule, &actor).await? }))
}

/// `DELETE /api/v1/notification-rules/{name}`
pub(crate) async fn remove(State(state): State<AppState>, Admin(actor): Admin, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.notifications().remove(&name, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/notification-rules/{name}/test`
pub(crate) async fn test(State(state): State<AppState>, Admin(actor): Admin, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.notifications().test(&name, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
