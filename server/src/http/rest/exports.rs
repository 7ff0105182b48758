//! `/api/v1/reports/{report}/export` and `/api/v1/exports`: reports as files, and who may have them made.

use super::body::Body;
use crate::exports::Exporter;
use crate::http::download::attachment;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, SlowDown, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::{Admin, Exporting};
use crate::http::state::AppState;
use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vigia_app::model::{ApiError, ErrorKind, Export};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(export).streaming(), endpoint!(settings), endpoint!(set)]
}

/// How many rows the file has when nothing is removed meanwhile.
const ROWS: HeaderName = HeaderName::from_static("vigia-rows");
/// When whoever found no turn may come again, in seconds.
const COME_AGAIN: HeaderValue = HeaderValue::from_static("10");

/// A report as a file
///
/// All rows that match, in the order asked for, streamed as they are read. The trail has who asked for what before the first byte, and how it ended after the last. An answer that ends early is not whole, and its
/// connection is cut.
#[utoipa::path(get, path = "/api/v1/reports/{report}/export", tag = tags::EXPORTS,
    responses((status = 200, description = "The file.", content((String = "text/csv"), (String = "application/x-ndjson")),
        headers(("Content-Disposition", description = "A name for it: the report, when it was asked for, and the zone."),
            ("Vigia-Rows" = u64, description = "Rows that match."))), Invalid, NotFound, SlowDown))]
async fn export(
    Exporting(exporter): Exporting,
    method: Method,
    State(state): State<AppState>,
    Path(report): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.as_deref().unwrap_or_default();
    let answer = if method == Method::HEAD {
        described(&exporter, &state, &report, query).await
    } else {
        begun(exporter, &state, &report, query).await
    };
    match answer {
        Ok(response) => response,
        Err(error) => {
            let slow_down = error.kind == ErrorKind::SlowDown;
            let mut response = Refused(error).into_response();
            if slow_down {
                response.headers_mut().insert(header::RETRY_AFTER, COME_AGAIN);
            }
            response
        }
    }
}

/// What the file would be: nothing is read, and nothing begins.
async fn described(exporter: &Exporter, state: &AppState, report: &str, query: &str) -> Result<Response, ApiError> {
    let export = Export::decode(crate::reports::find(report)?, query)?;
    let media_type = export.format.media_type();
    let rows = state.reports.count(&exporter.viewer, state.reports.resolved(export.query)?).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (ROWS, rows.into())], ()).into_response())
}

async fn begun(exporter: Exporter, state: &AppState, report: &str, query: &str) -> Result<Response, ApiError> {
    let export = Export::decode(crate::reports::find(report)?, query)?;
    let begun = state.exports().begin(exporter, export).await?;
    let name = HeaderValue::from_str(&attachment(&begun.name)).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(begun.media_type)),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store, no-transform")),
        (ROWS, begun.rows.into()),
    ];
    Ok((headers, Bytes::from_stream(begun.bytes())).into_response())
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExportSettings)]
struct SettingsJson {
    /// Managers may export.
    managers: bool,
}

/// Who may export
#[utoipa::path(get, path = "/api/v1/exports/settings", operation_id = "export_settings", tag = tags::EXPORTS,
    responses((status = 200, description = "As it was set last; auditors and administrators always may.", body = SettingsJson)))]
async fn settings(_: Admin, State(state): State<AppState>) -> Result<Json<SettingsJson>, Refused> {
    Ok(Json(SettingsJson { managers: state.exports().managers().await? }))
}

/// Set who may export
#[utoipa::path(put, path = "/api/v1/exports/settings", operation_id = "set_export_settings", tag = tags::EXPORTS, request_body = SettingsJson,
    responses((status = 204, description = "It holds from now on; exports that are being made for managers end within seconds where they may not any more.")))]
async fn set(Admin(actor): Admin, State(state): State<AppState>, Body(set): Body<SettingsJson>) -> Result<StatusCode, Refused> {
    state.exports().set(set.managers, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
