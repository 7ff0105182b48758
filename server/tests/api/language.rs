//! Answers are in the language that a request names, whatever is asked. The other language here is English with marks around its texts.

use crate::harness::{Server, Setup, problem};
use serde_json::{Value, json};
use vigia_app::model::{ApiError, Role};
use vigia_app::words::{LANGUAGES, Words};

/// English, and a language made of it.
fn languages() -> &'static [Words] {
    let mark = |text: &&'static str| -> &'static str {
        let form = |form: &str| match form.split_once(' ') {
            Some((category, form)) if text.contains('\t') => format!("{category} \u{ab}{form}\u{bb}"),
            _ => format!("\u{ab}{form}\u{bb}"),
        };
        text.split('\t').map(form).collect::<Vec<_>>().join("\t").leak()
    };
    let english = &LANGUAGES[0];
    let marked: Vec<&'static str> = english.texts().iter().map(mark).collect();
    vec![Words::new("en", english.texts()), Words::new("pt-BR", marked.leak())].leak()
}

async fn get(server: &Server, path: &str, language: &str) -> Value {
    let admin = server.signed_in(Role::Admin).await;
    admin.request("GET", path).header("accept-language", language).send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn labels_and_refusals_are_in_the_language_of_the_request() {
    let server = Server::with(Setup { languages: languages(), ..Setup::default() }).await;
    for (language, title, label, detail) in [
        ("pt", "\u{ab}Password view\u{bb}", "\u{ab}Device\u{bb}", "\u{ab}\"0\" is not a page size."),
        ("de, en;q=0.5", "Password view", "Device", "\"0\" is not a page size."),
        ("", "Password view", "Device", "\"0\" is not a page size."),
    ] {
        let reports = get(&server, "/api/v1/reports", language).await;
        let report = reports.as_array().expect("reports").iter().find(|report| report["key"] == "password-view").expect("the report");
        assert_eq!(report["title"], json!(title), "{language:?}");
        let columns = report["columns"].as_array().expect("columns");
        assert!(columns.iter().any(|column| column["key"] == "device" && column["label"] == json!(label)), "{language:?}: {columns:?}");
        let refused = get(&server, "/api/v1/reports/password-view?limit=0", language).await;
        assert!(refused["detail"].as_str().is_some_and(|said| said.contains(detail)), "{language:?}: {refused}");
    }
    let nothing = get(&server, "/api/v1/nothing", "pt-BR").await;
    assert_eq!(nothing["title"], json!("\u{ab}There is no such thing\u{bb}"), "what no handler has seen, too");
}

#[tokio::test]
async fn what_a_server_function_refuses_is_in_the_language_of_the_page() {
    let server = Server::with(Setup { languages: languages(), ..Setup::default() }).await;
    let admin = server.signed_in(Role::Admin).await;
    let said = async |language: &str| -> String {
        let body = postcard::to_allocvec(&("password-view", "limit=0")).expect("a body");
        let request = admin.request("POST", "/fn/report_page").body(body).header("accept-language", language);
        let request = request.header("content-type", "application/octet-stream").header("accept", "application/octet-stream");
        let bytes = request.send().await.expect("an answer").bytes().await.expect("bytes");
        postcard::from_bytes::<ApiError>(&bytes).expect("an error").message.to_string()
    };
    assert!(said("pt-BR").await.starts_with("\u{ab}\"0\" is not a page size."), "{}", said("pt-BR").await);
    assert!(said("en").await.starts_with("\"0\" is not a page size."));
}

#[tokio::test]
async fn what_is_refused_of_events_and_of_rules_is_in_the_language_of_the_request() {
    let server = Server::with(Setup { languages: languages(), ..Setup::default() }).await;
    let (admin, sender) = (server.signed_in(Role::Admin).await, server.sender("hr").await);
    let events = |query: &str| sender.request("POST", &format!("/api/v1/events{query}"));
    let rule = json!({ "occasion": "operation_failed", "enabled": true, "channel": { "webhook": { "url": "https://hooks.example/" } } });
    for (request, said) in [
        (events("").header("content-encoding", "gzip").body("no gzip"), "\u{ab}\u{ab}The body cannot be read: "),
        (events("?format=xml"), "\u{ab}\"xml\" is not a format. "),
        (
            admin.request("PUT", "/api/v1/notification-rules/ops").json(&rule),
            "\u{ab}The setting notify_hosts does not allow hooks.example.",
        ),
        (admin.request("GET", &format!("/api/v1/reports/password-view?q={}", "x".repeat(40_000))), "\u{ab}The address is "),
    ] {
        let (_, detail, _) = problem(request.header("accept-language", "pt-BR").send().await.expect("an answer")).await;
        assert!(detail.contains(said), "{said}: {detail}");
    }
}
