//! Tests for the `GET /api/docs` page.

use crate::harness::{Server, Setup};

#[tokio::test]
async fn the_docs_show_every_path_with_examples_for_this_server() {
    let server = Server::with(Setup { assets: vec![("style-0123456789abcdef.css", b"a{}".to_vec())], ..Setup::default() }).await;
    let visitor = server.anonymous();
    let response = visitor.get("/api/docs").await;
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let page = response.text().await.expect("text");
    let document = visitor.json("/api/v1/openapi.json").await;
    for path in document["paths"].as_object().expect("paths").keys() {
        assert!(page.contains(path), "{path}");
    }
    for part in [&server.url, "curl -b", "governance_id.starts", "id=\"slow-down\"", "href=\"/style-0123456789abcdef.css\""] {
        assert!(page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn the_docs_are_a_document_a_screen_reader_can_walk() {
    let server = Server::start().await;
    let page = server.anonymous().get("/api/docs").await.text().await.expect("text");
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(page.matches("<table>").count(), page.matches("<caption>").count(), "every table has a caption");
    for forbidden in ["<script", "<style", "style=\"", "onclick"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for target in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().expect("an end")) {
        assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "#{target} leads somewhere");
    }
}

#[tokio::test]
async fn a_host_name_cannot_bring_markup_into_the_docs() {
    let server = Server::start().await;
    for host in ["<script>alert(1)</script>", "127.0.0.1<script>", "localhost'><script>"] {
        let response = server.anonymous().request("GET", "/api/docs").header("host", host).send().await.expect("an answer");
        assert_eq!(response.status(), 421);
        assert!(!response.text().await.expect("text").contains("<script"));
    }
}
