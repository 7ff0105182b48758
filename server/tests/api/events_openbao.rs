//! Tests for the `POST /api/v1/events` endpoint with a format whose events take two lines: OpenBao's audit devices send each by itself.

use crate::harness::{Server, Setup, Visitor, minutes_ago};
use serde_json::{Value, json};
use std::sync::Arc;
use vigia::ingest::{Context, Formats, Intake};
use vigia_app::model::{Role, Timestamp};

fn request(id: &str) -> Value {
    json!({ "time": "2026-11-22T14:00:00Z", "type": "request", "auth": { "display_name": "ana", "policy_results": { "allowed": true } },
            "request": { "id": id, "operation": "read", "path": "secret/data/web/root", "mount_type": "kv", "mount_point": "secret/",
                         "client_token": "hvs.raw-token-of-ana", "data": { "pin": "4711-secret" } } })
}

fn response(id: &str) -> Value {
    let mut line = request(id);
    line["type"] = json!("response");
    line["time"] = json!("2026-11-22T14:00:01Z");
    line["response"] = json!({ "data": { "data": { "password": "hmac-sha256:aa" } } });
    line
}

async fn send(sender: &Visitor, lines: &[Value]) -> Value {
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let response = sender.request("POST", "/api/v1/events?format=openbao").body(body).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    response.json().await.expect("JSON")
}

async fn views(server: &Server) -> Vec<Value> {
    let page = server.signed_in(Role::Auditor).await.json("/api/v1/reports/password-view?source=vault&columns=date,message").await;
    page["rows"].as_array().expect("rows").clone()
}

/// What a sweep does when the clock shows so much later.
async fn sweep(server: &Server, minutes: i64) {
    let clock = Arc::new(move || Timestamp::saturating(minutes_ago(-minutes).millis()));
    let intake = Intake::new(server.store.clone(), Formats::built_in(), Context::new(clock, chrono_tz::Tz::UTC));
    intake.sweep().await.expect("sweeps");
}

#[tokio::test]
async fn the_halves_of_an_exchange_may_come_one_by_one_in_any_order_and_more_than_once() {
    let server = Server::start().await;
    let sender = server.sender("vault").await;
    let waiting = json!({ "stored": 0, "duplicate": 0, "skipped": 0, "waiting": 1, "rejected": 0, "quarantined": 0, "errors": [] });
    assert_eq!(send(&sender, &[request("a")]).await, waiting);
    assert_eq!(send(&sender, &[request("a")]).await, waiting, "sent again");
    assert_eq!(send(&sender, &[response("a")]).await["stored"], 1);
    assert_eq!(send(&sender, &[response("b")]).await["waiting"], 1);
    assert_eq!(send(&sender, &[request("b")]).await["stored"], 1);
    assert_eq!(send(&sender, &[request("c"), response("c")]).await["stored"], 1);
    for again in [request("a"), response("a"), request("b"), response("b")] {
        assert_eq!(send(&sender, &[again]).await["skipped"], 1, "the exchange is done");
    }
    sweep(&server, 60).await;
    let views = views(&server).await;
    assert_eq!(views.len(), 3, "{views:?}");
    assert!(views.iter().all(|view| view["date"] == "2026-11-22T14:00:00.000Z" && view["message"] == "Granted."), "{views:?}");
}

#[tokio::test]
async fn halves_that_come_in_at_different_servers_meet() {
    let one = Server::start().await;
    let store = one.store.clone();
    let two = Server::with(Setup { store: Some(Box::new(move |_| store)), ..Setup::default() }).await;
    let text = one.token("vault", "write", &["vault"]).await;
    let (at_one, at_two) = (one.anonymous().bearing(&text), two.anonymous().bearing(&text));
    // Both halves of many exchanges at once, each at the other server.
    let ids: Vec<_> = (0..40).map(|id| format!("x{id}")).collect();
    let pairs = ids.iter().map(|id| {
        let (at_one, at_two, id) = (at_one.clone(), at_two.clone(), id.clone());
        tokio::spawn(async move {
            let (asked, answered) = ([request(&id)], [response(&id)]);
            tokio::join!(send(&at_one, &asked), send(&at_two, &answered))
        })
    });
    for pair in pairs.collect::<Vec<_>>() {
        pair.await.expect("both are sent");
    }
    assert_eq!(views(&one).await.len(), 30, "the first page");
    sweep(&two, 60).await;
    let page = one.signed_in(Role::Auditor).await.json("/api/v1/reports/password-view?source=vault&limit=500&columns=message").await;
    assert_eq!(page["rows"].as_array().map(Vec::len), Some(40), "each exchange once");
    assert!(!page.to_string().contains("No response"), "{page}");
}

#[tokio::test]
async fn a_request_that_is_not_answered_becomes_an_event_of_its_own_in_the_end() {
    let server = Server::start().await;
    let sender = server.sender("vault").await;
    send(&sender, &[request("a")]).await;
    sweep(&server, 1).await;
    assert!(views(&server).await.is_empty(), "it may still be answered");
    sweep(&server, 3).await;
    sweep(&server, 3).await;
    let views = views(&server).await;
    assert_eq!(views.len(), 1);
    assert!(views[0]["message"].as_str().is_some_and(|message| message.contains("No response was logged")), "{views:?}");
}

#[tokio::test]
async fn what_a_killed_server_left_behind_is_put_in_order() {
    let server = Server::start().await;
    let sender = server.sender("vault").await;
    // Killed after both halves were kept and before the event was stored; and after it was stored, before they were forgotten.
    send(&sender, &[request("a")]).await;
    send(&sender, &[request("b"), response("b")]).await;
    let keep = async |id: &str, side: char, line: &Value| {
        let value = format!("{} {line}", minutes_ago(0).millis());
        server.store.kept().set("openbao/vault", vec![(format!("{id}/{side}"), Some(value))]).await.expect("is kept");
    };
    keep("a", 'r', &response("a")).await;
    keep("b", 'q', &request("b")).await;
    keep("b", 'r', &response("b")).await;
    sweep(&server, 1).await;
    sweep(&server, 60).await;
    assert_eq!(views(&server).await.len(), 2, "one event an exchange");
    assert_eq!(server.store.kept().all("openbao/vault").await.expect("is read"), [], "nothing waits any more");
}

#[tokio::test]
async fn what_waits_holds_no_secret() {
    let server = Server::start().await;
    let sender = server.sender("vault").await;
    send(&sender, &[request("a")]).await;
    let kept = server.store.kept().all("openbao/vault").await.expect("is read");
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].1.contains("hvs.raw-token") && !kept[0].1.contains("4711"), "{kept:?}");
    send(&sender, &[response("a")]).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let id = views(&server).await[0]["id"].as_str().expect("an id").to_owned();
    let event = auditor.json(&format!("/api/v1/reports/password-view/{id}")).await;
    assert!(event["original"].as_str().is_some_and(|line| line.contains("\"ana\"") && !line.contains("hvs.raw-token")), "{event}");
}
