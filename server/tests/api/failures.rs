//! Tests for the `GET /api/v1/operations/failures` endpoint: the rows of a group are found by its device, whatever that is called.

use crate::harness::Server;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use vigia_app::model::Role;

fn failed(id: usize, device: &str, class: &str) -> Value {
    let start = "2026-11-22T14:00:00Z";
    let attempt = json!({ "start": start, "result": "Error", "error_class": class, "message": "refused" });
    json!({
        "report": "password-operation", "source_id": format!("failed-{id}"), "time": start, "device": device, "username": "root",
        "operation": "Change password", "status": "Error", "attempts": [attempt],
    })
}

fn ids(list: &Value) -> BTreeSet<String> {
    let id = |one: &Value| one.as_str().or(one["id"].as_str()).expect("an id").to_owned();
    list.as_array().expect("a list").iter().map(id).collect()
}

#[tokio::test]
async fn a_group_is_shown_by_its_device_whatever_that_is_called() {
    let server = Server::start().await;
    let sender = server.sender("pam").await;
    let long = "d".repeat(300);
    let devices = [&*long, "srv\ttab", "srv\nline", " srv,\"a\"&b=c", "M\u{fc}nchen-1", "MU\u{308}NCHEN-1"];
    let lines: String = devices.iter().enumerate().map(|(id, device)| format!("{}\n", failed(id, device, "Connectivity"))).collect();
    let response = sender.request("POST", "/api/v1/events").body(lines).send().await.expect("an answer");
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!(answer["stored"], devices.len(), "{answer}");
    let auditor = server.signed_in(Role::Auditor).await;
    let groups = auditor.json("/api/v1/operations/failures?source=pam").await["groups"].clone();
    let groups = groups.as_array().expect("a list");
    assert_eq!(groups.len(), devices.len() - 1, "what differs in case and composition is one device: {groups:?}");
    for group in groups {
        let device = group["device"].as_str().expect("a device");
        let query = format!("source=pam&status=Error&device={}", utf8_percent_encode(device, NON_ALPHANUMERIC));
        let rows = auditor.json(&format!("/api/v1/reports/password-operation?{query}")).await["rows"].clone();
        assert_eq!(ids(&rows), ids(&group["ids"]), "{device:?}");
    }
}

#[tokio::test]
async fn a_device_has_one_spelling_whatever_failed_on_it() {
    let server = Server::start().await;
    let sender = server.sender("pam").await;
    let lines = format!("{}\n{}\n", failed(1, "Stra\u{df}e-1", "Connectivity"), failed(2, "STRASSE-1", "Permission denied"));
    let response = sender.request("POST", "/api/v1/events").body(lines).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let groups = server.signed_in(Role::Auditor).await.json("/api/v1/operations/failures?source=pam").await["groups"].clone();
    let devices: Vec<&Value> = groups.as_array().expect("a list").iter().map(|group| &group["device"]).collect();
    assert!(devices.len() == 2 && devices[0] == devices[1], "who shows a group by its device alone sees that it is not alone: {devices:?}");
}
