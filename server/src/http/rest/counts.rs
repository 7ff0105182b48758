//! Rows of a report, counted: by the values of columns, and by time.

use crate::http::endpoint::{Endpoint, Invalid, NotFound, endpoint, tags};
use crate::http::problem::Refused;
use crate::http::session::Reader;
use crate::http::state::AppState;
use crate::index::{GroupRow, Groups};
use crate::reports::json::CellJson;
use crate::store::query::Step;
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, Object, SchemaType};
use vigia_app::model::{ApiError, Cell, ErrorKind};
use vigia_app::sentence;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(values), endpoint!(groups), endpoint!(averages), endpoint!(histogram)]
}

/// The values of a column
///
/// Of the rows that match: the values that most of them have, at most `limit`, and how many rows each. A missing value is null.
#[utoipa::path(get, path = "/api/v1/reports/{report}/values/{column}", tag = tags::REPORTS,
    responses((status = 200, description = "Values, those with most rows first.", body = ValuesJson), Invalid, NotFound))]
async fn values(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    Path((report, column)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Json<ValuesJson>, Refused> {
    let (values, total) = state.reports.values(&viewer, &report, &column, query.as_deref().unwrap_or_default()).await?;
    let values = values.into_iter().map(|(value, rows)| ValueJson { value: OwnedCell(value), rows }).collect();
    Ok(Json(ValuesJson { values, total: total as u64 }))
}

/// Rows by one column or two
///
/// The rows that match, by the values of the columns that `by` names, with a comma between two: of the groups with most rows, at most `limit`, how many rows
/// and when the last was. There can be 200,000 groups.
#[utoipa::path(get, path = "/api/v1/reports/{report}/groups/{by}", tag = tags::REPORTS,
    responses((status = 200, description = "Groups, those with most rows first.", body = GroupsJson), Invalid, NotFound))]
async fn groups(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    Path((report, by)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Json<GroupsJson>, Refused> {
    Ok(Json(GroupsJson::new(state.reports.groups(&viewer, &report, &by, None, query.as_deref().unwrap_or_default()).await?)))
}

/// Averages by one column or two
///
/// The same, with the average of a column of numbers among the rows of each group that have one.
#[utoipa::path(get, path = "/api/v1/reports/{report}/groups/{by}/average/{column}", tag = tags::REPORTS,
    responses((status = 200, description = "Groups, those with most rows first.", body = GroupsJson), Invalid, NotFound))]
async fn averages(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    Path((report, by, column)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Json<GroupsJson>, Refused> {
    let found = state.reports.groups(&viewer, &report, &by, Some(&column), query.as_deref().unwrap_or_default()).await?;
    Ok(Json(GroupsJson::new(found)))
}

/// Rows by time
///
/// How many of the rows that match are in each span of time, from the first span that has any to the last: at most 2,000 spans. Days,
/// weeks (from Monday) and months are those of the zone.
#[utoipa::path(get, path = "/api/v1/reports/{report}/histogram/{step}", tag = tags::REPORTS,
    responses((status = 200, description = "Spans, in order.", body = Vec<SpanJson>), Invalid, NotFound))]
async fn histogram(
    Reader(viewer): Reader,
    State(state): State<AppState>,
    Path((report, step)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<SpanJson>>, Refused> {
    let (_, step) = Step::ALL.into_iter().find(|(name, _)| *name == step).ok_or_else(|| ApiError {
        kind: ErrorKind::NotFound,
        field: Some("step".to_owned()),
        message: sentence!("error.no-step", known = Step::ALL.map(|(name, _)| name).join(", ")),
    })?;
    let spans = state.reports.histogram(&viewer, &report, step, query.as_deref().unwrap_or_default()).await?;
    Ok(Json(spans.into_iter().map(|(from, rows)| SpanJson { from: from.rfc3339(), rows }).collect()))
}

#[derive(Serialize, ToSchema)]
#[schema(as = ColumnValues)]
struct ValuesJson {
    values: Vec<ValueJson>,
    /// How many values there are, those that are left out included.
    total: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ColumnValue)]
struct ValueJson {
    /// As in a row; null where it is missing.
    #[schema(schema_with = any_value)]
    value: OwnedCell,
    rows: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportGroups)]
struct GroupsJson {
    groups: Vec<GroupJson>,
    /// How many groups there are, those that are left out included.
    total: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportGroup)]
struct GroupJson {
    /// One for each column they are grouped by, as in a row; null where it is missing.
    #[schema(schema_with = any_values)]
    values: Vec<OwnedCell>,
    rows: u64,
    /// When the last of them was.
    #[schema(format = "date-time")]
    last: String,
    /// Null where none of them has a number, or none was asked for.
    #[schema(required)]
    average: Option<f64>,
}

impl GroupsJson {
    fn new((groups, total): Groups) -> Self {
        let group = |group: GroupRow| GroupJson {
            values: group.cells.into_iter().map(OwnedCell).collect(),
            rows: group.rows,
            last: group.last.rfc3339(),
            average: group.average,
        };
        Self { groups: groups.into_iter().map(group).collect(), total: total as u64 }
    }
}

fn any_values() -> Array {
    Array::new(any_value())
}

fn any_value() -> Object {
    Object::builder().schema_type(SchemaType::AnyValue).build()
}

/// A cell as it stands in a row.
pub(super) struct OwnedCell(pub Cell);

impl Serialize for OwnedCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        CellJson(&self.0).serialize(serializer)
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = TimeSpan)]
struct SpanJson {
    /// When it begins.
    #[schema(format = "date-time")]
    from: String,
    rows: u64,
}
