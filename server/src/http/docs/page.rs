//! The page: contents, examples, errors, and a section for each endpoint.

use super::document::{entries, text, words};
use super::endpoint_section::endpoint_section;
use crate::http::openapi::meaning;
use crate::http::problem::KINDS;
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

pub(super) fn page(document: &Value, base: &str, stylesheet: Option<&str>) -> Markup {
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
                        @for (method, operation) in entries(methods) { (endpoint_section(document, path, method, operation)) }
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
