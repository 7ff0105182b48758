//! What one person has of the server, and that others have theirs.

use crate::harness::{Server, Setup, Visitor, minutes_ago, problem};
use futures_util::future::join_all;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use vigia::event::Event;
use vigia::http::Questions;
use vigia::ingest::Growth;
use vigia_app::model::Role;
use vigia_app::reports::PASSWORD_VIEW;

const LONG: usize = 16_000;

/// Views with long justifications, 6 MB of them.
async fn long_views(server: &Server) {
    let source: Arc<str> = "long".into();
    let views = (0..400).map(|number| {
        let mut view = Event::new(&PASSWORD_VIEW, &source, format!("long-{number}"), minutes_ago(100 + number));
        view.set("justification", "x".repeat(LONG)).set("device", format!("srv-{number:03}"));
        view
    });
    server.store.append(views.collect()).await.expect("stores the events");
    server.store.settle().await;
}

/// A client that asks for a large page by a token, and takes no more than the beginning of the answer.
async fn unread(server: &Server, token: &str) -> TcpStream {
    let path = "/api/v1/reports/password-view?source=long&limit=500&columns=justification";
    let mut client = sent(server, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n")).await;
    let mut start = [0; 15];
    client.read_exact(&mut start).await.expect("an answer begins");
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    client
}

#[tokio::test]
async fn who_has_as_many_answers_as_may_be_waits_and_nobody_else_does() {
    let questions = Questions { at_once: 2, patience: Duration::from_millis(200) };
    let server = Server::with(Setup { questions: Some(questions), as_made: true, ..Setup::default() }).await;
    long_views(&server).await;
    let token = server.token("greedy", "read", &[]).await;
    let greedy = server.anonymous().bearing(&token);
    let path = "/api/v1/reports/password-view";
    let open = [unread(&server, &token).await, unread(&server, &token).await];
    let refused = greedy.get(path).await;
    assert_eq!(refused.headers()["retry-after"], "1");
    let (status, detail, _) = problem(refused).await;
    assert_eq!(status, 429, "{detail}");
    assert!(detail.contains("2 questions are still being answered"), "{detail}");
    assert_eq!(server.signed_in(Role::Manager).await.get(path).await.status(), 200, "others have their own share");
    let other = server.anonymous().bearing(&server.token("modest", "read", &[]).await);
    assert_eq!(other.get(path).await.status(), 200, "so has another token");
    drop(open);
    while greedy.get(path).await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

/// A connection with a small buffer that has sent this.
async fn sent(server: &Server, request: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(16 << 10).expect("a small buffer");
    let mut client = socket.connect(server.url.trim_start_matches("http://").parse().expect("an address")).await.expect("connects");
    client.write_all(request.as_bytes()).await.expect("sends");
    client
}

#[tokio::test]
async fn who_is_not_known_holds_few_large_answers() {
    let questions = Questions { at_once: 2, patience: Duration::from_millis(200) };
    let server = Server::with(Setup { questions: Some(questions), as_made: true, ..Setup::default() }).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut client = sent(&server, "GET /api/docs HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        client.read_exact(&mut [0; 15]).await.expect("an answer begins");
        open.push(client);
    }
    assert_eq!(problem(server.anonymous().get("/api/docs").await).await.0, 429);
    assert_eq!(server.signed_in(Role::Manager).await.get("/api/v1/reports/password-view").await.status(), 200);
    drop(open);
    while server.anonymous().get("/api/docs").await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_is_not_known_sends_few_large_bodies_and_signing_in_goes_on() {
    let questions = Questions { patience: Duration::from_millis(200), ..Questions::default() };
    let server = Server::with(Setup { questions: Some(questions), as_made: true, ..Setup::default() }).await;
    let large = "x".repeat(900_000);
    let head =
        |path: &str| format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n");
    let mut open = Vec::new();
    for number in 0..8 {
        let path = if number % 2 == 0 { "/api/v1/session" } else { "/fn/sign_in" };
        open.push(sent(&server, &format!("{}{}", head(path), &large[..800_000])).await);
    }
    // All of them are inside when none of the others is let in.
    loop {
        let request = server.anonymous().request("POST", "/api/v1/session").header("content-type", "application/json").body(large.clone());
        let answer = request.send().await.expect("an answer");
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "1");
            break;
        }
    }
    drop(server.signed_in(Role::Manager).await);
    drop(open);
    loop {
        let request = server.anonymous().request("POST", "/api/v1/session").header("content-type", "application/json").body(large.clone());
        if request.send().await.expect("an answer").status() == 400 {
            break;
        }
    }
}

#[tokio::test]
async fn one_question_after_the_other_finds_its_share_free() {
    let questions = Questions { at_once: 1, patience: Duration::from_secs(20) };
    let server = Server::with(Setup { questions: Some(questions), ..Setup::default() }).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let asked = (0..12).map(|_| auditor.get("/api/v1/reports/password-view"));
    for answer in join_all(asked).await {
        assert_eq!(answer.status(), 200, "they wait for each other");
    }
}

#[tokio::test]
async fn the_live_streams_of_one_person_leave_others_theirs() {
    let server = Server::start().await;
    let (manager, admin) = (server.signed_in(Role::Manager).await, server.signed_in(Role::Admin).await);
    let mut open = Vec::new();
    for _ in 0..20 {
        let stream = manager.get("/api/v1/live").await;
        assert_eq!(stream.status(), 200);
        open.push(stream);
    }
    assert_eq!(problem(manager.get("/api/v1/live").await).await.0, 503);
    assert_eq!(admin.get("/api/v1/live").await.status(), 200);
    drop(open);
    while manager.get("/api/v1/live").await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

/// The devices of all pages from this one on, with the length of the longest page in bytes.
async fn devices(reader: &Visitor, mut path: String, back: bool) -> (Vec<String>, usize, String) {
    let (mut devices, mut longest) = (Vec::new(), 0);
    loop {
        let page = reader.get(&path).await.text().await.expect("a page");
        longest = longest.max(page.len());
        let page: Value = serde_json::from_str(&page).expect("JSON");
        let rows = page["rows"].as_array().expect("rows").iter();
        let names = rows.map(|row| row["device"].as_str().expect("a device").to_owned());
        let at = if back { 0 } else { devices.len() };
        drop(devices.splice(at..at, names));
        match page[if back { "previous" } else { "next" }].as_str() {
            Some(next) => path = next.to_owned(),
            None => return (devices, longest, path),
        }
    }
}

#[tokio::test]
async fn a_page_of_long_texts_ends_early_and_goes_on_where_it_ended() {
    let server = Server::start().await;
    long_views(&server).await;
    let auditor = server.signed_in(Role::Auditor).await;
    let path = "/api/v1/reports/password-view?source=long&limit=500&columns=device,justification&sort=";
    let all: Vec<_> = (0..400).map(|number| format!("srv-{number:03}")).collect();
    for sort in ["device", "-date"] {
        let (forward, longest, last) = devices(&auditor, format!("{path}{sort}"), false).await;
        assert_eq!(forward, all, "by {sort}");
        assert!((2 << 20..5 << 20).contains(&longest), "{longest} bytes");
        let (back, ..) = devices(&auditor, last, true).await;
        assert_eq!(back, all, "back from the last page, by {sort}");
    }
    let short = auditor.json("/api/v1/reports/password-view?source=long&limit=500&columns=device").await;
    assert_eq!((short["rows"].as_array().map(Vec::len), &short["next"]), (Some(400), &Value::Null), "short rows are as many as ever");
}

#[tokio::test]
async fn a_source_that_fills_the_quarantine_is_told_what_is_not_kept_and_another_is_kept() {
    let growth = Growth { at_once: 1_000, a_minute: 1 };
    let server = Server::with(Setup { quarantine: Some(growth), ..Setup::default() }).await;
    let sender = server.anonymous().bearing(&server.token("sender", "write", &[]).await);
    let send = async |source: &str, body: String| {
        let path = format!("/api/v1/events?format=openbao&source={source}");
        let sent = sender.request("POST", &path).header("content-type", "text/plain").body(body).send().await.expect("an answer");
        let told: Value = sent.json().await.expect("JSON");
        (told["rejected"].as_u64(), told["quarantined"].as_u64())
    };
    let lines = |from: usize, to: usize| (from..to).map(|number| format!("no JSON {number:03}\n")).collect::<String>();
    let (rejected, quarantined) = send("noisy", lines(0, 100)).await;
    assert_eq!(rejected, Some(100));
    let kept = quarantined.expect("a number");
    assert!((2..10).contains(&kept), "{kept} of them");
    assert_eq!(send("quiet", lines(0, 2)).await, (Some(2), Some(2)));
    let counts = server.store.quarantine().counts().await.expect("counts");
    let of = |source: &str| counts.iter().filter(|count| count.source == source).map(|count| count.lines).sum::<u64>();
    assert_eq!((of("noisy"), of("quiet")), (kept, 2), "what is said to be in the quarantine is there");
    for _ in 0..20 {
        assert_eq!(send("patient", lines(0, 2)).await, (Some(2), Some(2)), "the same lines again take nothing");
    }
}

#[tokio::test]
async fn of_refusals_that_are_alike_the_trail_has_one_a_minute_and_the_number_of_the_others() {
    let server = Server::start().await;
    let manager = server.signed_in(Role::Manager).await;
    for _ in 0..7 {
        assert_eq!(manager.get("/api/v1/tokens").await.status(), 403);
    }
    assert_eq!(manager.get("/api/v1/quarantine").await.status(), 403);
    let admin = server.signed_in(Role::Admin).await;
    let path = "/api/v1/reports/audit-tracking?operation=Access%20denied&columns=entity_name&sort=entity_name";
    let asked = async || {
        let rows = admin.json(path).await["rows"].clone();
        let rows = rows.as_array().expect("rows").iter();
        rows.map(|row| (row["entity_name"].as_str().expect("a name").to_owned(), row["id"].as_str().expect("an id").to_owned()))
            .collect::<Vec<_>>()
    };
    let names = |rows: &[(String, String)]| rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&asked().await), ["GET /api/v1/quarantine", "GET /api/v1/tokens"]);
    server.tell_left_out().await;
    let rows = asked().await;
    assert_eq!(names(&rows), ["GET /api/v1/quarantine", "GET /api/v1/tokens", "GET /api/v1/tokens"]);
    let mut told = Vec::new();
    for (_, id) in &rows[1..] {
        let event = admin.json(&format!("/api/v1/reports/audit-tracking/{id}")).await;
        let extra = event["extra"].as_array().expect("extra fields").clone();
        told.extend(extra.into_iter().filter(|field| field["name"] == "Left out before this").map(|field| field["value"].clone()));
    }
    assert_eq!(told, ["5"], "seven: one at once, one for the last, five between them");
}
