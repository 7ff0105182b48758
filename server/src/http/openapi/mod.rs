//! The OpenAPI 3.1 document of the REST API, made from the endpoints and the declarations of the reports.

mod answers;
mod report;

pub(super) use answers::meaning;

use super::endpoint::{Endpoint, endpoint, tags};
use super::problem::Problem;
use super::state::AppState;
use crate::identity::TOKEN_PREFIX;
use crate::operations::ticket::PREFIX as TICKET_PREFIX;
use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The document of this server, made once when it starts.
#[derive(Clone)]
pub(super) struct Document {
    pub value: Arc<Value>,
    /// As it is sent: the same bytes for everybody, for nobody has to be known to ask for it.
    text: Bytes,
}

impl Document {
    pub(super) fn new(value: Value) -> Self {
        Self { text: value.to_string().into(), value: Arc::new(value) }
    }
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(serve)]
}

/// This document
///
/// It says what can be asked, not what was answered.
#[utoipa::path(get, path = "/api/v1/openapi.json", operation_id = "openapi", tag = tags::SERVER,
    responses((status = 200, description = "The OpenAPI document.", body = Object)))]
async fn serve(State(_): State<AppState>, Extension(document): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.text)
}

/// The document of these endpoints, on a server whose session cookie has this name.
pub(super) fn document(endpoints: &[Endpoint], cookie: &str) -> Value {
    let mut schemas: Map<String, Value> =
        endpoints.iter().flat_map(|endpoint| endpoint.schemas.iter()).map(|(name, schema)| (name.clone(), json!(schema))).collect();
    schemas.insert("Problem".to_owned(), json!(<Problem as utoipa::PartialSchema>::schema()));
    let mut paths = Map::new();
    for endpoint in endpoints.iter().filter(|endpoint| endpoint.described) {
        let mut operation = described(endpoint);
        if endpoint.path.starts_with(report::DASHBOARD) {
            operation["parameters"] = json!(report::of_dashboard());
        } else if endpoint.path == report::CHANGES {
            operation["parameters"] = json!(report::of_changes());
        } else if endpoint.path == report::TIMELINE_PATH {
            operation["parameters"] = json!(report::of_timeline());
        } else if endpoint.path == report::PROFILE {
            operation["parameters"] = json!(report::of_profile());
        } else if endpoint.path == report::STANDING {
            operation["parameters"] = json!(report::of_period());
        }
        let method = endpoint.method.to_ascii_lowercase();
        let mut add = |path: String, operation: Value| paths.entry(path).or_insert_with(|| json!({}))[&method] = operation;
        if endpoint.path.contains(report::PLACE) {
            report::each(&endpoint.path, &operation, &mut schemas, add);
        } else {
            add(endpoint.path.clone(), operation);
        }
    }
    report::PARTS.iter().for_each(|general| drop(schemas.remove(*general)));
    let mut document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Vigia",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The events of privileged access",
            "description": "Reads the reports that Vigia keeps, and takes events. Sign in with `POST /api/v1/session`, keep the cookie, and \
                            send it with each request; or send a token (`Authorization: Bearer vigia_...`), which an administrator makes. Times are RFC 3339 in UTC; a missing value is null. Errors are problem documents (RFC 9457).",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags::all(),
        "paths": paths,
        "components": {
            "securitySchemes": security(cookie),
            "parameters": report::shared_parameters(),
            "responses": answers::all(),
            "schemas": schemas,
        },
    });
    unwrap_lines(&mut document);
    document
}

/// Descriptions come from doc comments, whose lines end where the source's do.
fn unwrap_lines(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = text.replace('\n', " "),
                    _ => unwrap_lines(member),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(unwrap_lines),
        _ => {}
    }
}

/// The operation of an endpoint, with whom it answers and what it may be refused with.
fn described(endpoint: &Endpoint) -> Value {
    let mut operation = endpoint.operation.clone();
    let words = endpoint.who.words();
    let description = operation["description"].as_str().map_or_else(|| words.to_owned(), |text| format!("{words} {text}"));
    operation["description"] = json!(description);
    operation["security"] = endpoint.who.security();
    answers::add_errors(endpoint, &mut operation["responses"]);
    operation
}

fn security(cookie: &str) -> Value {
    let bearer = |prefix: &str, description: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": format!("{prefix} and 43 characters"), "description": description });
    json!({
        "session": {
            "type": "apiKey", "in": "cookie", "name": cookie,
            "description": "Set by `POST /api/v1/session`; good for 12 hours.",
        },
        "ticket": bearer(
            TICKET_PREFIX,
            "Of one attempt: in the answer of `POST /api/v1/operations/lease`, or in the body that a webhook was sent. Good until the attempt ends.",
        ),
        "token": bearer(
            TOKEN_PREFIX,
            "Of the scope read: for the reports. Of the scope write: for `POST /api/v1/events`. Of the scope operate: for creating and moving \
             operations. Of the scope execute: for carrying out those of pull connectors. Made by an administrator, with `POST /api/v1/tokens` or \
             `vigia token create`.",
        ),
    })
}

#[cfg(test)]
mod tests {
    use crate::http::live::{ALIVE, LONGEST};
    use crate::ingest::cutter::MAX_ITEM;
    use vigia_app::model::{Chosen, ErrorClass};

    /// Descriptions stand in doc comments, which cannot take a constant: the figures in them are those that the server keeps to.
    #[test]
    fn figures_in_descriptions_are_those_of_the_server() {
        let document = crate::http::openapi(false).to_string();
        let locking: Vec<_> = ErrorClass::ALL.into_iter().filter(|class| class.locks()).map(ErrorClass::name).collect();
        for words in [
            format!("Names up to {},{:03} operations", Chosen::MAX / 1000, Chosen::MAX % 1000),
            format!("An item has up to {} MiB.", MAX_ITEM >> 20),
            format!("every {} seconds", ALIVE.as_secs()),
            format!("A stream lasts up to {} minutes,", LONGEST.as_secs() / 60),
            format!("the last attempt failed with {}.", locking.join(" or ")),
        ] {
            assert!(document.contains(&words), "the document does not say: {words}");
        }
    }
}
