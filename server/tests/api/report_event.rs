//! Tests for the `GET /api/v1/reports/{report}/{id}` endpoint.

use crate::harness::{Server, Visitor, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

async fn first_id(visitor: &Visitor, report: &str) -> String {
    visitor.json(&format!("/api/v1/reports/{report}")).await["rows"][0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_auditor_reads_everything_that_is_known_of_an_event() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let id = first_id(&auditor, "password-operation").await;
    let event = auditor.json(&format!("/api/v1/reports/password-operation/{id}")).await;
    assert_eq!(event["id"], id);
    assert_eq!(event["headline"], "Change password on srv-db-01");
    assert_eq!(event["fields"]["execution_date"], "2026-11-22T13:54:27.000Z");
    assert_eq!(event["fields"]["source"], "test");
    assert_eq!(event["source_id"], "operation-1");
    assert_eq!(event["extra"], json!([{ "name": "lease", "value": "database/creds/x" }]));
    assert_eq!(event["attempts"][0]["error_class"], "Connectivity");
    assert_eq!(event["attempts"][0]["end"], "2026-11-22T13:54:27.000Z");
}

#[tokio::test]
async fn a_manager_does_not_see_what_lies_beyond_the_columns() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let id = first_id(&manager, "password-view").await;
    let event = manager.json(&format!("/api/v1/reports/password-view/{id}")).await;
    assert_eq!(event["extra"], Value::Null);
    assert!(!event.to_string().contains("secret/"), "{event}");
}

#[tokio::test]
async fn an_event_that_is_not_there_is_a_404_and_an_impossible_id_a_400() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let (status, _, field) = problem(admin.get("/api/v1/reports/password-view/0000000000000").await).await;
    assert_eq!((status, field.as_deref()), (404, Some("id")));
    for id in ["1", "ZZZZZZZZZZZZZ", "%00", "..%2f..%2fetc", "1P3QZ9G6W000%C3%A9"] {
        let (status, _, field) = problem(admin.get(&format!("/api/v1/reports/password-view/{id}")).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("id")), "{id}");
    }
}
