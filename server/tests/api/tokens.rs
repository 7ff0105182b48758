//! Tests for the `/api/v1/tokens` endpoint, and of what tokens open.

use crate::harness::{Server, Setup, Visitor, minutes_ago, problem};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vigia::store::tokens::{ApiToken, Scope};
use vigia_app::model::Role;

#[tokio::test]
async fn a_token_is_shown_once_and_opens_what_it_was_made_for() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let wanted = json!({ "name": "grafana", "scope": "read", "expires": "2027-01-31T00:00:00Z" });
    let made: Value = admin.post("/api/v1/tokens", wanted).await.json().await.expect("JSON");
    let text = made["token"].as_str().expect("the text").to_owned();
    assert!(text.starts_with("vigia_") && text.len() == 49, "{text}");

    let listed = admin.json("/api/v1/tokens").await;
    assert!(!listed.to_string().contains(&text), "the text is told once");
    assert_eq!(
        listed[0],
        json!({ "name": "grafana", "scope": "read", "sources": [], "created": "2026-11-22T14:03:27.000Z", "created_by": "admin", "owner": "admin",
                "expires": "2027-01-31T00:00:00.000Z", "revoked": null, "last_used": null })
    );
    let reader = server.anonymous().bearing(&text);
    let id = reader.json("/api/v1/reports/password-view").await["rows"][0]["id"].as_str().expect("an id").to_owned();
    let event = reader.json(&format!("/api/v1/reports/password-view/{id}")).await;
    assert!(event["extra"].is_array(), "it sees what an auditor sees: {event}");

    assert_eq!(admin.request("DELETE", "/api/v1/tokens/GRAFANA").send().await.expect("an answer").status(), 204);
    let (status, detail, _) = problem(reader.get("/api/v1/reports").await).await;
    assert!(status == 401 && detail.contains("revoked"), "{detail}");
    assert_eq!(admin.request("DELETE", "/api/v1/tokens/grafana").send().await.expect("an answer").status(), 204, "again is not an error");
    let (status, ..) = problem(admin.request("DELETE", "/api/v1/tokens/nobody").send().await.expect("an answer")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn making_and_revoking_a_token_leaves_a_trail_and_so_does_trying_without_the_role() {
    let server = Server::start().await;
    let text = server.token("backup-host", "write", &["veeam"]).await;
    let (admin, manager) = (server.signed_in(Role::Admin).await, server.signed_in(Role::Manager).await);
    manager.post("/api/v1/tokens", json!({ "name": "mine", "scope": "read" })).await;
    admin.request("DELETE", "/api/v1/tokens/backup-host").send().await.expect("an answer");
    let rows = admin.json("/api/v1/reports/audit-tracking?entity=Token&columns=operation,entity_name,username,change").await;
    let rows: Vec<_> =
        rows["rows"].as_array().expect("rows").iter().map(|row| (row["operation"].clone(), row["entity_name"].clone())).collect();
    assert_eq!(rows, [(json!("Revocation"), json!("backup-host")), (json!("Creation"), json!("backup-host"))]);
    let denied = admin.json("/api/v1/reports/audit-tracking?operation=Access+denied&columns=entity_name,username").await;
    assert_eq!(denied["rows"][0]["entity_name"], "POST /api/v1/tokens");
    assert_eq!(denied["rows"][0]["username"], "manager");
    let all = admin.json("/api/v1/reports/audit-tracking?limit=500").await;
    assert!(!all.to_string().contains(&text), "no trail has the token");
}

#[tokio::test]
async fn a_token_that_cannot_be_is_refused_with_the_input_named() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    server.token("taken", "read", &[]).await;
    for (wanted, field) in [
        (json!({ "name": "TAKEN", "scope": "read" }), "name"),
        (json!({ "name": "two words", "scope": "read" }), "name"),
        (json!({ "name": "a", "scope": "all" }), "scope"),
        (json!({ "name": "a", "scope": "read", "sources": ["x"] }), "sources"),
        (json!({ "name": "a", "scope": "write", "sources": ["vigia"] }), "sources"),
        (json!({ "name": "a", "scope": "write", "sources": ["hr", "V1gia"] }), "sources"),
        (json!({ "name": "a", "scope": "write", "expires": "tomorrow" }), "expires"),
        (json!({ "name": "a", "scope": "write", "expires": "2026-11-22T14:03:27Z" }), "expires"),
        (json!({ "name": "a" }), "body"),
        (json!({ "name": "a", "scope": "read", "source": "x" }), "body"),
    ] {
        let (status, detail, named) = problem(admin.post("/api/v1/tokens", wanted.clone()).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{wanted}: {detail}");
    }
}

/// What the trail says of refused tokens: the token, what it was asked for, why, and all else of the event as text.
async fn refused(admin: &Visitor) -> Vec<(String, String, String, String)> {
    let rows = admin.json("/api/v1/reports/audit-tracking?operation=Access%20denied&entity=Token&columns=entity_name&limit=500").await;
    let mut refused = Vec::new();
    for row in rows["rows"].as_array().expect("rows") {
        let event = admin.json(&format!("/api/v1/reports/audit-tracking/{}", row["id"].as_str().expect("an id"))).await;
        let extra = |name: &str| {
            let extra = event["extra"].as_array().expect("extra fields").iter();
            extra.clone().find(|field| field["name"] == name).map_or("", |field| field["value"].as_str().expect("a text")).to_owned()
        };
        refused.push((row["entity_name"].as_str().expect("a name").to_owned(), extra("Asked for"), extra("Reason"), event.to_string()));
    }
    refused.sort();
    refused
}

#[tokio::test]
async fn whoever_comes_with_a_token_that_opens_nothing_is_in_the_trail_and_its_text_is_not() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let (reading, bound) = (server.token("reads", "read", &[]).await, server.token("bound", "write", &["hr"]).await);
    let gone = server.token("gone", "read", &[]).await;
    admin.request("DELETE", "/api/v1/tokens/gone").send().await.expect("an answer");
    let unknown = "vigia_nobody-has-made-this-one";
    for _ in 0..3 {
        assert_eq!(server.anonymous().bearing(unknown).get("/api/v1/reports").await.status(), 401);
    }
    assert_eq!(server.anonymous().bearing(&gone).get("/api/v1/reports").await.status(), 401);
    assert_eq!(
        server.anonymous().bearing(&reading).request("POST", "/api/v1/events").body("").send().await.expect("an answer").status(),
        403
    );
    let other = server.anonymous().bearing(&bound).request("POST", "/api/v1/events?source=erp").body("").send().await.expect("an answer");
    assert_eq!(other.status(), 403);

    let refused = refused(&admin).await;
    let said: Vec<_> = refused.iter().map(|(token, asked, reason, _)| format!("{token} | {asked} | {reason}")).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    (unknown) | GET /api/v1/reports | The token is not known. An administrator can make a new one.
    bound | POST /api/v1/events | The token may not send for the source "erp", only for: hr.
    gone | GET /api/v1/reports | The token was revoked. An administrator can make a new one.
    reads | POST /api/v1/events | This token may read the reports, and nothing else.
    "#);
    let all: String = refused.into_iter().map(|(.., all)| all).collect();
    for text in [unknown, "nobody-has-made", &gone, &reading, &bound] {
        assert!(!all.contains(text), "{text} is in the trail");
    }
    let hash = Sha256::digest(unknown);
    let beginning: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    assert!(all.contains(&beginning), "one unknown token is told from another");
}

#[tokio::test]
async fn nobody_fills_the_trail_with_tokens_that_are_none() {
    let server = Server::with(Setup { behind_proxy: true, ..Setup::default() }).await;
    let admin = server.signed_in(Role::Admin).await;
    for address in 0..60 {
        let stranger = server.anonymous().bearing(&format!("vigia_made-up-{address}"));
        let from = format!("198.51.100.{address}");
        let answer = stranger.request("GET", "/api/v1/reports").header("x-forwarded-for", from).send().await.expect("an answer");
        assert_eq!(answer.status(), 401);
    }
    assert_eq!(refused(&admin).await.len(), 11, "ten addresses, and one for all others");
    server.tell_left_out().await;
    let refused = refused(&admin).await;
    assert_eq!(refused.len(), 12);
    assert!(refused.iter().any(|(.., all)| all.contains(r#""name":"Left out before this","value":"48""#)), "{refused:?}");
}

#[tokio::test]
async fn what_looks_like_a_token_but_is_none_opens_nothing() {
    let server = Server::start().await;
    let (status, detail, _) = problem(server.anonymous().bearing("vigia_made-up").get("/api/v1/reports").await).await;
    assert!(status == 401 && detail.contains("not known"), "{detail}");
    let basic = server.anonymous().request("GET", "/api/v1/reports").basic_auth("ana", Some("x")).send().await.expect("an answer");
    assert_eq!(basic.status(), 401, "another scheme is as if there were none");
    let admin = server.signed_in(Role::Admin).await;
    let both = admin.request("GET", "/api/v1/tokens").basic_auth("proxy", Some("x")).send().await.expect("an answer");
    assert_eq!(both.status(), 200, "what a proxy puts there does not undo a session");
}

#[tokio::test]
async fn an_administrator_sees_when_a_token_was_used_last_and_one_that_has_expired_is_worth_nothing() {
    let server = Server::start().await;
    let reader = server.anonymous().bearing(&server.token("used", "read", &[]).await);
    let admin = server.signed_in(Role::Admin).await;
    reader.json("/api/v1/reports").await;
    // Noted beside the request.
    while admin.json("/api/v1/tokens").await[0]["last_used"].is_null() {
        tokio::task::yield_now().await;
    }
    assert_eq!(admin.json("/api/v1/tokens").await[0]["last_used"], "2026-11-22T14:03:27.000Z");

    let expired = ApiToken {
        name: "old".to_owned(),
        hash: Sha256::digest("vigia_old").into(),
        scope: Scope::Read,
        sources: Vec::new(),
        created: minutes_ago(10),
        created_by: "admin".to_owned(),
        owner: "admin".to_owned(),
        expires: Some(minutes_ago(0)),
        revoked: None,
        last_used: None,
    };
    assert!(server.store.tokens().add(expired).await.expect("is kept"));
    let (status, detail, _) = problem(server.anonymous().bearing("vigia_old").get("/api/v1/reports").await).await;
    assert!(status == 401 && detail.contains("expired"), "{detail}");
}

#[tokio::test]
async fn a_token_ends_with_whoever_it_belongs_to() {
    let server = Server::start().await;
    let bea = server.colleague("bea").await;
    let made: Value = bea.post("/api/v1/tokens", json!({ "name": "bot", "scope": "read" })).await.json().await.expect("JSON");
    assert_eq!(made["owner"], "bea");
    let bot = server.anonymous().bearing(made["token"].as_str().expect("the text"));
    assert_eq!(bot.get("/api/v1/reports").await.status(), 200);
    server.store.set_disabled("bea", true).await.expect("is disabled");
    let (status, detail, _) = problem(bot.get("/api/v1/reports").await).await;
    assert!(status == 401 && detail.contains("no administrator any more"), "{detail}");
    server.store.set_disabled("bea", false).await.expect("is enabled");
    assert_eq!(bot.get("/api/v1/reports").await.status(), 200);
}

#[tokio::test]
async fn a_token_is_good_for_a_year_where_nothing_is_said() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    let expires = async |wanted: Value| admin.post("/api/v1/tokens", wanted).await.json::<Value>().await.expect("JSON")["expires"].clone();
    assert_eq!(expires(json!({ "name": "a", "scope": "read" })).await, "2027-11-22T14:03:27.000Z");
    assert_eq!(expires(json!({ "name": "b", "scope": "read", "expires": null })).await, Value::Null, "for ever is for who says so");
}
