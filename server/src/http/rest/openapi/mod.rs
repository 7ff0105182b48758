//! The OpenAPI 3.1 document of the REST API, made from the declarations of the reports.

mod ingest;
mod jobs;
mod operations;
mod report;

pub(crate) use report::parameter_name;

use crate::http::problem::KINDS;
use crate::http::state::AppState;
use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};
use vigia_app::model::{ErrorKind, Preset, Query, Role};

/// `GET /api/v1/openapi.json`; public, for it says what can be asked, not what was answered.
pub(crate) async fn serve(State(state): State<AppState>) -> Json<Value> {
    Json(document(state.cookies.name()))
}

/// The document of a server whose session cookie has this name.
pub(crate) fn document(cookie: &str) -> Value {
    let mut paths = Map::new();
    let mut schemas = shared_schemas();
    paths.insert("/api/v1/session".to_owned(), session());
    paths.insert("/api/v1/reports".to_owned(), list());
    for report in vigia_app::reports::ALL {
        report::describe(report, &mut paths, &mut schemas);
    }
    ingest::describe(&mut paths, &mut schemas);
    operations::describe(&mut paths, &mut schemas);
    jobs::describe(&mut paths, &mut schemas);
    paths.insert("/api/v1/openapi.json".to_owned(), open("openapi", "This document", "The OpenAPI document.", "application/json"));
    paths.insert("/healthz".to_owned(), open("healthz", "Whether the process is up", "It is.", "text/plain"));
    paths.insert("/readyz".to_owned(), readyz());
    paths.insert("/metrics".to_owned(), metrics());
    json!({
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
        "security": [{ "session": [] }],
        "tags": [
            { "name": "Session", "description": "Signing in and out." },
            { "name": "Reports", "description": "The reports, their rows, and single events." },
            { "name": "Events", "description": "Sending events in." },
            { "name": "Tokens", "description": "The tokens of programs; for administrators." },
            { "name": "Quarantine", "description": "Lines that no format understood; for administrators." },
            { "name": "Operations", "description": "Creating operations, moving them, and carrying them out." },
            { "name": "Notifications", "description": "Whom to tell what; for administrators." },
            { "name": "Jobs", "description": "What the servers do in the background; for administrators." },
            { "name": "Server", "description": "For whatever watches the server." },
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": {
                    "type": "apiKey", "in": "cookie", "name": cookie,
                    "description": "Set by `POST /api/v1/session`; good for 12 hours.",
                },
                "ticket": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "vigiat_ and 43 characters",
                    "description": "Of one attempt: in the answer of `POST /api/v1/operations/lease`, or in the body that a webhook was sent. Good until \
                                    the attempt ends.",
                },
                "token": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "vigia_ and 43 characters",
                    "description": "Of the scope read: for the reports. Of the scope write: for `POST /api/v1/events`. Of the \
                                    scope operate: for creating and moving operations. Of the scope execute: for carrying out those of pull \
                                    connectors. Made by an administrator, \
                                    with `POST /api/v1/tokens` or `vigia token create`.",
                },
            },
            "parameters": parameters(),
            "responses": KINDS.iter().map(|(kind, name, title)| ((*name).to_owned(), problem(*kind, title))).collect::<Map<_, _>>(),
            "schemas": schemas,
        },
    })
}

/// References to the error answers of these names, as entries of `responses`.
fn with_errors(mut responses: Value, names: &[&str]) -> Value {
    for (kind, name, _) in KINDS.iter().filter(|(_, name, _)| names.contains(name)) {
        responses[kind.status().to_string()] = json!({ "$ref": format!("#/components/responses/{name}") });
    }
    responses
}

fn problem(kind: ErrorKind, title: &str) -> Value {
    let content = json!({ "application/problem+json": { "schema": schema("Problem") } });
    let description = format!("{title}: {}", meaning(kind));
    json!({ "description": description, "content": content })
}

/// What a kind of error tells the caller to do.
pub(crate) const fn meaning(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid => "a parameter or member is wrong. `field` names it, `detail` says what would be right.",
        ErrorKind::SignedOut => {
            "there is no session or token, or it has ended, or the name or password is wrong. Sign in, or send a token."
        }
        ErrorKind::Forbidden => "the user's role or the token may not do this, or the request came from another site.",
        ErrorKind::NotFound => "no report, event, token, line or address of this name is there.",
        ErrorKind::SlowDown => {
            "too many tries to sign in failed, and `detail` says how long to wait; or more events are on their way than the server takes, and `Retry-After` says when to come again."
        }
        ErrorKind::Unavailable => "the database is busy, or the search took too long. Try again, or narrow the time range.",
        ErrorKind::Internal | ErrorKind::Offline => "a fault of the server; its log has the cause.",
    }
}

/// Who may read the reports.
fn reading() -> Value {
    json!([{ "session": [] }, { "token": [] }])
}

fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn ok(description: &str, schema: &Value) -> Value {
    json!({ "200": { "description": description, "content": { "application/json": { "schema": schema } } } })
}

fn session() -> Value {
    let cookie = json!({ "Set-Cookie": { "description": "The session cookie.", "schema": { "type": "string" } } });
    let mut signed_in = ok("Signed in.", &schema("Viewer"));
    signed_in["200"]["headers"] = cookie.clone();
    json!({
        "post": {
            "operationId": "sign_in", "tags": ["Session"], "summary": "Sign in", "security": [],
            "requestBody": { "required": true, "content": { "application/json": { "schema": schema("Credentials") } } },
            "responses": with_errors(signed_in, &["invalid", "signed-out", "forbidden", "slow-down", "unavailable", "internal"]),
        },
        "get": {
            "operationId": "current_user", "tags": ["Session"], "summary": "Who is signed in",
            "responses": with_errors(ok("The signed-in user.", &schema("Viewer")), &["signed-out", "unavailable", "internal"]),
        },
        "delete": {
            "operationId": "sign_out", "tags": ["Session"], "summary": "Sign out", "security": [],
            "responses": with_errors(
                json!({ "204": { "description": "Signed out, or never signed in.", "headers": cookie } }),
                &["forbidden", "unavailable", "internal"],
            ),
        },
    })
}

fn list() -> Value {
    let reports = json!({ "type": "array", "items": schema("Report") });
    json!({ "get": {
        "operationId": "list_reports", "tags": ["Reports"], "summary": "The reports there are, with their columns",
        "security": reading(),
        "responses": with_errors(ok("Every report.", &reports), &["signed-out", "forbidden", "unavailable", "internal"]),
    } })
}

fn open(id: &str, summary: &str, answer: &str, content_type: &str) -> Value {
    let schema = if content_type == "application/json" { json!({ "type": "object" }) } else { json!({ "type": "string" }) };
    json!({ "get": {
        "operationId": id, "tags": ["Server"], "summary": summary, "security": [],
        "responses": { "200": { "description": answer, "content": { content_type: { "schema": schema } } } },
    } })
}

fn readyz() -> Value {
    let mut path = open("readyz", "Whether the database answers", "It does.", "text/plain");
    path["get"]["responses"]["503"] =
        json!({ "description": "It does not, and why.", "content": { "text/plain": { "schema": { "type": "string" } } } });
    path
}

fn metrics() -> Value {
    let mut path = open("metrics", "Figures about the server, for Prometheus", "Text format of Prometheus.", "text/plain");
    path["get"]["description"] = json!("For programs on the server's own machine without signing in, otherwise for administrators.");
    path["get"]["security"] = json!([{}, { "session": [] }]);
    path["get"]["responses"] = with_errors(path["get"]["responses"].take(), &["signed-out", "forbidden"]);
    path
}

fn parameters() -> Value {
    let query = |name: &str, description: String, schema: Value| json!({ "name": name, "in": "query", "description": description, "schema": schema });
    let presets: Vec<_> = Preset::ALL.iter().map(|preset| preset.key()).collect();
    let moment = "`2026-11-22`, `2026-11-22T14:03` or `2026-11-22T14:03:27Z`; without the `Z` on the clock of `zone`";
    let text = json!({ "type": "string", "maxLength": Query::MAX_TEXT });
    json!({
        "q": query("q", "Text that occurs in one of the text columns, whatever its case.".to_owned(), text),
        "time": query("time", "A time range that moves with the clock; instead of `from` and `to`.".to_owned(), json!({ "type": "string", "enum": presets })),
        "from": query("from", format!("First instant: {moment}."), json!({ "type": "string" })),
        "to": query("to", format!("First instant that is no longer in the range: {moment}."), json!({ "type": "string" })),
        "zone": query("zone", "IANA time zone that dates are read in.".to_owned(), json!({ "type": "string", "default": "UTC", "examples": ["America/Sao_Paulo"] })),
        "limit": query(
            "limit",
            "Rows a page.".to_owned(),
            json!({ "type": "integer", "minimum": 1, "maximum": Query::MAX_LIMIT, "default": Query::DEFAULT_LIMIT }),
        ),
        "cursor": query("cursor", "Where the page starts. Do not make one: follow `next` and `previous`.".to_owned(), json!({ "type": "string" })),
    })
}

fn shared_schemas() -> Map<String, Value> {
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    let text = || json!({ "type": "string" });
    let time = || json!({ "type": "string", "format": "date-time" });
    let column = object(
        &["key", "label", "help", "type", "shown", "filters"],
        json!({
            "key": text(), "label": text(), "help": text(),
            "type": { "type": "string", "enum": ["id", "text", "time", "number", "ip", "flag"] },
            "shown": { "type": "boolean", "description": "In a row unless `columns` says otherwise." },
            "filters": { "type": "array", "items": { "type": "string" }, "description": "Parameters that filter by it." },
            "values": { "type": ["array", "null"], "items": { "type": "string" }, "description": "The words it can hold; null where it can hold any." },
        }),
    );
    let attempt = object(
        &["number", "start", "end", "executor", "result", "error_class", "message", "connector", "template", "version", "log"],
        json!({
            "number": { "type": "integer", "minimum": 1 }, "start": time(),
            "end": { "type": ["string", "null"], "format": "date-time", "description": "null while it runs, or when its end was never reported." },
            "executor": text(), "result": { "type": "string", "examples": ["Success", "Error", "Running", "Unknown"] },
            "error_class": { "type": "string", "description": "Empty unless it failed." }, "message": text(),
            "connector": { "type": "string", "description": "Name of the connector that carried it out; empty for an attempt of another system." },
            "template": { "type": "string", "description": "Script template that was executed." }, "version": text(),
            "log": {
                "type": "array", "items": text(), "maxItems": vigia_app::model::Attempt::MAX_LOG,
                "description": "What the connector wrote meanwhile, line by line; of a long log the end.",
            },
        }),
    );
    let mut schemas = Map::new();
    for (name, schema) in [
        (
            "Problem",
            object(
                &["type", "title", "status", "detail"],
                json!({
                    "type": { "type": "string", "format": "uri-reference", "examples": ["/api/docs#invalid"] }, "title": text(),
                    "status": { "type": "integer" },
                    "detail": { "type": "string", "description": "What is wrong and what would be right, for a person." },
                    "field": { "type": "string", "description": "The parameter or member at fault, where one is." },
                }),
            ),
        ),
        (
            "Credentials",
            object(&["username", "password"], json!({ "username": text(), "password": { "type": "string", "format": "password" } })),
        ),
        (
            "Viewer",
            object(
                &["username", "name", "role"],
                json!({ "username": text(), "name": text(), "role": { "type": "string", "enum": Role::ALL.map(Role::name) } }),
            ),
        ),
        (
            "Report",
            object(
                &["key", "title", "purpose", "time", "href", "columns"],
                json!({
                    "key": text(), "title": text(), "purpose": text(),
                    "time": { "type": "string", "description": "Key of the column that `time`, `from` and `to` choose by." },
                    "href": { "type": "string", "format": "uri-reference" },
                    "columns": { "type": "array", "items": column },
                }),
            ),
        ),
        ("Attempt", attempt),
        ("ExtraField", object(&["name", "value"], json!({ "name": text(), "value": text() }))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
    schemas
}
