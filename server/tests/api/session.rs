//! Tests for the `/api/v1/session` endpoint.

use crate::harness::{PASSWORD, Server, Setup, problem};
use serde_json::json;
use vigia_app::model::Role;

fn credentials(username: &str, password: &str) -> serde_json::Value {
    json!({ "username": username, "password": password })
}

#[tokio::test]
async fn signing_in_answers_with_the_user_and_a_cookie_no_script_can_read() {
    let server = Server::start().await;
    let response = server.anonymous().post("/api/v1/session", credentials("auditor", PASSWORD)).await;
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.starts_with("vigia="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "plain HTTP on the machine itself: {cookie}");
    let user: serde_json::Value = response.json().await.expect("JSON");
    assert_eq!(user, json!({ "username": "auditor", "name": "The auditor", "role": "auditor" }));
}

#[tokio::test]
async fn behind_tls_the_cookie_is_bound_to_the_host_and_to_tls() {
    let server = Server::with(Setup { public_url: Some("https://vigia.example"), ..Setup::default() }).await;
    let response = server.anonymous().post("/api/v1/session", credentials("auditor", PASSWORD)).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.starts_with("__Host-vigia=") && cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn a_session_lasts_from_signing_in_to_signing_out() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    assert_eq!(problem(visitor.get("/api/v1/session").await).await.0, 401);
    let response = visitor.post("/api/v1/session", credentials("admin", PASSWORD)).await;
    let kept = response.headers()["set-cookie"].to_str().expect("ASCII").split(';').next().expect("a pair").to_owned();
    assert_eq!(visitor.json("/api/v1/session").await["role"], "admin");

    let response = visitor.request("DELETE", "/api/v1/session").send().await.expect("an answer");
    assert_eq!(response.status(), 204);
    assert!(response.headers()["set-cookie"].to_str().expect("ASCII").contains("Max-Age=0"));
    assert_eq!(problem(visitor.get("/api/v1/session").await).await.0, 401);
    let replayed = server.anonymous().request("GET", "/api/v1/session").header("cookie", kept).send().await.expect("an answer");
    assert_eq!(replayed.status(), 401, "the token is worth nothing any more");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    let wrong = problem(visitor.post("/api/v1/session", credentials("admin", "wrong horse battery staple")).await).await;
    let unknown = problem(visitor.post("/api/v1/session", credentials("nobody", "wrong horse battery staple")).await).await;
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.0, 401);
}

#[tokio::test]
async fn a_cookie_that_is_no_session_is_nobody() {
    let server = Server::start().await;
    for cookie in ["vigia=", "vigia=nonsense", "vigia", "vigia=\u{e9}", "__Host-vigia=x", ";;;=;"] {
        let response = server.anonymous().request("GET", "/api/v1/session").header("cookie", cookie.as_bytes()).send().await;
        assert_eq!(response.expect("an answer").status(), 401, "{cookie}");
    }
    assert_eq!(server.signed_in(Role::Manager).await.json("/api/v1/session").await["username"], "manager");
}

#[tokio::test]
async fn the_address_a_proxy_names_is_believed_behind_a_proxy_only() {
    for (public_url, expected) in [(Some("http://localhost:8080"), "192.0.2.7"), (None, "127.0.0.1")] {
        let server = Server::with(Setup { public_url, ..Setup::default() }).await;
        let visitor = server.anonymous();
        let request = visitor.request("POST", "/api/v1/session").header("x-forwarded-for", "10.9.9.9, 192.0.2.7");
        assert_eq!(request.json(&credentials("auditor", PASSWORD)).send().await.expect("an answer").status(), 200);
        let trail = visitor.json("/api/v1/reports/audit-tracking?operation=Login").await;
        assert_eq!(trail["rows"][0]["ip"], expected, "public URL {public_url:?}");
    }
}
