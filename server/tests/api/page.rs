//! Tests for the page and its files.

use crate::harness::{Server, Setup};
use std::io::Write as _;

const INDEX: &str = "<!DOCTYPE html><html><head><script type=\"module\">alert(1)</script></head><body>Vigia</body></html>";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).expect("compresses");
    encoder.finish().expect("compresses")
}

async fn server() -> Server {
    Server::with(Setup {
        assets: vec![
            ("index.html", INDEX.into()),
            ("page-0123456789abcdef_bg.wasm", b"\0asm".to_vec()),
            ("page-0123456789abcdef.js", b"let a = 1;".to_vec()),
            ("page-0123456789abcdef.js.gz", gzip(b"let a = 1;")),
            ("icon.svg", b"<svg/>".to_vec()),
        ],
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn every_address_the_page_may_know_gets_the_page() {
    let server = server().await;
    let visitor = server.anonymous();
    for path in ["/", "/reports/password-view?status=Error", "/no/such/page", "/index.html", "/login", "/apiary"] {
        let response = visitor.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-cache", "{path}");
        assert_eq!(response.text().await.expect("text"), INDEX, "{path}");
    }
}

#[tokio::test]
async fn the_page_is_sent_once_and_then_confirmed_by_its_tag() {
    let server = server().await;
    let visitor = server.anonymous();
    let tag = visitor.get("/").await.headers()["etag"].clone();
    let weak = format!("W/{}", tag.to_str().expect("ASCII"));
    for known in [tag.to_str().expect("ASCII"), &weak, "*"] {
        let response = visitor.request("GET", "/").header("if-none-match", known).send().await.expect("an answer");
        assert_eq!(response.status(), 304, "{known}");
    }
    std::fs::write(server.assets().join("index.html"), "<p>built again</p>").expect("writes");
    let response = visitor.request("GET", "/").header("if-none-match", tag).send().await.expect("an answer");
    assert_eq!((response.status().as_u16(), response.text().await.expect("text").as_str()), (200, "<p>built again</p>"));
}

#[tokio::test]
async fn the_policy_of_the_page_allows_the_script_it_was_built_with() {
    let server = server().await;
    let policy = server.anonymous().get("/").await.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    assert!(policy.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"), "{policy}");
}

#[tokio::test]
async fn files_that_change_their_name_are_kept_for_ever_and_others_are_not() {
    let server = server().await;
    let visitor = server.anonymous();
    let wasm = visitor.get("/page-0123456789abcdef_bg.wasm").await;
    assert_eq!(wasm.headers()["content-type"], "application/wasm");
    assert_eq!(wasm.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(visitor.get("/icon.svg").await.headers()["cache-control"], "no-cache");
}

#[tokio::test]
async fn a_file_that_was_compressed_when_it_was_built_is_sent_as_it_is() {
    let server = server().await;
    let request = server.anonymous().request("GET", "/page-0123456789abcdef.js").header("accept-encoding", "gzip");
    let response = request.send().await.expect("an answer");
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.bytes().await.expect("a body"), gzip(b"let a = 1;"));
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_404_and_nothing_outside_the_folder_is_read() {
    let server = server().await;
    let visitor = server.anonymous();
    for path in ["/old-0123456789abcdef.js", "/favicon.ico", "/..%2fvigia.db", "/%2e%2e/vigia.db", "/.%00.css", "/a/b.map"] {
        let response = visitor.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{path}");
    }
    let response = visitor.request("POST", "/").send().await.expect("an answer");
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"GET, HEAD".parse().expect("a value")));
}

#[tokio::test]
async fn without_a_built_page_the_server_says_how_to_get_one() {
    let server = Server::start().await;
    let text = server.anonymous().get("/reports/password-view").await.text().await.expect("text");
    assert!(text.contains("make run") && text.contains("/api/docs"), "{text}");
}
