//! `/api/v1/mappings`: what formats make of lines, for administrators.

use super::body::Body;
use super::schema;
use crate::http::endpoint::{Endpoint, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Admin;
use crate::http::state::AppState;
use crate::ingest::tried::TriedLine;
use crate::ingest::trying::try_lines as tried;
use crate::manner::WithoutTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::TriedTry;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(try_lines)]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LinesToTry)]
struct LinesJson {
    #[schema(schema_with = lines)]
    lines: Vec<String>,
    /// Name of the format to read them by; left out, each line's own is found by its marks.
    format: Option<String>,
    #[serde(default)]
    #[schema(schema_with = without_time)]
    without_time: WithoutTime,
}

fn lines() -> Array {
    schema::described(schema::list(1..=TriedTry::MOST_LINES, schema::text()), "Lines of a log, in their order.")
}

fn without_time() -> Object {
    schema::described(schema::word(["quarantine", "arrival"]), "What becomes of lines that say no time. Left out, they are refused.")
}

#[derive(Serialize, ToSchema)]
#[schema(as = TriedLines)]
struct TriedJson {
    lines: Vec<TriedLine>,
}

/// Try lines
///
/// Says of each line its format, the rule of it that decides, and the events it would become; or why it would become none. Nothing is stored, and nothing
/// goes to the quarantine. Secrets are masked as they are in what is stored.
#[utoipa::path(post, path = "/api/v1/mappings/try", operation_id = "try_lines", tag = tags::EVENTS, request_body = LinesJson,
    responses((status = 200, description = "What would become of them, in their order.", body = TriedJson)))]
async fn try_lines(_: Admin, State(state): State<AppState>, Body(wanted): Body<LinesJson>) -> Result<Json<TriedJson>, Refused> {
    let LinesJson { lines, format, without_time } = wanted;
    let lines = tried(&state.intake, lines, format.as_deref(), without_time).await?;
    Ok(Json(TriedJson { lines: lines.into_iter().map(Into::into).collect() }))
}
