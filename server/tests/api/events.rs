//! Tests for the `POST /api/v1/events` endpoint with Vigia's own format.

use crate::fake_store::Broken;
use crate::harness::{Server, Setup, Visitor, problem};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Response;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use tokio::sync::RwLock;
use tokio::task::JoinSet;
use vigia::store::{Store, StoreError};
use vigia_app::model::Role;

const EVENTS: &str = "/api/v1/events";

fn view(id: &str) -> Value {
    json!({ "report": "password-view", "source_id": id, "time": "2026-11-22T14:00:00Z", "user": "Bea Cruz", "device": "hr-db" })
}

fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

async fn send(sender: &Visitor, body: impl Into<reqwest::Body>) -> Response {
    sender.request("POST", EVENTS).body(body).send().await.expect("an answer")
}

async fn sent(sender: &Visitor, body: impl Into<reqwest::Body>) -> Value {
    let response = send(sender, body).await;
    assert_eq!(response.status(), 200);
    response.json().await.expect("JSON")
}

async fn rows_of(server: &Server, source: &str) -> usize {
    let page = server.signed_in(Role::Auditor).await.json(&format!("/api/v1/reports/password-view?source={source}&limit=500")).await;
    page["rows"].as_array().expect("rows").len()
}

#[tokio::test]
async fn events_come_in_as_lines_or_as_an_array_and_once() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let counts = |answer: &Value| (answer["stored"].clone(), answer["duplicate"].clone(), answer["rejected"].clone());
    assert_eq!(counts(&sent(&sender, lines(&[view("1"), view("2")])).await), (json!(2), json!(0), json!(0)));
    let array = serde_json::to_string_pretty(&[view("2"), view("3")]).expect("JSON");
    assert_eq!(counts(&sent(&sender, array.clone()).await), (json!(1), json!(1), json!(0)));
    assert_eq!(counts(&sent(&sender, array).await), (json!(0), json!(2), json!(0)));
    assert_eq!(rows_of(&server, "hr").await, 3);
    let row = &server.signed_in(Role::Auditor).await.json("/api/v1/reports/password-view?source=hr").await["rows"][0];
    let event =
        server.signed_in(Role::Auditor).await.json(&format!("/api/v1/reports/password-view/{}", row["id"].as_str().expect("an id"))).await;
    assert!(event["original"].as_str().is_some_and(|line| line.contains("\"Bea Cruz\"")), "the line is kept: {event}");
}

#[tokio::test]
async fn what_is_broken_is_named_and_the_rest_is_stored() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let mut wrong = view("2");
    wrong["time"] = json!("yesterday");
    let body = format!("{}\n{wrong}\nno JSON\n\n{}\n", view("1"), view("3"));
    let answer = sent(&sender, body).await;
    assert_eq!((answer["stored"].clone(), answer["rejected"].clone(), answer["quarantined"].clone()), (json!(2), json!(2), json!(0)));
    let errors = answer["errors"].as_array().expect("errors");
    assert_eq!((errors[0]["index"].clone(), errors[0]["field"].clone()), (json!(1), json!("time")), "{answer}");
    assert!(errors[0]["reason"].as_str().is_some_and(|reason| reason.contains("RFC 3339")), "{answer}");
    assert_eq!(errors[1]["index"], 2);
    assert_eq!(rows_of(&server, "hr").await, 2);

    let many = sent(&sender, "x\n".repeat(250)).await;
    assert_eq!((many["rejected"].clone(), many["errors"].as_array().map(Vec::len)), (json!(250), Some(100)), "the number is whole");
}

#[tokio::test]
async fn packed_bodies_are_unpacked() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let body = |from: usize| lines(&(from..from + 100).map(|id| view(&id.to_string())).collect::<Vec<_>>());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(body(0).as_bytes()).expect("packs");
    let zstd = zstd::encode_all(body(100).as_bytes(), 3).expect("packs");
    for (encoding, packed) in [("gzip", gzip.finish().expect("packs")), ("zstd", zstd)] {
        let request = sender.request("POST", EVENTS).header("content-encoding", encoding).body(packed);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(answer["stored"], 100, "{encoding}: {answer}");
    }
    let broken = sender.request("POST", EVENTS).header("content-encoding", "gzip").body("no gzip").send().await.expect("an answer");
    assert_eq!(problem(broken).await.0, 400);
    let unknown = sender.request("POST", EVENTS).header("content-encoding", "br").body("x").send().await.expect("an answer");
    let (status, detail, field) = problem(unknown).await;
    assert_eq!((status, field.as_deref()), (415, Some("Content-Encoding")), "{detail}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_the_limit_even_when_it_is_packed_small() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let (status, detail, _) = problem(send(&sender, vec![b'\n'; (16 << 20) + 1]).await).await;
    assert!(status == 413 && detail.contains("16 MiB"), "{detail}");
    for encoding in ["gzip", "zstd"] {
        let bomb = match encoding {
            "gzip" => {
                let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
                bomb.write_all(format!("{}\n", view("first")).as_bytes()).expect("packs");
                (0..80).for_each(|_| bomb.write_all(&vec![b'\n'; 1 << 20]).expect("packs"));
                bomb.finish().expect("packs")
            }
            _ => zstd::encode_all(&vec![b'\n'; 80 << 20][..], 3).expect("packs"),
        };
        assert!(bomb.len() < 200_000);
        let response = sender.request("POST", EVENTS).header("content-encoding", encoding).body(bomb).send().await.expect("an answer");
        let (status, detail, _) = problem(response).await;
        assert!(status == 413 && detail.contains("64 MiB"), "{encoding}: {detail}");
    }
    assert_eq!(rows_of(&server, "hr").await, 1, "what came whole before the limit is kept");
}

#[tokio::test]
async fn a_body_larger_than_other_routes_take_is_read() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let mut events: Vec<_> = (0..300).map(|id| view(&id.to_string())).collect();
    events.iter_mut().for_each(|event| event["extra"] = json!({ "note": "x".repeat(10_000) }));
    let body = lines(&events);
    assert!(body.len() > vigia::http::MAX_BODY * 2);
    assert_eq!(sent(&sender, body).await["stored"], 300);
}

#[tokio::test]
async fn a_token_sends_for_its_sources_and_no_others() {
    let server = Server::start().await;
    let bound = server.sender("hr").await;
    let post = async |sender: &Visitor, query: &str| {
        sender.request("POST", &format!("{EVENTS}{query}")).body(lines(&[view("1")])).send().await.expect("an answer")
    };
    assert_eq!(post(&bound, "").await.status(), 200, "its only source is the default");
    let (status, detail, field) = problem(post(&bound, "?source=erp").await).await;
    assert_eq!((status, field.as_deref()), (403, Some("source")), "{detail}");
    let several = server.anonymous().bearing(&server.token("several", "write", &["a", "b"]).await);
    assert_eq!(problem(post(&several, "").await).await.2.as_deref(), Some("source"));
    assert_eq!(post(&several, "?source=b").await.status(), 200);
    let any = server.anonymous().bearing(&server.token("any", "write", &[]).await);
    assert_eq!(post(&any, "?source=erp").await.status(), 200);
    for query in
        ["", "?source=vigia", "?source=DEMO", "?source=a%20b", "?source=VIGIA", "?source=v1gia", "?source=vi-gia", "?source=v%D1%96gia"]
    {
        let (status, detail, field) = problem(post(&any, query).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("source")), "{query}: {detail}");
    }
    assert_eq!(problem(post(&any, "?source=x&format=xml").await).await.2.as_deref(), Some("format"));
    assert_eq!(problem(post(&any, "?source=x&fromat=cef").await).await.2.as_deref(), Some("query"));
}

#[tokio::test]
async fn an_event_that_names_another_source_is_refused_and_nothing_beside_it() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let named = |id: &str, source: Value| {
        let mut event = view(id);
        event["source"] = source;
        event
    };
    let events = [view("1"), named("2", json!("vigia")), named("3", json!("HR")), named("4", json!("erp")), named("5", Value::Null)];
    let answer = sent(&sender, lines(&events)).await;
    assert_eq!((&answer["stored"], &answer["rejected"]), (&json!(3), &json!(2)), "{answer}");
    let errors = json!([
        { "index": 1, "field": "source",
          "reason": "\"vigia\" cannot be: this name is for Vigia's own events; use another; the event is sent for \"hr\": write that, or leave it out" },
        { "index": 3, "field": "source", "reason": "it is \"erp\", and the event is sent for \"hr\": write that, or leave it out" },
    ]);
    assert_eq!(answer["errors"], errors);
    assert_eq!(rows_of(&server, "hr").await, 3);
}

#[tokio::test]
async fn no_event_takes_the_place_of_one_of_vigias_own() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let own = "/api/v1/reports/audit-tracking?source=vigia&columns=operation,entity,entity_name,user,source&limit=500";
    let before = admin.json(own).await["rows"].clone();
    let (first, id) = (&before[0], before[0]["id"].as_str().expect("an id"));
    let details = admin.json(&format!("/api/v1/reports/audit-tracking/{id}")).await;
    let sender = server.sender("hr").await;
    let source_id = details["source_id"].as_str().expect("the id that Vigia gave it");
    let events: Vec<_> = [source_id, id, "vigia"]
        .map(|source_id| json!({ "report": "audit-tracking", "source_id": source_id, "time": details["time"], "id": id, "operation": "Deletion" }))
        .to_vec();
    sent(&sender, lines(&events)).await;
    let after = admin.json(own).await["rows"].clone();
    let is_there = after.as_array().expect("rows").contains(first);
    assert!(is_there, "{first} in {after}");
    assert_eq!(admin.json(&format!("/api/v1/reports/audit-tracking/{id}")).await, details);
}

#[tokio::test]
async fn a_page_of_another_site_can_send_nothing_and_a_program_needs_no_origin() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let response = admin.request("POST", &format!("{EVENTS}?source=x")).body(lines(&[view("1")])).send().await.expect("an answer");
    assert_eq!(response.status(), 401, "a cookie is not a permission to send");
    let sender = server.sender("hr").await;
    assert_eq!(sent(&sender, lines(&[view("1")])).await["stored"], 1, "no Origin, no Sec-Fetch-Site");
    let elsewhere = sender.request("POST", EVENTS).header("origin", "https://evil.example").body("").send().await.expect("an answer");
    assert_eq!(elsewhere.status(), 403);
}

#[tokio::test]
async fn when_the_store_is_slow_senders_are_told_to_come_again_before_their_body_is_read() {
    let door = Arc::new(RwLock::new(()));
    let held = door.clone();
    let between = move |users| -> Arc<dyn Store> { Arc::new(Broken { users, error: || StoreError::Locked, gate: None, door: held }) };
    let server = Server::with(Setup { store: Some(Box::new(between)), ..Setup::default() }).await;
    let sender = server.sender("hr").await;
    let closed = door.write().await;
    // Each holds its share of the memory until the store has taken its events.
    let mut waiting = JoinSet::new();
    for number in 0..60 {
        let body = lines(&(0..3000).map(|id| view(&format!("{number}-{id}"))).collect::<Vec<_>>());
        let sender = sender.clone();
        waiting.spawn(async move { send(&sender, body).await });
    }
    // Nobody else gets an answer yet.
    let refused = waiting.join_next().await.expect("sixty").expect("asks");
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().ok()), (429, Some("1")));
    assert!(problem(refused).await.1.contains("nothing of this request was read"));
    drop(closed);
    let mut let_in = 0;
    while let Some(response) = waiting.join_next().await {
        let response = response.expect("asks");
        if response.status() == 200 {
            let_in += 1;
            assert_eq!(response.json::<Value>().await.expect("JSON")["stored"], 3000, "all of those that were let in were stored");
        }
    }
    assert!(let_in > 0, "those that held their share went on");
}

#[tokio::test]
async fn figures_tell_what_came_in_and_how_far_its_clock_is_off() {
    let server = Server::start().await;
    let sender = server.sender("hr").await;
    let at = |id: &str, time: &str| {
        let mut event = view(id);
        event["time"] = json!(time);
        event
    };
    sent(&sender, lines(&[at("1", "2026-11-22T14:09:00Z"), at("2", "2026-11-15T14:00:00Z"), at("3", "2026-11-22T14:08:00Z")])).await;
    sent(&sender, "no JSON").await;
    let text = server.signed_in(Role::Admin).await.get("/metrics").await.text().await.expect("text");
    for part in [
        "vigia_ingest_lines_total{way=\"http\",format=\"vigia\"}",
        "vigia_ingest_rejected_total{format=\"vigia\"}",
        "vigia_events_clock_total{kind=\"future\"}",
        "vigia_events_clock_total{kind=\"late\"}",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert_eq!(rows_of(&server, "hr").await, 3, "they are stored all the same");
}
