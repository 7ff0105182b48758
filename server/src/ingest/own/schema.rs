//! The JSON Schema of Vigia's own events, made from the declarations of the reports.

use super::read::RESULTS;
use crate::event::Event;
use serde_json::{Map, Value, json};
use vigia_app::model::{Column, Kind, Report};
use vigia_app::reports;

/// The schema of one event, for JSON Schema 2020-12.
pub fn schema() -> Value {
    let defs: Map<String, Value> =
        reports::ALL.iter().map(|report| (report.key.to_owned(), event(report))).chain([("time".to_owned(), time())]).collect();
    let events: Vec<_> = reports::ALL.iter().map(|report| json!({ "$ref": format!("#/$defs/{}", report.key) })).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event of Vigia",
        "description": "One event of one report. Members that are not named here are kept as further fields of the event.",
        "oneOf": events,
        "$defs": defs,
    })
}

fn time() -> Value {
    let latest = vigia_app::model::Timestamp::MAX.millis();
    let number = |kind: &str, least: i64, most: i64| json!({ "type": kind, "minimum": least, "maximum": most });
    json!({
        "description": "RFC 3339, or a number since 1970: of seconds, milliseconds, microseconds or nanoseconds, told by its digits; to 2248.",
        "oneOf": [
            { "type": "string", "format": "date-time" },
            number("number", 100_000_000, latest / 1_000),
            number("integer", 100_000_000_000, latest),
            number("integer", 100_000_000_000_000, latest * 1_000),
            number("integer", 100_000_000_000_000_000, latest * 1_000_000),
        ],
    })
}

fn event(report: &'static Report) -> Value {
    let mut properties = Map::new();
    properties.insert("report".into(), json!({ "const": report.key }));
    properties.insert(
        "source_id".into(),
        json!({
            "type": "string", "minLength": 1, "maxLength": Event::MAX_NAME,
            "description": "The source's own id of the event. The same id again is the same event, and is stored once.",
        }),
    );
    properties.insert(
        "source".into(),
        json!({
            "type": ["string", "null"],
            "description": "The system the event is sent for, as --source, the parameter source or the token says it; an event that names another one is refused. Best left out.",
        }),
    );
    let when = report.column(report.time).map_or("", |column| column.help.english());
    let time = json!({ "$ref": "#/$defs/time", "description": format!("{when} Give either this or {}.", report.time) });
    properties.insert("time".into(), time.clone());
    properties.insert(report.time.into(), time);
    for column in report.given() {
        let mut value = value(column);
        if column.key == "attempts" && report.attempts {
            value = json!({ "oneOf": [value, { "type": "array", "items": attempt() }, { "type": "null" }] });
        }
        value["description"] = column.meaning().into();
        properties.insert(column.key.into(), value);
    }
    properties.insert(
        "extra".into(),
        json!({ "type": ["object", "null"], "description": "What there is to say beyond the columns: names and texts." }),
    );
    json!({
        "type": "object", "title": report.words.title.english(), "description": report.words.purpose.english(), "properties": properties,
        "required": ["report", "source_id"],
        "oneOf": [{ "required": ["time"] }, { "required": [report.time] }],
    })
}

fn value(column: &Column) -> Value {
    match column.kind {
        Kind::Id | Kind::Text | Kind::LongText => json!({ "type": ["string", "null"] }),
        Kind::Choice { values, open } => {
            let words: Vec<_> = values.iter().map(|choice| choice.name).collect();
            if open {
                json!({ "type": ["string", "null"], "examples": words })
            } else {
                json!({ "enum": words.into_iter().map(Value::from).chain([Value::Null]).collect::<Vec<_>>() })
            }
        }
        Kind::Time => json!({ "oneOf": [{ "$ref": "#/$defs/time" }, { "type": "null" }] }),
        Kind::Number | Kind::Bytes | Kind::Duration => json!({ "type": ["integer", "null"], "minimum": 0 }),
        Kind::Ip => json!({ "type": ["string", "null"], "examples": ["192.0.2.7", "2001:db8::7"] }),
        Kind::Flag => json!({ "type": ["boolean", "null"] }),
    }
}

fn attempt() -> Value {
    let time = json!({ "$ref": "#/$defs/time" });
    let text = json!({ "type": ["string", "null"] });
    json!({
        "type": "object", "required": ["start", "result"], "additionalProperties": false,
        "properties": {
            "number": { "type": ["integer", "null"], "minimum": 1, "description": "1 for the first; its place in the list where it is missing." },
            "start": time, "end": { "oneOf": [time, { "type": "null" }] }, "executor": text,
            "result": { "enum": RESULTS }, "error_class": text, "message": text,
        },
    })
}
