//! `/api/v1/notification-rules`: whom to tell what, for administrators.

use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::{Channel, ErrorClass, NotificationRule, NotificationState, Occasion, Timestamp};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(save), endpoint!(remove), endpoint!(test)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = NotificationState)]
struct StateJson {
    name: String,
    #[schema(schema_with = occasions)]
    occasion: Occasion,
    device: String,
    #[schema(schema_with = error_classes)]
    error_classes: Vec<String>,
    /// The least risk of a view that is told; null but for `risky_view`.
    #[schema(required)]
    risk: Option<u8>,
    source: String,
    /// How long a source may be silent; null but for `source_silent`.
    #[schema(required)]
    hours: Option<u16>,
    /// How long nobody may have reviewed anything; null but for `nobody_reviewed`.
    #[schema(required)]
    days: Option<u16>,
    #[schema(value_type = ChannelJson)]
    channel: Channel,
    enabled: bool,
    #[schema(required, format = DateTime)]
    sent: Option<String>,
    /// Why the last try did not work; empty when it did.
    problem: String,
    #[schema(required, format = DateTime)]
    retry: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationRule)]
struct RuleJson {
    #[schema(schema_with = occasions)]
    occasion: Occasion,
    /// Only of devices whose names contain this; of occasions that have devices.
    #[serde(default)]
    device: String,
    #[serde(default)]
    #[schema(schema_with = error_classes)]
    error_classes: Vec<String>,
    /// The least risk of a view that is told: `risky_view` needs it, others have none.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    risk: Option<u8>,
    /// Of `source_silent`: the source that has to be heard of; each of those with most events where it is left out.
    #[serde(default)]
    source: String,
    /// How long a source may be silent: `source_silent` needs it, others have none.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 720)]
    hours: Option<u16>,
    /// How long nobody may have reviewed anything: `nobody_reviewed` needs it, others have none.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 90)]
    days: Option<u16>,
    #[schema(value_type = ChannelJson)]
    channel: Channel,
    #[serde(default = "yes")]
    #[schema(default = true)]
    enabled: bool,
}

fn occasions() -> Object {
    schema::word(Occasion::ALL.map(Occasion::key))
}

fn error_classes() -> Array {
    schema::list(0..=ErrorClass::ALL.len(), schema::word(ErrorClass::ALL.map(ErrorClass::name)))
}

// How a [`Channel`] is written.
#[derive(ToSchema)]
#[schema(as = Channel, rename_all = "snake_case")]
#[expect(dead_code, reason = "for its schema")]
enum ChannelJson {
    Webhook {
        /// To a host that the setting notify_hosts allows.
        url: String,
    },
    Email {
        #[schema(schema_with = recipients)]
        to: Vec<String>,
    },
}

fn recipients() -> Array {
    schema::list(1..=NotificationRule::MAX_RECIPIENTS, schema::text())
}

const fn yes() -> bool {
    true
}

impl From<NotificationState> for StateJson {
    fn from(state: NotificationState) -> Self {
        let NotificationRule { name, occasion, device, error_classes, risk, source, hours, days, channel, enabled } = state.rule;
        Self {
            name,
            occasion,
            device,
            error_classes,
            risk,
            source,
            hours,
            days,
            channel,
            enabled,
            sent: state.sent.map(Timestamp::rfc3339),
            problem: state.problem,
            retry: state.retry.map(Timestamp::rfc3339),
        }
    }
}

/// Whom to tell what
#[utoipa::path(get, path = "/api/v1/notification-rules", operation_id = "notification_rules", tag = tags::NOTIFICATIONS,
    responses((status = 200, description = "Every rule, by name, and how telling goes.", body = Vec<StateJson>)))]
async fn list(_: Admin, State(state): State<AppState>) -> Result<Json<Vec<StateJson>>, Refused> {
    Ok(Json(state.notifications().rules().await?.into_iter().map(Into::into).collect()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = SavedRule)]
struct SavedJson {
    /// whsec_...: what a new webhook is signed with, this once; null where nothing new was made.
    #[schema(required)]
    secret: Option<String>,
}

/// Add or change a notification rule
///
/// Webhooks are signed as Standard Webhooks says; the secret is in the answer that made it, and nowhere else.
#[utoipa::path(put, path = "/api/v1/notification-rules/{name}", operation_id = "save_notification_rule", tag = tags::NOTIFICATIONS,
    params(("name" = String, Path, description = "What the rule is called.")), request_body = RuleJson,
    responses((status = 200, description = "It is saved.", body = SavedJson)))]
async fn save(
    Admin(actor): Admin,
    State(state): State<AppState>,
    Path(name): Path<String>,
    Body(rule): Body<RuleJson>,
) -> Result<Json<SavedJson>, Refused> {
    let RuleJson { occasion, device, error_classes, risk, source, hours, days, channel, enabled } = rule;
    let rule = NotificationRule { name, occasion, device, error_classes, risk, source, hours, days, channel, enabled };
    Ok(Json(SavedJson { secret: state.notifications().save(rule, &actor).await? }))
}

/// Remove a notification rule
#[utoipa::path(delete, path = "/api/v1/notification-rules/{name}", operation_id = "remove_notification_rule", tag = tags::NOTIFICATIONS,
    params(("name" = String, Path, description = "What the rule is called.")),
    responses((status = 204, description = "It is gone."), NotFound))]
async fn remove(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.notifications().remove(&name, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a test message
#[utoipa::path(post, path = "/api/v1/notification-rules/{name}/test", operation_id = "test_notification_rule", tag = tags::NOTIFICATIONS,
    params(("name" = String, Path, description = "What the rule is called.")),
    responses((status = 204, description = "It was taken."), NotFound))]
async fn test(Admin(actor): Admin, State(state): State<AppState>, Path(name): Path<String>) -> Result<StatusCode, Refused> {
    state.notifications().test(&name, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
