//! Tests for the `GET /api/v1/reports` endpoint.

use crate::harness::Server;
use serde_json::json;
use vigia_app::model::Role;

#[tokio::test]
async fn every_report_is_listed_with_what_can_be_asked_of_it() {
    let server = Server::start().await;
    let reports = server.signed_in(Role::Manager).await.json("/api/v1/reports").await;
    let keys: Vec<_> = reports.as_array().expect("a list").iter().map(|report| report["key"].clone()).collect();
    assert_eq!(keys, vigia_app::reports::ALL.map(|report| report.key));
    assert_eq!(reports[1]["href"], "/api/v1/reports/password-view");
    let date = &reports[1]["columns"][1];
    assert_eq!((&date["key"], &date["type"], &date["filters"]), (&json!("date"), &json!("time"), &json!(["time", "from", "to", "date"])));
    let status = &reports[0]["columns"][5];
    assert_eq!(status["filters"], json!(["status", "status.not", "status.empty"]));
    assert!(status["values"].as_array().expect("a closed list").contains(&json!("Error")), "{status}");
}
