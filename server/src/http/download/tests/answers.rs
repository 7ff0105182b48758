//! Each status, and what is said with it.

use super::*;

#[tokio::test]
async fn the_whole_is_sent_with_all_that_is_known_of_it() {
    let kept = Kept::new(3 << 20);
    let answer = kept.get(&[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body == kept.bytes);
    assert_eq!(answer.ended, [Ended { sent: 3 << 20, complete: true }]);
    let digest = &kept.download.sha256;
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    for (name, value) in [
        ("content-length", "3145728"),
        ("content-type", "application/zstd"),
        ("etag", &format!("\"{hex}\"")),
        ("last-modified", THEN),
        ("accept-ranges", "bytes"),
        ("cache-control", "private, no-store, no-transform"),
        ("content-disposition", "attachment; filename=\"S_o.tar.zst\"; filename*=UTF-8''S%C3%A3o.tar.zst"),
        ("content-range", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let of_digest = answer.header("repr-digest").strip_prefix("sha-256=:").and_then(|rest| rest.strip_suffix(":"));
    let of_digest = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, of_digest.expect("a digest")).expect("base64");
    assert_eq!(of_digest, digest);
}

#[tokio::test]
async fn head_says_what_get_would_and_sends_nothing() {
    let kept = Kept::new(1000);
    for headers in [vec![], vec![("range", "bytes=0-9")], vec![("range", "bytes=5000-")]] {
        let (get, head) = (kept.get(&[]).await, kept.ask(Method::HEAD, &headers).await);
        assert_eq!((head.status, &head.headers), (get.status, &get.headers), "a range is for GET alone");
        assert!(head.body.is_empty() && head.ended.is_empty());
    }
    let tag = kept.etag();
    assert_eq!(kept.ask(Method::HEAD, &[("if-none-match", &tag)]).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(kept.ask(Method::HEAD, &[("if-match", "\"x\"")]).await.status, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn who_has_it_already_is_told_so() {
    let kept = Kept::new(1000);
    let tag = kept.etag();
    for headers in [[("if-none-match", tag.as_str()), ("range", "bytes=0-9")], [("if-modified-since", THEN), ("range", "bytes=5000-")]] {
        let answer = kept.get(&headers).await;
        assert_eq!(answer.status, StatusCode::NOT_MODIFIED);
        assert!(answer.body.is_empty() && answer.ended.is_empty());
        assert_eq!(answer.header("etag"), tag);
        assert_eq!(answer.header("cache-control"), "private, no-store, no-transform");
        assert_eq!(answer.headers.len(), 2, "{:?}", answer.headers);
    }
}

#[tokio::test]
async fn who_asks_for_another_file_is_refused_before_any_range() {
    let kept = Kept::new(1000);
    let headers = [("if-match", "\"another\""), ("range", "bytes=5000-")];
    let answer = kept.get(&headers).await;
    assert_eq!(answer.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(String::from_utf8_lossy(&answer.body).contains("If-Match"));
    assert!(answer.ended.is_empty());
}

#[tokio::test]
async fn who_asks_beyond_the_end_is_told_where_that_is() {
    let kept = Kept::new(1000);
    let tag = kept.etag();
    for headers in [vec![("range", "bytes=1000-")], vec![("range", "bytes=-0,2000-3000"), ("if-range", &tag)]] {
        let answer = kept.get(&headers).await;
        assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(answer.header("content-range"), "bytes */1000");
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(String::from_utf8_lossy(&answer.body).contains("1000 bytes"));
        assert!(answer.ended.is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_answered_with_the_whole() {
    let kept = Kept::new(1000);
    let many: Vec<String> = (0..17).map(|at| format!("{0}-{0}", 2 * at)).collect();
    for range in ["lines=0-9", "bytes=9-0", "bytes=x", &format!("bytes={}", many.join(","))] {
        let answer = kept.get(&[("range", range)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{range}");
        assert!(answer.body == kept.bytes && answer.header("content-range").is_empty());
    }
    let twice = kept.get(&[("range", "bytes=0-9"), ("range", "bytes=0-9")]).await;
    assert_eq!(twice.status, StatusCode::OK);
}

#[tokio::test]
async fn an_empty_file_is_sent_whole_or_not_at_all() {
    let kept = Kept::new(0);
    for headers in [vec![], vec![("range", "bytes=-5")]] {
        let answer = kept.get(&headers).await;
        assert_eq!((answer.status, answer.header("content-length")), (StatusCode::OK, "0"));
        assert_eq!(answer.ended, [Ended { sent: 0, complete: true }]);
    }
    let answer = kept.get(&[("range", "bytes=0-")]).await;
    assert_eq!((answer.status, answer.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */0"));
}

#[tokio::test]
async fn other_methods_are_not_taken() {
    let answer = Kept::new(10).ask(Method::DELETE, &[]).await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    assert!(answer.ended.is_empty());
}
