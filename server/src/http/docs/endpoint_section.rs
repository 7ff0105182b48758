//! One endpoint: what it does, its parameters and its answers.

use super::document::{entries, resolved, text, words};
use maud::{Markup, html};
use serde_json::Value;

pub(super) fn endpoint_section(document: &Value, path: &str, method: &str, operation: &Value) -> Markup {
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
