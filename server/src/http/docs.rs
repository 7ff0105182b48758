//! `GET /api/docs`: the OpenAPI document as a page, drawn on the server. No script, no style of its own.

use super::endpoint::{Endpoint, endpoint};
use super::openapi::{Document, meaning};
use super::problem::KINDS;
use super::state::AppState;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;
use std::path::Path;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![endpoint!(serve).undescribed()]
}

#[utoipa::path(get, path = "/api/docs", responses((status = 200, description = "The page.", body = String, content_type = "text/html")))]
async fn serve(
    State(state): State<AppState>,
    Extension(document): Extension<Document>,
    headers: HeaderMap,
) -> axum::response::Html<String> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let base = state.public_url.as_ref().map_or_else(|| format!("http://{host}"), ToString::to_string);
    axum::response::Html(page(&document.0, &base, stylesheet(&state.assets).await.as_deref()).into_string())
}

/// The page's own stylesheet, whose name changes with its content.
async fn stylesheet(assets: &Path) -> Option<String> {
    let mut files = tokio::fs::read_dir(assets).await.ok()?;
    while let Ok(Some(file)) = files.next_entry().await {
        if let Some(name) = file.file_name().to_str().filter(|name| name.ends_with(".css")) {
            return Some(format!("/{name}"));
        }
    }
    None
}

fn page(document: &Value, base: &str, stylesheet: Option<&str>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "REST API - Vigia" }
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                @if let Some(href) = stylesheet { link rel="stylesheet" href=(href); }
            }
            body class="docs" {
                main {
                    h1 { "REST API" }
                    p { (text(&document["info"]["description"])) }
                    p { "For programs: " a href="/api/v1/openapi.json" { "openapi.json" } " (OpenAPI " (text(&document["openapi"])) ")." }
                    (contents(document))
                    (examples(base))
                    (errors())
                    @for (path, methods) in entries(&document["paths"]) {
                        @for (method, operation) in entries(methods) { (endpoint(document, path, method, operation)) }
                    }
                }
            }
        }
    }
}

fn contents(document: &Value) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                li { a href="#examples" { "Examples" } }
                li { a href="#errors" { "Errors" } }
                @for (path, methods) in entries(&document["paths"]) {
                    @for (method, operation) in entries(methods) {
                        li { a href={ "#" (text(&operation["operationId"])) } { (method.to_uppercase()) " " (path) } ": " (text(&operation["summary"])) }
                    }
                }
            }
        }
    }
}

fn examples(base: &str) -> Markup {
    let example = |what: &str, command: &str| html! { p { (what) } pre tabindex="0" { code { (command) } } };
    html! {
        section aria-labelledby="examples" {
            h2 id="examples" { "Examples" }
            (example("Sign in, and keep the cookie in a file:", &format!(
                "curl -c vigia.cookies -H 'Content-Type: application/json' \\\n  -d '{{\"username\": \"ana\", \"password\": \"...\"}}' \\\n  {base}/api/v1/session"
            )))
            (example("The password views of the last seven days without a governance ID:", &format!(
                "curl -b vigia.cookies '{base}/api/v1/reports/password-view?time=last-7-days&governance_id.empty=yes'"
            )))
            (example("The operations that failed, in pages of 500; follow next until it is null:", &format!(
                "curl -b vigia.cookies '{base}/api/v1/reports/password-operation?status=Error&limit=500'"
            )))
            (example("One event with everything that is known of it:", &format!(
                "curl -b vigia.cookies {base}/api/v1/reports/audit-tracking/ID"
            )))
            (example("Sign out:", &format!("curl -b vigia.cookies -X DELETE {base}/api/v1/session")))
        }
    }
}

fn errors() -> Markup {
    html! {
        section aria-labelledby="errors" {
            h2 id="errors" { "Errors" }
            p { "An error is a problem document (RFC 9457, application/problem+json): detail says what is wrong and what would be right, field names the parameter." }
            dl {
                @for (kind, name, title) in KINDS {
                    dt id=(name) { (title.english()) " (" (kind.status()) ", " code { "/api/docs#" (name) } ")" }
                    dd { (words(meaning(kind))) }
                }
            }
        }
    }
}

fn endpoint(document: &Value, path: &str, method: &str, operation: &Value) -> Markup {
    let id = text(&operation["operationId"]);
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { code { (method.to_uppercase()) " " (path) } }
            p { strong { (text(&operation["summary"])) } }
            @if let Some(description) = operation["description"].as_str() { p { (words(description)) } }
            @if !parameters.is_empty() {
                table {
                    caption { "Parameters" }
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Value" } th scope="col" { "Meaning" } } }
                    tbody {
                        @for parameter in parameters.iter().map(|parameter| resolved(document, parameter)) {
                            tr {
                                th scope="row" { code { (text(&parameter["name"])) } }
                                td { (value(&parameter["schema"])) }
                                td { (words(text(&parameter["description"]))) }
                            }
                        }
                    }
                }
            }
            table {
                caption { "Answers" }
                thead { tr { th scope="col" { "Status" } th scope="col" { "Meaning" } } }
                tbody {
                    @for (status, answer) in entries(&operation["responses"]) {
                        tr { th scope="row" { (status) } td { (words(text(&resolved(document, answer)["description"]))) } }
                    }
                }
            }
        }
    }
}

/// What a parameter takes, in words.
fn value(schema: &Value) -> Markup {
    if schema["type"] == "array" {
        return html! { (value(&schema["items"])) ", several" };
    }
    let list = |values: &Value| values.as_array().map(|values| values.iter().map(text).collect::<Vec<_>>().join(", "));
    html! {
        @if let Some(values) = list(&schema["enum"]) { "one of: " (values) }
        @else {
            (text(&schema["type"]))
            @if let (Some(min), Some(max)) = (schema["minimum"].as_i64(), schema["maximum"].as_i64()) { " from " (min) " to " (max) }
            @if let Some(examples) = list(&schema["examples"]) { ", for example " (examples) }
        }
        @if let Some(default) = schema.get("default") { "; " (default.as_str().map_or_else(|| default.to_string(), str::to_owned)) " when left out" }
    }
}

/// Text with `code` in backticks.
fn words(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// What a reference within the document refers to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#'))).unwrap_or(value)
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
