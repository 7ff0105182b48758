//! `/api/v1/reports`: the reports, their rows, and single events.

use super::schema;
use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Reader;
use crate::http::state::AppState;
use crate::reports::json::RowJson;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object};
use vigia_app::model::{ApiError, Attempt, Cell, Column, Delay, EventId, Kind, Query, Record, Report, Row, codec};
use vigia_app::sentence;
use vigia_app::words::Text;

const PATH: &str = "/api/v1/reports";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(list), endpoint!(page), endpoint!(record)]
}

/// The reports there are, with their columns
#[utoipa::path(get, path = "/api/v1/reports", operation_id = "list_reports", tag = tags::REPORTS,
    responses((status = 200, description = "Every report.", body = Vec<ReportJson>)))]
async fn list(_: Reader) -> Json<Vec<ReportJson>> {
    Json(vigia_app::reports::ALL.map(ReportJson::new).into())
}

/// The rows of a report
#[utoipa::path(get, path = "/api/v1/reports/{report}", tag = tags::REPORTS, params(("q" = String, Query)),
    responses((status = 200, description = "A page of rows.", body = PageJson,
        headers(("Link", description = "The pages after (`next`) and before (`prev`) this one.")))))]
async fn page(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    Path(report): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<(HeaderMap, Json<PageJson>), Refused> {
    let asked = state.reports.resolve(&report, query.as_deref().unwrap_or_default())?;
    let query = asked.query.clone();
    let page = state.reports.rows(&viewer, asked).await?;
    let link = |cursor: Option<String>| {
        cursor.map(|cursor| format!("{PATH}/{}?{}", query.report.key, codec::encode(&Query { cursor: Some(cursor), ..query.clone() })))
    };
    let (next, previous) = (link(page.next), link(page.previous));
    let mut headers = HeaderMap::new();
    for (link, relation) in [(&next, "next"), (&previous, "prev")] {
        if let Some(value) = link.as_ref().and_then(|link| HeaderValue::from_str(&format!("<{link}>; rel=\"{relation}\"")).ok()) {
            headers.append(header::LINK, value);
        }
    }
    let rows = Rows { columns: query.columns, rows: page.rows };
    Ok((headers, Json(PageJson { report: query.report.key, rows, next, previous })))
}

/// One event, whole
#[utoipa::path(get, path = "/api/v1/reports/{report}/{id}", tag = tags::REPORTS,
    responses((status = 200, description = "The event.", body = RecordJson), Invalid, NotFound))]
async fn record(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    Path((report, id)): Path<(String, String)>,
) -> Result<Json<RecordJson>, Refused> {
    let report = crate::reports::find(&report)?;
    let id: EventId = id.parse().map_err(|_| ApiError::invalid("id", sentence!("request.event-id")))?;
    let record = state.reports.record(&viewer, report.key, id).await?;
    Ok(Json(RecordJson::new(report, record)))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
struct ReportJson {
    key: &'static str,
    #[schema(value_type = String)]
    title: Text,
    #[schema(value_type = String)]
    purpose: Text,
    /// Key of the column that `time`, `from` and `to` choose by.
    time: &'static str,
    #[schema(format = "uri-reference")]
    href: String,
    columns: Vec<ColumnJson>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Column)]
struct ColumnJson {
    key: &'static str,
    #[schema(value_type = String)]
    label: Text,
    #[schema(value_type = String)]
    help: Text,
    #[schema(schema_with = types)]
    r#type: &'static str,
    /// In a row unless `columns` says otherwise.
    shown: bool,
    /// Parameters that filter by it.
    filters: Vec<String>,
    /// The words it can hold; null where it can hold any.
    #[schema(required)]
    values: Option<Vec<&'static str>>,
}

impl ReportJson {
    fn new(report: &'static Report) -> Self {
        let columns = report.columns.iter().map(|column| ColumnJson {
            key: column.key,
            label: column.label,
            help: column.help,
            r#type: type_name(column.kind),
            shown: column.shown,
            filters: filters(report, column),
            values: match column.kind {
                Kind::Choice { values, open: false } => Some(values.iter().map(|choice| choice.name).collect()),
                _ => None,
            },
        });
        Self {
            key: report.key,
            title: report.words.title,
            purpose: report.words.purpose,
            time: report.time,
            href: format!("{PATH}/{}", report.key),
            columns: columns.collect(),
        }
    }
}

fn filters(report: &'static Report, column: &'static Column) -> Vec<String> {
    if report.is_time(column) {
        return ["time", "from", "to", column.key].map(str::to_owned).into();
    }
    column.kind.operators().iter().map(|operator| operator.parameter(column.key).into_owned()).collect()
}

fn types() -> Object {
    schema::word(["id", "text", "time", "number", "duration", "ip", "flag"])
}

const fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Id => "id",
        Kind::Text | Kind::LongText | Kind::Choice { .. } => "text",
        Kind::Time => "time",
        Kind::Number | Kind::Bytes => "number",
        Kind::Duration => "duration",
        Kind::Ip => "ip",
        Kind::Flag => "flag",
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportPage)]
struct PageJson {
    report: &'static str,
    #[schema(value_type = Vec<Object>)]
    rows: Rows,
    /// Address of the page after this one; null where there is none.
    #[schema(required, format = "uri-reference")]
    next: Option<String>,
    /// Address of the page before this one; null where there is none.
    #[schema(required, format = "uri-reference")]
    previous: Option<String>,
}

struct Rows {
    columns: Vec<&'static Column>,
    rows: Vec<Row>,
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            rows.serialize_element(&RowJson { id: Some(row.id), columns: self.columns.iter().copied().zip(&row.cells) })?;
        }
        rows.end()
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportEvent)]
struct RecordJson {
    report: &'static str,
    id: String,
    /// The event in words.
    headline: String,
    #[schema(value_type = Object)]
    fields: Fields,
    /// What the source said beyond the columns; null for a manager, who may not see it.
    #[schema(required)]
    extra: Option<Vec<ExtraJson>>,
    /// The source's own id of the event.
    source_id: String,
    /// When Vigia stored it.
    #[schema(format = DateTime)]
    received: String,
    /// Received less the event's own time, in milliseconds; below 0 where the event lay in the future.
    delay_ms: i64,
    /// The tries of an operation, first to last.
    attempts: Vec<AttemptJson>,
    /// The line the event was read from, secrets masked, cut after 16 KiB; empty when there is none, null for a manager.
    #[schema(required)]
    original: Option<String>,
}

struct Fields(&'static Report, Vec<Cell>);

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RowJson { id: None, columns: self.0.columns.iter().zip(&self.1) }.serialize(serializer)
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ExtraField)]
struct ExtraJson {
    name: String,
    value: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptJson {
    #[schema(minimum = 1)]
    number: u32,
    #[schema(format = DateTime)]
    start: String,
    /// null while it runs, or when its end was never reported.
    #[schema(required, format = DateTime)]
    end: Option<String>,
    executor: String,
    #[schema(examples("Success", "Error", "Running", "Unknown"))]
    result: String,
    /// Empty unless it failed.
    error_class: String,
    message: String,
    /// Name of the connector that carried it out; empty for an attempt of another system.
    connector: String,
    /// Script template that was executed.
    template: String,
    version: String,
    #[schema(schema_with = log)]
    log: Vec<String>,
}

impl RecordJson {
    fn new(report: &'static Report, record: Record) -> Self {
        Self {
            report: report.key,
            id: record.id.to_string(),
            headline: report.headline(&record.cells),
            fields: Fields(report, record.cells),
            extra: record.extra.map(|extra| extra.into_iter().map(|(name, value)| ExtraJson { name, value }).collect()),
            source_id: record.source_id,
            received: record.received.rfc3339(),
            delay_ms: Delay::of(report, record.id.time(), record.received).millis,
            attempts: record.attempts.into_iter().map(AttemptJson::new).collect(),
            original: record.original,
        }
    }
}

fn log() -> Array {
    let log = schema::list(0..=Attempt::MAX_LOG, schema::text());
    schema::described(log, "What the connector wrote meanwhile, line by line; of a long log the end.")
}

impl AttemptJson {
    fn new(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            start: attempt.start.rfc3339(),
            end: attempt.end.map(vigia_app::model::Timestamp::rfc3339),
            executor: attempt.executor,
            result: attempt.result,
            error_class: attempt.error_class,
            message: attempt.message,
            connector: attempt.connector,
            template: attempt.template,
            version: attempt.version,
            log: attempt.log,
        }
    }
}
