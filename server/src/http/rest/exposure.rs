//! `/api/v1/credentials`: credentials that somebody has seen, who could know one, and having them changed.

use super::asked::query;
use super::body::Body;
use super::operations::Key;
use super::operations::idempotency_key;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::{Operator, Reader};
use crate::http::state::AppState;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::{
    ApiError, ChangeAsked, ChangeProgress, ChangeRequest, Exposure, Knower, Moment, OperationStatus, SeenCredential, Timestamp,
};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(unchanged), endpoint!(known_by), endpoint!(change)]
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnchangedQuery {
    /// Credentials that this user has viewed, copied or used, changed since or not: all of them. Left out, those that people have seen and that were not changed since.
    user: Option<String>,
    /// Views before this moment count, in UTC; all where it is left out. For a user.
    #[param(format = DateTime)]
    until: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct KnownQuery {
    device: Option<String>,
    /// Whose password it is.
    username: Option<String>,
    /// The moment, in UTC; now where it is left out.
    #[param(format = DateTime)]
    at: Option<String>,
}

/// A moment as it is written in UTC, with or without its `Z`.
fn moment(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let read = Moment::parse(text).map(|moment| moment.clock.and_utc().into());
    read.map(Some).ok_or_else(|| ApiError::invalid(field, sentence!("query.date", value = format!("{text:?}"))))
}

/// Credentials that were seen and not changed since
///
/// Of a user: each credential that they have viewed, copied or used, once, those first that were not changed since. Of everybody: the 200 with most such views.
/// What was changed is what an operation that ended well says.
#[utoipa::path(get, path = "/api/v1/credentials/seen", operation_id = "seen_credentials", tag = tags::REPORTS, params(UnchangedQuery),
    responses((status = 200, description = "The credentials.", body = ExposureJson), Invalid))]
async fn unchanged(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    asked: Result<Query<UnchangedQuery>, QueryRejection>,
) -> Result<Json<ExposureJson>, Refused> {
    let UnchangedQuery { user, until } = query(asked)?;
    let until = moment("until", until.as_deref())?;
    let exposure = match user {
        Some(user) => state.exposure_desk().of_person(&viewer, &user, until).await?,
        None if until.is_some() => return Err(ApiError::invalid("user", sentence!("exposure.no-user")).into()),
        None => state.exposure.unchanged(&viewer).await?,
    };
    Ok(Json(exposure.into()))
}

/// Who could know a credential
///
/// At a moment, or now: whoever had viewed, copied or used it by then, with no change of it between.
#[utoipa::path(get, path = "/api/v1/credentials/known-by", operation_id = "who_knew_credential", tag = tags::REPORTS, params(KnownQuery),
    responses((status = 200, description = "Those who could, the last who saw it first.", body = Vec<KnowerJson>), Invalid))]
async fn known_by(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    asked: Result<Query<KnownQuery>, QueryRejection>,
) -> Result<Json<Vec<KnowerJson>>, Refused> {
    let KnownQuery { device, username, at } = query(asked)?;
    let (at, device, username) = (moment("at", at.as_deref())?, device.unwrap_or_default(), username.unwrap_or_default());
    let knowers = state.exposure.who_knew(&viewer, &device, &username, at).await?;
    Ok(Json(knowers.into_iter().map(Into::into).collect()))
}

/// Change all that somebody has seen
///
/// Asks for a change of each credential that a user has seen and that was not changed since, with the number that you have seen: nothing is done when there are
/// more by now. Each is carried out by the connector that a route leads to; where none does, or a change is under way already, it says so.
#[utoipa::path(post, path = "/api/v1/credentials/changes", operation_id = "change_seen_credentials", tag = tags::OPERATIONS, params(Key),
    request_body = ChangesJson,
    responses((status = 200, description = "What became of each credential.", body = Vec<AskedJson>)))]
async fn change(
    operator: Operator,
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(wanted): Body<ChangesJson>,
) -> Result<Json<Vec<AskedJson>>, Refused> {
    let key = idempotency_key(&headers)?;
    let until = moment("until", wanted.until.as_deref())?;
    let wanted = ChangeRequest { user: wanted.user, until, count: wanted.count };
    let asked = state.exposure_desk().change_all(&operator.asker, &operator.viewer, &wanted, key.as_deref()).await?;
    Ok(Json(asked.into_iter().map(Into::into).collect()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = SeenCredentials)]
struct ExposureJson {
    credentials: Vec<SeenJson>,
    /// How many credentials were not changed since they were seen.
    unchanged: u64,
    /// Not all that is there has been gone through: some that were changed may be told as not changed.
    preparing: bool,
    /// How far the changes are that were asked for last.
    #[schema(required)]
    progress: Option<ProgressJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SeenCredential)]
struct SeenJson {
    device: String,
    /// Whose password it is.
    username: String,
    /// The systems that told of it: a name may mean another credential in each.
    sources: Vec<String>,
    credential_types: Vec<String>,
    views: u64,
    /// How many of those were not followed by a change.
    unchanged: u64,
    #[schema(format = DateTime)]
    last_seen: String,
    /// Of a user: the first change after they saw it last; null where there was none. Of everybody: the last change before that, where one is known.
    #[schema(required, format = DateTime)]
    changed: Option<String>,
    /// The connector that would change it; for those who may have it changed.
    #[schema(required)]
    connector: Option<String>,
    /// Why none would.
    #[schema(required)]
    obstacle: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangeProgress)]
struct ProgressJson {
    /// The tag of their operations, in the report Password operation.
    tag: String,
    #[schema(format = DateTime)]
    at: String,
    by: String,
    statuses: Vec<StatusJson>,
    /// The last 100 that failed.
    failed: Vec<FailedJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangeStatus)]
struct StatusJson {
    #[schema(schema_with = statuses)]
    status: &'static str,
    operations: u64,
}

fn statuses() -> Object {
    schema::word(OperationStatus::ALL.map(OperationStatus::name))
}

#[derive(Serialize, ToSchema)]
#[schema(as = FailedChange)]
struct FailedJson {
    id: String,
    device: String,
    username: String,
    message: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CredentialKnower)]
struct KnowerJson {
    user: String,
    login: String,
    /// Whether a person, a service or the system; empty where the source does not say.
    actor_kind: String,
    views: u64,
    #[schema(format = DateTime)]
    last_seen: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CredentialChanges)]
struct ChangesJson {
    user: String,
    /// Views before this moment count, in UTC; all where it is left out.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// How many credentials you have seen in the list that were not changed since.
    count: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangedCredential)]
struct AskedJson {
    device: String,
    username: String,
    /// The operation that was asked for; null where none was.
    #[schema(required)]
    id: Option<String>,
    /// Why none was.
    #[schema(required)]
    refused: Option<String>,
}

impl From<Exposure> for ExposureJson {
    fn from(exposure: Exposure) -> Self {
        Self {
            credentials: exposure.credentials.into_iter().map(Into::into).collect(),
            unchanged: exposure.unchanged,
            preparing: exposure.preparing,
            progress: exposure.progress.map(Into::into),
        }
    }
}

impl From<SeenCredential> for SeenJson {
    fn from(seen: SeenCredential) -> Self {
        let (connector, obstacle) = match seen.way {
            Some(Ok(connector)) => (Some(connector), None),
            Some(Err(why)) => (None, Some(why.said().into_owned())),
            None => (None, None),
        };
        Self {
            device: seen.device,
            username: seen.username,
            sources: seen.sources,
            credential_types: seen.credential_types,
            views: seen.views,
            unchanged: seen.unchanged,
            last_seen: seen.last.rfc3339(),
            changed: seen.changed.map(Timestamp::rfc3339),
            connector,
            obstacle,
        }
    }
}

impl From<ChangeProgress> for ProgressJson {
    fn from(progress: ChangeProgress) -> Self {
        let statuses = progress.statuses.into_iter().map(|(status, operations)| StatusJson { status: status.name(), operations });
        let failed = progress.failed.into_iter().map(|failed| FailedJson {
            id: failed.id.to_string(),
            device: failed.device,
            username: failed.username,
            message: failed.message,
        });
        Self { tag: progress.tag, at: progress.at.rfc3339(), by: progress.by, statuses: statuses.collect(), failed: failed.collect() }
    }
}

impl From<Knower> for KnowerJson {
    fn from(knower: Knower) -> Self {
        let Knower { user, login, actor_kind, views, last } = knower;
        Self { user, login, actor_kind, views, last_seen: last.rfc3339() }
    }
}

impl From<ChangeAsked> for AskedJson {
    fn from(asked: ChangeAsked) -> Self {
        let (id, refused) = match asked.result {
            Ok(id) => (Some(id.to_string()), None),
            Err(why) => (None, Some(why.said().into_owned())),
        };
        Self { device: asked.device, username: asked.username, id, refused }
    }
}
