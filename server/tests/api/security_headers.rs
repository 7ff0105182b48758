//! Tests for the headers every answer carries.

use crate::harness::{Server, Setup};

const EVERYWHERE: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
];

#[tokio::test]
async fn every_answer_carries_the_security_headers_errors_too() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    for path in ["/", "/none.js", "/api/docs", "/api/v1/reports", "/api/none", "/fn/none", "/healthz", "/metrics"] {
        let response = visitor.get(path).await;
        for (name, value) in EVERYWHERE {
            assert_eq!(response.headers().get(name).map(|value| value.to_str().expect("ASCII")), Some(value), "{name} of {path}");
        }
        assert!(response.headers().contains_key("permissions-policy"), "{path}");
        assert!(!response.headers().contains_key("strict-transport-security"), "{path}: not over plain HTTP");
    }
}

#[tokio::test]
async fn behind_tls_browsers_are_told_to_stay_there() {
    let server = Server::with(Setup { public_url: Some("https://vigia.example"), ..Setup::default() }).await;
    let response = server.anonymous().get("/api/none").await;
    assert!(response.headers()["strict-transport-security"].to_str().expect("ASCII").starts_with("max-age="));
}

#[tokio::test]
async fn behind_a_proxy_the_public_address_is_no_other_site() {
    // However it is written; `Host` is the address that the proxy asks.
    for public_url in ["https://vigia.example", "https://vigia.example:443", "https://VIGIA.example./"] {
        let server = Server::with(Setup { public_url: Some(public_url), ..Setup::default() }).await;
        let request = |origin: &str| server.anonymous().request("DELETE", "/api/v1/session").header("origin", origin);
        assert_eq!(request("https://vigia.example").send().await.expect("an answer").status(), 204, "{public_url}");
        assert_eq!(request("https://vigia.example.org").send().await.expect("an answer").status(), 403, "{public_url}");
    }
}

#[tokio::test]
async fn what_is_meant_for_another_site_is_refused() {
    let server = Server::with(Setup { public_url: Some("https://vigia.example"), ..Setup::default() }).await;
    let asked =
        async |path: &str, host: &str| server.anonymous().request("GET", path).header("host", host).send().await.expect("an answer");
    for path in ["/", "/api/docs", "/api/v1/session", "/api/v1/openapi.json", "/none.js"] {
        let refused = asked(path, "vigia.example.evil.example").await;
        assert_eq!(refused.status(), 421, "{path}");
        assert!(refused.text().await.expect("words").contains("Ask for vigia.example"), "{path}");
        assert_ne!(asked(path, "vigia.example:8443").await.status(), 421, "{path}");
    }
    assert_eq!(asked("/healthz", "node-1.internal").await.status(), 200, "what looks at the server has names of its own");
    let token = server.token("reader", "read", &[]).await;
    let program = server.anonymous().bearing(&token);
    let answer = program.request("GET", "/api/v1/reports").header("host", "node-1.internal").send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "no page has a token");
}

#[tokio::test]
async fn answers_with_data_stay_out_of_caches_and_are_compressed() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    for path in ["/api/v1/reports", "/fn/none", "/api/v1/openapi.json"] {
        assert_eq!(visitor.get(path).await.headers()["cache-control"], "no-store", "{path}");
    }
    for encoding in ["br", "gzip"] {
        let request = visitor.request("GET", "/api/v1/openapi.json").header("accept-encoding", encoding);
        assert_eq!(request.send().await.expect("an answer").headers()["content-encoding"], encoding);
    }
}
