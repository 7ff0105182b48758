//! What the OpenAPI document says of one report.

use super::{ok, parameter, schema, with_errors};
use serde_json::{Map, Value, json};
use vigia_app::model::filter::Operator;
use vigia_app::model::{Column, Kind, Query, Report};

/// Adds the paths of a report, and the schemas of its rows and events.
pub(super) fn describe(report: &'static Report, paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    let name: String = report.title.split(' ').map(capitalised).collect();
    let id = report.table;
    let id_alone = json!({ "type": "object", "required": ["id"], "properties": { "id": event_id() } });
    schemas.insert(format!("{name}Fields"), fields(report));
    schemas.insert(format!("{name}Row"), json!({ "allOf": [id_alone, schema(&format!("{name}Fields"))] }));
    schemas.insert(format!("{name}Page"), page(report, &format!("{name}Row")));
    schemas.insert(format!("{name}Event"), event(report, &format!("{name}Fields")));
    let mut answer = ok("A page of rows.", &schema(&format!("{name}Page")));
    answer["200"]["headers"] =
        json!({ "Link": { "description": "The pages after (`next`) and before (`prev`) this one.", "schema": { "type": "string" } } });
    paths.insert(
        format!("/api/v1/reports/{}", report.key),
        json!({ "get": {
            "operationId": format!("read_{id}"), "tags": ["Reports"], "summary": report.title, "description": report.purpose,
            "security": super::reading(),
            "parameters": parameters(report),
            "responses": with_errors(answer, &["invalid", "signed-out", "forbidden", "unavailable", "internal"]),
        } }),
    );
    paths.insert(
        format!("/api/v1/reports/{}/{{id}}", report.key),
        json!({ "get": {
            "operationId": format!("read_{id}_event"), "tags": ["Reports"], "summary": format!("{}: one event, whole", report.title),
            "security": super::reading(),
            "parameters": [{ "name": "id", "in": "path", "required": true, "description": "Id of a row.", "schema": event_id() }],
            "responses": with_errors(
                ok("The event.", &schema(&format!("{name}Event"))),
                &["invalid", "signed-out", "forbidden", "not-found", "unavailable", "internal"],
            ),
        } }),
    );
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The parameter that filters a column with an operator.
pub(crate) fn parameter_name(column: &Column, operator: Operator) -> String {
    match operator {
        Operator::Is => column.key.to_owned(),
        _ => format!("{}.{}", column.key, operator.key()),
    }
}

fn parameters(report: &'static Report) -> Vec<Value> {
    let keys: Vec<_> = report.columns.iter().map(|column| column.key).collect();
    let sorts: Vec<_> = keys.iter().flat_map(|key| [(*key).to_owned(), format!("-{key}")]).collect();
    let shown: Vec<_> = report.shown().map(|column| column.key).collect();
    let own = [
        json!({
            "name": "sort", "in": "query", "description": "A column to sort by; with `-` before it descending.",
            "schema": { "type": "string", "enum": sorts, "default": format!("-{}", report.time) },
        }),
        json!({
            "name": "columns", "in": "query", "description": "The columns to read, separated by commas.", "style": "form", "explode": false,
            "schema": { "type": "array", "items": { "type": "string", "enum": keys }, "uniqueItems": true, "default": shown },
        }),
    ];
    let shared = ["q", "time", "from", "to", "zone", "limit", "cursor"].into_iter().map(parameter);
    shared.chain(own).chain(report.filterable().flat_map(filters)).collect()
}

fn filters(column: &'static Column) -> impl Iterator<Item = Value> {
    column.kind.operators().iter().map(move |operator| {
        let meaning = match operator {
            Operator::Is => "Repeat it for one of several values.",
            Operator::Not => "Is not this; repeat it for none of several values. A missing value passes.",
            Operator::Contains => "Contains this text, whatever its case.",
            Operator::Starts => "Starts with this text, whatever its case.",
            Operator::Min => "At least this.",
            Operator::Max => "At most this.",
            Operator::From => "At this instant or later.",
            Operator::To => "Before this instant.",
            Operator::Empty => "`yes`: the value is missing; `no`: it is there.",
        };
        let once = if column.kind == Kind::Flag { "" } else { meaning };
        let description = format!("{} {}", column.help, if *operator == Operator::Is { once } else { meaning });
        json!({
            "name": parameter_name(column, *operator), "in": "query", "description": description.trim(),
            "schema": filter_schema(column.kind, *operator),
        })
    })
}

fn filter_schema(kind: Kind, operator: Operator) -> Value {
    let yes_no = json!({ "type": "string", "enum": ["yes", "no"] });
    match operator {
        Operator::Empty => yes_no,
        Operator::Min | Operator::Max => json!({ "type": "integer", "minimum": 0 }),
        Operator::From | Operator::To => json!({ "type": "string", "examples": ["2026-11-22T14:03:27Z"] }),
        Operator::Is | Operator::Not | Operator::Contains | Operator::Starts => {
            let one = match (operator, kind) {
                (_, Kind::Flag) => return yes_no,
                (_, Kind::Id) => event_id(),
                (_, Kind::Ip) => json!({ "type": "string", "description": "Address or network", "examples": ["10.1.2.3", "10.0.0.0/8"] }),
                (_, Kind::Choice { values, open }) => words(values, open),
                _ => json!({ "type": "string", "minLength": 1, "maxLength": Query::MAX_TEXT }),
            };
            if matches!(operator, Operator::Is | Operator::Not) { json!({ "type": "array", "items": one }) } else { one }
        }
    }
}

/// A closed list is an enum; an open one can only give examples.
fn words(values: &[vigia_app::model::Choice], open: bool) -> Value {
    let names: Vec<_> = values.iter().map(|choice| choice.name).collect();
    if open { json!({ "type": "string", "examples": names }) } else { json!({ "type": "string", "enum": names }) }
}

fn event_id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{13}$" })
}

fn page(report: &Report, row: &str) -> Value {
    let link = |which: &str| json!({ "type": ["string", "null"], "format": "uri-reference", "description": format!("Address of the page {which} this one; null where there is none.") });
    json!({
        "type": "object", "required": ["report", "rows", "next", "previous"],
        "properties": {
            "report": { "const": report.key },
            "rows": { "type": "array", "items": schema(row), "maxItems": Query::MAX_LIMIT },
            "next": link("after"), "previous": link("before"),
        },
    })
}

fn event(report: &'static Report, fields: &str) -> Value {
    json!({
        "type": "object",
        "required": ["report", "id", "headline", "fields", "extra", "source_id", "received", "delay_ms", "attempts", "original"],
        "properties": {
            "report": { "const": report.key },
            "id": event_id(),
            "headline": { "type": "string", "description": "The event in words." },
            "fields": schema(fields),
            "extra": {
                "type": ["array", "null"], "items": schema("ExtraField"),
                "description": "What the source said beyond the columns; null for a manager, who may not see it.",
            },
            "source_id": { "type": "string", "description": "The source's own id of the event." },
            "received": { "type": "string", "format": "date-time", "description": "When Vigia stored it." },
            "delay_ms": {
                "type": "integer",
                "description": "Received less the event's own time, in milliseconds; below 0 where the event lay in the future.",
            },
            "attempts": { "type": "array", "items": schema("Attempt"), "description": "The tries of an operation, first to last." },
            "original": {
                "type": ["string", "null"],
                "description": "The line the event was read from, secrets masked, cut after 16 KiB; empty when there is none, null for a manager.",
            },
        },
    })
}

/// The columns of a report but the id: in a row those that were asked for, in an event all.
fn fields(report: &'static Report) -> Value {
    let columns = report.columns.iter().filter(|column| column.kind != Kind::Id);
    json!({ "type": "object", "properties": columns.map(|column| (column.key.to_owned(), value(column))).collect::<Map<_, _>>() })
}

/// The schema of a column's values.
fn value(column: &Column) -> Value {
    let (kind, format) = match column.kind {
        Kind::Id | Kind::Text | Kind::LongText | Kind::Choice { .. } => ("string", None),
        Kind::Time => ("string", Some("date-time")),
        Kind::Number | Kind::Bytes => ("integer", Some("int64")),
        Kind::Ip => ("string", Some("ip")),
        Kind::Flag => ("boolean", None),
    };
    let mut schema = json!({ "type": [kind, "null"], "title": column.label, "description": column.help });
    if let Some(format) = format {
        schema["format"] = json!(format);
    }
    schema
}
