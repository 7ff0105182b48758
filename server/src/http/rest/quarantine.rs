//! `/api/v1/quarantine`: lines that no format understood, for administrators.

use super::body::Body;
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::ingest::quarantine_desk::{Chosen, QuarantineDesk, Replayed};
use crate::store::quarantine::{QuarantineFilter, Quarantined};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use vigia_app::model::ApiError;

/// Lines a page, unless another number is asked for, and at most.
pub(crate) const DEFAULT_LIMIT: u32 = 100;
pub(crate) const MAX_LIMIT: u32 = 500;
/// Most lines that are named one by one.
const MAX_IDS: usize = 1_000;

fn desk(state: &AppState) -> QuarantineDesk<'_> {
    QuarantineDesk { intake: &state.intake, identity: &state.identity }
}

fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, ApiError> {
    query.map(|Query(query)| query).map_err(|error| ApiError::invalid("query", format!("{}.", error.body_text())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    source: Option<String>,
    format: Option<String>,
    reason: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

#[derive(Serialize)]
pub(crate) struct ListJson {
    lines: Vec<LineJson>,
    /// For `before`, to get the lines after these; `null` where there are none.
    next: Option<i64>,
    counts: Vec<CountJson>,
}

#[derive(Serialize)]
struct CountJson {
    source: String,
    format: String,
    reason: String,
    lines: u64,
}

#[derive(Serialize)]
pub(crate) struct LineJson {
    id: i64,
    received: String,
    source: String,
    format: String,
    reason: String,
    detail: String,
    original: String,
}

impl From<Quarantined> for LineJson {
    fn from(Quarantined { id, received, line }: Quarantined) -> Self {
        let (source, received) = (line.source.to_string(), received.rfc3339());
        Self { id, received, source, format: line.format, reason: line.reason, detail: line.detail, original: line.original }
    }
}

/// `GET /api/v1/quarantine`
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Admin,
    asked: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<ListJson>, Refused> {
    let ListQuery { source, format, reason, before, limit } = query(asked)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ApiError::invalid("limit", format!("is not a number of lines; write 1 to {MAX_LIMIT}")).into());
    }
    let desk = desk(&state);
    let mut lines = desk.list(&QuarantineFilter { source, format, reason }, before, limit + 1).await?;
    let more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| more).map(|line| line.id);
    let counts = desk.counts().await?.into_iter();
    let counts = counts.map(|count| CountJson { source: count.source, format: count.format, reason: count.reason, lines: count.lines });
    Ok(Json(ListJson { lines: lines.into_iter().map(LineJson::from).collect(), next, counts: counts.collect() }))
}

/// `GET /api/v1/quarantine/{id}`
pub(crate) async fn line(State(state): State<AppState>, _: Admin, Path(id): Path<String>) -> Result<Json<LineJson>, Refused> {
    Ok(Json(desk(&state).get(number("id", &id)?).await?.into()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    #[serde(default)]
    ids: Vec<i64>,
    #[serde(default)]
    all: bool,
    source: Option<String>,
    reason: Option<String>,
    /// The format to read them by.
    format: Option<String>,
}

/// `POST /api/v1/quarantine/replay`
pub(crate) async fn replay(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Replayed>, Refused> {
    let filter = QuarantineFilter { source: wanted.source, format: None, reason: wanted.reason };
    let chosen = chosen(wanted.ids, wanted.all, filter)?;
    Ok(Json(desk(&state).replay(&chosen, wanted.format.as_deref(), &actor).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unwanted {
    ids: Option<String>,
    #[serde(default)]
    all: bool,
    source: Option<String>,
    format: Option<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct RemovedJson {
    removed: u64,
}

/// `DELETE /api/v1/quarantine`
pub(crate) async fn discard(
    State(state): State<AppState>,
    Admin(actor): Admin,
    asked: Result<Query<Unwanted>, QueryRejection>,
) -> Result<Json<RemovedJson>, Refused> {
    let Unwanted { ids, all, source, format, reason } = query(asked)?;
    let ids = ids.iter().flat_map(|ids| ids.split(',')).map(|id| number("ids", id)).collect::<Result<Vec<_>, _>>()?;
    let chosen = chosen(ids, all, QuarantineFilter { source, format, reason })?;
    Ok(Json(RemovedJson { removed: desk(&state).discard(&chosen, &actor).await? }))
}

fn number(field: &str, text: &str) -> Result<i64, ApiError> {
    text.trim().parse().map_err(|_| ApiError::invalid(field, format!("{text:?} is not the number of a line. Take it from the list.")))
}

/// Either lines by their numbers, or all that a filter lets through: never all by mistake.
fn chosen(ids: Vec<i64>, all: bool, filter: QuarantineFilter) -> Result<Chosen, ApiError> {
    match (ids.is_empty(), all) {
        (false, false) if ids.len() > MAX_IDS => {
            Err(ApiError::invalid("ids", format!("Too many: name up to {MAX_IDS} lines, or all of them.")))
        }
        (false, false) if filter == QuarantineFilter::default() => Ok(Chosen::Ids(ids)),
        (true, true) => Ok(Chosen::All(filter)),
        _ => Err(ApiError::invalid("ids", "Name either lines by their ids, or all of them; source, format and reason narrow all.")),
    }
}
