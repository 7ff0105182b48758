//! Holds every request that the API takes, and every answer it gives in these tests, against what its own document says.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use std::sync::LazyLock;

struct Contract {
    document: Value,
}

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract { document: vigia::http::openapi(false) });

/// A layer around the server: an answer that breaks the contract is not passed on, so that whichever test asked fails.
pub async fn keep(request: Request, next: Next) -> Response<Body> {
    let Some(path) = CONTRACT.path(&request) else { return next.run(request).await };
    let method = request.method().as_str().to_ascii_lowercase();
    let operation = &CONTRACT.document["paths"][&path][&method];
    if operation.is_null() || streams(&path) {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let asked = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let response = next.run(Request::from_parts(parts, Body::from(asked.clone()))).await;
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/octet-stream") {
        return response;
    }
    let (parts, body) = response.into_parts();
    let answered = to_bytes(body, usize::MAX).await.expect("a body");
    let coded = parts.headers.contains_key(header::CONTENT_ENCODING);
    let status = parts.status.as_u16();
    let broken = CONTRACT
        .asked(operation, status, &query, &asked)
        .and_then(|()| if coded { Ok(()) } else { CONTRACT.answered(operation, status, &answered) });
    match broken {
        Ok(()) => Response::from_parts(parts, Body::from(answered)),
        Err(words) => {
            eprintln!("the document is broken by {method} {path}, {status}: {words}");
            (axum::http::StatusCode::IM_A_TEAPOT, words).into_response()
        }
    }
}

/// Bodies that are not held whole, here or there.
fn streams(path: &str) -> bool {
    ["/api/v1/events", "/api/v1/live"].contains(&path)
}

impl Contract {
    /// The address as the document has it.
    fn path(&self, request: &Request) -> Option<String> {
        let asked: Vec<_> = request.uri().path().split('/').collect();
        let paths = self.document["paths"].as_object()?;
        // What is written out goes before what is in braces.
        let fits = |path: &&String| {
            let parts: Vec<_> = path.split('/').collect();
            parts.len() == asked.len() && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
        };
        paths.keys().filter(fits).min_by_key(|path| path.matches('{').count()).cloned()
    }

    /// What the server takes has to be what the document allows.
    fn asked(&self, operation: &Value, status: u16, query: &str, body: &Bytes) -> Result<(), String> {
        if !(200..300).contains(&status) {
            return Ok(());
        }
        let known: Vec<_> =
            operation["parameters"].as_array().into_iter().flatten().map(|one| self.resolved(one)["name"].clone()).collect();
        for (name, _) in form_urlencoded::parse(query.as_bytes()) {
            if !known.contains(&json!(name)) && !query.is_empty() && operation["operationId"] != "operation_failures" {
                return Err(format!("the parameter {name} is not described"));
            }
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return Ok(());
        }
        let body = serde_json::from_slice(body).map_err(|error| format!("took what is not JSON: {error}"))?;
        self.holds(schema, &body).map_err(|words| format!("took {body}: {words}"))
    }

    fn answered(&self, operation: &Value, status: u16, body: &Bytes) -> Result<(), String> {
        let response = self.resolved(&operation["responses"][status.to_string()]);
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            return match (response.is_object(), body.is_empty()) {
                (false, _) => Err("the status is not described".to_owned()),
                (true, false) => Err("a body is not described".to_owned()),
                (true, true) => Ok(()),
            };
        };
        let Some(media) = content.get("application/json").or_else(|| content.get("application/problem+json")) else { return Ok(()) };
        let body = serde_json::from_slice(body).map_err(|error| format!("not JSON: {error}"))?;
        self.holds(&media["schema"], &body)
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        value["$ref"].as_str().and_then(|at| self.document.pointer(at.trim_start_matches('#'))).unwrap_or(value)
    }

    /// Whether a value is as a schema says. Knows the words of JSON Schema that the document uses, and fails for any other.
    fn holds(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let Some(words) = schema.as_object() else { return Err(format!("{schema} is not a schema")) };
        for (word, says) in words {
            let fits = match (word.as_str(), value) {
                ("description" | "title" | "examples" | "default" | "readOnly" | "propertyNames", _) => true,
                ("$ref", _) => return self.holds(self.resolved(schema), value),
                ("type", _) => match says {
                    Value::Array(types) => types.iter().any(|kind| is_of(kind, value)),
                    kind => is_of(kind, value),
                },
                ("const", _) => says == value,
                ("enum", _) => says.as_array().is_some_and(|values| values.contains(value)),
                ("minimum", Value::Number(_)) => value.as_f64() >= says.as_f64(),
                ("maximum", Value::Number(_)) => value.as_f64() <= says.as_f64(),
                ("minLength", Value::String(text)) => text.chars().count() as u64 >= says.as_u64().expect("a number"),
                ("maxLength", Value::String(text)) => text.chars().count() as u64 <= says.as_u64().expect("a number"),
                ("minItems", Value::Array(items)) => items.len() as u64 >= says.as_u64().expect("a number"),
                ("maxItems", Value::Array(items)) => items.len() as u64 <= says.as_u64().expect("a number"),
                ("pattern", Value::String(text)) => regex::Regex::new(says.as_str().expect("a pattern")).expect("a pattern").is_match(text),
                ("format", Value::String(text)) if says == "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
                ("format" | "minimum" | "maximum" | "minLength" | "maxLength" | "minItems" | "maxItems" | "pattern", _) => true,
                ("required", Value::Object(members)) => {
                    let missing =
                        says.as_array().into_iter().flatten().find(|name| !members.contains_key(name.as_str().unwrap_or_default()));
                    missing.is_none()
                }
                ("properties", Value::Object(members)) => {
                    for (name, schema) in says.as_object().expect("properties") {
                        members.get(name).map_or(Ok(()), |value| self.holds(schema, value)).map_err(|words| format!("{name}: {words}"))?;
                    }
                    true
                }
                ("additionalProperties", Value::Object(members)) => {
                    let known = schema["properties"].as_object();
                    for (name, value) in members.iter().filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name))) {
                        if says == false {
                            return Err(format!("{name} is not described"));
                        }
                        self.holds(says, value).map_err(|words| format!("{name}: {words}"))?;
                    }
                    true
                }
                ("items", Value::Array(items)) => {
                    for (at, item) in items.iter().enumerate() {
                        self.holds(says, item).map_err(|words| format!("{at}: {words}"))?;
                    }
                    true
                }
                ("required" | "properties" | "additionalProperties" | "items", _) => true,
                ("allOf", _) => {
                    for schema in says.as_array().expect("schemas") {
                        self.holds(schema, value)?;
                    }
                    true
                }
                ("oneOf", _) => says.as_array().expect("schemas").iter().filter(|schema| self.holds(schema, value).is_ok()).count() == 1,
                _ => return Err(format!("{word} is a word that these tests do not know")),
            };
            if !fits {
                return Err(format!("{value} is against {word} {says}"));
            }
        }
        Ok(())
    }
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    }
}
