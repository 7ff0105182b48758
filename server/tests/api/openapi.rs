//! Tests for the `GET /api/v1/openapi.json` endpoint.

use crate::harness::Server;
use serde_json::Value;
use std::collections::HashSet;
use vigia_app::model::Role;

#[tokio::test]
async fn the_document_is_the_one_agreed_on() {
    let server = Server::start().await;
    let mut document = server.anonymous().json("/api/v1/openapi.json").await;
    document["info"]["version"] = "[version]".into();
    without_the_fifth(&mut document);
    let mut text = String::new();
    write(&document, 0, &mut text);
    insta::with_settings!({ prepend_module_to_snapshot => false }, { insta::assert_snapshot!("openapi", text) });
}

/// What the fifth report adds to the document is its own; the rest is what is agreed on.
fn without_the_fifth(document: &mut Value) {
    let own = |member: &str| member.contains("account-discovery") || member.starts_with("AccountDiscovery");
    for members in ["/paths", "/components/schemas"] {
        let members = document.pointer_mut(members).and_then(Value::as_object_mut).expect("members");
        let before = members.len();
        members.retain(|member, _| !own(member));
        assert_eq!(members.len() < before, cfg!(feature = "fifth-report"));
    }
}

/// JSON with as much on a line as fits one, so that a difference can be read.
fn write(value: &Value, depth: usize, out: &mut String) {
    let line = value.to_string();
    let indent = "  ".repeat(depth + 1);
    let (open, close, inner): (_, _, Vec<(String, &Value)>) = match value {
        _ if line.len() <= 240 => return out.push_str(&line),
        Value::Object(members) => ("{", "}", members.iter().map(|(name, value)| (format!("{name:?}: "), value)).collect()),
        Value::Array(values) => ("[", "]", values.iter().map(|value| (String::new(), value)).collect()),
        _ => return out.push_str(&line),
    };
    out.push_str(open);
    for (at, (name, value)) in inner.into_iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&indent);
        out.push_str(&name);
        write(value, depth + 1, out);
    }
    out.push_str(&format!("\n{}{close}", "  ".repeat(depth)));
}

#[tokio::test]
async fn whoever_reads_the_document_knows_each_scope_and_what_a_body_has_to_be() {
    let document = Server::start().await.anonymous().json("/api/v1/openapi.json").await;
    let mut scopes = HashSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let ways = operation["security"].as_array().into_iter().flatten();
            scopes.extend(
                ways.flat_map(|way| way["token"].as_array().into_iter().flatten()).map(|scope| scope.as_str().expect("a name").to_owned()),
            );
            let tokens_without_scope =
                operation["security"].as_array().into_iter().flatten().filter(|way| way["token"] == serde_json::json!([]));
            assert_eq!(tokens_without_scope.count(), 0, "{method} {path}");
            if operation["requestBody"].is_object() {
                assert!(operation["responses"]["415"].is_object(), "{method} {path}");
            }
            let choices = operation["parameters"].as_array().into_iter().flatten().filter_map(|one| one["schema"]["enum"].as_array());
            assert!(choices.into_iter().all(|choices| !choices.is_empty()), "{method} {path} leaves a choice of nothing");
        }
    }
    assert_eq!(scopes, ["read", "write", "operate", "execute"].map(str::to_owned).into());
}

#[tokio::test]
async fn every_route_of_the_api_is_described_and_nothing_else() {
    let server = Server::start().await;
    let document = server.anonymous().json("/api/v1/openapi.json").await;
    let mut described = HashSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let report = vigia_app::reports::ALL.into_iter().find(|report| path.split('/').any(|part| part == report.key));
        let path = report.map_or(path.clone(), |report| path.replace(report.key, "{report}"));
        described.extend(methods.as_object().expect("methods").keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    let routes = vigia::http::endpoints().into_iter().filter(|endpoint| endpoint.described);
    assert_eq!(described, routes.map(|endpoint| (endpoint.method, endpoint.path)).collect());
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let server = Server::start().await;
    let document = server.anonymous().json("/api/v1/openapi.json").await;
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

/// What the document promises is what the server gives: each parameter it names is read, each member of a row described.
#[tokio::test]
async fn the_document_and_the_server_agree() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let document = auditor.json("/api/v1/openapi.json").await;
    for report in vigia_app::reports::ALL {
        let path = format!("/api/v1/reports/{}", report.key);
        for parameter in document["paths"][&path]["get"]["parameters"].as_array().expect("parameters") {
            let parameter = parameter["$ref"].as_str().and_then(|at| document.pointer(&at[1..])).unwrap_or(parameter);
            let name = parameter["name"].as_str().expect("a name");
            let response = auditor.get(&format!("{path}?{name}=%21")).await;
            let detail = response.text().await.expect("text");
            assert!(!detail.contains("is not a parameter") && !detail.contains("is not an operator"), "{name}: {detail}");
        }
        let fields = &document["components"]["schemas"]
            [format!("{}Fields", report.words.title.english().split(' ').map(capital).collect::<String>())];
        let all: Vec<_> = report.columns.iter().map(|column| column.key).collect();
        let page = auditor.json(&format!("{path}?columns={}", all.join(","))).await;
        for member in page["rows"].as_array().expect("rows").iter().flat_map(|row| row.as_object().expect("an object").keys()) {
            assert!(member == "id" || fields["properties"][member].is_object(), "{}: {member}", report.key);
        }
    }
}

fn capital(word: &str) -> String {
    format!("{}{}", word[..1].to_uppercase(), &word[1..])
}
