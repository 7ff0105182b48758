//! Tests for the `/api/v1/mappings/try` endpoint.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

const VIEW: &str = "CEF:0|Segura|Segura|3.33|164|PASSWORD VIEW|5|rt=1795356207120 suser=ana duser=root dhost=try-1 msg=password\\=hunter2x";

#[tokio::test]
async fn an_administrator_sees_what_becomes_of_lines_and_nothing_is_stored() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let tried = async |body: Value| -> Value {
        let response = admin.post("/api/v1/mappings/try", body).await;
        assert_eq!(response.status(), 200);
        response.json().await.expect("JSON")
    };
    let answer = tried(json!({ "lines": [VIEW, "", r#"{"who":"ana"}"#] })).await;
    let said: Vec<_> = answer["lines"].as_array().expect("lines").iter().map(|line| (&line["outcome"], &line["format"])).collect();
    assert_eq!(
        said,
        [(&json!("event"), &json!("segura")), (&json!("left-out"), &Value::Null), (&json!("refused"), &Value::Null)],
        "{answer}"
    );
    assert_eq!(answer["lines"][0]["events"][0]["columns"]["device"], "try-1", "{answer}");
    assert!(answer["lines"][0]["why"].as_str().is_some_and(|why| why.starts_with("event ")), "{answer}");
    assert!(!answer.to_string().contains("hunter2x"), "{answer}");
    let named =
        tried(json!({ "lines": [r#"{"report":"audit-tracking","source_id":"1"}"#], "format": "vigia", "without_time": "arrival" })).await;
    assert_eq!(named["lines"][0]["events"][0]["extra"], json!([["vigia.time", "arrival"]]), "{named}");

    let rows = admin.json("/api/v1/reports/password-view?device=try-1").await;
    assert_eq!(rows["rows"], json!([]), "nothing is stored");
    assert_eq!(admin.json("/api/v1/quarantine").await["lines"], json!([]), "nor kept aside");
}

#[tokio::test]
async fn a_try_that_cannot_be_is_told_what_would_be_right_and_others_may_not_try() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    for (body, field) in [
        (json!({ "lines": [] }), "lines"),
        (json!({ "lines": vec![""; 501] }), "lines"),
        (json!({ "lines": ["x"], "format": "xml" }), "format"),
        (json!({ "lines": ["x"], "without_time": "now" }), "body"),
        (json!({ "format": "vigia" }), "body"),
    ] {
        let (status, _, named) = problem(admin.post("/api/v1/mappings/try", body.clone()).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{body}");
    }
    let auditor = server.signed_in(Role::Auditor).await;
    let (status, ..) = problem(auditor.post("/api/v1/mappings/try", json!({ "lines": [VIEW] })).await).await;
    assert_eq!(status, 403);
}
