//! `/api/v1/watched`: users, devices and credentials that are watched.

use super::asked::query;
use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Auditor;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::ApiError;
use vigia_app::sentence;
use vigia_app::story::Subject;
use vigia_app::watched::Watched;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(watch), endpoint!(stop)]
}

#[derive(Serialize, ToSchema)]
#[schema(as = Watched)]
struct WatchedJson {
    /// Of a user alone.
    #[schema(required)]
    user: Option<String>,
    /// Of a device, or the credential's.
    #[schema(required)]
    device: Option<String>,
    /// Of a credential: the account on the device.
    #[schema(required)]
    username: Option<String>,
    /// The name that whoever watches it signs in with.
    by: String,
    #[schema(format = DateTime)]
    since: String,
    reason: String,
}

impl From<Watched> for WatchedJson {
    fn from(Watched { of, by, since, reason }: Watched) -> Self {
        let part = |wanted: &str| of.parts().into_iter().find(|(key, _)| *key == wanted).map(|(_, name)| name.to_owned());
        Self { user: part("user"), device: part("device"), username: part("username"), by, since: since.rfc3339(), reason }
    }
}

/// Whom or what it is about: a user, a device, or both names of a credential.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfQuery {
    /// The name of a user, as events say it.
    user: Option<String>,
    device: Option<String>,
    /// Of a credential: the account on the device.
    username: Option<String>,
}

impl OfQuery {
    fn subject(self) -> Result<Subject, ApiError> {
        match (self.user, self.device, self.username) {
            (Some(user), None, None) => Ok(Subject::User(user)),
            (None, Some(device), None) => Ok(Subject::Device(device)),
            (None, Some(device), Some(username)) => Ok(Subject::Credential { device, username }),
            _ => Err(ApiError::invalid("user", sentence!("watched.subject"))),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Watch)]
struct WatchJson {
    #[serde(default)]
    #[schema(schema_with = reason)]
    reason: String,
}

fn reason() -> Object {
    let mut reason = schema::text();
    reason.max_length = Some(Watched::MAX_REASON);
    schema::described(reason, "Why; may be left out.")
}

/// What is watched
///
/// Notification rules of the occasion watched_view tell of views of it.
#[utoipa::path(get, path = "/api/v1/watched", operation_id = "watched", tag = tags::NOTIFICATIONS,
    responses((status = 200, description = "All of it, what was begun last first.", body = Vec<WatchedJson>)))]
async fn list(_: Auditor, State(state): State<AppState>) -> Result<Json<Vec<WatchedJson>>, Refused> {
    Ok(Json(state.watching().all().await?.into_iter().map(Into::into).collect()))
}

/// Watch a user, a device or a credential
///
/// From now on. Of what is watched already the reason is changed, and nothing else. Up to 1,000 are watched at a time; names are compared whatever their case.
#[utoipa::path(put, path = "/api/v1/watched", operation_id = "watch", tag = tags::NOTIFICATIONS, params(OfQuery), request_body = WatchJson,
    responses((status = 204, description = "It is watched."), Invalid))]
async fn watch(
    Auditor { actor, .. }: Auditor,
    State(state): State<AppState>,
    of: Result<Query<OfQuery>, QueryRejection>,
    Body(WatchJson { reason }): Body<WatchJson>,
) -> Result<StatusCode, Refused> {
    state.watching().watch(query(of)?.subject()?, &reason, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Watch it no more
#[utoipa::path(delete, path = "/api/v1/watched", operation_id = "stop_watching", tag = tags::NOTIFICATIONS, params(OfQuery),
    responses((status = 204, description = "It is not watched any more."), Invalid, NotFound))]
async fn stop(
    Auditor { actor, .. }: Auditor,
    State(state): State<AppState>,
    of: Result<Query<OfQuery>, QueryRejection>,
) -> Result<StatusCode, Refused> {
    state.watching().stop(query(of)?.subject()?, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
