//! Tests for the `GET /api/v1/reports/{report}` endpoint.

use crate::harness::{Server, problem};
use serde_json::{Value, json};
use vigia_app::model::Role;

fn devices(page: &Value) -> Vec<&str> {
    page["rows"].as_array().expect("rows").iter().map(|row| row["device"].as_str().expect("a device")).collect()
}

#[tokio::test]
async fn rows_are_objects_with_the_columns_asked_for() {
    let server = Server::start().await;
    let page = server.signed_in(Role::Manager).await.json("/api/v1/reports/password-view?limit=1&columns=date,ip,emergency,reason").await;
    let row = &page["rows"][0];
    assert_eq!(page["report"], "password-view");
    assert_eq!(row["date"], "2026-11-22T14:02:27.000Z");
    assert_eq!((&row["ip"], &row["emergency"], &row["reason"]), (&json!("10.0.0.1"), &json!(false), &Value::Null));
    assert_eq!(row.as_object().expect("an object").len(), 5, "the columns asked for and the id: {row}");
}

#[tokio::test]
async fn following_next_and_previous_walks_the_report_and_back() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let first = auditor.get("/api/v1/reports/password-view?limit=2&operation=View%20password").await;
    let link = first.headers()["link"].to_str().expect("ASCII").to_owned();
    let first: Value = first.json().await.expect("JSON");
    assert_eq!(devices(&first), ["srv-db-01", "srv-db-02"]);
    assert_eq!(first["previous"], Value::Null);
    let next = first["next"].as_str().expect("a next page");
    assert_eq!(link, format!("<{next}>; rel=\"next\""));

    let second = auditor.json(next).await;
    assert_eq!(devices(&second), ["srv-db-03", "srv-db-04"]);
    let third = auditor.json(second["next"].as_str().expect("a next page")).await;
    assert_eq!(devices(&third), ["srv-db-05"]);
    assert_eq!(third["next"], Value::Null);
    let back = auditor.json(third["previous"].as_str().expect("a previous page")).await;
    assert_eq!(devices(&back), ["srv-db-03", "srv-db-04"]);
}

#[tokio::test]
async fn filters_and_time_range_narrow_the_report_down() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    for (query, expected) in [
        ("device=srv-db-02&device=srv-db-04", vec!["srv-db-02", "srv-db-04"]),
        ("emergency=yes", vec!["srv-db-03"]),
        ("from=2026-11-22T14:00&to=2026-11-22T14:01:27Z", vec!["srv-db-03"]),
        ("ip=10.0.0.4/31&sort=date", vec!["srv-db-05", "srv-db-04"]),
        ("device=srv-db-99", vec![]),
    ] {
        let page = manager.json(&format!("/api/v1/reports/password-view?{query}")).await;
        assert_eq!(devices(&page), expected, "{query}");
    }
}

#[tokio::test]
async fn an_unknown_report_is_answered_with_the_known_ones() {
    let server = Server::start().await;
    let response = server.signed_in(Role::Admin).await.get("/api/v1/reports/passwords").await;
    let (status, detail, field) = problem(response).await;
    assert_eq!((status, field.as_deref()), (404, Some("report")));
    assert!(detail.contains("password-view, performed-backups"), "{detail}");
}
