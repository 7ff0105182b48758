//! Tests for the `/api/v1/quarantine` endpoints.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

const RECORD: &str = r#"{"time":"2026-11-22T14:00:00Z","type":"response","auth":{"display_name":"ana"},"request":{"id":"r1","operation":"read","path":"secret/data/web/root","mount_type":"kv","mount_point":"secret/"},"response":{"data":{"data":{"x":"hmac-sha256:aa"}}}}"#;

#[tokio::test]
async fn what_nobody_could_read_waits_with_its_reason_and_without_its_secrets() {
    let server = Server::start().await;
    let sender = server.sender("vault").await;
    let body = format!("{RECORD}\nnot an audit record, password=hunter2\n");
    let response = sender.request("POST", "/api/v1/events?format=openbao").body(body).send().await.expect("an answer");
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!((&answer["rejected"], &answer["quarantined"]), (&json!(1), &json!(1)), "{answer}");
    let admin = server.signed_in(Role::Admin).await;
    let page = admin.json("/api/v1/quarantine").await;
    assert_eq!(page["counts"][0], json!({ "source": "vault", "format": "openbao", "reason": "not JSON", "lines": 1 }));
    let line = &page["lines"][0];
    assert_eq!(line["original"], "not an audit record, password=[masked]");
    assert_eq!(admin.json(&format!("/api/v1/quarantine/{}", line["id"])).await, *line);
    assert_eq!(problem(admin.get("/api/v1/quarantine/999").await).await.0, 404);
    assert_eq!(problem(admin.get("/api/v1/quarantine/x").await).await.2.as_deref(), Some("id"));
    assert_eq!(problem(admin.get("/api/v1/quarantine?limit=0").await).await.2.as_deref(), Some("limit"));
}

#[tokio::test]
async fn a_line_that_is_understood_later_becomes_an_event_and_leaves() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let event = r#"{"report":"audit-tracking","source_id":"a1","time":"2026-11-22T14:00:00Z","operation":"Update","username":"bea"}"#;
    server.quarantine(event).await;
    server.quarantine("never to be read").await;
    let replay = async |body: Value| -> Value {
        let response = admin.post("/api/v1/quarantine/replay", body).await;
        assert_eq!(response.status(), 200);
        response.json().await.expect("JSON")
    };
    assert_eq!(replay(json!({ "all": true })).await, json!({ "understood": 0, "stored": 0, "duplicate": 0, "broken": 2 }));
    let again = replay(json!({ "all": true, "format": "vigia" })).await;
    assert_eq!(again, json!({ "understood": 1, "stored": 1, "duplicate": 0, "broken": 1 }));
    let rows = admin.json("/api/v1/reports/audit-tracking?source=test&username=bea").await;
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(1));
    let left = admin.json("/api/v1/quarantine").await;
    assert_eq!((left["lines"].as_array().map(Vec::len), &left["lines"][0]["original"]), (Some(1), &json!("never to be read")));

    let id = left["lines"][0]["id"].clone();
    for wrong in
        ["/api/v1/quarantine".to_owned(), format!("/api/v1/quarantine?all=true&ids={id}"), format!("/api/v1/quarantine?ids={id}&source=x")]
    {
        let (status, _, field) = problem(admin.request("DELETE", &wrong).send().await.expect("an answer")).await;
        assert_eq!((status, field.as_deref()), (400, Some("ids")), "{wrong}: never all by mistake");
    }
    let dropped = admin.request("DELETE", &format!("/api/v1/quarantine?ids={id}")).send().await.expect("an answer");
    assert_eq!(dropped.json::<Value>().await.expect("JSON"), json!({ "removed": 1 }));

    let trail = admin.json("/api/v1/reports/audit-tracking?entity=Quarantine&columns=operation,entity_name").await;
    let trail: Vec<_> =
        trail["rows"].as_array().expect("rows").iter().map(|row| row["operation"].as_str().expect("text").to_owned()).collect();
    assert_eq!(trail, ["Deletion", "Update", "Update"], "each is in the trail");
}
