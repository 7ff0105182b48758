//! Tests for the `/api/v1/session` endpoint.

use crate::harness::{PASSWORD, Server, Setup, minutes_ago, problem};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use vigia::clock::Clock;
use vigia_app::BY_ITSELF;
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
    assert_eq!(response.headers()["clear-site-data"], "\"cache\"", "no page is there to go back to");
    assert_eq!(problem(visitor.get("/api/v1/session").await).await.0, 401);
    let replayed = server.anonymous().request("GET", "/api/v1/session").header("cookie", kept).send().await.expect("an answer");
    assert_eq!(replayed.status(), 401, "the token is worth nothing any more");
}

#[tokio::test]
async fn what_a_page_asks_by_itself_keeps_no_session_alive() {
    let minutes = Arc::new(AtomicI64::new(0));
    let clock = minutes.clone();
    let clock: Clock = Arc::new(move || minutes_ago(-clock.load(Ordering::Relaxed)));
    let server = Server::with(Setup { clock: Some(clock), ..Setup::default() }).await;
    for (name, value, expected) in [("accept", "*/*", 200), (BY_ITSELF, "1", 401)] {
        minutes.store(0, Ordering::Relaxed);
        let reader = server.signed_in(Role::Admin).await;
        let asks = async |path: &str| reader.request("GET", path).header(name, value).send().await.expect("an answer").status();
        minutes.store(50, Ordering::Relaxed);
        for path in ["/api/v1/jobs", "/api/v1/reports", "/api/v1/reports/password-view"] {
            assert_eq!(asks(path).await, 200, "{path} with {name}");
        }
        minutes.store(70, Ordering::Relaxed);
        assert_eq!(asks("/api/v1/reports").await, expected, "{name}");
    }
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
async fn the_address_a_proxy_names_is_believed_of_a_trusted_one_only() {
    for (behind_proxy, expected) in [(true, "192.0.2.7"), (false, "127.0.0.1")] {
        let server = Server::with(Setup { public_url: Some("http://localhost:8080"), behind_proxy, ..Setup::default() }).await;
        let visitor = server.anonymous();
        let request = visitor.request("POST", "/api/v1/session").header("x-forwarded-for", "10.9.9.9, 192.0.2.7:51234,");
        assert_eq!(request.json(&credentials("auditor", PASSWORD)).send().await.expect("an answer").status(), 200);
        let trail = visitor.json("/api/v1/reports/audit-tracking?operation=Login").await;
        assert_eq!(trail["rows"][0]["ip"], expected, "behind a proxy: {behind_proxy}");
    }
}

#[tokio::test]
async fn a_browser_that_somebody_has_signed_in_with_is_known_for_a_year() {
    let server = Server::with(Setup { public_url: Some("https://vigia.example"), ..Setup::default() }).await;
    let response = server.anonymous().post("/api/v1/session", credentials("auditor", PASSWORD)).await;
    let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("ASCII")).collect();
    let [_, device] = cookies[..] else { panic!("two cookies: {cookies:?}") };
    for attribute in ["__Host-vigia-device=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=31536000"] {
        assert!(device.contains(attribute), "{attribute} in {device}");
    }
    let kept = device.split(';').next().expect("a pair").to_owned();
    let send = async |password: &str, cookie: &str| {
        let body = credentials("auditor", password);
        server.anonymous().request("POST", "/api/v1/session").header("cookie", cookie).json(&body).send().await.expect("an answer").status()
    };
    for _ in 0..5 {
        assert_eq!(send("wrong horse battery staple", "").await, 401);
    }
    assert_eq!(send(PASSWORD, "").await, 429);
    assert_eq!(send(PASSWORD, &kept).await, 200, "a stranger's tries are not those of a known device");
}

#[tokio::test]
async fn a_password_for_one_sign_in_opens_the_change_of_it_and_nothing_else() {
    let server = Server::start().await;
    let user = server.store.user("admin").await.expect("an answer").expect("is there");
    let until = Some(vigia_app::model::Timestamp::saturating(crate::harness::now().millis() + 1));
    server.store.set_password("admin", &user.password_hash, until).await.expect("set");
    let admin = server.signed_in(Role::Admin).await;
    for path in ["/api/v1/session", "/api/v1/reports", "/api/v1/tokens", "/api/v1/live"] {
        let (status, detail, _) = problem(admin.get(path).await).await;
        assert!(status == 403 && detail.contains("Choose your own first"), "{path}: {status} {detail}");
    }
    assert_eq!(admin.call("/fn/current_user", &()).await.status(), 200, "the page knows who is there");
    assert_eq!(admin.call("/fn/change_password", &(PASSWORD, "amber lighthouse 7")).await.status(), 200);
    assert_eq!(admin.get("/api/v1/tokens").await.status(), 200);
}
