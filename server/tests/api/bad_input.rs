//! Whatever is sent, the answer is a sentence with a 4xx, and names the field where there is one.

use crate::harness::{Server, problem};
use std::io::{Read, Write};
use vigia_app::model::Role;

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused_by_the_name_of_its_field() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    for (query, field) in [
        ("colour=red", "colour"),
        ("device.like=x", "device.like"),
        ("device=", "device"),
        ("limit=0", "limit"),
        ("limit=1000000", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e3", "limit"),
        ("from=%2B275760-09-13", "from"),
        ("from=275760-09-13T00:00:00Z", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-11-22&to=2026-11-21", "to"),
        ("zone=Mars/Olympus", "zone"),
        ("sort=colour", "sort"),
        ("columns=", "columns"),
        ("columns=device,device", "columns"),
        ("device=%ff%fe", "device"),
        ("device=a%00b", "device"),
        ("%ff=1", "query"),
        ("=1", "query"),
        ("ip=10.0.0.256", "ip"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%F0%9F%98%80", "cursor"),
        ("q=a&q=b", "q"),
    ] {
        let (status, detail, named) = problem(auditor.get(&format!("/api/v1/reports/password-view?{query}")).await).await;
        assert_eq!((status, named.as_deref()), (400, Some(field)), "{query}: {detail}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_query_only() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let page = auditor.json("/api/v1/reports/password-view?limit=1").await;
    let next = page["next"].as_str().expect("a next page");
    let cursor = next.split_once("cursor=").expect("a cursor").1;
    let middle = cursor.len() / 2;
    let other = if cursor.as_bytes()[middle] == b'A' { 'B' } else { 'A' };
    let tampered = format!("{}{other}{}", &cursor[..middle], &cursor[middle + 1..]);
    for (what, path) in [
        ("tampered with", format!("password-view?limit=1&cursor={tampered}")),
        ("cut off", format!("password-view?limit=1&cursor={}", &cursor[..middle])),
        ("from another query", format!("password-view?limit=1&device=srv-db-01&cursor={cursor}")),
        ("from another report", format!("audit-tracking?limit=1&cursor={cursor}")),
    ] {
        let (status, _, field) = problem(auditor.get(&format!("/api/v1/reports/{path}")).await).await;
        assert_eq!((status, field.as_deref()), (400, Some("cursor")), "{what}");
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let server = Server::start().await;
    let auditor = server.signed_in(Role::Auditor).await;
    let query = |length: usize| format!("/api/v1/reports/password-view?q={}", "a".repeat(length));
    let (status, _, field) = problem(auditor.get(&query(20_000)).await).await;
    assert_eq!((status, field.as_deref()), (400, Some("query")));
    let (status, detail, _) = problem(auditor.get(&query(40_000)).await).await;
    assert_eq!(status, 414, "{detail}");
}

/// The HTTP library itself refuses these, before anything of ours could write a sentence.
#[tokio::test]
async fn an_address_of_a_megabyte_is_refused_and_the_server_goes_on() {
    let server = Server::start().await;
    // The server stops reading half way; what it says then may reach the client, or be lost with the connection.
    for (length, statuses) in [(300 * 1024, ["431", ""]), (1024 * 1024, ["431", ""])] {
        let address = server.url.trim_start_matches("http://").to_owned();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).expect("connects");
            let _ = write!(stream, "GET /api/v1/reports?q={} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(length));
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        });
        let answer = answer.await.expect("asks");
        assert!(statuses.contains(&answer.split(' ').nth(1).unwrap_or_default()), "{length}: {answer}");
    }
    assert_eq!(server.anonymous().get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn a_body_that_is_no_sign_in_is_refused() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    let send = |content_type: &'static str, body: Vec<u8>| {
        let request = visitor.request("POST", "/api/v1/session").header("content-type", content_type).body(body);
        async { problem(request.send().await.expect("an answer")).await }
    };
    for body in ["", "{", "[]", "{}", "{\"username\": \"a\"}", "{\"username\": 1, \"password\": 2}", "\u{0}"] {
        let (status, _, field) = send("application/json", body.as_bytes().to_vec()).await;
        assert!(matches!(status, 400 | 422) && field.as_deref() == Some("body"), "{body:?} {status} {field:?}");
    }
    assert_eq!(send("application/json", vec![0xff; 16]).await.0, 400);
    assert_eq!(send("text/plain", b"{\"username\": \"a\", \"password\": \"b\"}".to_vec()).await.0, 415);
    assert_eq!(send("application/json", vec![b' '; 2 * 1024 * 1024]).await.0, 413);
}

#[tokio::test]
async fn what_is_not_there_is_a_404_and_a_method_not_offered_a_405() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    for path in ["/api", "/api/", "/api/v2/reports", "/api/v1/report", "/api/v1/reports/password-view/1/2", "/api/v1/nothing.json"] {
        assert_eq!(problem(admin.get(path).await).await.0, 404, "{path}");
    }
    let response = admin.request("PUT", "/api/v1/session").send().await.expect("an answer");
    let allow = response.headers()["allow"].to_str().expect("ASCII").to_owned();
    assert!(["POST", "GET", "DELETE"].iter().all(|method| allow.contains(method)), "{allow}");
    let (status, detail, _) = problem(response).await;
    assert!(status == 405 && detail.contains("PUT") && detail.contains("DELETE"), "{detail}");
    let (status, detail, _) = problem(admin.get("/api/v1/reports/%ff").await).await;
    assert_eq!(status, 400, "{detail}");
}

#[tokio::test]
async fn a_page_of_another_site_can_change_nothing() {
    let server = Server::start().await;
    let admin = server.signed_in(Role::Admin).await;
    for (name, value) in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        let request = admin.request("DELETE", "/api/v1/session").header(name, value);
        assert_eq!(problem(request.send().await.expect("an answer")).await.0, 403, "{name}: {value}");
        let request = admin.request("POST", "/fn/sign_out").header(name, value);
        assert_eq!(request.send().await.expect("an answer").status(), 403, "{name}: {value}");
    }
    assert_eq!(admin.json("/api/v1/session").await["role"], "admin", "still signed in");
    let own = admin.request("DELETE", "/api/v1/session").header("origin", &server.url);
    assert_eq!(own.send().await.expect("an answer").status(), 204);
}
