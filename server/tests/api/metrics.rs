//! Tests for the `GET /metrics` endpoint.

use crate::harness::{Server, problem};
use vigia_app::model::Role;

#[tokio::test]
async fn an_administrator_reads_figures_about_requests_queries_and_sign_ins() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    auditor.json("/api/v1/reports/password-view?device=srv-db-01").await;
    let text = server.signed_in(Role::Admin).await.get("/metrics").await.text().await.expect("text");
    for part in [
        "vigia_http_requests_total{method=\"GET\",route=\"/api/v1/reports/{report}\",status=\"200\"}",
        "vigia_http_request_seconds_bucket{method=\"GET\",route=\"/api/v1/reports/{report}\",le=\"0.25\"}",
        "vigia_store_query_seconds_count{report=\"password-view\",question=\"page\"}",
        "vigia_sign_ins_total{result=\"success\"}",
        "process_resident_memory_bytes",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains("srv-db-01"), "what was asked for is not a label");
}

#[tokio::test]
async fn this_machine_alone_opens_nothing() {
    let server = Server::start().await;
    assert_eq!(problem(server.anonymous().get("/metrics").await).await.0, 401);
    assert_eq!(problem(server.signed_in(Role::Auditor).await.get("/metrics").await).await.0, 403);
}

#[tokio::test]
async fn words_that_callers_make_up_become_no_labels() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    visitor.request("BREW", "/made-up-path").send().await.expect("an answer");
    let text = server.signed_in(Role::Admin).await.get("/metrics").await.text().await.expect("text");
    assert!(!text.contains("BREW") && !text.contains("made-up-path"), "{text}");
    assert!(text.contains("method=\"OTHER\""), "{text}");
}
