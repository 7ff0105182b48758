//! Tests for the server functions under `/fn`, called as the page calls them.

use crate::harness::{PASSWORD, Server, now};
use serde::de::DeserializeOwned;
use vigia_app::model::{ApiError, Count, ErrorKind, Greeting, Page, Record, Refreshed, Role, Summary};

pub async fn answer<T: DeserializeOwned>(response: reqwest::Response) -> T {
    assert_eq!(response.status(), 200);
    postcard::from_bytes(&response.bytes().await.expect("a body")).expect("postcard")
}

pub async fn error(response: reqwest::Response) -> (u16, ApiError) {
    let status = response.status().as_u16();
    assert!(response.headers().contains_key("serverfnerror"), "the page knows an error by its header ({status})");
    (status, postcard::from_bytes(&response.bytes().await.expect("a body")).expect("an ApiError"))
}

#[tokio::test]
async fn the_page_signs_in_reads_and_signs_out() {
    let server = Server::start().await;
    let visitor = server.anonymous();
    assert_eq!(answer::<Option<Greeting>>(visitor.call("/fn/current_user", &()).await).await, None);
    let greeting: Greeting = answer(visitor.call("/fn/sign_in", &("auditor", PASSWORD)).await).await;
    assert_eq!((greeting.viewer.role, greeting.demo.as_str(), greeting.carries_out), (Role::Auditor, "", true));
    assert_eq!(answer::<Option<Greeting>>(visitor.call("/fn/current_user", &()).await).await, Some(greeting));

    let page: Page = answer(visitor.call("/fn/report_page", &("password-view", "limit=2")).await).await;
    assert_eq!(page.rows.len(), 2);
    let summary: Summary = answer(visitor.call("/fn/report_summary", &("password-view", "emergency=yes")).await).await;
    assert_eq!((summary.count, summary.empty), (Count::Exactly(1), false));
    assert!(summary.newest.is_some_and(|newest| newest < now()));
    let record: Record = answer(visitor.call("/fn/report_record", &("password-view", page.rows[0].id)).await).await;
    assert_eq!(record.extra.map(|extra| extra.len()), Some(1));

    assert_eq!(visitor.call("/fn/sign_out", &()).await.status(), 200);
    let (status, refusal) = error(visitor.call("/fn/report_page", &("password-view", "")).await).await;
    assert_eq!((status, refusal.kind), (401, ErrorKind::SignedOut));
}

#[tokio::test]
async fn a_page_is_told_of_rows_that_would_come_before_its_last_one_however_it_is_sorted() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    for query in ["", "sort=user", "sort=-ip", "sort=date"] {
        let page: Page = answer(manager.call("/fn/report_page", &("password-view", query)).await).await;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        assert!(ids.len() > 2, "{query}: too few rows to tell anything");
        let (all, but_first, but_last) = (&ids[..], &ids[1..], &ids[..ids.len() - 1]);
        for (known, new) in [(all, 0), (but_first, 1), (but_last, 0)] {
            let refreshed: Refreshed = answer(manager.call("/fn/report_refresh", &("password-view", query, known)).await).await;
            assert_eq!((refreshed.rows.len(), refreshed.new), (known.len(), new), "{query}, of {} rows", ids.len());
        }
    }
}

#[tokio::test]
async fn an_error_travels_with_its_status_and_its_field() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let (status, refusal) = error(manager.call("/fn/report_page", &("password-view", "colour=red")).await).await;
    assert_eq!((status, refusal.kind, refusal.field.as_deref()), (400, ErrorKind::Invalid, Some("colour")));
    let (status, refusal) = error(manager.call("/fn/report_summary", &("nothing", "")).await).await;
    assert_eq!((status, refusal.kind), (404, ErrorKind::NotFound));
}

#[tokio::test]
async fn what_is_no_call_is_refused_in_words_the_page_understands() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    let garbage = manager.request("POST", "/fn/report_page").header("content-type", "application/octet-stream").body(vec![0xff; 64]);
    let (status, refusal) = error(garbage.send().await.expect("an answer")).await;
    assert_eq!((status, refusal.kind), (400, ErrorKind::Invalid));
    let (status, refusal) = error(manager.call("/fn/unknown", &()).await).await;
    assert_eq!((status, refusal.kind), (404, ErrorKind::NotFound));
    let (status, refusal) = error(manager.get("/fn/report_page").await).await;
    assert_eq!((status, refusal.kind), (405, ErrorKind::Invalid));
    let (status, refusal) = error(manager.call("/fn/report_page", &vec![7_u8; 2 * 1024 * 1024]).await).await;
    assert_eq!((status, refusal.kind), (413, ErrorKind::Invalid));
}

#[tokio::test]
async fn changing_the_password_needs_a_session_and_the_old_password() {
    let server = Server::start().await;
    let change = ("not the password", "another correct horse battery staple");
    assert_eq!(error(server.anonymous().call("/fn/change_password", &change).await).await.0, 401);
    let manager = server.signed_in(Role::Manager).await;
    let (status, refusal) = error(manager.call("/fn/change_password", &change).await).await;
    assert!((400..500).contains(&status), "{refusal:?}");
    let before = manager.signing_in(PASSWORD).await;
    let changed = manager.call("/fn/change_password", &(PASSWORD, change.1)).await;
    assert_eq!(changed.status(), 200);
    let cookie = changed.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.starts_with("vigia=") && !cookie.starts_with(&before), "another session: {cookie}");
    assert_eq!(manager.json("/api/v1/session").await["role"], "manager", "whoever changed it goes on");
    let old = server.anonymous().request("GET", "/api/v1/session").header("cookie", before).send().await.expect("an answer");
    assert_eq!(old.status(), 401, "what anybody had of the old session is worth nothing");
}
