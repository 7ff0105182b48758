//! `/api/v1/quarantine`: lines that no format understood, for administrators.

use super::asked::query;
use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::ingest::quarantine_desk::{Chosen, PAGE_BYTES, QuarantineDesk, Replayed};
use crate::manner::Encoding;
use crate::store::quarantine::{QuarantineFilter, Quarantined};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Object;
use vigia_app::model::ApiError;
use vigia_app::sentence;

/// Lines a page, unless another number is asked for, and at most.
pub(crate) const DEFAULT_LIMIT: u32 = 100;
pub(crate) const MAX_LIMIT: u32 = 500;
/// Most lines that are named one by one.
const MAX_IDS: usize = 1_000;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(discard), endpoint!(line), endpoint!(replay)]
}

fn desk(state: &AppState) -> QuarantineDesk<'_> {
    QuarantineDesk { intake: &state.intake, identity: &state.identity }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Lines of this source.
    source: Option<String>,
    /// Lines that came in by this format.
    format: Option<String>,
    /// Lines with this reason.
    reason: Option<String>,
    /// Lines with ids below this one: `next` of the page before.
    before: Option<i64>,
    #[param(schema_with = limit)]
    limit: Option<u32>,
}

fn limit() -> Object {
    let mut limit = schema::count(MAX_LIMIT);
    limit.default = Some(DEFAULT_LIMIT.into());
    schema::described(limit, &format!("Lines a page. One that would have more than {} MiB ends earlier: follow `next`.", PAGE_BYTES >> 20))
}

#[derive(Serialize, ToSchema)]
#[schema(as = QuarantinePage)]
struct ListJson {
    lines: Vec<LineJson>,
    /// For `before`; null where there are no more.
    #[schema(required)]
    next: Option<i64>,
    counts: Vec<CountJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = QuarantineCount)]
struct CountJson {
    source: String,
    format: String,
    reason: String,
    /// How many.
    lines: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = QuarantinedLine)]
struct LineJson {
    id: i64,
    #[schema(format = DateTime)]
    received: String,
    source: String,
    format: String,
    reason: String,
    detail: String,
    /// The line, with its secrets masked; a very long one is cut.
    original: String,
}

impl From<Quarantined> for LineJson {
    fn from(Quarantined { id, received, line }: Quarantined) -> Self {
        let (source, received) = (line.source.to_string(), received.rfc3339());
        Self { id, received, source, format: line.format, reason: line.reason, detail: line.detail, original: line.original }
    }
}

/// The lines, the newest first, and how many there are
#[utoipa::path(get, path = "/api/v1/quarantine", operation_id = "list_quarantine", tag = tags::QUARANTINE, params(ListQuery),
    responses((status = 200, description = "A page of lines.", body = ListJson)))]
async fn list(_: Admin, State(state): State<AppState>, asked: Result<Query<ListQuery>, QueryRejection>) -> Result<Json<ListJson>, Refused> {
    let ListQuery { source, format, reason, before, limit } = query(asked)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::invalid("limit", sentence!("quarantine.limit", most = MAX_LIMIT)).into());
    }
    let desk = desk(&state);
    let (lines, next) = desk.list(&QuarantineFilter { source, format, reason }, before, limit).await?;
    let counts = desk.counts().await?.into_iter();
    let counts = counts.map(|count| CountJson { source: count.source, format: count.format, reason: count.reason, lines: count.lines });
    Ok(Json(ListJson { lines: lines.into_iter().map(LineJson::from).collect(), next, counts: counts.collect() }))
}

/// One line, whole
#[utoipa::path(get, path = "/api/v1/quarantine/{id}", operation_id = "quarantined_line", tag = tags::QUARANTINE,
    params(("id" = i64, Path, description = "Number of the line.")),
    responses((status = 200, description = "The line.", body = LineJson), Invalid, NotFound))]
async fn line(_: Admin, State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<LineJson>, Refused> {
    Ok(Json(desk(&state).get(number("id", &id)?).await?.into()))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Replay)]
struct ReplayJson {
    #[serde(default)]
    ids: Vec<i64>,
    /// Instead of `ids`: all lines, or all that `source` and `reason` let through.
    #[serde(default)]
    all: bool,
    source: Option<String>,
    reason: Option<String>,
    /// The format to read them by; left out, the one they came in by.
    format: Option<String>,
    #[serde(default)]
    #[schema(schema_with = encodings)]
    encoding: Encoding,
}

fn encodings() -> Object {
    schema::described(schema::word(["utf-8", "windows-1252"]), "What lines are that are not UTF-8. Left out, they stay.")
}

#[derive(Serialize, ToSchema)]
#[schema(as = Replayed)]
struct ReplayedJson {
    /// Lines that left the quarantine.
    understood: u64,
    /// Events that came out of them and are new.
    stored: u64,
    /// Events that were there already.
    duplicate: u64,
    /// Lines that stay.
    broken: u64,
}

impl From<Replayed> for ReplayedJson {
    fn from(Replayed { understood, stored, duplicate, broken }: Replayed) -> Self {
        Self { understood, stored, duplicate, broken }
    }
}

/// Read lines again; those that are understood now are stored and leave the quarantine
#[utoipa::path(post, path = "/api/v1/quarantine/replay", operation_id = "replay_quarantine", tag = tags::QUARANTINE,
    request_body = ReplayJson, responses((status = 200, description = "What became of them.", body = ReplayedJson), NotFound))]
async fn replay(Admin(actor): Admin, State(state): State<AppState>, Body(wanted): Body<ReplayJson>) -> Result<Json<ReplayedJson>, Refused> {
    let filter = QuarantineFilter { source: wanted.source, format: None, reason: wanted.reason };
    let chosen = chosen(wanted.ids, wanted.all, filter)?;
    Ok(Json(desk(&state).replay(&chosen, wanted.format.as_deref(), wanted.encoding, &actor).await?.into()))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Unwanted {
    /// Numbers of lines, with commas between them.
    ids: Option<String>,
    /// All lines, or all that the other parameters let through.
    #[serde(default)]
    #[param(default = false)]
    all: bool,
    /// Lines of this source.
    source: Option<String>,
    /// Lines that came in by this format.
    format: Option<String>,
    /// Lines with this reason.
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Removed)]
struct RemovedJson {
    removed: u64,
}

/// Remove lines for good
#[utoipa::path(delete, path = "/api/v1/quarantine", operation_id = "drop_quarantine", tag = tags::QUARANTINE, params(Unwanted),
    responses((status = 200, description = "How many were removed.", body = RemovedJson)))]
async fn discard(
    Admin(actor): Admin,
    State(state): State<AppState>,
    asked: Result<Query<Unwanted>, QueryRejection>,
) -> Result<Json<RemovedJson>, Refused> {
    let Unwanted { ids, all, source, format, reason } = query(asked)?;
    let ids = ids.iter().flat_map(|ids| ids.split(',')).map(|id| number("ids", id)).collect::<Result<Vec<_>, _>>()?;
    let chosen = chosen(ids, all, QuarantineFilter { source, format, reason })?;
    Ok(Json(RemovedJson { removed: desk(&state).discard(&chosen, &actor).await? }))
}

fn number(field: &str, text: &str) -> Result<i64, ApiError> {
    text.trim().parse().map_err(|_| ApiError::invalid(field, sentence!("quarantine.no-line", line = format!("{text:?}"))))
}

/// Either lines by their numbers, or all that a filter lets through: never all by mistake.
fn chosen(ids: Vec<i64>, all: bool, filter: QuarantineFilter) -> Result<Chosen, ApiError> {
    match (ids.is_empty(), all) {
        (false, false) if ids.len() > MAX_IDS => Err(ApiError::invalid("ids", sentence!("quarantine.too-many", most = MAX_IDS))),
        (false, false) if filter == QuarantineFilter::default() => Ok(Chosen::Ids(ids)),
        (true, true) => Ok(Chosen::All(filter)),
        _ => Err(ApiError::invalid("ids", sentence!("quarantine.either"))),
    }
}
